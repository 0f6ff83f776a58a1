package org.ionforge.vault;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Blocks with a column of every type that the vault's tables or answers use.
final class SampleBlock {

    private SampleBlock() {
    }

    /// Every type but dictionaries, with extreme values among the rows.
    static Block plain(Arena arena, int rows) {
        List<Column> columns = new ArrayList<>();
        for (String type : List.of("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64",
                "Bool", "Date", "DateTime", "FixedString(4)", "Enum8('a' = -128, 'b' = 127)", "UUID", "Decimal(18, 4)",
                "DateTime64(3, 'UTC')")) {
            columns.add(fixed(arena, "c" + columns.size(), type, rows));
        }
        columns.add(new Column.Nullable("maybe", "Nullable(Float32)", nulls(arena, rows), fixed(arena, "maybe", "Float32", rows)));
        columns.add(new Column.Nullable("maybe16", "Nullable(Int16)", nulls(arena, rows), fixed(arena, "maybe16", "Int16", rows)));
        columns.add(texts("word", rows));
        columns.add(new Column.NullableText("maybe_word", nulls(arena, rows), texts("maybe_word", rows)));
        columns.add(array(arena, "counts", "UInt32", rows));
        columns.add(array(arena, "levels", "Int8", rows));
        return new Block(rows, columns);
    }

    /// A dictionary of that many keys, one of them the empty string, not at the front.
    static Column.Dictionary dictionary(Arena arena, String name, int rows, int keys) {
        List<byte[]> words = IntStream.range(0, keys)
                .mapToObj(k -> (k == keys / 2 ? "" : "käy" + k).getBytes(StandardCharsets.UTF_8)).toList();
        MemorySegment index = arena.allocate(rows * 4L, 4);
        for (int row = 0; row < rows; row++) {
            index.setAtIndex(ValueLayout.JAVA_INT, row, Math.floorMod(row * 2654435761L, keys));
        }
        return new Column.Dictionary(name, rows, words, index);
    }

    /// Makes the table `sample` for the block and puts the block into it; `row` numbers the rows.
    static void fill(Vault vault, Block block) {
        String columns = block.columns().stream().map(c -> c.name() + " " + c.type()).collect(Collectors.joining(", "));
        vault.execute("CREATE TABLE sample (row UInt32, " + columns + ") ENGINE = MergeTree ORDER BY row");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate(block.rows() * 4L, 4);
            for (int i = 0; i < block.rows(); i++) {
                row.setAtIndex(ValueLayout.JAVA_INT, i, i);
            }
            List<Column> all = new ArrayList<>(block.columns());
            all.addFirst(new Column.Fixed("row", "UInt32", block.rows(), 4, row));
            try (BlockWriter writer = vault.insert("sample", all.stream().map(Column::name).toArray(String[]::new))) {
                writer.write(new Block(block.rows(), all));
                writer.finish();
            }
        }
    }

    private static Column.Fixed fixed(Arena arena, String name, String type, int rows) {
        int width = NativeType.width(type);
        MemorySegment data = arena.allocate((long) rows * width, 8);
        for (int row = 0; row < rows; row++) {
            for (int b = 0; b < width; b++) {
                data.set(ValueLayout.JAVA_BYTE, (long) row * width + b, octet(type, row, b));
            }
        }
        return new Column.Fixed(name, type, rows, width, data);
    }

    private static byte octet(String type, int row, int b) {
        if (type.equals("Bool")) {
            return (byte) (row & 1);
        }
        if (type.startsWith("Enum8")) {
            return (byte) ((row & 1) == 0 ? -128 : 127);
        }
        if (type.startsWith("FixedString")) {
            return (byte) ('A' + (row * 7 + b * 3) % 26);
        }
        if (row == 0) {
            return 0;
        }
        if (row == 1) {
            // All ones: −1, the largest unsigned number; for floats the largest finite one instead of a NaN.
            return type.equals("Float32") && b >= 2 ? (byte) 0x7f
                    : type.equals("Float64") && b >= 6 ? (byte) (b == 6 ? 0xef : 0x7f)
                    : type.startsWith("Decimal") || type.startsWith("DateTime64") ? (byte) (b < 5 ? 0xff : 0) : (byte) 0xff;
        }
        if (type.startsWith("Decimal") || type.startsWith("DateTime64")) {
            return (byte) (b < 5 ? row * 31 + b * 17 : 0);
        }
        if (type.startsWith("Float")) {
            int top = type.equals("Float32") ? 3 : 7;
            return (byte) (b == top ? 0x3f + (row & 1) * 0x80 : row * 31 + b * 17);
        }
        return (byte) (row * 31 + b * 17);
    }

    private static MemorySegment nulls(Arena arena, int rows) {
        MemorySegment nulls = arena.allocate(rows);
        for (int row = 0; row < rows; row++) {
            nulls.set(ValueLayout.JAVA_BYTE, row, (byte) (row % 3 == 0 ? 1 : 0));
        }
        return nulls;
    }

    private static Column.Text texts(String name, int rows) {
        return new Column.Text(name, "String", IntStream.range(0, rows)
                .mapToObj(row -> (row == 5 ? "x".repeat(70_000) : row % 4 == 0 ? "" : "grüß\0\"," + row).getBytes(StandardCharsets.UTF_8))
                .toList());
    }

    private static Column.Array array(Arena arena, String name, String type, int rows) {
        MemorySegment ends = arena.allocate(rows * 8L, 8);
        long end = 0;
        for (int row = 0; row < rows; row++) {
            end += row % 5;
            ends.setAtIndex(ValueLayout.JAVA_LONG, row, end);
        }
        return new Column.Array(name, "Array(" + type + ")", rows, ends, fixed(arena, name, type, (int) end));
    }
}
