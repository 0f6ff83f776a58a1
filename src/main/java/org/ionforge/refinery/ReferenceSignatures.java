package org.ionforge.refinery;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;

/// The signatures under the reference system's key, all years and solar classes together: the histograms of a calendar month, read
/// in the order of the key and merged as they come, so memory does not grow with them. Used by one thread; no key is in two hours,
/// so several threads may share the hours of a month.
final class ReferenceSignatures {

    static final String TABLE = "signatures_reference";

    private static final String[] COLUMNS = {"month", "hour", "band", "tx_grid_4", "rx_grid_4", "spot_count", "median_snr", "snr_std",
        "reliability", "avg_sfi", "avg_kp", "avg_distance", "avg_azimuth"};

    private final Commit commit;
    private final List<RowValues> key = List.of(new RowValues("month", "UInt8", 1), new RowValues("hour", "UInt8", 1),
            new RowValues("band", "UInt16", 2), new RowValues("tx_grid_4", "FixedString(4)", 4),
            new RowValues("rx_grid_4", "FixedString(4)", 4));
    private final SignatureFigures figures = new SignatureFigures();
    private final SignatureTally merged = new SignatureTally();
    private final SignatureTally row = new SignatureTally();

    ReferenceSignatures(Commit commit) {
        this.commit = commit;
    }

    /// Makes the signatures of a calendar month (1 to 12) and of the hours `[firstHour, endHour)` anew, as part of the commit.
    void make(int month, int firstHour, int endHour) {
        String sql = "SELECT band, hour, tx_grid_4, rx_grid_4, snr, snr_count, sfi_sum, sfi_count, kp_sum, kp_count, distance_sum,"
                + " azimuth_sin_sum, azimuth_cos_sum FROM signature_histograms WHERE month = " + month
                + " AND hour >= " + firstHour + " AND hour < " + endHour
                + " ORDER BY band, hour, tx_grid_4, rx_grid_4";
        merged.clear(-1);
        try (BlockReader reader = commit.vault().query(sql); BlockWriter writer = commit.into(TABLE, COLUMNS)) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                for (int i = 0; i < block.rows(); i++) {
                    read(block, i);
                    if (row.key != merged.key) {
                        emit(month, writer);
                        merged.clear(row.key);
                    }
                    merged.merge(row);
                }
            }
            emit(month, writer);
            send(writer);
            writer.finish();
        }
    }

    private void read(Block block, int i) {
        List<Column> c = block.columns();
        row.clear(SignatureKey.pack(data(c.get(0)).get(JAVA_SHORT_UNALIGNED, i * 2L), data(c.get(1)).get(JAVA_BYTE, i),
                SignatureKey.square(data(c.get(2)), i * 4L), SignatureKey.square(data(c.get(3)), i * 4L), 0));
        Column.Array levels = (Column.Array) c.get(4);
        MemorySegment counts = ((Column.Array) c.get(5)).elements().data();
        for (long e = levels.start(i); e < levels.end(i); e++) {
            row.add(levels.elements().data().get(JAVA_BYTE, e), counts.get(JAVA_INT_UNALIGNED, e * 4));
        }
        row.sfiSum = sum(c.get(6), i, SignatureTally.THOUSANDTHS);
        row.sfiCount = data(c.get(7)).get(JAVA_INT_UNALIGNED, i * 4L);
        row.kpSum = sum(c.get(8), i, SignatureTally.THOUSANDTHS);
        row.kpCount = data(c.get(9)).get(JAVA_INT_UNALIGNED, i * 4L);
        row.distanceSum = sum(c.get(10), i, SignatureTally.METRES);
        row.sineSum = sum(c.get(11), i, SignatureTally.UNIT_CIRCLE);
        row.cosineSum = sum(c.get(12), i, SignatureTally.UNIT_CIRCLE);
    }

    /// A sum in the fixed point of [SignatureTally]: exact, since the table holds whole numbers of these units.
    private static long sum(Column column, int i, double units) {
        return Math.round(data(column).get(JAVA_DOUBLE_UNALIGNED, i * 8L) * units);
    }

    private static MemorySegment data(Column column) {
        return ((Column.Fixed) column).data();
    }

    private void emit(int month, BlockWriter writer) {
        if (merged.levels > 0 && merged.count() >= SignatureRows.LEAST_SPOTS) {
            key.get(0).add((long) month);
            key.get(1).add((long) SignatureKey.hour(merged.key));
            key.get(2).add((long) SignatureKey.band(merged.key));
            key.get(3).add(SignatureKey.text(SignatureKey.txSquare(merged.key)));
            key.get(4).add(SignatureKey.text(SignatureKey.rxSquare(merged.key)));
            figures.add(merged);
            if (figures.rows() == SignatureRows.BLOCK_ROWS) {
                send(writer);
            }
        }
    }

    private void send(BlockWriter writer) {
        if (figures.rows() > 0) {
            writer.write(figures.block(key));
        }
        key.forEach(RowValues::clear);
        figures.clear();
    }
}
