package org.ionforge.refinery;

import java.util.ArrayList;
import java.util.List;
import org.ionforge.vault.Block;
import org.ionforge.vault.Column;

/// The figures of a signature as columns, the same for the table by year and solar class and for the reference's table.
final class SignatureFigures {

    private final RowValues spots = new RowValues("spot_count", "UInt32", 4);
    private final RowValues median = new RowValues("median_snr", "Float32", 4);
    private final RowValues deviation = new RowValues("snr_std", "Float32", 4);
    private final RowValues reliability = new RowValues("reliability", "Float32", 4);
    private final RowValues sfi = new RowValues("avg_sfi", "Float32", 4);
    private final RowValues kp = new RowValues("avg_kp", "Float32", 4);
    private final RowValues distance = new RowValues("avg_distance", "Float32", 4);
    private final RowValues azimuth = new RowValues("avg_azimuth", "Float32", 4);

    void add(SignatureTally tally) {
        int count = tally.count();
        spots.add((long) count);
        median.add(tally.median());
        deviation.add(tally.deviation());
        reliability.add(tally.reliability());
        sfi.addNullable(tally.sfiCount == 0 ? Float.NaN : (float) (tally.sfiSum / SignatureTally.THOUSANDTHS / tally.sfiCount));
        kp.addNullable(tally.kpCount == 0 ? Float.NaN : (float) (tally.kpSum / SignatureTally.THOUSANDTHS / tally.kpCount));
        distance.add((float) (tally.distanceSum / SignatureTally.METRES / count));
        azimuth.add(tally.azimuth());
    }

    int rows() {
        return spots.rows();
    }

    /// A block of the key's columns followed by the figures.
    Block block(List<RowValues> key) {
        List<Column> columns = new ArrayList<>();
        key.forEach(k -> columns.add(k.column()));
        columns.addAll(List.of(spots.column(), median.column(), deviation.column(), reliability.column(), sfi.nullableColumn(),
                kp.nullableColumn(), distance.column(), azimuth.column()));
        return new Block(rows(), columns);
    }

    void clear() {
        for (RowValues column : List.of(spots, median, deviation, reliability, sfi, kp, distance, azimuth)) {
            column.clear();
        }
    }
}
