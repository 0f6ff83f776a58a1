package org.ionforge.refinery;

import java.util.List;
import org.ionforge.vault.Block;
import org.ionforge.vault.Column;

/// Tallies as rows of `signature_histograms` and `signatures`, block by block. Used by one thread.
final class SignatureRows {

    /// Fewer spots make a histogram, but no signature.
    static final int LEAST_SPOTS = 5;
    static final int BLOCK_ROWS = 1 << 16;

    private final List<RowValues> key = keyColumns();
    private final RowValues spots = new RowValues("spot_count", "UInt32", 4);
    private final RowValues ends = new RowValues("snr", "UInt64", 8);
    private final RowValues levels = new RowValues("snr", "Int8", 1);
    private final RowValues counts = new RowValues("snr_count", "UInt32", 4);
    private final RowValues sfiSum = new RowValues("sfi_sum", "Float64", 8);
    private final RowValues sfiCount = new RowValues("sfi_count", "UInt32", 4);
    private final RowValues kpSum = new RowValues("kp_sum", "Float64", 8);
    private final RowValues kpCount = new RowValues("kp_count", "UInt32", 4);
    private final RowValues distanceSum = new RowValues("distance_sum", "Float64", 8);
    private final RowValues sineSum = new RowValues("azimuth_sin_sum", "Float64", 8);
    private final RowValues cosineSum = new RowValues("azimuth_cos_sum", "Float64", 8);
    private final List<RowValues> signatureKey = keyColumns();
    private final SignatureFigures figures = new SignatureFigures();

    static final String[] HISTOGRAM_COLUMNS = {"year", "month", "hour", "band", "tx_grid_4", "rx_grid_4", "sfi_class", "spot_count",
        "snr", "snr_count", "sfi_sum", "sfi_count", "kp_sum", "kp_count", "distance_sum", "azimuth_sin_sum", "azimuth_cos_sum"};
    static final String[] SIGNATURE_COLUMNS = {"year", "month", "hour", "band", "tx_grid_4", "rx_grid_4", "sfi_class", "spot_count",
        "median_snr", "snr_std", "reliability", "avg_sfi", "avg_kp", "avg_distance", "avg_azimuth"};

    private static List<RowValues> keyColumns() {
        return List.of(new RowValues("year", "UInt16", 2), new RowValues("month", "UInt8", 1), new RowValues("hour", "UInt8", 1),
                new RowValues("band", "UInt16", 2), new RowValues("tx_grid_4", "FixedString(4)", 4),
                new RowValues("rx_grid_4", "FixedString(4)", 4), new RowValues("sfi_class", "UInt8", 1));
    }

    /// Adds a key of a month (yyyymm).
    void add(int month, SignatureTally tally) {
        int count = tally.count();
        addKey(key, month, tally.key);
        spots.add((long) count);
        for (int i = 0; i < tally.levels; i++) {
            levels.add((long) tally.snr[i]);
            counts.add((long) tally.counts[i]);
        }
        ends.add((long) levels.rows());
        sfiSum.add(tally.sfiSum / SignatureTally.THOUSANDTHS);
        sfiCount.add((long) tally.sfiCount);
        kpSum.add(tally.kpSum / SignatureTally.THOUSANDTHS);
        kpCount.add((long) tally.kpCount);
        distanceSum.add(tally.distanceSum / SignatureTally.METRES);
        sineSum.add(tally.sineSum / SignatureTally.UNIT_CIRCLE);
        cosineSum.add(tally.cosineSum / SignatureTally.UNIT_CIRCLE);
        if (count >= LEAST_SPOTS) {
            addKey(signatureKey, month, tally.key);
            figures.add(tally);
        }
    }

    private static void addKey(List<RowValues> columns, int month, long key) {
        columns.get(0).add((long) month / 100);
        columns.get(1).add((long) month % 100);
        columns.get(2).add((long) SignatureKey.hour(key));
        columns.get(3).add((long) SignatureKey.band(key));
        columns.get(4).add(SignatureKey.text(SignatureKey.txSquare(key)));
        columns.get(5).add(SignatureKey.text(SignatureKey.rxSquare(key)));
        columns.get(6).add((long) SignatureKey.sfiClass(key));
    }

    /// Rows of histograms gathered since the last [#clear()].
    int rows() {
        return spots.rows();
    }

    int signatures() {
        return figures.rows();
    }

    Block histograms() {
        Column.Fixed rowEnds = ends.column();
        return new Block(rows(), List.of(key.get(0).column(), key.get(1).column(), key.get(2).column(), key.get(3).column(),
                key.get(4).column(), key.get(5).column(), key.get(6).column(), spots.column(),
                new Column.Array("snr", "Array(Int8)", rows(), rowEnds.data(), levels.column()),
                new Column.Array("snr_count", "Array(UInt32)", rows(), rowEnds.data(), counts.column()),
                sfiSum.column(), sfiCount.column(), kpSum.column(), kpCount.column(),
                distanceSum.column(), sineSum.column(), cosineSum.column()));
    }

    Block signatureBlock() {
        return figures.block(signatureKey);
    }

    void clear() {
        key.forEach(RowValues::clear);
        signatureKey.forEach(RowValues::clear);
        figures.clear();
        for (RowValues column : List.of(spots, ends, levels, counts, sfiSum, sfiCount, kpSum, kpCount, distanceSum, sineSum, cosineSum)) {
            column.clear();
        }
    }
}
