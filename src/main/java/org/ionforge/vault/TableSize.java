package org.ionforge.vault;

import java.util.ArrayList;
import java.util.List;

/// How large a table is.
///
/// @param compressed   bytes of its columns as stored
/// @param uncompressed bytes of its columns
/// @param parts        parts that are read by queries
public record TableSize(String table, long rows, long compressed, long uncompressed, long parts) {

    /// Uncompressed over compressed; 0 where there is nothing.
    public double ratio() {
        return compressed == 0 ? 0 : (double) uncompressed / compressed;
    }

    /// The sizes of the vault's tables, by name.
    public static List<TableSize> of(Vault vault) {
        List<TableSize> sizes = new ArrayList<>();
        try (BlockReader reader = vault.query("""
                SELECT name, sum(p.rows) AS rows, sum(p.data_compressed_bytes) AS compressed,
                       sum(p.data_uncompressed_bytes) AS uncompressed, countIf(p.active) AS parts
                FROM (SELECT name FROM system.tables WHERE database = currentDatabase() AND NOT is_temporary) AS t
                LEFT JOIN (SELECT table, rows, data_compressed_bytes, data_uncompressed_bytes, active
                           FROM system.parts WHERE database = currentDatabase() AND active) AS p ON t.name = p.table
                GROUP BY name ORDER BY name""")) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                for (int row = 0; row < block.rows(); row++) {
                    sizes.add(new TableSize(block.column("name").textAt(row), block.column("rows").longAt(row),
                            block.column("compressed").longAt(row), block.column("uncompressed").longAt(row),
                            block.column("parts").longAt(row)));
                }
            }
        }
        return sizes;
    }
}
