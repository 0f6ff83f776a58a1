package org.ionforge.refinery;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Counts spots by signature key: a counting histogram of the SNR and sums per key, so memory grows with keys and distinct
/// levels, not with spots. Past a limit the table is written to disk as a run in key order; at the end the runs are merged.
///
/// What is kept of a key lies together in two cache lines: the sums, and counts of the 32 levels around its first spot's. The few
/// spots beyond those levels, or beyond what a count holds, are counted in a hash table of their own.
///
/// Used by one thread. Keys of different aggregators must not overlap.
final class SignatureAggregator implements AutoCloseable {

    /// So that what differs between the keys of a lane and a key's index fit into one long, see [#inOrder].
    private static final int LARGEST_LIMIT = 1 << 20;
    private static final int LEVEL_SHIFT = Integer.SIZE;
    private static final int INDEX_SHIFT = LEVEL_SHIFT + 8;

    /// Words of a key's cell: the key, these, and the counts.
    private static final int CELL_SHIFT = 4;
    private static final int KP_COUNT = 1;
    private static final int SFI_SUM = 2;
    private static final int KP_SUM = 3;
    private static final int DISTANCE_SUM = 4;
    private static final int SINE_SUM = 5;
    private static final int COSINE_SUM = 6;
    private static final int FIRST_LEVEL = 7;
    private static final int COUNTS = 8;

    /// Levels with a count in the cell, and the bits of a count.
    private static final int LEVELS = 32;
    private static final int COUNT_BITS = 16;
    private static final int COUNTS_A_WORD = Long.SIZE / COUNT_BITS;
    private static final long COUNT_MASK = (1 << COUNT_BITS) - 1;

    private final int limit;
    private final SignatureRuns runs;
    private int keyCount;
    private int pairCount;
    private long[] cells = new long[1024 << CELL_SHIFT];
    /// Hash table of keys: slot to index + 1.
    private int[] keyTable = new int[2048];
    /// Hash table of spots that the cells have no count for: key index + 1 (24 bits), level (8), spots (32).
    private long[] pairs = new long[4096];

    /// @param limit keys and (key, level) pairs outside the cells held in memory before a run is written
    SignatureAggregator(int limit, Path folder) {
        this.limit = Math.clamp(limit, 8, LARGEST_LIMIT);
        this.runs = new SignatureRuns(folder);
    }

    private void clear() {
        Arrays.fill(keyTable, 0);
        Arrays.fill(pairs, 0);
        keyCount = 0;
        pairCount = 0;
    }

    /// Adds spots of one path.
    ///
    /// @param key     see [SignatureKey]
    /// @param snr     of the spots `[from, to)`
    /// @param sfi     thousandths of a solar flux unit; used if the key's class is not 0
    /// @param kp      thousandths, or −1 if unknown
    /// @param distanceKm   great-circle distance
    /// @param azimuthDeg   0 to 360
    void add(long key, byte[] snr, int from, int to, int sfi, int kp, float distanceKm, float azimuthDeg) {
        long spots = to - from;
        int index = indexOf(key, snr[from]);
        int cell = index << CELL_SHIFT;
        if (SignatureKey.sfiClass(key) != 0) {
            cells[cell + SFI_SUM] += spots * sfi;
        }
        if (kp >= 0) {
            cells[cell + KP_COUNT] += spots;
            cells[cell + KP_SUM] += spots * kp;
        }
        cells[cell + DISTANCE_SUM] += spots * Math.round(distanceKm * SignatureTally.METRES);
        cells[cell + SINE_SUM] += spots * Azimuths.sine(azimuthDeg);
        cells[cell + COSINE_SUM] += spots * Azimuths.cosine(azimuthDeg);
        long first = cells[cell + FIRST_LEVEL];
        for (int i = from; i < to; i++) {
            long level = snr[i] - first;
            int word = cell + COUNTS + (int) (level / COUNTS_A_WORD);
            int shift = (int) level % COUNTS_A_WORD * COUNT_BITS;
            if (level < 0 || level >= LEVELS || (cells[word] >>> shift & COUNT_MASK) == COUNT_MASK) {
                count(index, snr[i]);
            } else {
                cells[word] += 1L << shift;
            }
        }
        if (keyCount + pairCount >= limit) {
            writeRun();
        }
    }

    /// @param level of the key's first spot
    private int indexOf(long key, byte level) {
        int mask = keyTable.length - 1;
        int slot = mix(key) & mask;
        while (keyTable[slot] != 0) {
            if (cells[keyTable[slot] - 1 << CELL_SHIFT] == key) {
                return keyTable[slot] - 1;
            }
            slot = (slot + 1) & mask;
        }
        if (keyCount == cells.length >> CELL_SHIFT) {
            growKeys();
            return indexOf(key, level);
        }
        int cell = keyCount << CELL_SHIFT;
        Arrays.fill(cells, cell, cell + (1 << CELL_SHIFT), 0);
        cells[cell] = key;
        cells[cell + FIRST_LEVEL] = level - LEVELS / 2;
        keyTable[slot] = ++keyCount;
        return keyCount - 1;
    }

