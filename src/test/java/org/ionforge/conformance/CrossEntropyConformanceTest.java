package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.CrossEntropy.Shape;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CrossEntropyConformanceTest {

    private record Judged(float[] gradient, double[] totals) {
    }

    private record Case(Shape shape, float[] scores, float scale, byte[] labels, int[] index, long first) {

        static Case random(int samples, int classes, float low, float high) {
            Random random = new Random(31L * samples + classes);
            int rows = samples + 13;
            byte[] labels = new byte[rows];
            for (int i = 0; i < rows; i++) {
                labels[i] = (byte) random.nextInt(classes);
            }
            int[] index = random.ints(samples + 3, 0, rows).toArray();
            return new Case(new Shape(samples, classes), new Inputs(samples).mixed(samples * classes, low, high, 0, 1, -0.0f), 0.37f, labels, index, 3);
        }
    }

    private static Judged judge(Room room, Case c) {
        return Trial.on(room, trial -> {
            int n = c.scores.length;
            Buffer scores = trial.input(c.scores);
            CrossEntropy.Targets targets = new CrossEntropy.Targets(trial.input(c.labels), trial.input(c.index), c.first);
            Buffer gradient = trial.output(ElementType.F32, n);
            Buffer totals = trial.output(ElementType.F64, 3);
            totals.upload(MemorySegment.ofArray(new double[] {1, 2, 3}));
            trial.backend().crossEntropy().add(c.shape, scores, c.scale, targets, gradient, totals);
            float[] first = trial.floats(gradient, n);
            trial.backend().crossEntropy().add(c.shape, scores, c.scale, targets, null, totals);
            return new Judged(first, trial.doubles(totals, 3));
        });
    }

    private static void compare(Room room, Case c) {
        Judged expected = judge(Room.reference(), c);
        Judged actual = judge(room, c);
        String what = c.shape + " on " + room;
        Agreement.within((i, value) -> 1e-6 * Math.abs(c.scale) / c.shape.samples(), expected.gradient, actual.gradient, what, i -> "score " + c.scores[i]);
        assertEquals(expected.totals[1], actual.totals[1], what + ": right answers");
        assertEquals(expected.totals[2], actual.totals[2], what + ": samples");
        Agreement.within((i, value) -> 1e-6 * (Math.abs(value) + c.shape.samples()), new double[] {expected.totals[0]},
                new double[] {actual.totals[0]}, what + ": loss", i -> "all samples");
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySize(Room room) {
        for (int samples : new int[] {1, 2, 63, 64, 257, 1009}) {
            for (int classes : new int[] {1, 2, 10, 256}) {
                compare(room, Case.random(samples, classes, -30, 30));
            }
        }
    }

    /// Ties, of which the first answers; infinite losses; scales of either sign, none and extreme; rows of which nothing is known.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void tiesAndExtremes(Room room) {
        float inf = Float.POSITIVE_INFINITY;
        byte[] labels = {0, 1, 2, 7};
        compare(room, new Case(new Shape(4, 3), new float[] {5, 5, 5, 0, 0, 0, 100, -3e38f, 0, -inf, -inf, 0}, 1, labels, new int[] {0, 1, 0, 2}, 0));
        compare(room, new Case(new Shape(1, 3), new float[] {-inf, 1, 2}, 1, labels, new int[] {0}, 0));
        float[] scores = {5, 7, -6, 3e38f, -3e38f, 1, 2, 2, 1e-45f, 0, 1e-45f, 1e-44f};
        for (float scale : new float[] {-0.5f, 0, 1e-38f, 3e38f}) {
            compare(room, new Case(new Shape(4, 3), scores, scale, labels, new int[] {0, 1, 2, 2}, 0));
        }
        float[] unknown = {Float.NaN, 1, 2, inf, 0, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
        compare(room, new Case(new Shape(6, 3), unknown, 1, labels, new int[] {2, 0, 3, 4, -1, 2}, 0));
    }

    /// What the definition itself must give: uniform scores cost ln C, and gradients of a row add up to nothing.
    @Test
    void theDefinition() {
        Judged uniform = judge(Room.reference(), new Case(new Shape(1, 4), new float[4], 1, new byte[] {2}, new int[] {0}, 0));
        assertEquals(1 + 2 * Math.log(4), uniform.totals[0], 1e-12);
        assertArrayEquals(new float[] {0.25f, 0.25f, -0.75f, 0.25f}, uniform.gradient);
        assertEquals(2, uniform.totals[1], "the first of equals answers, and 2 is not the first");
        Case some = Case.random(5, 3, -2, 2);
        double h = 1e-2;
        Judged at = judge(Room.reference(), some);
        for (int i = 0; i < some.scores.length; i++) {
            double[] loss = new double[2];
            for (int side = 0; side < 2; side++) {
                float[] moved = some.scores.clone();
                moved[i] += (float) (side == 0 ? -h : h);
                loss[side] = (judge(Room.reference(), new Case(some.shape, moved, some.scale, some.labels, some.index, some.first)).totals[0] - 1) / 2;
            }
            assertEquals((loss[1] - loss[0]) / (2 * h) / 5, at.gradient[i], 1e-5, "finite difference of score " + i);
        }
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> new Shape(1, 257));
        Case c = Case.random(4, 3, 0, 1);
        assertThrows(IllegalArgumentException.class, () -> judge(Room.reference(), new Case(new Shape(5, 3), c.scores, 1, c.labels, c.index, 0)));
        assertThrows(IllegalArgumentException.class, () -> judge(Room.reference(), new Case(c.shape, c.scores, 1, c.labels, c.index, 4)));
    }
}
