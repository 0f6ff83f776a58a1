package org.ionforge.conformance;

import java.util.Random;

/// Inputs for the element-wise operations: the awkward values first, each beside its neighbours, then random ones.
final class Inputs {

    /// Nothing, one, primes around a warp and a block, and enough for several blocks of rows on every thread.
    static final int[] SIZES = {0, 1, 2, 31, 257, 1009, 70_001};

    private final Random random;

    Inputs(long seed) {
        random = new Random(seed);
    }

    /// `n` values, half of them drawn from `awkward` and their float neighbours, half uniform in [low, high].
    float[] mixed(int n, float low, float high, float... awkward) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextBoolean() ? low + (high - low) * random.nextFloat() : beside(awkward[random.nextInt(awkward.length)]);
        }
        return values;
    }

    /// Uniform in [low, high].
    float[] uniform(int n, float low, float high) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }

    /// Any bit pattern: subnormals, infinities and NaN among them.
    float[] anyBits(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        return values;
    }

    long[] longs(int n) {
        long[] values = new long[n];
        for (int i = 0; i < n; i++) {
            values[i] = i < 4 ? new long[] {0, -1, 1, Long.MIN_VALUE}[i] : random.nextLong();
        }
        return values;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private float beside(float value) {
        return switch (random.nextInt(4)) {
            case 0 -> Math.nextUp(value);
            case 1 -> Math.nextDown(value);
            default -> value;
        };
    }
}
