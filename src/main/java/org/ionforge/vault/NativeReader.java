package org.ionforge.vault;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Blocks from ClickHouse's Native format. The memory of a block's columns is used again for the next block.
final class NativeReader implements AutoCloseable {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long GLOBAL_KEYS = 1 << 8;
    private static final long HAS_KEYS = 1 << 9;

    private final Supplier<MemorySegment> source;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> slabs = new ArrayList<>();
    private int slab;
    private MemorySegment piece = MemorySegment.NULL;
    private long position;

    /// @param source the next bytes, valid until it is asked again; empty at the end
    NativeReader(Supplier<MemorySegment> source) {
        this.source = source;
    }

    /// The next block that has rows, or null at the end.
    Block next() {
        while (more()) {
            slab = 0;
            int count = size(varint());
            int rows = size(varint());
            List<Column> columns = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                columns.add(column(text(), text(), rows));
            }
            if (rows > 0) {
                return new Block(rows, columns);
            }
        }
        return null;
    }

    @Override
    public void close() {
        arena.close();
    }

    private Column column(String name, String type, int rows) {
        if (type.equals("String")) {
            return new Column.Text(name, type, strings(rows));
        }
        if (type.startsWith("Nullable(")) {
            MemorySegment nulls = bytes(rows);
            return switch (column(name, inner(type), rows)) {
                case Column.Fixed fixed -> new Column.Nullable(name, type, nulls, fixed);
                case Column.Text text -> new Column.NullableText(name, nulls, text);
                case Column other -> throw unreadable(other.name(), type);
            };
        }
        if (type.startsWith("LowCardinality(")) {
            return lowCardinality(name, type, rows);
        }
        if (type.startsWith("Array(")) {
            MemorySegment ends = bytes(rows * 8L);
            int elements = rows == 0 ? 0 : size(ends.get(LONG, (rows - 1) * 8L));
            if (column(name, inner(type), elements) instanceof Column.Fixed fixed) {
                return new Column.Array(name, type, rows, ends, fixed);
            }
            throw unreadable(name, type);
        }
        int width = NativeType.width(type);
        if (width == 0) {
            throw unreadable(name, type);
        }
        return new Column.Fixed(name, type, rows, width, bytes((long) rows * width));
    }

    /// Strings stay a dictionary; everything else becomes the plain column beneath.
    private Column lowCardinality(String name, String type, int rows) {
        String beneath = inner(type);
        boolean nullable = beneath.startsWith("Nullable(");
        String plain = nullable ? inner(beneath) : beneath;
        if (rows == 0) {
            return column(name, beneath, 0);
        }
        if (word() != 1) {
            throw new VaultException("column " + name + " of type " + type + ": unknown version of its dictionary");
        }
        long flags = word();
        if ((flags & GLOBAL_KEYS) != 0 || (flags & HAS_KEYS) == 0) {
            throw new VaultException("column " + name + " of type " + type + ": its dictionary is not in its block");
        }
        int count = size(word());
        Column keys = column(name, plain, count);
        long indexes = word();
        if (indexes != rows) {
            throw new VaultException("column " + name + " of type " + type + ": " + indexes + " rows in a block of " + rows);
        }
        MemorySegment index = index(name, (int) (flags & 0xff), rows, count);
        return switch (keys) {
            case Column.Text text when nullable -> {
                byte[][] values = new byte[rows][];
                MemorySegment nulls = nulls(index, rows);
                Arrays.setAll(values, row -> text.values().get(index.get(INT, row * 4L)));
                yield new Column.NullableText(name, nulls, new Column.Text(name, plain, Arrays.asList(values)));
            }
            case Column.Text text -> new Column.Dictionary(name, rows, text.values(), index);
            case Column.Fixed fixed -> {
                Column.Fixed values = spread(fixed, index, rows);
                yield nullable ? new Column.Nullable(name, beneath, nulls(index, rows), values) : values;
            }
            case Column other -> throw unreadable(other.name(), type);
        };
    }

    /// The indexes widened to 32 bits.
    private MemorySegment index(String name, int kind, int rows, int keys) {
        MemorySegment index = reserve(rows * 4L);
        switch (kind) {
            case 0 -> {
                MemorySegment narrow = bytes(rows);
                for (int i = 0; i < rows; i++) {
                    index.set(INT, i * 4L, narrow.get(ValueLayout.JAVA_BYTE, i) & 0xff);
                }
            }
            case 1 -> {
                MemorySegment narrow = bytes(rows * 2L);
                for (int i = 0; i < rows; i++) {
                    index.set(INT, i * 4L, narrow.get(SHORT, i * 2L) & 0xffff);
                }
            }
            case 2 -> fill(index, rows * 4L);
            default -> throw new VaultException("column " + name + ": a dictionary with " + keys + " keys");
        }
        return index;
    }

    /// Key 0 of a nullable dictionary stands for NULL.
    private MemorySegment nulls(MemorySegment index, int rows) {
        MemorySegment nulls = reserve(rows);
        for (int i = 0; i < rows; i++) {
            nulls.set(ValueLayout.JAVA_BYTE, i, (byte) (index.get(INT, i * 4L) == 0 ? 1 : 0));
        }
        return nulls;
    }

    private Column.Fixed spread(Column.Fixed keys, MemorySegment index, int rows) {
        int width = keys.width();
        MemorySegment values = reserve((long) rows * width);
        for (int i = 0; i < rows; i++) {
            MemorySegment.copy(keys.data(), (long) index.get(INT, i * 4L) * width, values, (long) i * width, width);
        }
        return new Column.Fixed(keys.name(), keys.type(), rows, width, values);
    }

    private static String inner(String type) {
        return type.substring(type.indexOf('(') + 1, type.length() - 1);
    }

    private static VaultException unreadable(String name, String type) {
        return new VaultException("column " + name + " has type " + type
                + ", which is not read here; convert it in the query, for example with toString");
    }

    private List<byte[]> strings(int rows) {
        byte[] bytes = new byte[Math.max(64, rows * 8)];
        int[] ends = new int[rows];
        int end = 0;
        for (int row = 0; row < rows; row++) {
            int length = size(varint());
            if (bytes.length - end < length) {
                bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(end, length), (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
            }
            fill(MemorySegment.ofArray(bytes).asSlice(end, length), length);
            end += length;
            ends[row] = end;
        }
        return new Strings(bytes, ends);
    }

    private String text() {
        byte[] bytes = new byte[size(varint())];
        fill(MemorySegment.ofArray(bytes), bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int size(long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new VaultException("the answer is not in Native format: a size of " + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    private MemorySegment bytes(long count) {
        MemorySegment to = reserve(count);
        fill(to, count);
        return to;
    }

    /// Memory for a column, the same as for that column of the block before.
    private MemorySegment reserve(long count) {
        if (slab == slabs.size()) {
            slabs.add(MemorySegment.NULL);
        }
        if (slabs.get(slab).byteSize() < count) {
            slabs.set(slab, arena.allocate(count + count / 4, 64));
        }
        return slabs.get(slab++).asSlice(0, count);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte part = octet();
            value |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new VaultException("the answer is not in Native format: an endless number");
    }

    private byte octet() {
        need();
        return piece.get(ValueLayout.JAVA_BYTE, position++);
    }

    private long word() {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value |= (octet() & 0xffL) << (8 * i);
        }
        return value;
    }

    private void fill(MemorySegment to, long count) {
        for (long done = 0; done < count; ) {
            need();
            long part = Math.min(count - done, piece.byteSize() - position);
            MemorySegment.copy(piece, position, to, done, part);
            position += part;
            done += part;
        }
    }

    private void need() {
        if (!more()) {
            throw new VaultException("the answer ends in the middle of a block");
        }
    }

    private boolean more() {
        if (position == piece.byteSize()) {
            piece = source.get();
            position = 0;
        }
        return piece.byteSize() > 0;
    }
}
