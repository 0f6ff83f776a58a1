package org.ionforge.bench;

import java.nio.file.Path;
import java.util.List;
import org.ionforge.vault.Vault;

/// The refinery's job as ClickHouse would do it alone: its own CSV reader, GROUP BY, joins and functions, into the same tables.
///
/// It is spared what the refinery does beside: it trusts the files (no quarantine, no sanitising, typed columns straight from the
/// CSV), makes no counting histograms and no reference signatures, and commits nothing as a whole. Duplicates it must drop.
final class RefinerySql {

    private static final String LAYOUT = "id UInt64, time UInt32, reporter LowCardinality(String), reporter_grid LowCardinality(String),"
            + " snr Int8, mhz Float64, callsign LowCardinality(String), grid LowCardinality(String), power Int8, drift Int8, distance UInt32,"
            + " azimuth UInt16, file_band Int32, version LowCardinality(String), code Int32";

    private final Vault vault;
    private final String settings;

    /// @param threads that each statement may use
    RefinerySql(Vault vault, int threads) {
        this.vault = vault;
        this.settings = " SETTINGS max_threads = " + threads + ", max_insert_threads = " + threads + ", max_memory_usage = 12000000000";
    }

    void run(List<Path> archives, Path gfz) {
        solar(gfz);
        for (Path archive : archives) {
            bronze(archive);
        }
        silver();
        signatures();
    }

    private void solar(Path gfz) {
        vault.execute("INSERT INTO solar (bucket, kp, ap, ssn, sfi, sfi_adjusted) SELECT toDateTime(concat(f[1], '-', f[2], '-', f[3], ' 00:00:00'),"
                + " 'UTC') + 10800 * i, " + known("f[8 + i]") + ", " + known("f[16 + i]") + ", " + known("f[25]") + ", " + known("f[26]") + ", "
                + known("f[27]") + " FROM (SELECT splitByWhitespace(trim(line)) AS f FROM file('" + gfz
                + "', 'LineAsString', 'line String') WHERE NOT startsWith(line, '#')) ARRAY JOIN range(8) AS i" + settings);
    }

    private static String known(String field) {
        return "if(toFloat32(" + field + ") < 0, NULL, toFloat32(" + field + "))";
    }

    private void bronze(Path archive) {
        StringBuilder band = new StringBuilder("multiIf(");
        for (long[] range : new long[][] {{135_700, 137_800, 100}, {472_000, 479_000, 101}, {1_800_000, 2_000_000, 102},
                {3_500_000, 4_000_000, 103}, {5_287_200, 5_405_000, 104}, {7_000_000, 7_300_000, 105}, {10_100_000, 10_150_000, 106},
                {14_000_000, 14_350_000, 107}, {18_068_000, 18_168_000, 108}, {21_000_000, 21_450_000, 109}, {24_890_000, 24_990_000, 110},
                {28_000_000, 29_700_000, 111}, {50_000_000, 54_000_000, 200}}) {
            band.append("hz BETWEEN ").append(range[0]).append(" AND ").append(range[1]).append(", ").append(range[2]).append(", ");
        }
        vault.execute("INSERT INTO bronze (timestamp, band, callsign, reporter, frequency, id, reporter_grid, grid, snr, power, drift,"
                + " distance, azimuth, version, code, source) SELECT toDateTime(time, 'UTC'), " + band + "0) AS number, callsign, reporter,"
                + " toUInt64(round(mhz * 1000000)) AS hz, id, reporter_grid, grid, snr, power, drift, distance, azimuth, version, code, '"
                + archive + "' FROM file('" + archive + "', 'CSV', '" + LAYOUT + "') WHERE number > 0"
                + " LIMIT 1 BY time, reporter, callsign, hz" + settings);
    }

