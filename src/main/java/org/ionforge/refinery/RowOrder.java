package org.ionforge.refinery;

import java.util.Arrays;

/// The rows of one bucket without duplicates and in the order of the tables. Used by one thread; its arrays are reused.
///
/// Duplicates agree in time, reporter, transmitter and frequency; the one with the smallest origin stays, so neither the order
/// of loading nor the number of threads matters. The order is total: band, transmitter and reporter (as ClickHouse orders strings),
/// time, frequency. So the spots of one path lie together within their 3 hours, what is the same in all of them is stored almost
/// for nothing, and duplicates are neighbours.
final class RowOrder {

    private static final int DIGIT_BITS = 11;
    private static final int TIME_BITS = 14;
    private static final int BAND_BITS = 5;
    private static final int LARGE_TIE = 32;

    /// Told of every row that goes.
    interface Dropped {
        void duplicate(long origin);
    }

    private final int[] starts = new int[1 << DIGIT_BITS];
    private int[] order = new int[0];
    private int[] otherOrder = new int[0];
    private long[] keys = new long[0];
    private long[] otherKeys = new long[0];
    private int kept;

    /// Row numbers in order; the first [#kept()] are valid.
    int[] order() {
        return order;
    }

    int kept() {
        return kept;
    }

    void arrange(SpotColumns rows, int count, int[] callRanks, Dropped dropped) {
        if (order.length < count) {
            order = new int[count];
            otherOrder = new int[count];
            keys = new long[count];
            otherKeys = new long[count];
        }
        sort(rows, count, callRanks);
        settleTies(rows, count, callRanks);
        dropDuplicates(rows, count, dropped);
    }

    /// By packed keys, lowest digit first.
    private void sort(SpotColumns rows, int count, int[] callRanks) {
        int rankBits = 32 - Integer.numberOfLeadingZeros(Math.max(1, callRanks.length - 1));
        int reporterBits = Math.min(rankBits, Long.SIZE - TIME_BITS - BAND_BITS - rankBits);
        long differing = 0;
        for (int row = 0; row < count; row++) {
            long second = Integer.toUnsignedLong(rows.time(row)) % BucketStore.BUCKET_SECONDS;
            long path = ((long) rows.band(row) << rankBits | callRanks[rows.callsign(row)]) << reporterBits
                    | callRanks[rows.reporter(row)] >>> (rankBits - reporterBits);
            order[row] = row;
            keys[row] = path << TIME_BITS | second;
            differing |= keys[row] ^ keys[0];
        }
        for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
            if ((differing >>> shift & (1 << DIGIT_BITS) - 1) != 0) {
                pass(shift, count);
            }
        }
    }

    private void pass(int shift, int count) {
        int mask = (1 << DIGIT_BITS) - 1;
        Arrays.fill(starts, 0);
        for (int i = 0; i < count; i++) {
            starts[(int) (keys[i] >>> shift) & mask]++;
        }
        int sum = 0;
        for (int digit = 0; digit <= mask; digit++) {
            int rows = starts[digit];
            starts[digit] = sum;
            sum += rows;
        }
        for (int i = 0; i < count; i++) {
            int to = starts[(int) (keys[i] >>> shift) & mask]++;
            otherKeys[to] = keys[i];
            otherOrder[to] = order[i];
        }
        long[] sortedKeys = otherKeys;
        otherKeys = keys;
        keys = sortedKeys;
        int[] sortedOrder = otherOrder;
        otherOrder = order;
        order = sortedOrder;
    }

    /// Rows whose keys are equal (the same station heard twice by one reporter at one time, duplicates, or more calls than the key
    /// has room for) are put right by comparing.
    private void settleTies(SpotColumns rows, int count, int[] callRanks) {
        for (int first = 0, end; first < count; first = end) {
            end = first + 1;
            while (end < count && keys[end] == keys[first]) {
                end++;
            }
            if (end - first > LARGE_TIE) {
                sortTie(rows, callRanks, first, end);
            } else if (end - first > 1) {
                insertTie(rows, callRanks, first, end);
            }
        }
    }

    private void insertTie(SpotColumns rows, int[] callRanks, int first, int end) {
        for (int i = first + 1; i < end; i++) {
            int row = order[i];
            int at = i;
            while (at > first && compare(rows, callRanks, row, order[at - 1]) < 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = row;
        }
    }

    private void sortTie(SpotColumns rows, int[] callRanks, int first, int end) {
        Integer[] tied = Arrays.stream(order, first, end).boxed().sorted((a, b) -> compare(rows, callRanks, a, b)).toArray(Integer[]::new);
        for (int i = first; i < end; i++) {
            order[i] = tied[i - first];
        }
    }

    private static int compare(SpotColumns rows, int[] callRanks, int a, int b) {
        int byReporter = Integer.compare(callRanks[rows.reporter(a)], callRanks[rows.reporter(b)]);
        if (byReporter != 0) {
            return byReporter;
        }
        return rows.frequency(a) != rows.frequency(b) ? Long.compare(rows.frequency(a), rows.frequency(b))
                : Long.compareUnsigned(rows.origin(a), rows.origin(b));
    }

    /// Of neighbours that are the same spot the first stays.
    private void dropDuplicates(SpotColumns rows, int count, Dropped dropped) {
        kept = Math.min(count, 1);
        for (int i = 1; i < count; i++) {
            int row = order[i];
            if (keys[i] == keys[i - 1] && same(rows, order[kept - 1], row)) {
                dropped.duplicate(rows.origin(row));
            } else {
                order[kept++] = row;
            }
        }
    }

    private static boolean same(SpotColumns rows, int a, int b) {
        return rows.frequency(a) == rows.frequency(b) && rows.time(a) == rows.time(b)
                && rows.reporter(a) == rows.reporter(b) && rows.callsign(a) == rows.callsign(b);
    }
}
