package org.ionforge.telemetry.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.vault.Vault;

/// Fills a vault with what a simulation wrote, by SQL alone, so that a test of the report does not depend on the refinery.
final class FilledVault {

    /// A raw line that would run as a script if the page took it for markup, and end the page's JSON if that were not escaped.
    static final String HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">,`${1}`";

    private FilledVault() {
    }

    static void fill(Vault vault, SimulationResult simulation) throws IOException {
        solar(vault, Files.readAllLines(simulation.solar()));
        for (Path archive : simulation.archives()) {
            vault.execute("""
                    INSERT INTO silver (timestamp, band, tx_grid, rx_grid, frequency, snr, distance, azimuth, distance_error, azimuth_error, kp, sfi, ssn)
                    SELECT toDateTime(t, 'UTC') AS timestamp, transform(mhz, [1, 3, 5, 7, 10, 14, 18, 21, 24, 28], range(102, 112), 0) AS band,
                        tx, rx, toUInt64(round(f * 1e6)), snr, km, az, (sipHash64(id) %% 1000) / 1000 - 0.5, 0, kp, sfi, ssn
                    FROM file('%s', 'CSV', 'id UInt64, t UInt32, reporter String, rx String, snr Int8, f Float64, call String, tx String, dbm Int8,
                        drift Int8, km UInt32, az UInt16, mhz Int32, version String, code Int32') AS spots
                    LEFT JOIN solar ON solar.bucket = toStartOfInterval(toDateTime(t, 'UTC'), INTERVAL 3 HOUR)
                    """.formatted(archive));
        }
        vault.execute("""
                INSERT INTO signatures SELECT toYear(timestamp) AS year, toMonth(timestamp) AS month, toHour(timestamp) AS hour, band,
                    substring(tx_grid, 1, 4) AS tx, substring(rx_grid, 1, 4) AS rx,
                    if(sfi IS NULL, 0, 1 + (sfi > 80) + (sfi > 100) + (sfi > 130) + (sfi > 170)) AS class, count() AS n,
                    quantileExactInclusive(snr), stddevPop(snr), avg(snr > -20), avg(sfi), avg(kp), avg(distance), avg(azimuth)
                FROM silver WHERE distance >= 500 GROUP BY year, month, hour, band, tx, rx, class HAVING n >= 5
                """);
        vault.execute("INSERT INTO ingest_log (source, size, hash, complete, rows_read, rows_kept, rows_duplicate, rows_quarantined) "
                + "SELECT 'wsprspots.csv.gz', 1234567, 'ab12', true, count() + 5, count(), 2, 3 FROM silver");
        vault.execute("INSERT INTO quarantine VALUES ('wsprspots.csv.gz', 17, 'snr', '" + HOSTILE.replace("'", "\\'") + "'), "
                + "('wsprspots.csv.gz', 18, 'grid', 'bad'), ('wsprspots.csv.gz', 19, 'grid', 'worse')");
    }

    private static void solar(Vault vault, List<String> lines) {
        StringJoiner values = new StringJoiner(",");
        for (String line : lines) {
            if (!line.startsWith("#")) {
                String[] fields = line.trim().split("\\s+");
                for (int bucket = 0; bucket < 8; bucket++) {
                    values.add("('%s-%s-%s %02d:00:00', %s, %s, %s)".formatted(fields[0], fields[1], fields[2], bucket * 3, fields[7 + bucket],
                            fields[24], fields[25]));
                }
            }
        }
        vault.execute("INSERT INTO solar (bucket, kp, ssn, sfi) VALUES " + values);
    }
}
