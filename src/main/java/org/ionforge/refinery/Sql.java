package org.ionforge.refinery;

import java.util.Collection;
import java.util.stream.Collectors;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.Vault;

/// Small parts of statements and answers.
final class Sql {

    /// Receives one row of a block.
    interface Row {
        void accept(Block block, int row);
    }

    private Sql() {
    }

    static String quote(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /// `('a', 'b')`; never empty, since SQL has no empty list.
    static String list(Collection<String> texts) {
        return texts.isEmpty() ? "('')" : texts.stream().map(Sql::quote).collect(Collectors.joining(", ", "(", ")"));
    }

    static void forEach(Vault vault, String sql, Row consumer) {
        try (BlockReader reader = vault.query(sql)) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                for (int row = 0; row < block.rows(); row++) {
                    consumer.accept(block, row);
                }
            }
        }
    }
}
