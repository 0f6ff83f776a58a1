package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Philox;
import org.ionforge.compute.RandomFill;
import org.ionforge.compute.RandomFill.Places;
import org.ionforge.compute.RandomNumbers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RandomFillConformanceTest {

    /// Places that begin a counter and that do not, near and past 2³².
    private static final Places[] PLACES = {new Places(0, 0, 0), new Places(-1, 7, 1), new Places(42, -1, 2), new Places(7, 1L << 40, 3),
        new Places(0x299f31d0_a4093822L, 5, (1L << 32) - 2), new Places(9, 9, (3L << 32) + 6)};

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyFillIsEqualToTheBit(Room room) {
        for (int n : Inputs.SIZES) {
            for (Places places : PLACES) {
                Filled expected = Trial.on(Room.reference(), trial -> filled(trial, places, n));
                Filled actual = Trial.on(room, trial -> filled(trial, places, n));
                assertArrayEquals(expected.words, actual.words, places.toString());
                Agreement.toTheBit(expected.uniform, actual.uniform, "uniform", i -> places.toString());
                Agreement.toTheBit(expected.normal, actual.normal, "normal", i -> places.toString());
                assertArrayEquals(expected.bits, actual.bits, places.toString());
            }
        }
    }

    private record Filled(int[] words, float[] uniform, float[] normal, int[] bits) {
    }

    private static Filled filled(Trial trial, Places places, int n) {
        RandomFill fill = trial.backend().randomFill();
        Buffer words = trial.output(ElementType.U32, n);
        Buffer uniform = trial.output(ElementType.F32, n);
        Buffer normal = trial.output(ElementType.F32, n);
        Buffer bits = trial.output(ElementType.U32, (n + 31) / 32);
        fill.words(places, words, n);
        fill.uniform(places, -0.3f, 0.9f, uniform, n);
        fill.normal(places, 0.25f, 1.5f, normal, n);
        fill.bernoulli(places, trial.input(probabilities(n)), bits, n);
        return new Filled(trial.ints(words, n), trial.floats(uniform, n), trial.floats(normal, n), trial.ints(bits, (n + 31) / 32));
    }

    private static float[] probabilities(int n) {
        return new Inputs(n).mixed(n, -0.1f, 1.1f, 0, -0f, 1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f, 0x1p-32f);
    }

    /// The counter of a place is what the contract says, with the generator's published answers behind [Philox].
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void wordsOfTheGenerator(Room room) {
        int[] words = Trial.on(room, trial -> filled(trial, new Places(11, 12, 13), 8)).words;
        assertArrayEquals(Arrays.copyOfRange(Philox.words(11, 12, 12), 1, 4), Arrays.copyOf(words, 3));
        assertArrayEquals(Philox.words(11, 12, 16), Arrays.copyOfRange(words, 3, 7));
    }

    /// A fill cut into calls is the same fill.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void anyCutGivesTheSame(Room room) {
        int n = 1009;
        int cut = 333;
        Filled whole = Trial.on(room, trial -> filled(trial, new Places(3, 4, 5), n));
        Filled rest = Trial.on(room, trial -> filled(trial, new Places(3, 4, 5 + cut), n - cut));
        assertArrayEquals(Arrays.copyOfRange(whole.words, cut, n), rest.words);
        assertArrayEquals(Arrays.copyOfRange(whole.normal, cut, n), rest.normal);
    }

    /// The moments of the distributions, and the ends of what can be drawn.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void moments(Room room) {
        int n = 200_000;
        float[][] drawn = Trial.on(room, trial -> {
            Buffer uniform = trial.output(ElementType.F32, n);
            Buffer normal = trial.output(ElementType.F32, n);
            trial.backend().randomFill().uniform(new Places(1, 2, 0), 0, 1, uniform, n);
            trial.backend().randomFill().normal(new Places(1, 3, 0), 0, 1, normal, n);
            return new float[][] {trial.floats(uniform, n), trial.floats(normal, n)};
        });
        double five = 5 / Math.sqrt(n);  // five standard errors, where one value's deviation is 1
        assertEquals(0.5, mean(drawn[0], 1), five / Math.sqrt(12));
        assertEquals(1.0 / 3, mean(drawn[0], 2), five * Math.sqrt(4.0 / 45));
        assertEquals(0, mean(drawn[1], 1), five);
        assertEquals(1, mean(drawn[1], 2), five * Math.sqrt(2));
        assertEquals(0, mean(drawn[1], 3), five * Math.sqrt(15));
        assertEquals(3, mean(drawn[1], 4), five * Math.sqrt(96));
        double cross = 0;
        for (int i = 0; i < n; i += 2) {
            cross += drawn[1][i] * drawn[1][i + 1];
        }
        assertEquals(0, cross / (n / 2.0), five * Math.sqrt(2), "the two of a pair do not hang together");
        assertEquals(0x1p-24f, RandomNumbers.uniform(0));
        assertEquals(1 - 0x1p-24f, RandomNumbers.uniform(-1));
        assertEquals(0, Math.abs(RandomNumbers.normal(-1, 0, false)), "the logarithm of 1");
        assertEquals(Math.sqrt(66 * Math.log(2)), RandomNumbers.normal(0, 0, false), 1e-5);
    }

    private static double mean(float[] values, int power) {
        double sum = 0;
        for (float value : values) {
            sum += Math.pow(value, power);
        }
        return sum / values.length;
    }

    /// Each number of the normal distribution beside the functions of the mathematics library, with edges of quarters and octants.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void normalNumbersAreThoseOfTheFormula(Room room) {
        int n = 20_000;
        int[] words = Trial.on(room, trial -> filled(trial, PLACES[0], n)).words;
        float[] numbers = Trial.on(room, trial -> {
            Buffer normal = trial.output(ElementType.F32, n);
            trial.backend().randomFill().normal(PLACES[0], 0, 1, normal, n);
            return trial.floats(normal, n);
        });
        for (int i = 0; i < n; i += 2) {
            double u = Integer.toUnsignedLong(words[i]) * 0x1p-32 + 0x1p-33;
            double angle = 2 * Math.PI * Integer.toUnsignedLong(words[i + 1]) * 0x1p-32;
            double radius = Math.sqrt(-2 * Math.log(u));
            assertEquals(radius * Math.cos(angle), numbers[i], 4e-7 * Math.max(1, radius) + tail(u));
            assertEquals(radius * Math.sin(angle), numbers[i + 1], 4e-7 * Math.max(1, radius) + tail(u));
        }
    }

    /// Near 1, u as a float is coarse: the definition has it so.
    private static double tail(double u) {
        return u > 0.99 ? Math.sqrt(2 * 0x1p-25) : 0;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            RandomFill fill = trial.backend().randomFill();
            assertTrue(assertThrows(IllegalArgumentException.class, () -> fill.words(PLACES[0], trial.input(1f), 1)).getMessage().contains("U32"));
            assertTrue(assertThrows(IllegalArgumentException.class, () -> fill.normal(PLACES[0], 0, 1, trial.input(1f), 2)).getMessage()
                    .contains("values must hold 2"));
            assertThrows(IllegalArgumentException.class, () -> new Places(0, 0, -1));
            return null;
        });
    }
}
