package org.ionforge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.vault.TableSize;
import org.ionforge.vault.Vault;

/// `./ionforge vault tables`.
final class VaultTablesCommand implements Command {

    @Override
    public String name() {
        return "vault tables";
    }

    @Override
    public String arguments() {
        return "--vault WHERE [--json]";
    }

    @Override
    public String summary() {
        return "Show each table's rows, size, compression and parts.";
    }

    @Override
    public Options options() {
        return new Options().addOption(Arguments.vault()).addOption(null, "json", false, "print the result as JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws JsonProcessingException {
        try (Vault vault = Arguments.existingVault(line, console)) {
            List<TableSize> sizes = TableSize.of(vault);
            if (line.hasOption("json")) {
                console.out().println(new ObjectMapper().writeValueAsString(
                        Map.of("vault", vault.description(), "tables", sizes.stream().map(VaultTablesCommand::entry).toList())));
                return 0;
            }
            console.err().println(vault.description());
            console.out().printf(Locale.ROOT, "%-24s %14s %12s %12s %7s %6s%n", "table", "rows", "stored", "unpacked", "ratio", "parts");
            sizes.forEach(size -> console.out().printf(Locale.ROOT, "%-24s %,14d %12s %12s %7s %6d%n", size.table(), size.rows(),
                    bytes(size.compressed()), bytes(size.uncompressed()),
                    size.compressed() == 0 ? "" : String.format(Locale.ROOT, "%.1f", size.ratio()), size.parts()));
            return 0;
        }
    }

    private static Map<String, Object> entry(TableSize size) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("table", size.table());
        entry.put("rows", size.rows());
        entry.put("compressedBytes", size.compressed());
        entry.put("uncompressedBytes", size.uncompressed());
        entry.put("ratio", size.ratio());
        entry.put("parts", size.parts());
        return entry;
    }

    private static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        return String.format(Locale.ROOT, "%.1f %ciB", (double) bytes / (1L << 10 * power), " KMGTPE".charAt(power));
    }
}
