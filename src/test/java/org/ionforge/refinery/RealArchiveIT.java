package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// The whole refinery on real archive files, against counts that ClickHouse works out from the raw files by SQL alone: its own CSV
/// reader, its own arithmetic in double precision, nothing of ours.
@EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+",
        disabledReason = "IONFORGE_DATA does not name the folder with wspr/*.csv and solar/gfz-layout-1957-2026.txt")
class RealArchiveIT {

    private static final List<String> FILES = List.of("wspr/spots-2014-2026-combined.csv", "wspr/archive-VK6CQ-2023-02.csv",
            "wspr/archive-2018-04-uk-nz.csv");

    @TempDir
    Path folder;

    @Test
    void agreesWithSqlOverTheRawFiles() {
        Path data = Path.of(System.getenv("IONFORGE_DATA"));
        List<Path> files = FILES.stream().map(data::resolve).toList();
        Path solar = data.resolve("solar/gfz-layout-1957-2026.txt");
        try (Vault vault = Vaults.open(folder.toString()); Backend backend = Backends.named("auto")) {
            RefineResult result = Refinery.run(RefineRequest.of(files, List.of(solar)), vault, backend, Progress.SILENT);
            createRaw(vault, files);
            createSolar(vault, solar);
            checkCounts(vault, result);
            checkSilver(vault, result);
            checkSignatures(vault, result);
        }
    }

    /// A real file of another layout (13 columns and a header): every line is set aside with its reason and its text.
    @Test
    void setsAsideAWholeFileOfAnotherLayout() {
        Path file = Path.of(System.getenv("IONFORGE_DATA")).resolve("wspr/wsprlive-2014-03-07.csv");
        try (Vault vault = Vaults.open(folder.toString()); Backend backend = Backends.named("auto")) {
            RefineResult result = Refinery.run(RefineRequest.of(List.of(file), List.of()), vault, backend, Progress.SILENT);
            String lines = "file(" + Sql.quote(file.toString()) + ", 'LineAsString', 'line String') WHERE line != ''";
            long rows = vault.number("SELECT countIf(countSubstrings(line, ',') < 14) FROM " + lines);
            assertEquals(vault.number("SELECT count() FROM " + lines), rows);
            assertEquals(Map.of("columns", rows), result.quarantine());
            assertEquals(0, result.rowsKept());
            assertEquals(vault.number("SELECT sum(cityHash64(trimRight(line, '\\r'))) FROM " + lines), vault.number("SELECT sum(cityHash64(raw)) FROM quarantine"));
        }
    }

    private static void checkCounts(Vault vault, RefineResult result) {
        assertEquals(38_920 + 6_426 + 161, result.rowsRead());
        assertEquals(vault.number("SELECT count() FROM raw"), result.rowsRead());
        assertEquals(vault.number("SELECT countIf(band_number = 0) FROM raw"), result.rowsQuarantined());
        assertEquals(Map.of(), result.quarantine());
        long distinct = vault.number("SELECT uniqExactIf((time, reporter, callsign, hz), band_number > 0) FROM raw");
        assertEquals(distinct, result.rowsKept());
        assertEquals(vault.number("SELECT countIf(band_number > 0) FROM raw") - distinct, result.rowsDuplicate());
        assertEquals(vault.text("SELECT band_number, uniqExact(time, reporter, callsign, hz) FROM raw WHERE band_number > 0"
                        + " GROUP BY band_number ORDER BY band_number", "TSV"),
                vault.text("SELECT band, count() FROM bronze GROUP BY band ORDER BY band", "TSV"));
        assertEquals(0, vault.number("SELECT count() FROM bronze WHERE (toUInt32(timestamp), reporter, callsign, frequency, snr, power, drift,"
                + " id, version, code) NOT IN (SELECT time, reporter, callsign, hz, snr, power, drift, id, version, code FROM raw)"));
        assertEquals(vault.number("SELECT countIf(id > 4294967295 AND band_number > 0 AND source = 1) FROM raw"),
                vault.number("SELECT count() FROM bronze WHERE id > 4294967295") + idsLostToEarlierFiles(vault));
    }

    /// The combined file holds the untouched archive lines too, under ids of its own, and comes first.
    private static long idsLostToEarlierFiles(Vault vault) {
        return vault.number("SELECT countIf(id > 4294967295 AND (time, reporter, callsign, hz) IN"
                + " (SELECT time, reporter, callsign, hz FROM raw WHERE source = 0)) FROM raw WHERE source = 1");
    }

