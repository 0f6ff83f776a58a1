package org.ionforge.vault;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/// Blocks to ClickHouse's Native format: number of columns, number of rows, then name, type and data column by column. It is what
/// the engine has in memory, so nothing is parsed and fixed-width columns travel by plain copies.
///
/// Bytes go out in pieces of at most [#PIECE], since libchdb queues up to 16 of them.
final class NativeWriter implements AutoCloseable {

    static final int PIECE = 4 << 20;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long KEYS_VERSION = 1;
    private static final long HAS_KEYS = 1 << 9;
    private static final byte[] EMPTY = {};

    private final Consumer<MemorySegment> out;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment piece = arena.allocate(PIECE);
    private int filled;

    /// @param out takes each piece; its memory is reused after the call
    NativeWriter(Consumer<MemorySegment> out) {
        this.out = out;
    }

    /// Writes a block; one without rows leaves no trace.
    void write(Block block) {
        if (block.rows() == 0) {
            return;
        }
        varint(block.columns().size());
        varint(block.rows());
        for (Column column : block.columns()) {
            string(column.name().getBytes(StandardCharsets.UTF_8));
            string(column.type().getBytes(StandardCharsets.UTF_8));
            data(column);
        }
    }

    /// Sends what is still here.
    void flush() {
        if (filled > 0) {
            out.accept(piece.asSlice(0, filled));
            filled = 0;
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    private void data(Column column) {
        switch (column) {
            case Column.Fixed fixed -> bytes(fixed.data(), (long) fixed.rows() * fixed.width());
            case Column.Nullable nullable -> {
                bytes(nullable.nulls(), nullable.rows());
                data(nullable.values());
            }
            case Column.Text text -> strings(text.values());
            case Column.NullableText text -> {
                bytes(text.nulls(), text.rows());
                data(text.values());
            }
            case Column.Dictionary dictionary -> dictionary(dictionary);
            case Column.Array array -> {
                long elements = array.rows() == 0 ? 0 : array.end(array.rows() - 1);
                if (elements != array.elements().rows()) {
                    throw new IllegalArgumentException("column " + array.name() + " ends at element " + elements + " of "
                            + array.elements().rows());
                }
                bytes(array.ends(), array.rows() * 8L);
                data(array.elements());
            }
        }
    }

    /// The format wants the empty string as key 0; where the column has it elsewhere or not at all, it is put before the others and
    /// every index grows by one.
    private void dictionary(Column.Dictionary column) {
        List<byte[]> keys = column.keys();
        int shift = !keys.isEmpty() && keys.getFirst().length == 0 ? 0 : 1;
        int count = keys.size() + shift;
        int width = count <= 1 << 8 ? 1 : count <= 1 << 16 ? 2 : 4;
        word(KEYS_VERSION);
        word(HAS_KEYS | (width == 1 ? 0 : width == 2 ? 1 : 2));
        word(count);
        if (shift == 1) {
            string(EMPTY);
        }
        strings(keys);
        word(column.rows());
        for (int row = 0; row < column.rows(); ) {
            int rows = Math.min(column.rows() - row, room(width) / width);
            narrow(column.index(), row, rows, shift, width);
            filled += rows * width;
            row += rows;
        }
    }

    private void narrow(MemorySegment index, int row, int rows, int shift, int width) {
        long from = row * 4L;
        long to = filled;
        switch (width) {
            case 1 -> {
                for (int i = 0; i < rows; i++) {
                    piece.set(ValueLayout.JAVA_BYTE, to + i, (byte) (index.get(INT, from + i * 4L) + shift));
                }
            }
            case 2 -> {
                for (int i = 0; i < rows; i++) {
                    piece.set(SHORT, to + i * 2L, (short) (index.get(INT, from + i * 4L) + shift));
                }
            }
            default -> {
                for (int i = 0; i < rows; i++) {
                    piece.set(INT, to + i * 4L, index.get(INT, from + i * 4L) + shift);
                }
            }
        }
    }

    private void strings(List<byte[]> values) {
        for (byte[] value : values) {
            string(value);
        }
    }

    private void string(byte[] value) {
        varint(value.length);
        if (value.length <= PIECE) {
            room(value.length);
            MemorySegment.copy(value, 0, piece, ValueLayout.JAVA_BYTE, filled, value.length);
            filled += value.length;
        } else {
            bytes(MemorySegment.ofArray(value), value.length);
        }
    }

    private void varint(long value) {
        room(10);
        long rest = value;
        while (rest >= 0x80) {
            piece.set(ValueLayout.JAVA_BYTE, filled++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        piece.set(ValueLayout.JAVA_BYTE, filled++, (byte) rest);
    }

    private void word(long value) {
        room(8);
        piece.set(LONG, filled, value);
        filled += 8;
    }

    private void bytes(MemorySegment from, long count) {
        for (long done = 0; done < count; ) {
            int part = (int) Math.min(count - done, room(1));
            MemorySegment.copy(from, done, piece, filled, part);
            filled += part;
            done += part;
        }
    }

    /// Makes room for at least that many bytes.
    ///
    /// @return bytes free now
    private int room(int least) {
        if (PIECE - filled < least) {
            flush();
        }
        return PIECE - filled;
    }
}
