package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.ionforge.compute.Reductions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReductionsConformanceTest {

    private static final double RELATIVE = 1e-12;
    private static final int[] SIZES = {0, 1, 2, 31, 257, 4095, 4096, 4097, 70_001, 262_147};

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void momentsOfEverySize(Room room) {
        for (int n : SIZES) {
            compareMoments(room, new Inputs(n).mixed(n, -1000, 1000, 0, -0.0f, 1e-30f, 1e15f, Float.NaN, Float.MIN_VALUE));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void momentsOfNothingButNaN(Room room) {
        float[] values = new float[5003];
        Arrays.fill(values, Float.NaN);
        compareMoments(room, values);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void momentsOfHugeValues(Room room) {
        compareMoments(room, new Inputs(9).mixed(10_007, -1, 1, Float.MAX_VALUE, -Float.MAX_VALUE));
        compareMoments(room, new Inputs(9).mixed(10_007, -1, 1, Float.POSITIVE_INFINITY, 3));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void productsOfEverySize(Room room) {
        for (int n : SIZES) {
            Inputs inputs = new Inputs(n);
            compareProducts(room, inputs.mixed(n, -100, 100, 0, 1e-20f, 1e12f), inputs.mixed(n, -3, 5, 0, 1e-20f, -1e12f));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aNaNPropagatesThroughProducts(Room room) {
        Inputs inputs = new Inputs(10);
        float[] y = inputs.uniform(9001, 0, 1);
        y[8999] = Float.NaN;
        compareProducts(room, inputs.uniform(9001, 0, 1), y);
    }

    /// Same inputs, same backend, same bits: blocks may finish in any order, their sums are added in one.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theSameBitsEveryTime(Room room) {
        float[] x = new Inputs(11).uniform(262_147, -1000, 1000);
        float[] y = new Inputs(12).uniform(262_147, -1, 1);
        Reductions.Moments first = Trial.on(room, trial -> trial.backend().reductions().moments(trial.input(x), x.length));
        double[] products = Trial.on(room, trial -> trial.backend().reductions().products(trial.input(x), trial.input(y), x.length));
        for (int i = 0; i < 5; i++) {
            assertEquals(first, Trial.on(room, trial -> trial.backend().reductions().moments(trial.input(x), x.length)));
            assertArrayEquals(products,
                    Trial.on(room, trial -> trial.backend().reductions().products(trial.input(x), trial.input(y), x.length)));
        }
    }

    /// Blocks and lanes of a kernel may run in any order: the schedules of the emulator give the same bits.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theSameBitsOnTheSameBackend(Room room) {
        float[] x = new Inputs(13).uniform(70_001, -1000, 1000);
        Room first = Room.all().stream().filter(other -> other.backendName().equals(room.backendName())).findFirst().orElseThrow();
        Reductions.Moments expected = Trial.on(first, trial -> trial.backend().reductions().moments(trial.input(x), x.length));
        assertEquals(expected, Trial.on(room, trial -> trial.backend().reductions().moments(trial.input(x), x.length)));
    }

    private static void compareMoments(Room room, float[] values) {
        Reductions.Moments expected = Trial.on(Room.reference(),
                trial -> trial.backend().reductions().moments(trial.input(values), values.length));
        Reductions.Moments actual = Trial.on(room,
                trial -> trial.backend().reductions().moments(trial.input(values), values.length));
        double magnitude = 0;
        for (float value : values) {
            magnitude += Float.isNaN(value) ? 0 : Math.abs((double) value);
        }
        assertEquals(expected.count(), actual.count());
        near(expected.sum(), actual.sum(), magnitude, "sum");
        near(expected.sumOfSquares(), actual.sumOfSquares(), expected.sumOfSquares(), "sum of squares");
        assertEquals(expected.min(), actual.min(), 0f);
        assertEquals(expected.max(), actual.max(), 0f);
    }

    private static void compareProducts(Room room, float[] x, float[] y) {
        double[] expected = Trial.on(Room.reference(),
                trial -> trial.backend().reductions().products(trial.input(x), trial.input(y), x.length));
        double[] actual = Trial.on(room,
                trial -> trial.backend().reductions().products(trial.input(x), trial.input(y), x.length));
        assertEquals(5, actual.length);
        double[] magnitude = new double[5];
        for (int i = 0; i < x.length; i++) {
            double a = x[i];
            double b = y[i];
            double[] terms = {a, b, a * a, b * b, a * b};
            for (int k = 0; k < 5; k++) {
                magnitude[k] += Math.abs(terms[k]);
            }
        }
        for (int k = 0; k < 5; k++) {
            near(expected[k], actual[k], magnitude[k], "product sum " + k);
        }
    }

    private static void near(double expected, double actual, double magnitude, String what) {
        if (Double.isFinite(expected)) {
            assertEquals(expected, actual, RELATIVE * magnitude, what);
        } else {
            assertEquals(expected, actual, what);
        }
    }
}
