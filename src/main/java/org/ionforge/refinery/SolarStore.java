package org.ionforge.refinery;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;
import org.ionforge.vault.Vault;

/// The table `solar`: a [SolarTable] in the vault.
final class SolarStore {

    static final String TABLE = "solar";
    private static final List<String> INDICES = List.of("kp", "ap", "ssn", "sfi", "sfi_adjusted", "xray_short", "xray_long");

    private SolarStore() {
    }

    static SolarTable load(Vault vault) {
        Map<Integer, SolarRow> rows = new TreeMap<>();
        Sql.forEach(vault, "SELECT toUInt32(bucket) AS bucket, " + String.join(", ", INDICES) + " FROM solar", (block, row) -> {
            float[] v = new float[INDICES.size()];
            for (int i = 0; i < v.length; i++) {
                v[i] = (float) block.columns().get(i + 1).doubleAt(row);
            }
            rows.put((int) (block.column("bucket").longAt(row) / BucketStore.BUCKET_SECONDS),
                    new SolarRow(v[0], v[1], v[2], v[3], v[4], v[5], v[6]));
        });
        return SolarTable.of(rows);
    }

    /// Makes the table part of a commit.
    static void stage(SolarTable table, Commit commit) {
        RowValues bucket = new RowValues("bucket", "DateTime('UTC')", 4);
        List<RowValues> indices = INDICES.stream().map(name -> new RowValues(name, "Float32", 4)).toList();
        table.rows().forEach((number, row) -> {
            bucket.add((long) number * BucketStore.BUCKET_SECONDS);
            float[] values = {row.kp(), row.ap(), row.ssn(), row.sfi(), row.sfiAdjusted(), row.xrayShort(), row.xrayLong()};
            for (int i = 0; i < values.length; i++) {
                indices.get(i).addNullable(values[i]);
            }
        });
        List<Column> columns = new java.util.ArrayList<>(List.of(bucket.column()));
        indices.forEach(index -> columns.add(index.nullableColumn()));
        try (BlockWriter writer = commit.into(TABLE, columns.stream().map(Column::name).toArray(String[]::new))) {
            writer.write(new Block(bucket.rows(), columns));
            writer.finish();
        }
        commit.replaceTable(TABLE);
    }
}
