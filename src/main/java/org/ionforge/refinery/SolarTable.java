package org.ionforge.refinery;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Solar indices by 3-hour bucket (time / 10800), one row a bucket, whatever the number of feeds.
final class SolarTable {

    private final NavigableMap<Integer, SolarRow> rows;

    private SolarTable(NavigableMap<Integer, SolarRow> rows) {
        this.rows = rows;
    }

    static SolarTable of(Map<Integer, SolarRow> rows) {
        return new SolarTable(new TreeMap<>(rows));
    }

    /// This table with the given files merged in, in their order: indices of a later file replace those of an earlier one
    /// where it has them; of X-ray fluxes the bucket's maximum over all files is kept.
    ///
    /// @throws org.ionforge.errors.InputException if a file is neither of the known kinds, or malformed (with its line)
    SolarTable withFiles(List<Path> files) {
        NavigableMap<Integer, SolarRow> merged = new TreeMap<>(rows);
        for (Path file : files) {
            SolarFiles.read(file, (bucket, row) -> merged.merge(bucket, row, SolarRow::with));
        }
        return new SolarTable(merged);
    }

    /// The row of a bucket; [SolarRow#UNKNOWN] if there is none.
    SolarRow row(int bucket) {
        return rows.getOrDefault(bucket, SolarRow.UNKNOWN);
    }

    NavigableMap<Integer, SolarRow> rows() {
        return rows;
    }

    /// Months (yyyymm) with a bucket whose row differs between this table and `other`.
    SortedSet<Integer> monthsThatDiffer(SolarTable other) {
        SortedSet<Integer> buckets = new TreeSet<>(rows.keySet());
        buckets.addAll(other.rows.keySet());
        SortedSet<Integer> months = new TreeSet<>();
        for (int bucket : buckets) {
            if (!row(bucket).equals(other.row(bucket))) {
                months.add(monthOf(bucket));
            }
        }
        return months;
    }

    /// Month (yyyymm) of a bucket; a bucket never spans two.
    static int monthOf(int bucket) {
        var date = Instant.ofEpochSecond((long) bucket * BucketStore.BUCKET_SECONDS).atOffset(ZoneOffset.UTC);
        return date.getYear() * 100 + date.getMonthValue();
    }
}