    private static void checkSilver(Vault vault, RefineResult result) {
        assertEquals(result.rowsKept(), vault.number("SELECT count() FROM silver"));
        assertEquals(0, vault.number("SELECT count() FROM silver WHERE (toUInt32(timestamp), frequency, snr, upper(tx_grid), upper(rx_grid))"
                + " NOT IN (SELECT time, hz, snr, upper(grid), upper(reporter_grid) FROM raw)"));
        // every silver row against the distance, azimuth and indices of the same path and time worked out in SQL
        assertEquals(0, vault.number("""
                SELECT count() FROM silver AS s LEFT JOIN (SELECT DISTINCT time, upper(grid) AS tx, upper(reporter_grid) AS rx, km, degrees,
                    raw_kp, raw_sfi FROM measured) AS m
                ON toUInt32(s.timestamp) = m.time AND upper(s.tx_grid) = m.tx AND upper(s.rx_grid) = m.rx
                WHERE abs(s.distance - m.km) > 0.05 OR isNull(m.km)
                   OR (m.km > 1 AND least(abs(s.azimuth - m.degrees), 360 - abs(s.azimuth - m.degrees)) > 0.05)
                   OR abs(s.kp - m.raw_kp) > 1e-6 OR abs(s.sfi - m.raw_sfi) > 1e-4"""));
        assertTrue(Math.abs(result.distanceKm().mean()) < 1 && result.distanceKm().largest() < 25, result.toString());
    }

    private static void checkSignatures(Vault vault, RefineResult result) {
        assertEquals(vault.number("SELECT count() FROM expected_signatures"), result.signatures());
        assertEquals(0, vault.number("""
                SELECT count() FROM signatures AS s FULL JOIN expected_signatures AS e
                ON s.year = e.year AND s.month = e.month AND s.hour = e.hour AND s.band = e.band AND s.tx_grid_4 = e.tx4
                   AND s.rx_grid_4 = e.rx4 AND s.sfi_class = e.class
                WHERE s.spot_count != e.n OR s.median_snr != e.median OR abs(s.snr_std - e.deviation) > 1e-4
                   OR abs(s.reliability - e.reliability) > 1e-6 OR abs(s.avg_sfi - e.sfi) > 1e-3 OR abs(s.avg_kp - e.kp) > 1e-4
                   OR abs(s.avg_distance - e.km) > 0.05"""));
        assertEquals(vault.number("SELECT count() FROM expected_reference"), vault.number("SELECT count() FROM signatures_reference"));
        assertEquals(0, vault.number("""
                SELECT count() FROM signatures_reference AS s FULL JOIN expected_reference AS e
                ON s.month = e.month AND s.hour = e.hour AND s.band = e.band AND s.tx_grid_4 = e.tx4 AND s.rx_grid_4 = e.rx4
                WHERE s.spot_count != e.n OR s.median_snr != e.median OR abs(s.snr_std - e.deviation) > 1e-4"""));
    }

