package org.ionforge.refinery;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.ionforge.vault.Column;

/// A column of fixed width, with or without nulls, that grows row by row and is reused from block to block.
final class RowValues {
    private final String name;
    private final String type;
    private final int width;
    private byte[] bytes = new byte[1 << 12];
    private byte[] nulls = new byte[1 << 9];
    private MemorySegment memory = MemorySegment.ofArray(bytes);
    private int rows;

    RowValues(String name, String type, int width) {
        this.name = name;
        this.type = type;
        this.width = width;
    }

    void add(long value) {
        long at = next();
        switch (width) {
            case 1 -> memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            case 2 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
            case 4 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) value);
            default -> memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
        }
    }

    void add(float value) {
        long at = next();
        memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, value);
    }

    void add(double value) {
        long at = next();
        memory.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, value);
    }

    void add(byte[] value) {
        long at = next();
        MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, at, width);
    }

    void addNullable(float value) {
        long at = next();
        memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, Float.isNaN(value) ? 0 : value);
        nulls[rows - 1] = (byte) (Float.isNaN(value) ? 1 : 0);
    }

    /// Adds the value at `row` of a column of this width.
    void copy(MemorySegment from, int row) {
        long at = next();
        MemorySegment.copy(from, (long) row * width, memory, at, width);
    }

    int rows() {
        return rows;
    }

    void clear() {
        rows = 0;
    }

    Column.Fixed column() {
        return new Column.Fixed(name, type, rows, width, memory.asSlice(0, (long) rows * width));
    }

    Column.Nullable nullableColumn() {
        return new Column.Nullable(name, "Nullable(" + type + ")", MemorySegment.ofArray(nulls).asSlice(0, rows), column());
    }

    /// Makes room for one more value: `memory` may be another afterwards.
    private long next() {
        long at = (long) rows * width;
        if (at + width > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.toIntExact(bytes.length * 2L));
            memory = MemorySegment.ofArray(bytes);
        }
        if (rows == nulls.length) {
            nulls = Arrays.copyOf(nulls, rows * 2);
        }
        rows++;
        return at;
    }
}
