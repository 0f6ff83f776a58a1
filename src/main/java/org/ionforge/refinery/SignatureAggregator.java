package org.ionforge.refinery;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/// Counts spots by signature key: a counting histogram of the SNR and sums per key, so memory grows with keys and distinct
/// levels, not with spots. Past a limit the table is written to disk as a run in key order; at the end the runs are merged.
///
/// Used by one thread. Keys of different aggregators must not overlap.
final class SignatureAggregator implements AutoCloseable {

    /// So that a key's index, a level and a count fit into one long.
    private static final int LARGEST_LIMIT = 1 << 22;
    private static final int LEVEL_SHIFT = Integer.SIZE;
    private static final int INDEX_SHIFT = LEVEL_SHIFT + 8;

    /// What is kept of a key lies together, in one cache line: the key, then these.
    private static final int CELL_SHIFT = 3;
    private static final int KP_COUNT = 1;
    private static final int SFI_SUM = 2;
    private static final int KP_SUM = 3;
    private static final int DISTANCE_SUM = 4;
    private static final int SINE_SUM = 5;
    private static final int COSINE_SUM = 6;

    private final int limit;
    private final SignatureRuns runs;
    private int keyCount;
    private int pairCount;
    /// The key of the spot before and its index: spots of one path come together. −1 is no key.
    private long lastKey = -1;
    private int lastIndex;
    private long[] cells = new long[1024 << CELL_SHIFT];
    /// Hash table of keys: slot to index + 1.
    private int[] keyTable = new int[2048];
    /// Hash table of histogram bars: key index + 1 (24 bits), level (8), spots (32).
    private long[] pairs = new long[4096];

    /// @param limit keys plus (key, level) pairs held in memory before a run is written
    SignatureAggregator(int limit, Path folder) {
        this.limit = Math.clamp(limit, 8, LARGEST_LIMIT);
        this.runs = new SignatureRuns(folder);
    }

    private void clear() {
        Arrays.fill(keyTable, 0);
        Arrays.fill(pairs, 0);
        keyCount = 0;
        pairCount = 0;
        lastKey = -1;
    }

    /// Adds a spot.
    ///
    /// @param key     see [SignatureKey]
    /// @param sfi     thousandths of a solar flux unit; used if the key's class is not 0
    /// @param kp      thousandths, or −1 if unknown
    /// @param distanceKm   great-circle distance
    /// @param azimuthDeg   0 to 360
    void add(long key, byte snr, int sfi, int kp, float distanceKm, float azimuthDeg) {
        int index = key == lastKey ? lastIndex : indexOf(key);
        lastKey = key;
        lastIndex = index;
        int cell = index << CELL_SHIFT;
        if (SignatureKey.sfiClass(key) != 0) {
            cells[cell + SFI_SUM] += sfi;
        }
        if (kp >= 0) {
            cells[cell + KP_COUNT]++;
            cells[cell + KP_SUM] += kp;
        }
        cells[cell + DISTANCE_SUM] += Math.round(distanceKm * SignatureTally.METRES);
        cells[cell + SINE_SUM] += Azimuths.sine(azimuthDeg);
        cells[cell + COSINE_SUM] += Azimuths.cosine(azimuthDeg);
        count(index, snr);
        if (keyCount + pairCount >= limit) {
            writeRun();
        }
    }

    private int indexOf(long key) {
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
            return indexOf(key);
        }
        int cell = keyCount << CELL_SHIFT;
        Arrays.fill(cells, cell, cell + (1 << CELL_SHIFT), 0);
        cells[cell] = key;
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
        long[] sorted = new long[keyCount];
        for (int i = 0; i < keyCount; i++) {
            sorted[i] = cells[i << CELL_SHIFT];
        }
        Arrays.sort(sorted);
        SignatureTally tally = new SignatureTally();
        for (long key : sorted) {
            int index = indexOf(key);
            int cell = index << CELL_SHIFT;
            tally.clear(key);
            for (int i = starts[index]; i < starts[index + 1]; i++) {
                tally.add((byte) (bars[i] >>> LEVEL_SHIFT), (int) bars[i]);
            }
            tally.sfiCount = SignatureKey.sfiClass(key) == 0 ? 0 : tally.count();
            tally.sfiSum = cells[cell + SFI_SUM];
            tally.kpCount = (int) cells[cell + KP_COUNT];
            tally.kpSum = cells[cell + KP_SUM];
            tally.distanceSum = cells[cell + DISTANCE_SUM];
            tally.sineSum = cells[cell + SINE_SUM];
            tally.cosineSum = cells[cell + COSINE_SUM];
            consumer.accept(tally);
        }
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
