package org.ionforge.refinery;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.vault.Vault;

/// What the tables hold, whatever the order of rows or the number of parts: count and sum of row hashes (of the row as text: the
/// hash of a row with a NULL would be NULL).
final class TableHashes {

    static final List<String> TABLES = List.of("bronze", "silver", "signature_histograms", "signatures", "signatures_reference",
            "gold_stratified", "gold_continuous", "gold_penalty", "solar", "quarantine", "ingest_log", "refinery_state");

    private TableHashes() {
    }

    static Map<String, String> of(Vault vault) {
        Map<String, String> hashes = new TreeMap<>();
        for (String table : TABLES) {
            hashes.put(table, vault.text("SELECT count(), sum(cityHash64(formatRow('TSV', *))) FROM " + table, "TSV").strip());
        }
        hashes.put("staging", vault.text("SELECT count() FROM system.tables WHERE database = currentDatabase() AND endsWith(name, '_staging')",
                "TSV").strip());
        hashes.put("journal", vault.text("SELECT count() FROM commit_journal", "TSV").strip());
        return hashes;
    }
}
