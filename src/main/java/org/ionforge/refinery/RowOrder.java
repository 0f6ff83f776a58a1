package org.ionforge.refinery;

import java.util.Arrays;

/// The rows of one bucket without duplicates and in the order of the tables. Used by one thread; its arrays are reused.
///
/// Duplicates agree in time, reporter, transmitter and frequency; the one with the smallest origin stays, so neither the order
/// of loading nor the number of threads matters. The order is total: band, transmitter and reporter (as ClickHouse orders strings),
/// time, frequency. So the spots of one path lie together within their 3 hours, and what is the same in all of them is stored
/// almost for nothing.
final class RowOrder {

    private static final int DIGIT_BITS = 11;
    private static final int TIME_BITS = 14;
    private static final int BAND_BITS = 5;

    /// Told of every row that goes.
    interface Dropped {
        void duplicate(long origin);
    }

    private int[] table = new int[0];
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
        dropDuplicates(rows, count, dropped);
        sort(rows, callRanks);
    }

    private void dropDuplicates(SpotColumns rows, int count, Dropped dropped) {
        int size = Integer.highestOneBit(Math.max(8, count) * 2 - 1) * 2;
        if (table.length < size) {
            table = new int[size];
        } else {
            Arrays.fill(table, 0, size, 0);
        }
        int mask = size - 1;
        for (int row = 0; row < count; row++) {
            int slot = hash(rows, row) & mask;
            while (table[slot] != 0 && !same(rows, table[slot] - 1, row)) {
                slot = (slot + 1) & mask;
            }
            int other = table[slot] - 1;
            if (other < 0) {
                table[slot] = row + 1;
            } else if (Long.compareUnsigned(rows.origin(row), rows.origin(other)) < 0) {
                table[slot] = row + 1;
                dropped.duplicate(rows.origin(other));
                otherOrder[other] = -1;
            } else {
                dropped.duplicate(rows.origin(row));
                otherOrder[row] = -1;
                continue;
            }
            otherOrder[row] = 0;
        }
        kept = 0;
        for (int row = 0; row < count; row++) {
            if (otherOrder[row] == 0) {
                order[kept++] = row;
            }
        }
    }

    private static int hash(SpotColumns rows, int row) {
        long h = (Integer.toUnsignedLong(rows.time(row)) << 32 | Integer.toUnsignedLong(rows.reporter(row))) * 0x9e3779b97f4a7c15L;
        h = (h ^ h >>> 29 ^ rows.callsign(row)) * 0xbf58476d1ce4e5b9L;
        h = (h ^ h >>> 32 ^ rows.frequency(row)) * 0x94d049bb133111ebL;
        return (int) (h >>> 32);
    }

    private static boolean same(SpotColumns rows, int a, int b) {
        return rows.frequency(a) == rows.frequency(b) && rows.time(a) == rows.time(b)
                && rows.reporter(a) == rows.reporter(b) && rows.callsign(a) == rows.callsign(b);
    }

    /// By packed keys, lowest digit first; rows whose keys are equal (the same station heard twice by one reporter at one time,
    /// or more calls than the key has room for) are put right by comparing.
    private void sort(SpotColumns rows, int[] callRanks) {
        int rankBits = 32 - Integer.numberOfLeadingZeros(Math.max(1, callRanks.length - 1));
        int reporterBits = Math.min(rankBits, Long.SIZE - TIME_BITS - BAND_BITS - rankBits);
        long differing = 0;
        for (int i = 0; i < kept; i++) {
            int row = order[i];
            long second = Integer.toUnsignedLong(rows.time(row)) % BucketStore.BUCKET_SECONDS;
            long path = ((long) rows.band(row) << rankBits | callRanks[rows.callsign(row)]) << reporterBits
                    | callRanks[rows.reporter(row)] >>> (rankBits - reporterBits);
            keys[i] = path << TIME_BITS | second;
            differing |= keys[i] ^ keys[0];
        }
        int[] starts = new int[1 << DIGIT_BITS];
        for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
            if ((differing >>> shift & (1 << DIGIT_BITS) - 1) != 0) {
                pass(shift, starts);
            }
        }
        settleTies(rows, callRanks);
    }

    private void pass(int shift, int[] starts) {
        int mask = (1 << DIGIT_BITS) - 1;
        Arrays.fill(starts, 0);
        for (int i = 0; i < kept; i++) {
            starts[(int) (keys[i] >>> shift) & mask]++;
        }
        int sum = 0;
        for (int digit = 0; digit <= mask; digit++) {
            int count = starts[digit];
            starts[digit] = sum;
            sum += count;
        }
        for (int i = 0; i < kept; i++) {
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

    private void settleTies(SpotColumns rows, int[] callRanks) {
        for (int i = 1; i < kept; i++) {
            if (keys[i] == keys[i - 1]) {
                int row = order[i];
                int at = i;
                while (at > 0 && keys[at - 1] == keys[i] && before(rows, callRanks, row, order[at - 1])) {
                    order[at] = order[at - 1];
                    at--;
                }
                order[at] = row;
            }
        }
    }

    private static boolean before(SpotColumns rows, int[] callRanks, int a, int b) {
        int byReporter = Integer.compare(callRanks[rows.reporter(a)], callRanks[rows.reporter(b)]);
        return byReporter != 0 ? byReporter < 0 : rows.frequency(a) < rows.frequency(b);
    }
}