    private static void createRaw(Vault vault, List<Path> files) {
        String layout = "id UInt64, time UInt32, reporter String, reporter_grid String, snr Int8, mhz Decimal(18, 6), callsign String,"
                + " grid String, power Int8, drift Int8, file_km UInt32, file_degrees UInt16, file_band Int32, version String, code Int32";
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < files.size(); i++) {
            all.append(i == 0 ? "" : " UNION ALL ").append("SELECT *, ").append(i).append(" AS source FROM file(")
                    .append(Sql.quote(files.get(i).toString())).append(", 'CSV', ").append(Sql.quote(layout)).append(")");
        }
        StringBuilder band = new StringBuilder("multiIf(");
        for (long[] range : new long[][] {{135_700, 137_800, 100}, {472_000, 479_000, 101}, {1_800_000, 2_000_000, 102},
                {3_500_000, 4_000_000, 103}, {5_287_200, 5_405_000, 104}, {7_000_000, 7_300_000, 105}, {10_100_000, 10_150_000, 106},
                {14_000_000, 14_350_000, 107}, {18_068_000, 18_168_000, 108}, {21_000_000, 21_450_000, 109}, {24_890_000, 24_990_000, 110},
                {28_000_000, 29_700_000, 111}, {50_000_000, 54_000_000, 200}, {70_000_000, 71_000_000, 201}, {144_000_000, 148_000_000, 202},
                {1_000_000, 2_999_999, 4}, {3_000_000, 29_999_999, 5}, {30_000_000, 299_999_999, 6}, {300_000_000, 500_000_000, 7}}) {
            band.append("hz BETWEEN ").append(range[0]).append(" AND ").append(range[1]).append(", ").append(range[2]).append(", ");
        }
        vault.execute("CREATE TABLE raw ENGINE = Memory AS SELECT *, toUInt64(mhz * 1000000) AS hz, " + band + "0) AS band_number FROM (" + all + ")");
    }

    /// Kp and flux by bucket, from the text of the GFZ file; then every distinct accepted spot with its distance and azimuth.
    private static void createSolar(Vault vault, Path solar) {
        vault.execute("CREATE TABLE sun ENGINE = Memory AS SELECT toUInt32(toUnixTimestamp(toDateTime(concat(f[1], '-', f[2], '-', f[3], ' 00:00:00'),"
                + " 'UTC'))) + 10800 * i AS start, toFloat64(f[8 + i]) AS raw_kp, toFloat64(f[26]) AS raw_sfi FROM (SELECT"
                + " splitByWhitespace(trim(line)) AS f FROM file(" + Sql.quote(solar.toString()) + ", 'LineAsString', 'line String')"
                + " WHERE NOT startsWith(line, '#') AND toInt32OrZero(substring(line, 1, 4)) >= 2008) ARRAY JOIN range(8) AS i");
        String latitude = "((ascii(substring(upper(G), 2, 1)) - 65) * 10 - 90 + toInt32(substring(G, 4, 1)) + if(length(G) >= 6,"
                + " (ascii(substring(upper(G), 6, 1)) - 65) / 24 + 1 / 48, 0.5))";
        String longitude = "((ascii(substring(upper(G), 1, 1)) - 65) * 20 - 180 + toInt32(substring(G, 3, 1)) * 2 + if(length(G) >= 6,"
                + " (ascii(substring(upper(G), 5, 1)) - 65) / 12 + 1 / 24, 1))";
        vault.execute("""
                CREATE TABLE measured ENGINE = Memory AS
                SELECT *, 2 * 6371 * asin(least(1, sqrt(pow(sin((b - a) / 2), 2) + cos(a) * cos(b) * pow(sin((d - c) / 2), 2)))) AS km,
                    (degrees(atan2(sin(d - c) * cos(b), cos(a) * sin(b) - sin(a) * cos(b) * cos(d - c))) + 360) % 360 AS degrees
                FROM (SELECT DISTINCT time, reporter, callsign, hz, snr, band_number, grid, reporter_grid, raw_kp, raw_sfi,
                        radians(TXLAT) AS a, radians(RXLAT) AS b, radians(TXLON) AS c, radians(RXLON) AS d
                      FROM raw LEFT JOIN sun ON intDiv(raw.time, 10800) * 10800 = sun.start WHERE band_number > 0)"""
                .replace("TXLAT", latitude.replace("G", "grid")).replace("RXLAT", latitude.replace("G", "reporter_grid"))
                .replace("TXLON", longitude.replace("G", "grid")).replace("RXLON", longitude.replace("G", "reporter_grid")));
        String figures = "count() AS n, arraySort(groupArray(snr)) AS levels, (levels[intDiv(n + 1, 2)] + levels[intDiv(n, 2) + 1]) / 2 AS median,"
                + " stddevPop(snr) AS deviation, countIf(snr > -20) / n AS reliability, avg(raw_sfi) AS sfi, avg(raw_kp) AS kp, avg(km) AS km";
        String where = " FROM (SELECT *, km AS km0, toDateTime(time, 'UTC') AS t FROM measured WHERE km >= 500 AND band_number BETWEEN 102 AND 111)";
        String key = "toMonth(t) AS month, toHour(t) AS hour, band_number AS band, substring(upper(grid), 1, 4) AS tx4,"
                + " substring(upper(reporter_grid), 1, 4) AS rx4";
        vault.execute("CREATE TABLE expected_signatures ENGINE = Memory AS SELECT toYear(t) AS year, " + key + ", multiIf(raw_sfi < 80, 1, raw_sfi < 100, 2,"
                + " raw_sfi < 130, 3, raw_sfi < 170, 4, 5) AS class, " + figures.replace("avg(km)", "avg(km0)") + where
                + " GROUP BY year, month, hour, band, tx4, rx4, class HAVING n >= 5");
        vault.execute("CREATE TABLE expected_reference ENGINE = Memory AS SELECT " + key + ", " + figures.replace("avg(km)", "avg(km0)") + where
                + " GROUP BY month, hour, band, tx4, rx4 HAVING n >= 5");
    }
}
