package org.ionforge.telemetry.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;
import org.ionforge.vault.VaultException;

/// What the report shows of a vault: each figure is one query whose answer is small, however many spots there are.
final class VaultFigures {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FILES = 60;
    private static final int EXAMPLES_PER_REASON = 3;
    private static final int EXAMPLE_CHARACTERS = 160;
    private static final int PATHS_PER_BAND = 60;
    private static final int TIME_BINS = 400;
    private static final int BINS = 40;
    private static final int QUERIES = 15;

    private final Vault vault;
    private final Progress progress;
    private final ObjectNode figures = JSON.createObjectNode();

    private VaultFigures(Vault vault, Progress progress) {
        this.vault = vault;
        this.progress = progress;
    }

    /// All figures; rows of an answer are arrays in the order of the SELECT.
    static ObjectNode of(Vault vault, Progress progress) {
        VaultFigures queries = new VaultFigures(vault, progress);
        progress.begin("reading the vault", QUERIES, "queries");
        queries.figures.put("description", vault.description());
        queries.ingest();
        queries.spots();
        queries.signatures();
        queries.sun();
        return queries.figures;
    }

    private void ingest() {
        table("files", "SELECT source, size, complete, rows_read, rows_kept, rows_duplicate, rows_quarantined FROM ingest_log "
                + "ORDER BY rows_read DESC, source LIMIT " + FILES);
        row("totals", "SELECT count() AS files, sum(size) AS bytes, countIf(NOT complete) AS incomplete, sum(rows_read) AS read, "
                + "sum(rows_kept) AS kept, sum(rows_duplicate) AS duplicate, sum(rows_quarantined) AS quarantined, "
                + "lower(hex(SHA256(arrayStringConcat(arraySort(groupArray(hash)))))) AS hash FROM ingest_log");
        table("quarantine", "SELECT reason, count() AS n FROM quarantine GROUP BY reason ORDER BY n DESC, reason");
        table("examples", "SELECT reason, source, line, substringUTF8(toValidUTF8(raw), 1, " + EXAMPLE_CHARACTERS + ") FROM quarantine "
                + "ORDER BY reason, source, line LIMIT " + EXAMPLES_PER_REASON + " BY reason LIMIT 60");
    }

    private void spots() {
        row("span", "SELECT count() AS spots, toString(min(timestamp)) AS first, toString(max(timestamp)) AS last, "
                + "uniqExact(toDate(timestamp)) AS days, uniqExact(tx_grid) AS txGrids, uniqExact(rx_grid) AS rxGrids, "
                + "countIf(kp IS NULL) AS withoutKp, countIf(sfi IS NULL) AS withoutSfi FROM silver");
        table("bandHour", "SELECT band, toHour(timestamp) AS hour, count(), round(avg(snr), 1) FROM silver GROUP BY band, hour "
                + "ORDER BY band, hour");
        table("paths", "SELECT band, substring(tx_grid, 1, 4) AS tx, substring(rx_grid, 1, 4) AS rx, count() AS n, "
                + "round(avg(snr), 1) FROM silver WHERE distance >= 500 GROUP BY band, tx, rx ORDER BY n DESC, tx, rx LIMIT "
                + PATHS_PER_BAND + " BY band");
        table("snr", "SELECT snr, count() FROM silver GROUP BY snr ORDER BY snr");
        table("days", timeBins("toDate(timestamp)") + "count() FROM silver, range GROUP BY bin ORDER BY bin");
        histogram("distanceError", "distance_error");
        histogram("azimuthError", "azimuth_error");
    }

    /// Counts of a column's values in bins of one width, `{width, bins: [[k, n], …]}` for the bins around k·width, none left out between
    /// the first and the last. The width is a 1, 2 or 5 with zeros that puts the middle 99 % of the values into about [#BINS] bins; the
    /// outermost bins hold everything beyond.
    private void histogram(String name, String column) {
        JsonNode spread = answer("SELECT quantileTDigest(0.005)(" + column + "), quantileTDigest(0.995)(" + column + ") FROM silver").get("data").get(0);
        double low = spread.get(0).asDouble();
        double high = spread.get(1).asDouble();
        double width = roundWidth((high - low) / BINS);
        String bin = "toInt64(round(least(greatest(" + column + ", " + low + "), " + high + ") / " + width + "))";
        ObjectNode histogram = figures.putObject(name);
        histogram.put("width", width);
        histogram.set("bins", answer("SELECT " + bin + " AS bin, count() FROM silver GROUP BY bin ORDER BY bin WITH FILL").get("data"));
        progress.advance(1);
    }

    /// The least of 1, 2 and 5 times a power of ten that is not below `width`; 1 if that is nothing.
    static double roundWidth(double width) {
        if (!(width > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(width)));
        double digits = width / power;
        return (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10) * power;
    }

    private void signatures() {
        row("signatures", "SELECT count() AS n, sum(spot_count) AS spots, uniqExact(tx_grid_4, rx_grid_4) AS paths, "
                + "uniqExact(year, month) AS months FROM signatures");
        table("signaturesByBand", "SELECT band, count(), sum(spot_count), round(quantileExact(median_snr), 1), "
                + "round(avg(reliability), 3), round(quantileExact(spot_count)), round(avg(avg_distance)) FROM signatures GROUP BY band ORDER BY band");
        table("signaturesBySun", "SELECT sfi_class, count(), sum(spot_count), round(quantileExact(median_snr), 1) FROM signatures "
                + "GROUP BY sfi_class ORDER BY sfi_class");
    }

    private void sun() {
        table("solar", timeBins("toDate(bucket)") + "round(avg(sfi), 1), round(max(kp), 2), round(avg(ssn), 0) FROM solar, range "
                + "WHERE toDate(bucket) BETWEEN first AND last GROUP BY bin ORDER BY bin");
    }

    /// The start of a query over at most [#TIME_BINS] equal numbers of days between the first spot and the last: its first
    /// column is the first day of the bin.
    private static String timeBins(String date) {
        return "WITH range AS (SELECT toDate(min(timestamp)) AS first, toDate(max(timestamp)) AS last FROM silver), "
                + "greatest(1, intDiv(dateDiff('day', first, last) + " + TIME_BINS + ", " + TIME_BINS + ")) AS step "
                + "SELECT toString(first + step * intDiv(dateDiff('day', first, " + date + "), step)) AS bin, ";
    }

    private void table(String name, String sql) {
        figures.set(name, answer(sql).get("data"));
        progress.advance(1);
    }

    private void row(String name, String sql) {
        JsonNode answer = answer(sql);
        ObjectNode row = figures.putObject(name);
        for (int i = 0; i < answer.get("meta").size(); i++) {
            row.set(answer.get("meta").get(i).get("name").asText(), answer.get("data").get(0).get(i));
        }
        progress.advance(1);
    }

    private JsonNode answer(String sql) {
        String text = vault.text(sql, "JSONCompact");
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new VaultException("the answer is no JSON (" + e.getOriginalMessage() + ") to: " + sql);
        }
    }
}
