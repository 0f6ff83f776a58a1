package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;

/// A block of silver rows that may become gold, in memory of its own.
final class GoldRows {

    /// Rows that qualify: HF, plausible SNR, 500 to 18,000 km, all indices known.
    static final String ELIGIBLE = "band BETWEEN " + Bands.FIRST_HF + " AND " + Bands.LAST_HF + " AND snr BETWEEN -35 AND 25"
            + " AND distance BETWEEN 500 AND 18000 AND kp IS NOT NULL AND sfi IS NOT NULL AND ssn IS NOT NULL";

    static final String SELECT = "toUInt32(timestamp), band, toFixedString(tx_grid, 8), toFixedString(rx_grid, 8), frequency, snr,"
            + " distance, azimuth, mid_latitude, assumeNotNull(kp), assumeNotNull(sfi), assumeNotNull(ssn), quality";

    private static final float[] SSN_EDGES = {46, 76, 124, 153};

    int rows;
    private MemorySegment[] data = {};

    /// Takes over what `block` has; memory that has become too small is asked for anew.
    void copy(Block block, Arena memory) {
        rows = block.rows();
        List<Column> columns = block.columns();
        if (data.length == 0) {
            data = new MemorySegment[columns.size()];
            Arrays.fill(data, MemorySegment.NULL);
        }
        for (int i = 0; i < data.length; i++) {
            MemorySegment values = ((Column.Fixed) columns.get(i)).data();
            if (data[i].byteSize() < values.byteSize()) {
                data[i] = memory.allocate(values.byteSize() + values.byteSize() / 4, Long.BYTES);
            }
            data[i].copyFrom(values);
        }
    }

    int band(int row) {
        return data[1].get(ValueLayout.JAVA_SHORT_UNALIGNED, row * 2L);
    }

    float distance(int row) {
        return number(6, row);
    }

    float sfi(int row) {
        return number(10, row);
    }

    /// 1 to 5.
    int quintile(int row) {
        float ssn = number(11, row);
        int quintile = 1;
        for (float edge : SSN_EDGES) {
            quintile += ssn > edge ? 1 : 0;
        }
        return quintile;
    }

    /// The (SSN, mid-latitude) cell.
    int cell(int row) {
        return (int) Math.floor(number(11, row) / 20) * 64 + (int) Math.floor(number(8, row) / 10);
    }

    /// What a row is, in 64 bits: time, grids, frequency and SNR.
    long identity(int row) {
        long h = mix(integer(0, row) & 0xffff_ffffL);
        h = mix(h ^ data[2].get(ValueLayout.JAVA_LONG_UNALIGNED, row * 8L));
        h = mix(h ^ data[3].get(ValueLayout.JAVA_LONG_UNALIGNED, row * 8L));
        h = mix(h ^ data[4].get(ValueLayout.JAVA_LONG_UNALIGNED, row * 8L));
        return mix(h ^ data[5].get(ValueLayout.JAVA_BYTE, row));
    }

    private static long mix(long value) {
        long h = value + 0x9e3779b97f4a7c15L;
        h = (h ^ h >>> 30) * 0xbf58476d1ce4e5b9L;
        h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
        return h ^ h >>> 31;
    }

    private int integer(int column, int row) {
        return data[column].get(ValueLayout.JAVA_INT_UNALIGNED, row * 4L);
    }

    private float number(int column, int row) {
        return data[column].get(ValueLayout.JAVA_FLOAT_UNALIGNED, row * 4L);
    }

    /// The grid in that column, without the zero bytes that fill it up.
    private byte[] grid(int column, int row) {
        byte[] text = data[column].asSlice(row * 8L, 8).toArray(ValueLayout.JAVA_BYTE);
        int length = 8;
        while (length > 0 && text[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(text, length);
    }

    /// Rows on their way to a gold table: the common columns and some of its own.
    static final class Table {
        private static final int TX_GRID = 2;
        private static final int RX_GRID = 3;

        private final List<RowValues> before = List.of(new RowValues("timestamp", "DateTime('UTC')", 4), new RowValues("band", "UInt16", 2));
        private final List<byte[]> txGrids = new ArrayList<>();
        private final List<byte[]> rxGrids = new ArrayList<>();
        private final List<RowValues> after = List.of(new RowValues("frequency", "UInt64", 8), new RowValues("snr", "Int8", 1),
                new RowValues("distance", "Float32", 4), new RowValues("azimuth", "Float32", 4), new RowValues("mid_latitude", "Float32", 4),
                new RowValues("kp", "Float32", 4), new RowValues("sfi", "Float32", 4), new RowValues("ssn", "Float32", 4),
                new RowValues("quality", "Float32", 4));
        private final List<RowValues> own;

        Table(RowValues... own) {
            this.own = List.of(own);
        }

        String[] columns() {
            return block().columns().stream().map(Column::name).toArray(String[]::new);
        }

        /// Adds a row; the caller fills the table's own columns, which are returned.
        List<RowValues> add(GoldRows from, int row) {
            for (int i = 0; i < before.size(); i++) {
                before.get(i).copy(from.data[i], row);
            }
            txGrids.add(from.grid(TX_GRID, row));
            rxGrids.add(from.grid(RX_GRID, row));
            for (int i = 0; i < after.size(); i++) {
                after.get(i).copy(from.data[RX_GRID + 1 + i], row);
            }
            return own;
        }

        void send(BlockWriter writer) {
            if (!txGrids.isEmpty()) {
                writer.write(block());
            }
            before.forEach(RowValues::clear);
            txGrids.clear();
            rxGrids.clear();
            after.forEach(RowValues::clear);
            own.forEach(RowValues::clear);
        }

        private Block block() {
            List<Column> columns = new ArrayList<>();
            before.forEach(c -> columns.add(c.column()));
            columns.add(new Column.Text("tx_grid", "String", txGrids));
            columns.add(new Column.Text("rx_grid", "String", rxGrids));
            after.forEach(c -> columns.add(c.column()));
            own.forEach(c -> columns.add(c.column()));
            return new Block(txGrids.size(), columns);
        }
    }
}