    private void growKeys() {
        cells = Arrays.copyOf(cells, cells.length * 2);
        keyTable = new int[keyTable.length * 2];
        int mask = keyTable.length - 1;
        for (int i = 0; i < keyCount; i++) {
            int slot = mix(cells[i << CELL_SHIFT]) & mask;
            while (keyTable[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            keyTable[slot] = i + 1;
        }
    }

    private void count(int index, byte snr) {
        long pair = (index + 1L) << 8 | snr & 0xff;
        int mask = pairs.length - 1;
        int slot = mix(pair) & mask;
        while (pairs[slot] >>> LEVEL_SHIFT != pair) {
            if (pairs[slot] == 0) {
                pairs[slot] = pair << LEVEL_SHIFT | 1;
                if (++pairCount * 2 > pairs.length) {
                    growPairs();
                }
                return;
            }
            slot = (slot + 1) & mask;
        }
        pairs[slot]++;
    }

    private void growPairs() {
        long[] old = pairs;
        pairs = new long[old.length * 2];
        int mask = pairs.length - 1;
        for (long bar : old) {
            if (bar != 0) {
                int slot = mix(bar >>> LEVEL_SHIFT) & mask;
                while (pairs[slot] != 0) {
                    slot = (slot + 1) & mask;
                }
                pairs[slot] = bar;
            }
        }
    }

    /// Hands over every key once, in ascending order, and starts anew. The carrier is reused between calls.
    void drain(Consumer<SignatureTally> consumer) {
        if (runs.isEmpty()) {
            inOrder(consumer);
        } else {
            writeRun();
            runs.merge(consumer);
        }
        clear();
    }

    private void writeRun() {
        runs.write(this::inOrder);
        clear();
    }

    private void inOrder(Consumer<SignatureTally> consumer) {
        long[] bars = barsByKey();
        int[] starts = new int[keyCount + 1];
        for (long bar : bars) {
            starts[(int) (bar >>> INDEX_SHIFT)]++;
        }
        for (int i = 1; i <= keyCount; i++) {
            starts[i] += starts[i - 1];
        }
        SignatureTally tally = new SignatureTally();
        for (int index : indexesByKey()) {
            int cell = index << CELL_SHIFT;
            tally.clear(cells[cell]);
            for (int level = 0; level < LEVELS; level++) {
                long spots = cells[cell + COUNTS + level / COUNTS_A_WORD] >>> level % COUNTS_A_WORD * COUNT_BITS & COUNT_MASK;
                if (spots != 0) {
                    tally.add((byte) (cells[cell + FIRST_LEVEL] + level), (int) spots);
                }
            }
            for (int i = starts[index]; i < starts[index + 1]; i++) {
                tally.add((byte) (bars[i] >>> LEVEL_SHIFT), (int) bars[i]);
            }
            tally.sfiCount = SignatureKey.sfiClass(tally.key) == 0 ? 0 : tally.count();
            tally.sfiSum = cells[cell + SFI_SUM];
            tally.kpCount = (int) cells[cell + KP_COUNT];
            tally.kpSum = cells[cell + KP_SUM];
            tally.distanceSum = cells[cell + DISTANCE_SUM];
            tally.sineSum = cells[cell + SINE_SUM];
            tally.cosineSum = cells[cell + COSINE_SUM];
            consumer.accept(tally);
        }
    }

    /// Indexes of all keys in ascending order of the keys, which differ in their lower bits only: those bits and the index are
    /// sorted as one number.
    private int[] indexesByKey() {
        long differing = 0;
        for (int i = 0; i < keyCount; i++) {
            differing |= cells[i << CELL_SHIFT] ^ cells[0];
        }
        int indexBits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, keyCount - 1));
        int[] indexes = new int[keyCount];
        if (Long.SIZE - Long.numberOfLeadingZeros(differing) + indexBits >= Long.SIZE) {
            return IntStream.range(0, keyCount).boxed().sorted(Comparator.comparingLong(i -> cells[i << CELL_SHIFT]))
                    .mapToInt(Integer::intValue).toArray();
        }
        long mask = (Long.highestOneBit(differing) << 1) - 1;
        long[] sorted = new long[keyCount];
        for (int i = 0; i < keyCount; i++) {
            sorted[i] = (cells[i << CELL_SHIFT] & mask) << indexBits | i;
        }
        Arrays.sort(sorted);
        for (int i = 0; i < keyCount; i++) {
            indexes[i] = (int) sorted[i] & (1 << indexBits) - 1;
        }
        return indexes;
    }

    /// All bars, those of one key together.
    private long[] barsByKey() {
        long[] bars = new long[pairCount];
        int n = 0;
        for (long bar : pairs) {
            if (bar != 0) {
                bars[n++] = bar;
            }
        }
        Arrays.sort(bars);
        return bars;
    }

    private static int mix(long value) {
        long h = value * 0x9e3779b97f4a7c15L;
        return (int) (h ^ h >>> 32);
    }

    @Override
    public void close() {
        runs.close();
    }
}
