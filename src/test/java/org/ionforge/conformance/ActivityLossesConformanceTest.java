package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ionforge.compute.ActivityLosses;
import org.ionforge.compute.ActivityLosses.Distillation;
import org.ionforge.compute.ActivityLosses.Latency;
import org.ionforge.compute.ActivityLosses.Terms;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivityLossesConformanceTest {

    private static final List<Shape> SHAPES = List.of(new Shape(1, 1, 1), new Shape(2, 1, 3), new Shape(25, 7, 10), new Shape(5, 3, 257),
            new Shape(3, 37, 31), new Shape(40, 2, 5));
    private static final byte[] LABELS = {1, 0, 9, 4, 2, 0, 30, 7};

    private record Case(Shape shape, float energy, float consistency, float latency, float distillation, boolean targeted, boolean eachThreshold) {

        private float[] membrane() {
            return new Inputs(shape.elements()).uniform((int) shape.elements(), -1, 1.5f);
        }

        private float[] teacher() {
            return new Inputs(7).uniform((int) shape.elements(), -1, 1.5f);
        }

        private float[] threshold() {
            return new Inputs(8).uniform(eachThreshold ? shape.neurons() : 1, 0.5f, 1.5f);
        }

        private int[] index() {
            return new Random(9).ints(3 + shape.batch(), -1, LABELS.length + 1).toArray();
        }

        private Terms terms(Trial trial) {
            CrossEntropy.Targets targets = targeted ? new CrossEntropy.Targets(trial.input(LABELS), trial.input(index()), 3) : null;
            return new Terms(energy, consistency, latency == 0 ? null : new Latency(latency, SLOPE, trial.input(threshold()), targets),
                    distillation == 0 ? null : new Distillation(distillation, trial.input(teacher())));
        }

        /// The largest error of the gradient at an element.
        private double bound(float[] u, float[] teacher, int i) {
            int cells = (int) shape.cells();
            double each = 1.0 / shape.elements();
            double pairs = shape.steps() == 1 ? 0 : 1.0 / ((shape.steps() - 1) * cells);
            double changes = (i >= cells ? Math.abs(u[i] - u[i - cells]) : 0) + (i + cells < u.length ? Math.abs(u[i + cells] - u[i]) : 0);
            double asked = (double) shape.batch() * (targeted ? 1 : shape.neurons());
            return 1e-6 * (energy * each + 2 * consistency * pairs * changes + 2 * distillation * each * Math.abs(u[i] - teacher[i]))
                    + 1e-5 * latency * SLOPE / asked;
        }
    }

    private static final float SLOPE = 12;

    private record Result(float[] gradient, double[] totals) {
    }

    private static Result membrane(Room room, Case of, float[] u) {
        return Trial.on(room, trial -> {
            Buffer gradient = trial.output(ElementType.F32, u.length);
            Buffer totals = totals(trial);
            trial.backend().activityLosses().addMembrane(of.shape, trial.input(u), of.terms(trial), gradient, totals);
            return new Result(trial.floats(gradient, u.length), trial.doubles(totals, ActivityLosses.TOTALS));
        });
    }

    /// Totals that already hold something.
    private static Buffer totals(Trial trial) {
        Buffer totals = trial.output(ElementType.F64, ActivityLosses.TOTALS);
        totals.slice(0, ActivityLosses.TOTALS).upload(MemorySegment.ofArray(new double[] {1, 2, 3, 4, 5}));
        return totals;
    }

    private static void compare(Room room, Case of) {
        float[] u = of.membrane();
        float[] teacher = of.teacher();
        Result expected = membrane(Room.reference(), of, u);
        Result actual = membrane(room, of, u);
        Agreement.within((i, value) -> of.bound(u, teacher, i), expected.gradient, actual.gradient, "gradient", i -> "element " + i + " of " + of);
        Agreement.within((i, value) -> 1e-6 * Math.abs(value), expected.totals, actual.totals, "total", i -> "loss " + i + " of " + of);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everyLossOfMembranes(Room room) {
        for (Shape shape : SHAPES) {
            compare(room, new Case(shape, 0.5f, 0, 0, 0, false, false));
            compare(room, new Case(shape, 0, 2, 0, 0, false, false));
            compare(room, new Case(shape, 0, 0, 1, 0, false, true));
            compare(room, new Case(shape, 0, 0, 3, 0, true, false));
            compare(room, new Case(shape, 0, 0, 0, 1.5f, false, false));
            compare(room, new Case(shape, 1, 0.25f, 0.5f, 2, true, true));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void spikeRates(Room room) {
        for (Shape shape : SHAPES) {
            int n = (int) shape.cells();
            float[] counts = new float[n];
            Random random = new Random(n);
            for (int i = 0; i < n; i++) {
                counts[i] = random.nextInt(shape.steps() + 1);
            }
            Result[] results = new Result[2];
            for (int i = 0; i < 2; i++) {
                results[i] = Trial.on(i == 0 ? Room.reference() : room, trial -> {
                    Buffer gradient = trial.output(ElementType.F32, n);
                    Buffer totals = totals(trial);
                    trial.backend().activityLosses().addRate(shape, trial.input(counts), 3, 0.1f, gradient, totals);
                    return new Result(trial.floats(gradient, n), trial.doubles(totals, ActivityLosses.TOTALS));
                });
            }
            Agreement.within((i, value) -> 1e-6 * Math.abs(value), results[0].gradient, results[1].gradient, "gradient", i -> "cell " + i + " of " + shape);
            Agreement.within((i, value) -> 1e-6 * Math.abs(value), results[0].totals, results[1].totals, "total", i -> "loss " + i + " of " + shape);
        }
    }

    /// Without a gradient the totals are the same; losses of weight 0 leave theirs alone, even where the teacher is not there.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void judgedOnly(Room room) {
        Case of = new Case(new Shape(6, 5, 11), 1, 1, 1, 1, false, false);
        double[] expected = membrane(room, of, of.membrane()).totals;
        Trial.on(room, trial -> {
            Buffer totals = totals(trial);
            trial.backend().activityLosses().addMembrane(of.shape, trial.input(of.membrane()), of.terms(trial), null, totals);
            assertArrayEquals(expected, trial.doubles(totals, ActivityLosses.TOTALS));
            Buffer untouched = totals(trial);
            Buffer gradient = trial.output(ElementType.F32, (int) of.shape.elements());
            Terms none = new Terms(0, 0, new Latency(0, 1, null, null), new Distillation(0, null));
            trial.backend().activityLosses().addMembrane(of.shape, trial.input(of.membrane()), none, gradient, untouched);
            assertArrayEquals(new double[] {1, 2, 3, 4, 5}, trial.doubles(untouched, ActivityLosses.TOTALS));
            assertArrayEquals(new float[(int) of.shape.elements()], trial.floats(gradient, (int) of.shape.elements()));
            return null;
        });
    }

    /// Membranes far from the threshold and on it, silent for sure and firing for sure.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void awkwardMembranes(Room room) {
        Case of = new Case(new Shape(9, 3, 40), 1, 0, 1, 0, false, false);
        float[] u = new Inputs(3).mixed((int) of.shape.elements(), -1, 1, 0, -0f, 1e3f, -1e3f, 40, -40, of.threshold()[0]);
        Result expected = membrane(Room.reference(), of, u);
        Result actual = membrane(room, of, u);
        Agreement.within((i, value) -> of.bound(u, of.teacher(), i), expected.gradient, actual.gradient, "gradient", i -> "at " + u[i]);
        Agreement.within((i, value) -> 1e-6 * Math.abs(value), expected.totals, actual.totals, "total", i -> "loss " + i);
    }

    /// The gradients are those of the losses as the formulas have them, by central differences in double.
    @Test
    void gradientsByFiniteDifferences() {
        Case of = new Case(new Shape(7, 3, 10), 0.7f, 1.3f, 0.9f, 0.4f, true, true);
        float[] u = of.membrane();
        Result result = membrane(Room.reference(), of, u);
        double[] values = new double[u.length];
        Arrays.setAll(values, i -> u[i]);
        double step = 1e-6;
        for (int i = 0; i < u.length; i++) {
            values[i] = u[i] + step;
            double above = loss(of, values);
            values[i] = u[i] - step;
            double slope = (above - loss(of, values)) / (2 * step);
            values[i] = u[i];
            assertEquals(slope, result.gradient[i], 1e-8 + 1e-6 * Math.abs(slope), "element " + i);
        }
        double[] totals = result.totals;
        double whole = of.energy * (totals[ActivityLosses.ENERGY] - 2) + of.consistency * (totals[ActivityLosses.CONSISTENCY] - 3)
                + of.latency * (totals[ActivityLosses.LATENCY] - 4) + of.distillation * (totals[ActivityLosses.DISTILLATION] - 5);
        assertEquals(loss(of, values), whole, 1e-12);
        assertEquals(1, totals[ActivityLosses.RATE]);
    }

    private static double loss(Case of, double[] u) {
        int steps = of.shape.steps();
        int cells = (int) of.shape.cells();
        float[] teacher = of.teacher();
        double energy = 0;
        double consistency = 0;
        double distillation = 0;
        for (int i = 0; i < u.length; i++) {
            energy += Math.abs(u[i]) / u.length;
            distillation += Math.pow(u[i] - teacher[i], 2) / u.length;
            consistency += i < cells ? 0 : Math.pow(u[i] - u[i - cells], 2) / (u.length - cells);
        }
        double latency = 0;
        int[] index = of.index();
        for (int b = 0; b < of.shape.batch(); b++) {
            int row = index[3 + b];
            int label = row < 0 || row >= LABELS.length ? -1 : LABELS[row];
            if (label < 0 || label >= of.shape.neurons()) {
                continue;
            }
            double silent = 1;
            for (int t = 0; t < steps; t++) {
                double fires = 1 / (1 + Math.exp(-SLOPE * (u[t * cells + b * of.shape.neurons() + label] - of.threshold()[label])));
                silent *= 1 - fires;
                latency += silent / (steps * of.shape.batch());
            }
        }
        return of.energy * energy + of.consistency * consistency + of.latency * latency + of.distillation * distillation;
    }

    @Test
    void theDefinitionOfTheRate() {
        Trial.on(Room.reference(), trial -> {
            Buffer gradient = trial.output(ElementType.F32, 4);
            Buffer totals = totals(trial);
            trial.backend().activityLosses().addRate(new Shape(10, 2, 2), trial.input(5f, 0, 5, 2), 2, 0.1f, gradient, totals);
            double[] values = trial.doubles(totals, ActivityLosses.TOTALS);
            assertEquals(1 + (0.16 + 0) / 2, values[ActivityLosses.RATE], 1e-7);
            assertEquals(2 * 2 * 0.4 / (2 * 20), trial.floats(gradient, 4)[2], 1e-8);
            assertEquals(0, trial.floats(gradient, 4)[3], 1e-8);
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            ActivityLosses losses = trial.backend().activityLosses();
            Shape shape = new Shape(2, 3, 5);
            Buffer u = trial.input(new float[30]);
            Buffer totals = totals(trial);
            String teacher = assertThrows(IllegalArgumentException.class, () -> losses.addMembrane(shape, u,
                    new Terms(0, 0, null, new Distillation(1, trial.input(new float[29]))), null, totals)).getMessage();
            assertTrue(teacher.contains("teacher must hold 30 F32"), teacher);
            assertThrows(IllegalArgumentException.class, () -> losses.addMembrane(shape, u, new Terms(-1, 0, null, null), null, totals));
            assertThrows(IllegalArgumentException.class, () -> losses.addMembrane(shape, u, new Terms(0, Float.NaN, null, null), null, totals));
            assertThrows(IllegalArgumentException.class, () -> losses.addMembrane(shape, u,
                    new Terms(0, 0, new Latency(1, 0, trial.input(1f), null), null), null, totals));
            assertThrows(IllegalArgumentException.class, () -> losses.addRate(shape, trial.input(new float[14]), 1, 0.1f, null, totals));
            assertThrows(IllegalArgumentException.class, () -> losses.addRate(shape, u, 1, 0.1f, trial.input(new float[14]), totals));
            return null;
        });
    }
}