    private void silver() {
        vault.execute("""
                INSERT INTO silver (timestamp, band, tx_grid, rx_grid, frequency, snr, distance, azimuth, distance_error, azimuth_error,
                    mid_latitude, mid_longitude, kp, sfi, ssn, xray, e_distance, e_xray, e_kp, quality)
                SELECT timestamp, band, grid, reporter_grid, frequency, snr, km, degrees, km - distance AS e1,
                    ((degrees - azimuth + 540) % 360) - 180 AS e2,
                    degrees(atan2(sin(a) + sin(b), sqrt(pow(cos(a) * cos(c) + cos(b) * cos(d), 2) + pow(cos(a) * sin(c) + cos(b) * sin(d), 2)))),
                    degrees(atan2(cos(a) * sin(c) + cos(b) * sin(d), cos(a) * cos(c) + cos(b) * cos(d))),
                    kp, sfi, ssn, xray_long, least(km / 20000, 1),
                    multiIf(isNull(xray_long), NULL, xray_long < 1e-6, 1, xray_long < 1e-5, 1 - 0.1 * (log10(xray_long) + 6),
                        greatest(0.1, exp(-0.5 * xray_long / 1e-5))) AS ex,
                    multiIf(isNull(kp), NULL, kp <= 2, 1, kp <= 4, 1 - 0.25 * (kp - 2), 0.5 * exp(-0.5 * (kp - 4))) AS ek,
                    multiIf(km < 500, 0.3 + 0.7 * km / 500, km < 2000, 0.7 + 0.3 * (km - 500) / 1500, km <= 5000, 1,
                        km <= 15000, 1 - 0.3 * (km - 5000) / 10000, 0.7 - 0.2 * least(1, (km - 15000) / 5000)) * ifNull(ex, 1) * ifNull(ek, 1)
                FROM (SELECT *, radians(TXLAT) AS a, radians(RXLAT) AS b, radians(TXLON) AS c, radians(RXLON) AS d,
                        2 * 6371 * asin(least(1, sqrt(pow(sin((b - a) / 2), 2) + cos(a) * cos(b) * pow(sin((d - c) / 2), 2)))) AS km,
                        (degrees(atan2(sin(d - c) * cos(b), cos(a) * sin(b) - sin(a) * cos(b) * cos(d - c))) + 360) % 360 AS degrees
                    FROM bronze) AS spots
                LEFT JOIN solar ON toStartOfInterval(spots.timestamp, INTERVAL 3 HOUR) = solar.bucket"""
                .replace("TXLAT", latitude("grid")).replace("RXLAT", latitude("reporter_grid"))
                .replace("TXLON", longitude("grid")).replace("RXLON", longitude("reporter_grid")) + settings);
    }

    private static String latitude(String grid) {
        return "((ascii(substring(G, 2, 1)) - 65) * 10 - 90 + ascii(substring(G, 4, 1)) - 48 + if(length(G) >= 6, (ascii(substring(G, 6, 1)) - 97) / 24 + 1 / 48, 0.5))"
                .replace("G", grid);
    }

    private static String longitude(String grid) {
        return "((ascii(G) - 65) * 20 - 180 + (ascii(substring(G, 3, 1)) - 48) * 2 + if(length(G) >= 6, (ascii(substring(G, 5, 1)) - 97) / 12 + 1 / 24, 1))"
                .replace("G", grid);
    }

    private void signatures() {
        vault.execute("""
                INSERT INTO signatures SELECT toYear(timestamp), toMonth(timestamp), toHour(timestamp) AS hour, band, substring(tx_grid, 1, 4) AS tx,
                    substring(rx_grid, 1, 4) AS rx, multiIf(isNull(sfi), 0, sfi < 80, 1, sfi < 100, 2, sfi < 130, 3, sfi < 170, 4, 5) AS class,
                    count() AS n, (quantileExactLow(snr) + quantileExactHigh(snr)) / 2, stddevPop(snr), countIf(snr > -20) / n, avg(sfi), avg(kp),
                    avg(distance), (degrees(atan2(avg(sin(radians(azimuth))), avg(cos(radians(azimuth))))) + 360) % 360
                FROM silver WHERE distance >= 500 AND band BETWEEN 102 AND 111
                GROUP BY toYear(timestamp), toMonth(timestamp), hour, band, tx, rx, class HAVING n >= 5""" + settings);
    }
}
