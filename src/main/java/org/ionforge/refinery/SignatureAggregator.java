package org.ionforge.refinery;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/// Counts spots by signature key: a counting histogram of the SNR and sums per key, so memory grows with keys and distinct
/// levels, not with spots. Past a limit the table is written to disk as a run in key order; at the end the runs are merged.
///
/// Used by one thread. Keys of different aggregators must not overlap.
final class SignatureAggregator implements AutoCloseable {

    private static final int LEVEL_BITS = 8;
    /// So that a key's index, a level and a count fit into one long.
    private static final int LARGEST_LIMIT = 1 << 22;

    private final int limit;
    private final SignatureRuns runs;
    private int keyCount;
    private int pairCount;
    private long[] keys;
    private int[] kpCounts;
    private long[] sfiSums;
    private long[] kpSums;
    private long[] distanceSums;
    private long[] sineSums;
    private long[] cosineSums;
    /// Hash table of keys: slot to index + 1.
    private int[] keyTable;
    /// Hash table of (key index, level) pairs: index + 1 and level, and how many spots.
    private long[] pairs;
    private int[] pairSpots;

    /// @param limit keys plus (key, level) pairs held in memory before a run is written
    SignatureAggregator(int limit, Path folder) {
        this.limit = Math.clamp(limit, 8, LARGEST_LIMIT);
        this.runs = new SignatureRuns(folder);
        allocate();
    }

    private void allocate() {
        int size = 1024;
        keys = new long[size];
        kpCounts = new int[size];
        sfiSums = new long[size];
        kpSums = new long[size];
        distanceSums = new long[size];
        sineSums = new long[size];
        cosineSums = new long[size];
        keyTable = new int[2 * size];
        pairs = new long[4 * size];
        pairSpots = new int[4 * size];
        keyCount = 0;
        pairCount = 0;
    }

    /// Adds a spot.
    ///
    /// @param key     see [SignatureKey]
    /// @param sfi     thousandths of a solar flux unit; used if the key's class is not 0
    /// @param kp      thousandths, or −1 if unknown
    /// @param distanceKm   great-circle distance
    /// @param azimuthDeg   0 to 360
    void add(long key, byte snr, int sfi, int kp, float distanceKm, float azimuthDeg) {
        int index = indexOf(key);
        if (SignatureKey.sfiClass(key) != 0) {
            sfiSums[index] += sfi;
        }
        if (kp >= 0) {
            kpCounts[index]++;
            kpSums[index] += kp;
        }
        distanceSums[index] += Math.round(distanceKm * SignatureTally.METRES);
        sineSums[index] += Azimuths.sine(azimuthDeg);
        cosineSums[index] += Azimuths.cosine(azimuthDeg);
        count(index, snr);
        if (keyCount + pairCount >= limit) {
            writeRun();
        }
    }

    private int indexOf(long key) {
        int mask = keyTable.length - 1;
        int slot = mix(key) & mask;
        while (keyTable[slot] != 0) {
            if (keys[keyTable[slot] - 1] == key) {
                return keyTable[slot] - 1;
            }
            slot = (slot + 1) & mask;
        }
        if (keyCount == keys.length) {
            growKeys();
            return indexOf(key);
        }
        keys[keyCount] = key;
        keyTable[slot] = ++keyCount;
        return keyCount - 1;
    }

    private void growKeys() {
        int size = keys.length * 2;
        keys = Arrays.copyOf(keys, size);
        kpCounts = Arrays.copyOf(kpCounts, size);
        sfiSums = Arrays.copyOf(sfiSums, size);
        kpSums = Arrays.copyOf(kpSums, size);
        distanceSums = Arrays.copyOf(distanceSums, size);
        sineSums = Arrays.copyOf(sineSums, size);
        cosineSums = Arrays.copyOf(cosineSums, size);
        keyTable = new int[2 * size];
        int mask = keyTable.length - 1;
        for (int i = 0; i < keyCount; i++) {
            int slot = mix(keys[i]) & mask;
            while (keyTable[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            keyTable[slot] = i + 1;
        }
    }

    private void count(int index, byte snr) {
        long pair = (index + 1L) << LEVEL_BITS | snr & 0xff;
        int mask = pairs.length - 1;
        int slot = mix(pair) & mask;
        while (pairs[slot] != pair) {
            if (pairs[slot] == 0) {
                pairs[slot] = pair;
                pairSpots[slot] = 1;
                if (++pairCount * 2 > pairs.length) {
                    growPairs();
                }
                return;
            }
            slot = (slot + 1) & mask;
        }
        pairSpots[slot]++;
    }

    private void growPairs() {
        long[] oldPairs = pairs;
        int[] oldSpots = pairSpots;
        pairs = new long[oldPairs.length * 2];
        pairSpots = new int[pairs.length];
        int mask = pairs.length - 1;
        for (int i = 0; i < oldPairs.length; i++) {
            if (oldPairs[i] != 0) {
                int slot = mix(oldPairs[i]) & mask;
                while (pairs[slot] != 0) {
                    slot = (slot + 1) & mask;
                }
                pairs[slot] = oldPairs[i];
                pairSpots[slot] = oldSpots[i];
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
        allocate();
    }

    private void writeRun() {
        runs.write(this::inOrder);
        allocate();
    }

    private void inOrder(Consumer<SignatureTally> consumer) {
        long[] grouped = pairsByKey();
        int[] order = orderOfKeys();
        int[] starts = new int[keyCount + 1];
        for (long pair : grouped) {
            starts[(int) (pair >>> LEVEL_BITS + Integer.SIZE)]++;
        }
        SignatureTally tally = new SignatureTally();
        for (int i = 1; i <= keyCount; i++) {
            starts[i] += starts[i - 1];
        }
        for (int index : order) {
            tally.clear(keys[index]);
            for (int i = starts[index]; i < starts[index + 1]; i++) {
                tally.add((byte) (grouped[i] >>> Integer.SIZE), (int) grouped[i]);
            }
            tally.sfiCount = SignatureKey.sfiClass(keys[index]) == 0 ? 0 : tally.count();
            tally.sfiSum = sfiSums[index];
            tally.kpCount = kpCounts[index];
            tally.kpSum = kpSums[index];
            tally.distanceSum = distanceSums[index];
            tally.sineSum = sineSums[index];
            tally.cosineSum = cosineSums[index];
            consumer.accept(tally);
        }
    }

    /// The pairs as (key index + 1, level, spots), sorted.
    private long[] pairsByKey() {
        long[] grouped = new long[pairCount];
        int n = 0;
        for (int i = 0; i < pairs.length; i++) {
            if (pairs[i] != 0) {
                grouped[n++] = pairs[i] << Integer.SIZE | pairSpots[i];
            }
        }
        Arrays.sort(grouped);
        return grouped;
    }

    private int[] orderOfKeys() {
        long[] sorted = Arrays.copyOf(keys, keyCount);
        Arrays.sort(sorted);
        int[] order = new int[keyCount];
        for (int i = 0; i < keyCount; i++) {
            order[i] = indexOf(sorted[i]);
        }
        return order;
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
