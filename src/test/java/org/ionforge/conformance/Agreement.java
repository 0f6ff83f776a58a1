package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.function.IntFunction;

/// Compares a result with the definition's, element by element. NaN agrees with NaN only, an infinity with itself only.
final class Agreement {

    /// How far an element may be from the definition.
    @FunctionalInterface
    interface Bound {
        double at(int element, double expected);
    }

    private Agreement() {
    }

    /// @param inputs describes the inputs of an element for the message
    static void within(Bound bound, float[] expected, float[] actual, String what, IntFunction<String> inputs) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            check(bound.at(i, expected[i]), expected[i], actual[i], what, i, inputs);
        }
    }

    static void within(Bound bound, double[] expected, double[] actual, String what, IntFunction<String> inputs) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            check(bound.at(i, expected[i]), expected[i], actual[i], what, i, inputs);
        }
    }

    /// Angles in degrees, a whole turn apart being the same.
    static void withinOnCircle(Bound bound, float[] expected, float[] actual, String what, IntFunction<String> inputs) {
        float[] turned = actual.clone();
        for (int i = 0; i < turned.length && i < expected.length; i++) {
            double difference = Math.IEEEremainder((double) actual[i] - expected[i], 360);
            turned[i] = Double.isNaN(difference) ? actual[i] : (float) (expected[i] + difference);
        }
        within(bound, expected, turned, what, inputs);
    }

    /// Equal to the bit; every NaN is the same.
    static void toTheBit(float[] expected, float[] actual, String what, IntFunction<String> inputs) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                fail(message(what, i, expected[i], actual[i], 0, inputs));
            }
        }
    }

    private static void check(double bound, double expected, double actual, String what, int i, IntFunction<String> inputs) {
        boolean agrees = Double.isNaN(expected) ? Double.isNaN(actual)
                : expected == actual || Math.abs(expected - actual) <= bound;
        if (!agrees) {
            fail(message(what, i, expected, actual, bound, inputs));
        }
    }

    private static String message(String what, int i, double expected, double actual, double bound, IntFunction<String> inputs) {
        return what + "[" + i + "] of " + inputs.apply(i) + ": " + actual + ", the definition has " + expected
                + ", " + Math.abs(actual - expected) + " apart, " + bound + " allowed";
    }
}
