package org.ionforge.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.ionforge.errors.InputException;

/// Makes the tables of bench/README.md from the files in bench/results: a row a result, nothing typed by hand. `bench/table`.
final class ResultTable {

    static final String BEGIN = "<!-- Made from results/*.json by bench/table: do not edit. -->\n";
    static final String END = "<!-- End of what bench/table makes. -->\n";

    private static final String HEAD = """
            | suite | operation | shape | backend | median ms | p10 … p90 | GB/s | GOP/s | of ceiling | beside | memory MiB | peer | median ms | memory MiB | peer / ours |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
            """;

    private ResultTable() {
    }

    public static void main(String[] arguments) throws IOException {
        Path readme = Path.of("bench", "README.md");
        String text = Files.readString(readme);
        Files.writeString(readme, replaced(text, tables(Path.of("bench", "results"))));
    }

    /// The text with the tables in the place of those it has.
    ///
    /// @throws InputException if the marks are not there
    static String replaced(String text, String tables) {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new InputException("the text has no place for the tables: a line '" + BEGIN.strip() + "' and after it '" + END.strip() + "'");
        }
        return text.substring(0, begin + BEGIN.length()) + tables + text.substring(end);
    }

    /// A heading for each file, and a table for each of its runs.
    static String tables(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
                JsonNode root = new ObjectMapper().readTree(file.toFile());
                text.append("\n### ").append(text(root, "machine")).append('\n');
                for (int run = 0; run < root.get("runs").size(); run++) {
                    text.append(table(root, run));
                }
            }
        }
        return text.toString();
    }

    private static String table(JsonNode file, int run) {
        JsonNode about = file.get("runs").get(run);
        List<JsonNode> results = file.get("results").valueStream().filter(each -> each.get("run").asInt() == run).toList();
        StringBuilder text = new StringBuilder("\n`").append(text(about, "command")).append("`, ").append(text(about, "date")).append(": ")
                .append(members(about.get("ceilings"))).append("\n\n").append(HEAD);
        for (JsonNode result : results) {
            double seconds = result.get("medianMs").asDouble() / 1e3;
            text.append(row(List.of(text(result, "suite"), text(result, "operation"), text(result, "shape"), text(result, "backend"),
                    number(result, "medianMs", 1), number(result, "p10Ms", 1) + " … " + number(result, "p90Ms", 1),
                    number(result, "bytes", 1e9 * seconds), number(result, "operations", 1e9 * seconds),
                    (percent(result, "shareOfCeiling") + " " + text(result, "ceiling")).strip(), percent(result, "shareBeside"),
                    number(result, "memoryBytes", 0x1p20), text(result, "peer"), number(result, "peerMedianMs", 1),
                    number(result, "peerMemoryBytes", 0x1p20),
                    result.has("ratio") ? String.format(Locale.ROOT, "%.2f", result.get("ratio").asDouble()) : "")));
        }
        for (JsonNode result : results) {
            if (result.has("figures")) {
                text.append('\n').append(text(result, "operation")).append(", ").append(text(result, "shape")).append(": ")
                        .append(members(result.get("figures"))).append('\n');
            }
        }
        return text.toString();
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String members(JsonNode members) {
        StringJoiner text = new StringJoiner(", ");
        members.properties().forEach(member -> text.add(member.getKey() + " "
                + (member.getValue().isObject() ? members(member.getValue()) : significant(member.getValue().asDouble()))));
        return text.toString();
    }

    private static String percent(JsonNode result, String name) {
        return result.has(name) ? String.format(Locale.ROOT, "%.0f %%", 100 * result.get(name).asDouble()) : "";
    }

    private static String text(JsonNode result, String name) {
        return result.has(name) ? result.get(name).asText() : "";
    }

    private static String number(JsonNode result, String name, double unit) {
        return result.has(name) ? significant(result.get(name).asDouble() / unit) : "";
    }

    /// Three digits or more, thousands set off.
    private static String significant(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : Math.clamp(2 - (int) Math.floor(Math.log10(size)), 1, 9);
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
