package org.ionforge.refinery;

import java.util.Arrays;

/// What is counted for one signature key. Sums are whole numbers (fixed point), so that they do not depend on the order of
/// adding: whatever the threads or the interruptions, the same spots give the same bits.
///
/// A mutable carrier that is reused.
final class SignatureTally {

    /// Nearer paths make no signature, km.
    static final float LEAST_KM = 500;

    /// Units of the sums: distance in metres, SFI and Kp in thousandths, sine and cosine in 2⁻³⁰.
    static final double METRES = 1e3;
    static final double THOUSANDTHS = 1e3;
    static final double UNIT_CIRCLE = 1 << 30;
    private static final int RELIABLE_ABOVE = -20;

    long key;
    int sfiCount;
    int kpCount;
    long sfiSum;
    long kpSum;
    long distanceSum;
    long sineSum;
    long cosineSum;
    /// Distinct SNRs in ascending order, and how many spots had each.
    int levels;
    byte[] snr = new byte[32];
    int[] counts = new int[32];

    void clear(long newKey) {
        key = newKey;
        sfiCount = 0;
        kpCount = 0;
        sfiSum = 0;
        kpSum = 0;
        distanceSum = 0;
        sineSum = 0;
        cosineSum = 0;
        levels = 0;
    }

    /// Adds spots at a level; levels may come in any order.
    void add(byte level, int spots) {
        int at = levels;
        while (at > 0 && snr[at - 1] > level) {
            at--;
        }
        if (at > 0 && snr[at - 1] == level) {
            counts[at - 1] += spots;
            return;
        }
        if (levels == snr.length) {
            snr = Arrays.copyOf(snr, levels * 2);
            counts = Arrays.copyOf(counts, levels * 2);
        }
        System.arraycopy(snr, at, snr, at + 1, levels - at);
        System.arraycopy(counts, at, counts, at + 1, levels - at);
        snr[at] = level;
        counts[at] = spots;
        levels++;
    }

    /// Adds all of `other`, whatever its key.
    void merge(SignatureTally other) {
        sfiCount += other.sfiCount;
        kpCount += other.kpCount;
        sfiSum += other.sfiSum;
        kpSum += other.kpSum;
        distanceSum += other.distanceSum;
        sineSum += other.sineSum;
        cosineSum += other.cosineSum;
        for (int i = 0; i < other.levels; i++) {
            add(other.snr[i], other.counts[i]);
        }
    }

    int count() {
        int count = 0;
        for (int i = 0; i < levels; i++) {
            count += counts[i];
        }
        return count;
    }

    /// Exact; the mean of the middle two when the count is even.
    float median() {
        int count = count();
        return (levelAt((count - 1) / 2) + levelAt(count / 2)) / 2f;
    }

    private byte levelAt(int rank) {
        int below = 0;
        for (int i = 0; i < levels; i++) {
            below += counts[i];
            if (rank < below) {
                return snr[i];
            }
        }
        throw new IllegalStateException("rank " + rank + " of " + below + " spots");
    }

    /// Population standard deviation, from whole sums.
    float deviation() {
        long count = 0;
        long sum = 0;
        long squares = 0;
        for (int i = 0; i < levels; i++) {
            count += counts[i];
            sum += (long) counts[i] * snr[i];
            squares += (long) counts[i] * snr[i] * snr[i];
        }
        return (float) (Math.sqrt((double) (count * squares - sum * sum)) / count);
    }

    /// Share of spots above −20 dB.
    float reliability() {
        int reliable = 0;
        for (int i = 0; i < levels; i++) {
            reliable += snr[i] > RELIABLE_ABOVE ? counts[i] : 0;
        }
        return (float) reliable / count();
    }

    /// Circular mean in degrees, [0, 360).
    float azimuth() {
        float degrees = (float) Math.toDegrees(Math.atan2(sineSum, cosineSum));
        return degrees < 0 ? (degrees + 360f) % 360f : degrees;
    }
}
