package org.ionforge.vault;

import java.util.ArrayList;
import java.util.List;

/// Whether the vault's tables agree with each other. Each check is one query whose memory does not grow with the tables, but for
/// the reference signatures, whose grouping spills to disk.
public final class Consistency {

    /// The outcome of one check.
    ///
    /// @param name    what must hold
    /// @param wrong   how many months, files, keys or rows break it; 0 if it holds
    /// @param example one of them; empty if it holds
    public record Finding(String name, long wrong, String example) {
        public boolean holds() {
            return wrong == 0;
        }
    }

    /// @param sql selects one row: how many are wrong, and an example
    private record Check(String name, String sql) {
    }

    private static final String ELIGIBLE = "distance >= 500 AND band BETWEEN 102 AND 111";
    private static final String KEY = "hour, band, tx_grid_4, rx_grid_4, sfi_class, spot_count";

    private static final List<Check> CHECKS = List.of(
            new Check("no commit is half done", """
                    SELECT count(), any(statement) FROM commit_journal"""),
            new Check("no staging table is left over", """
                    SELECT count(), any(name) FROM system.tables
                    WHERE database = currentDatabase() AND endsWith(name, '_staging')"""),
            new Check("no month waits for being refined again", """
                    SELECT count(), any(concat(name, ' ', value)) FROM refinery_state WHERE startsWith(name, 'stale_')"""),
            new Check("every file's rows are kept, duplicate or in quarantine, or were not asked for", """
                    SELECT count(), any(source) FROM ingest_log
                    WHERE rows_kept + rows_duplicate + rows_quarantined > rows_read
                       OR selection = '' AND rows_kept + rows_duplicate + rows_quarantined != rows_read"""),
            new Check("every file has one line in the log", """
                    SELECT count(), any(source) FROM (SELECT source FROM ingest_log GROUP BY source HAVING count() > 1)"""),
            new Check("bronze has the rows that the log says were kept, file by file", perFile("rows_kept", "bronze")),
            new Check("quarantine has the rows that the log says were put there, file by file",
                    perFile("rows_quarantined", "quarantine")),
            new Check("silver has one row for each row of bronze, month by month", """
                    SELECT count(), any(toString(month)) FROM (
                        SELECT month, sum(b) AS bronze, sum(s) AS silver FROM (
                            SELECT toYYYYMM(timestamp) AS month, count() AS b, 0 AS s FROM bronze GROUP BY month
                            UNION ALL
                            SELECT toYYYYMM(timestamp) AS month, 0 AS b, count() AS s FROM silver GROUP BY month)
                        GROUP BY month HAVING bronze != silver)"""),
            new Check("solar has each 3-hour bucket at most once", """
                    SELECT count(), any(toString(bucket)) FROM (
                        SELECT bucket FROM solar GROUP BY bucket
                        HAVING count() > 1 OR toUnixTimestamp(bucket) % 10800 != 0)"""),
            new Check("silver has the solar indices of its buckets", """
                    SELECT count(), any(toString(silver.timestamp)) FROM silver
                    LEFT JOIN solar ON toDateTime(intDiv(toUnixTimestamp(silver.timestamp), 10800) * 10800, 'UTC') = solar.bucket
                    WHERE ifNull(silver.kp, -1) != ifNull(solar.kp, -1) OR ifNull(silver.sfi, -1) != ifNull(solar.sfi, -1)
                       OR ifNull(silver.ssn, -1) != ifNull(solar.ssn, -1)"""),
            new Check("histograms count every spot of silver that can be in a signature, month by month", """
                    SELECT count(), any(toString(month)) FROM (
                        SELECT month, sum(s) AS silver, sum(h) AS histograms FROM (
                            SELECT toYYYYMM(timestamp) AS month, countIf(%s) AS s, 0 AS h FROM silver GROUP BY month
                            UNION ALL
                            SELECT year * 100 + month AS month, 0 AS s, sum(spot_count) AS h
                            FROM signature_histograms GROUP BY signature_histograms.year, signature_histograms.month)
                        GROUP BY month HAVING silver != histograms)""".formatted(ELIGIBLE)),
            new Check("every histogram's levels add up to its spots", """
                    SELECT count(), any(concat(tx_grid_4, ' ', rx_grid_4)) FROM signature_histograms
                    WHERE arraySum(snr_count) != spot_count OR length(snr) != length(snr_count) OR arraySort(snr) != snr"""),
            new Check("signatures are the histograms of 5 spots and more, month by month", """
                    SELECT count(), any(toString(month)) FROM (
                        SELECT month, sum(n) AS rows, sum(hash) AS hashes FROM (
                            SELECT year * 100 + month AS month, toInt64(count()) AS n,
                                   reinterpretAsInt64(sum(cityHash64(%1$s))) AS hash
                            FROM signature_histograms WHERE spot_count >= 5 GROUP BY signature_histograms.year, signature_histograms.month
                            UNION ALL
                            SELECT year * 100 + month AS month, -toInt64(count()) AS n,
                                   -reinterpretAsInt64(sum(cityHash64(%1$s))) AS hash
                            FROM signatures GROUP BY signatures.year, signatures.month)
                        GROUP BY month HAVING rows != 0 OR hashes != 0)""".formatted(KEY)),
            new Check("reference signatures are the histograms of all years together, month by month", """
                    SELECT count(), any(toString(month)) FROM (
                        SELECT month, sum(n) AS rows, sum(hash) AS hashes FROM (
                            SELECT month, toInt64(count()) AS n,
                                   reinterpretAsInt64(sum(cityHash64(hour, band, tx_grid_4, rx_grid_4, spots))) AS hash
                            FROM (SELECT month, hour, band, tx_grid_4, rx_grid_4, sum(spot_count) AS spots FROM signature_histograms
                                  GROUP BY month, hour, band, tx_grid_4, rx_grid_4 HAVING spots >= 5)
                            GROUP BY month
                            UNION ALL
                            SELECT month, -toInt64(count()) AS n,
                                   -reinterpretAsInt64(sum(cityHash64(hour, band, tx_grid_4, rx_grid_4, toUInt64(spot_count)))) AS hash
                            FROM signatures_reference GROUP BY month)
                        GROUP BY month HAVING rows != 0 OR hashes != 0)"""));

