package org.ionforge.refinery;

import java.util.List;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;

/// The signatures under the reference system's key, all years and solar classes together: the histograms of a calendar month, read
/// in the order of the key and merged as they come, so memory does not grow with them.
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

    /// Makes the signatures of a calendar month (1 to 12) anew, as part of the commit.
    void make(int month) {
        String sql = "SELECT band, hour, tx_grid_4, rx_grid_4, snr, snr_count, sfi_sum, sfi_count, kp_sum, kp_count, distance_sum,"
                + " azimuth_sin_sum, azimuth_cos_sum FROM signature_histograms WHERE month = " + month
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
        row.clear(SignatureKey.pack((int) c.get(0).longAt(i), (int) c.get(1).longAt(i), SignatureKey.square(square(c.get(2), i)),
                SignatureKey.square(square(c.get(3), i)), 0));
        Column.Array levels = (Column.Array) c.get(4);
        Column.Array counts = (Column.Array) c.get(5);
        for (long e = levels.start(i); e < levels.end(i); e++) {
            row.add((byte) levels.elements().longAt((int) e), (int) counts.elements().longAt((int) e));
        }
        row.sfiSum = Math.round(c.get(6).doubleAt(i) * SignatureTally.THOUSANDTHS);
        row.sfiCount = (int) c.get(7).longAt(i);
        row.kpSum = Math.round(c.get(8).doubleAt(i) * SignatureTally.THOUSANDTHS);
        row.kpCount = (int) c.get(9).longAt(i);
        row.distanceSum = Math.round(c.get(10).doubleAt(i) * SignatureTally.METRES);
        row.sineSum = Math.round(c.get(11).doubleAt(i) * SignatureTally.UNIT_CIRCLE);
        row.cosineSum = Math.round(c.get(12).doubleAt(i) * SignatureTally.UNIT_CIRCLE);
    }

    private static byte[] square(Column column, int i) {
        Column.Fixed text = (Column.Fixed) column;
        return text.data().asSlice(i * 4L, 4).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
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
