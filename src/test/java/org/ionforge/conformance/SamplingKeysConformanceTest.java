package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplingKeysConformanceTest {

    private static final long[] SEEDS = {0, 1, -1, 0x299f31d0_a4093822L};
    private static final float[] WEIGHTS = {1, 0, -0.0f, -1, Float.MIN_VALUE, 1e-30f, 1e30f, Float.MAX_VALUE, Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY, Float.NaN};

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void uniformKeysAreEqualToTheBit(Room room) {
        for (int n : Inputs.SIZES) {
            long seed = SEEDS[n % SEEDS.length];
            long[] identity = new Inputs(n).longs(n);
            long[] expected = Trial.on(Room.reference(), trial -> uniform(trial, identity, seed));
            long[] actual = Trial.on(room, trial -> uniform(trial, identity, seed));
            assertArrayEquals(expected, actual);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void weightedKeys(Room room) {
        for (int n : Inputs.SIZES) {
            Inputs inputs = new Inputs(n);
            long seed = SEEDS[n % SEEDS.length];
            long[] identity = inputs.longs(n);
            float[] weight = inputs.mixed(n, 1e-4f, 10, WEIGHTS);
            double[] expected = Trial.on(Room.reference(), trial -> weighted(trial, identity, weight, seed));
            double[] actual = Trial.on(room, trial -> weighted(trial, identity, weight, seed));
            Agreement.within((i, key) -> 4 * Math.ulp(key), expected, actual, "key",
                    i -> "identity " + Long.toUnsignedString(identity[i]) + ", weight " + weight[i]);
            for (double key : actual) {
                assertTrue(key <= 0, "keys are logarithms of numbers below one");
            }
        }
    }

    private static long[] uniform(Trial trial, long[] identity, long seed) {
        Buffer keys = trial.output(ElementType.U64, identity.length);
        trial.backend().samplingKeys().uniform(trial.input(identity), seed, keys, identity.length);
        return trial.longs(keys, identity.length);
    }

    private static double[] weighted(Trial trial, long[] identity, float[] weight, long seed) {
        Buffer keys = trial.output(ElementType.F64, identity.length);
        trial.backend().samplingKeys().weighted(trial.input(identity), trial.input(weight), seed, keys, identity.length);
        return trial.doubles(keys, identity.length);
    }
}