    private Consistency() {
    }

    /// Runs every check, in an order in which the first that fails explains the most.
    public static List<Finding> check(Vault vault) {
        List<Finding> findings = new ArrayList<>();
        for (Check check : CHECKS) {
            String[] answer = vault.text(check.sql(), "TSV").strip().split("\t", 2);
            findings.add(new Finding(check.name(), Long.parseLong(answer[0]), answer.length < 2 ? "" : answer[1]));
        }
        for (String table : tables(vault)) {
            // One row for the whole table, whatever the server's profile says of its form.
            String whole = vault.text("CHECK TABLE " + table + " SETTINGS check_query_single_value_result = 1", "TSV").strip();
            findings.add(new Finding("the files of " + table + " are whole", whole.equals("1") ? 0 : 1, whole.equals("1") ? "" : whole));
        }
        return findings;
    }

    private static List<String> tables(Vault vault) {
        return vault.text("SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
                + " AND total_rows > 0 ORDER BY name", "TSV").lines().toList();
    }

    private static String perFile(String logged, String table) {
        return """
                SELECT count(), any(file) FROM (
                    SELECT file, sum(l) AS logged, sum(t) AS rows FROM (
                        SELECT source AS file, %1$s AS l, 0 AS t FROM ingest_log
                        UNION ALL
                        SELECT toString(source) AS file, 0 AS l, count() AS t FROM %2$s GROUP BY source)
                    GROUP BY file HAVING logged != rows)""".formatted(logged, table);
    }
}
