package org.ionforge.refinery.simulation;

import org.ionforge.compute.Philox;

/// The random words of one thing (an hour's transmission, a station, a day of weather), drawn in order from
/// [Philox]: what they are depends on the seed and on which thing it is, on nothing else. Not thread-safe.
final class RandomStream {

    /// Standard normal quantiles at the middle of 65,536 equal probabilities: a draw is one 16-bit look-up, within ±4.2.
    private static final float[] NORMAL = normalQuantiles();

    private final long seed;
    private long identity;
    private int kind;
    private int block;
    private int used;
    private int[] words = new int[4];

    RandomStream(long seed) {
        this.seed = seed;
    }

    /// Goes to the first word of `(kind, identity)`.
    RandomStream at(int kind, long identity) {
        this.kind = kind;
        this.identity = identity;
        block = 0;
        used = 4;
        return this;
    }

    int word() {
        if (used == 4) {
            words = Philox.words(seed, identity, (long) kind << 32 | Integer.toUnsignedLong(block++));
            used = 0;
        }
        return words[used++];
    }

    /// In (0, 1), of 32 bits.
    double uniform() {
        return ((word() & 0xffff_ffffL) + 0.5) * 0x1p-32;
    }

    double uniform(double low, double high) {
        return low + (high - low) * uniform();
    }

    /// In [0, bound).
    int below(int bound) {
        return (int) ((word() & 0xffff_ffffL) * bound >>> 32);
    }

    boolean chance(double probability) {
        return uniform() < probability;
    }

    /// Two standard normal draws from the halves of one word: [#normal(int)] of the word and of its upper half.
    float normal() {
        return normal(word());
    }

    /// The standard normal draw that the low 16 bits of `word` stand for.
    static float normal(int word) {
        return NORMAL[word & 0xffff];
    }

    /// An index of `cumulative` (ascending, last = total), each as likely as its share.
    int weighted(double[] cumulative) {
        double at = uniform() * cumulative[cumulative.length - 1];
        int index = 0;
        while (index < cumulative.length - 1 && cumulative[index] <= at) {
            index++;
        }
        return index;
    }

    private static float[] normalQuantiles() {
        int n = 1 << 16;
        float[] quantiles = new float[n];
        for (int i = 0; i < n / 2; i++) {
            double quantile = lowerQuantile((i + 0.5) / n);
            quantiles[i] = (float) quantile;
            quantiles[n - 1 - i] = (float) -quantile;
        }
        return quantiles;
    }

    /// The normal quantile of p ≤ ½ by Newton steps from the bound √(−2 ln p).
    private static double lowerQuantile(double p) {
        double x = -Math.sqrt(-2 * Math.log(p)) + 0.5;
        for (int step = 0; step < 30; step++) {
            x -= Math.clamp((Normal.cumulative(x) - p) / Normal.density(x), -0.5, 0.5);
        }
        return x;
    }
}
