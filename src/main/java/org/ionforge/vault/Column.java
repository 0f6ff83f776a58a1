package org.ionforge.vault;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One column of a [Block]. `type` is the ClickHouse type on the wire: what the writer declares, what the server answers. A
/// `DateTime` travels without its time zone, as seconds since 1970 UTC.
public sealed interface Column {

    String name();

    String type();

    int rows();

    default boolean isNull(int row) {
        return false;
    }

    /// The value as a whole number (integers, Date, DateTime in seconds).
    default long longAt(int row) {
        throw new IllegalStateException("column " + name() + " of type " + type() + " holds no whole numbers");
    }

    /// The value as a floating-point number; NaN where null.
    default double doubleAt(int row) {
        return longAt(row);
    }

    default String textAt(int row) {
        throw new IllegalStateException("column " + name() + " of type " + type() + " holds no text");
    }

    /// Fixed-width values, little-endian and contiguous: integers, floats, Bool, Date, DateTime, FixedString(n), Enum.
    ///
    /// @param width bytes of one value
    /// @param data  `rows · width` bytes
    record Fixed(String name, String type, int rows, int width, MemorySegment data) implements Column {
        @Override
        public long longAt(int row) {
            boolean unsigned = type.startsWith("U") || type.equals("Date") || type.startsWith("DateTime") || type.equals("Bool")
                    || type.equals("IPv4");
            return switch (width) {
                case 1 -> unsigned ? data.get(ValueLayout.JAVA_BYTE, row) & 0xff : data.get(ValueLayout.JAVA_BYTE, row);
                case 2 -> {
                    short value = data.get(ValueLayout.JAVA_SHORT_UNALIGNED, row * 2L);
                    yield unsigned ? value & 0xffff : value;
                }
                case 4 -> {
                    int value = data.get(ValueLayout.JAVA_INT_UNALIGNED, row * 4L);
                    yield unsigned ? value & 0xffff_ffffL : value;
                }
                case 8 -> data.get(ValueLayout.JAVA_LONG_UNALIGNED, row * 8L);
                default -> Column.super.longAt(row);
            };
        }

        @Override
        public double doubleAt(int row) {
            return switch (type) {
                case "Float32" -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, row * 4L);
                case "Float64" -> data.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, row * 8L);
                default -> longAt(row);
            };
        }

        @Override
        public String textAt(int row) {
            byte[] bytes = data.asSlice((long) row * width, width).toArray(ValueLayout.JAVA_BYTE);
            int end = width;
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        }
    }

    /// Fixed-width values some of which are null.
    ///
    /// @param type  `Nullable(…)`
    /// @param nulls one byte a row, 1 where null
    /// @param values the values beneath; undefined where null
    record Nullable(String name, String type, MemorySegment nulls, Fixed values) implements Column {
        @Override
        public int rows() {
            return values.rows();
        }

        @Override
        public boolean isNull(int row) {
            return nulls.get(ValueLayout.JAVA_BYTE, row) != 0;
        }

        @Override
        public long longAt(int row) {
            if (isNull(row)) {
                throw new IllegalStateException("column " + name + " is null in row " + row);
            }
            return values.longAt(row);
        }

        @Override
        public double doubleAt(int row) {
            return isNull(row) ? Double.NaN : values.doubleAt(row);
        }
    }

    /// Strings, each its own bytes.
    record Text(String name, String type, List<byte[]> values) implements Column {
        @Override
        public int rows() {
            return values.size();
        }

        @Override
        public String textAt(int row) {
            return new String(values.get(row), StandardCharsets.UTF_8);
        }
    }

    /// Strings some of which are null.
    ///
    /// @param nulls  one byte a row, 1 where null
    /// @param values the values beneath; undefined where null
    record NullableText(String name, MemorySegment nulls, Text values) implements Column {
        @Override
        public String type() {
            return "Nullable(String)";
        }

        @Override
        public int rows() {
            return values.rows();
        }

        @Override
        public boolean isNull(int row) {
            return nulls.get(ValueLayout.JAVA_BYTE, row) != 0;
        }

        @Override
        public String textAt(int row) {
            if (isNull(row)) {
                throw new IllegalStateException("column " + name + " is null in row " + row);
            }
            return values.textAt(row);
        }
    }

    /// `LowCardinality(String)`: an index into keys for every row, as the wire has it.
    ///
    /// @param keys  distinct strings; the writer adds the empty key that the format wants first
    /// @param index S32 `[rows]`, positions in `keys`
    record Dictionary(String name, int rows, List<byte[]> keys, MemorySegment index) implements Column {
        @Override
        public String type() {
            return "LowCardinality(String)";
        }

        /// Position in [#keys()].
        @Override
        public long longAt(int row) {
            return index.get(ValueLayout.JAVA_INT_UNALIGNED, row * 4L);
        }

        @Override
        public String textAt(int row) {
            return new String(keys.get((int) longAt(row)), StandardCharsets.UTF_8);
        }
    }

    /// `Array(T)` of fixed-width elements.
    ///
    /// @param ends U64 `[rows]`: where each row's elements end
    /// @param elements all elements, row after row
    record Array(String name, String type, int rows, MemorySegment ends, Fixed elements) implements Column {
        public long start(int row) {
            return row == 0 ? 0 : end(row - 1);
        }

        public long end(int row) {
            return ends.get(ValueLayout.JAVA_LONG_UNALIGNED, row * 8L);
        }
    }
}
