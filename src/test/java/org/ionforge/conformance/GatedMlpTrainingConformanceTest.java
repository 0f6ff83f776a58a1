package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.GatedMlpTraining;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatedMlpTrainingConformanceTest {

    private static final GatedMlpShape SHAPE = new GatedMlpShape(7, 5, 37, 29, 17, 11, 3, 6, 2);
    private static final AdamW.Options OPTIONS = new AdamW.Options(0.9, 0.999, 1e-8, 0.01);
    private static final float NONE = Float.POSITIVE_INFINITY;
    private static final int ROWS = 173;
    private static final int BATCH = 40;

    /// A training on random rows that a test drives, with all its buffers.
    private static final class Run {
        final Trial trial;
        final Buffer parameters;
        final Buffer gradients;
        final Buffer m;
        final Buffer v;
        final Buffer order;
        final GatedMlpTraining.Setup setup;
        final GatedMlpTraining training;

        Run(Trial trial, GatedMlpCase data) {
            this.trial = trial;
            parameters = updated(data.parameters());
            gradients = trial.output(ElementType.F32, SHAPE.parameters());
            m = updated(new float[SHAPE.parameters()]);
            v = updated(new float[SHAPE.parameters()]);
            order = trial.input(data.index());
            setup = new GatedMlpTraining.Setup(SHAPE, parameters, gradients, m, v, trial.input(data.features()), trial.input(data.targets()),
                    trial.input(data.weights()), order, BATCH, data.options(), OPTIONS);
            training = trial.backend().gatedMlp().training(setup);
        }

        private Buffer updated(float[] values) {
            Buffer buffer = trial.output(ElementType.F32, values.length);
            buffer.upload(MemorySegment.ofArray(values));
            return buffer;
        }

        List<GatedMlpTraining.Step> steps(int count) {
            for (int i = 0; i < count; i++) {
                training.step();
            }
            return training.collect();
        }

        State state() {
            int n = SHAPE.parameters();
            return new State(trial.floats(parameters, n), trial.floats(m, n), trial.floats(v, n), trial.floats(gradients, n));
        }
    }

    private record State(float[] parameters, float[] m, float[] v, float[] gradients) {
        void assertSameAs(State other) {
            assertArrayEquals(other.parameters, parameters, "parameters");
            assertArrayEquals(other.m, m, "first moments");
            assertArrayEquals(other.v, v, "second moments");
            assertArrayEquals(other.gradients, gradients, "gradients");
        }
    }

    @FunctionalInterface
    private interface Drive<R> {
        R by(Run run);
    }

    private static <R> R on(Room room, GatedMlpCase data, Drive<R> drive) {
        return Trial.on(room, trial -> {
            Run run = new Run(trial, data);
            try (GatedMlpTraining _ = run.training) {
                return drive.by(run);
            }
        });
    }

    /// Every row once, in random order: four batches of 40 and one of 13.
    private static GatedMlpCase data() {
        GatedMlpCase plain = GatedMlpCase.random("training", SHAPE, ROWS, true, 0, ROWS, 11);
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(i);
        }
        Collections.shuffle(rows, new Random(12));
        return new GatedMlpCase("training", SHAPE, plain.parameters(), plain.features(), plain.targets(), plain.weights(),
                rows.stream().mapToInt(Integer::intValue).toArray(), 0, ROWS, plain.options());
    }

    /// Trunk at one rate, heads frozen but for the base's, a clamp on the sun's sidecar; out of order.
    private static List<AdamW.Group> groups(float rate) {
        GatedMlp.Tensor side = SHAPE.tensor("sunSide.2.weight");
        return List.of(new AdamW.Group(side.offset(), side.length(), 10 * rate, -0.25f, 0.25f),
                new AdamW.Group(0, SHAPE.tensor("base.1.weight").offset(), rate, -NONE, NONE),
                new AdamW.Group(SHAPE.tensor("base.1.weight").offset(), SHAPE.tensor("base.1.weight").length(), 2 * rate, -NONE, NONE));
    }

    /// The definition: one call for the loss and its gradients, one for the optimiser.
    private static List<GatedMlp.Loss> byHand(Run run, int count, List<AdamW.Group> groups) {
        List<GatedMlp.Loss> losses = new ArrayList<>();
        for (int step = 0; step < count; step++) {
            int first = step * BATCH;
            GatedMlpTraining.Setup s = run.setup;
            losses.add(run.trial.backend().gatedMlp().lossAndGradient(SHAPE, s.parameters(), new GatedMlp.Rows(s.features(), s.targets(),
                    s.weights(), s.order(), first, Math.min(BATCH, ROWS - first)), s.loss(), s.gradients()));
            run.trial.backend().adamW().step(s.parameters(), s.gradients(), s.m(), s.v(), groups, s.adamW(), step + 1);
        }
        return losses;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aStepIsTheLossItsGradientsAndTheOptimiser(Room room) {
        List<AdamW.Group> groups = groups(1e-3f);
        List<GatedMlp.Loss> losses = on(room, data(), run -> byHand(run, 5, groups));
        State expected = on(room, data(), run -> {
            byHand(run, 5, groups);
            return run.state();
        });
        on(room, data(), run -> {
            run.training.begin(0, 0, groups);
            List<GatedMlpTraining.Step> steps = run.steps(5);
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L), steps.stream().map(GatedMlpTraining.Step::number).toList());
            assertEquals(List.of(40, 40, 40, 40, 13), steps.stream().map(GatedMlpTraining.Step::rows).toList());
            assertEquals(losses.getFirst(), steps.getFirst().loss());
            if (run.trial.backend().hostAddressable()) {
                assertEquals(losses, steps.stream().map(GatedMlpTraining.Step::loss).toList());
                run.state().assertSameAs(expected);
            }
            // On a device the corrections come from another power function: a rounding of the rates apart.
            State actual = run.state();
            Agreement.Bound bound = (i, value) -> 1e-6 * Math.abs(value) + 2e-6;
            Agreement.within(bound, expected.parameters, actual.parameters, "parameters", i -> "five steps");
            Agreement.within(bound, expected.m, actual.m, "first moments", i -> "five steps");
            Agreement.within(bound, expected.v, actual.v, "second moments", i -> "five steps");
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void frozenParametersStayAndClampsHold(Room room) {
        float[] start = data().parameters();
        State after = on(room, data(), run -> {
            run.training.begin(0, 0, groups(0.02f));
            run.steps(5);
            return run.state();
        });
        GatedMlp.Tensor clamped = SHAPE.tensor("sunSide.2.weight");
        for (GatedMlp.Tensor tensor : SHAPE.tensors()) {
            boolean learns = tensor.name().startsWith("trunk.") || tensor.name().equals("base.1.weight") || tensor.equals(clamped);
            for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
                assertEquals(learns, start[i] != after.parameters[i], tensor.name() + " " + i);
            }
        }
        for (int i = 0; i < clamped.length(); i++) {
            assertTrue(Math.abs(after.parameters[clamped.offset() + i]) <= 0.25f, "clamped");
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void goesOnInTheMiddleToTheSameBits(Room room) {
        List<AdamW.Group> groups = groups(1e-3f);
        State whole = on(room, data(), run -> {
            run.training.begin(0, 7, groups);
            run.steps(5);
            return run.state();
        });
        on(room, data(), run -> {
            run.training.begin(0, 7, groups);
            assertEquals(2, run.steps(2).size());
            run.training.begin(80, 9, groups);
            assertEquals(10, run.steps(1).getFirst().number());
            assertEquals(2, run.steps(2).size());
            assertTrue(run.training.collect().isEmpty());
            run.state().assertSameAs(whole);
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aLossThatIsNoNumberStopsEverythingWhereItHappened(Room room) {
        List<AdamW.Group> groups = groups(1e-3f);
        GatedMlpCase spoiled = data();
        int row = spoiled.index()[2 * BATCH + 5];
        spoiled.targets()[row] = Float.NaN;
        State before = on(room, spoiled, run -> {
            run.training.begin(0, 0, groups);
            run.steps(2);
            return run.state();
        });
        on(room, spoiled, run -> {
            run.training.begin(0, 0, groups);
            List<GatedMlpTraining.Step> steps = run.steps(5);
            assertEquals(3, steps.size());
            assertTrue(Double.isFinite(steps.get(1).loss().loss()));
            assertTrue(Double.isNaN(steps.get(2).loss().loss()));
            assertEquals(3, steps.get(2).number());
            State after = run.state();
            assertArrayEquals(before.parameters, after.parameters);
            assertArrayEquals(before.m, after.m);
            assertArrayEquals(before.v, after.v);
            float[] failing = failingGradients(run);
            assertArrayEquals(failing, after.gradients, "the gradients are those of the step that failed");
            assertTrue(run.steps(0).isEmpty());
            run.training.begin(3 * BATCH, 2, groups);
            assertTrue(run.steps(2).stream().allMatch(step -> Double.isFinite(step.loss().loss())), "and it can begin again");
            assertFalse(Arrays.equals(before.parameters, run.state().parameters));
            return null;
        });
    }

    private static float[] failingGradients(Run run) {
        GatedMlpTraining.Setup s = run.setup;
        Buffer gradients = run.trial.output(ElementType.F32, SHAPE.parameters());
        run.trial.backend().gatedMlp().lossAndGradient(SHAPE, s.parameters(), new GatedMlp.Rows(s.features(), s.targets(), s.weights(),
                s.order(), 2 * BATCH, BATCH), s.loss(), gradients);
        return run.trial.floats(gradients, SHAPE.parameters());
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatCannotBe(Room room) {
        on(room, data(), run -> {
            assertThrows(IllegalStateException.class, run.training::step, "before it begins");
            List<AdamW.Group> groups = groups(1e-3f);
            run.training.begin(ROWS - 3, 0, groups);
            run.training.step();
            assertTrue(assertThrows(IllegalStateException.class, run.training::step).getMessage().contains("173 rows is at its end"));
            assertTrue(assertThrows(IllegalStateException.class, () -> run.training.begin(0, 0, groups)).getMessage()
                    .contains("1 steps were not collected"));
            assertEquals(3, run.training.collect().getFirst().rows());
            AdamW.Group group = groups.getFirst();
            assertThrows(IllegalArgumentException.class, () -> run.training.begin(0, 0, List.of(group, group)));
            assertThrows(IllegalArgumentException.class, () -> run.training.begin(ROWS + 1, 0, groups));
            GatedMlpTraining.Setup s = run.setup;
            Buffer small = run.trial.output(ElementType.F32, 5);
            assertThrows(IllegalArgumentException.class, () -> run.trial.backend().gatedMlp().training(new GatedMlpTraining.Setup(SHAPE,
                    s.parameters(), s.gradients(), small, s.v(), s.features(), s.targets(), s.weights(), s.order(), 1, s.loss(), OPTIONS)));
            return null;
        });
    }

    /// More steps than the ring of figures holds, in two portions.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void rememberedFiguresGoRoundTheRing(Room room) {
        int steps = GatedMlpTraining.MOST_PENDING;
        GatedMlpShape ones = new GatedMlpShape(1, 1, 1, 1, 1, 1, 1, 0, 0);
        GatedMlpCase data = GatedMlpCase.random("ring", ones, 7, true, 0, steps + 20, 3);
        List<Double> expected = ring(Room.reference(), data, steps);
        List<Double> actual = ring(room, data, steps);
        assertEquals(steps + 20, actual.size());
        Agreement.within((i, value) -> 1e-4 * Math.abs(value) + 1e-5, expected.stream().mapToDouble(Double::doubleValue).toArray(),
                actual.stream().mapToDouble(Double::doubleValue).toArray(), "loss", i -> "step " + i);
    }

    private static List<Double> ring(Room room, GatedMlpCase data, int portion) {
        return Trial.on(room, trial -> {
            int n = data.shape().parameters();
            Buffer parameters = trial.output(ElementType.F32, n);
            parameters.upload(MemorySegment.ofArray(data.parameters()));
            GatedMlpTraining.Setup setup = new GatedMlpTraining.Setup(data.shape(), parameters, trial.output(ElementType.F32, n),
                    trial.input(new float[n]), trial.input(new float[n]), trial.input(data.features()), trial.input(data.targets()),
                    trial.input(data.weights()), trial.input(Arrays.copyOf(data.index(), data.count())), 1, data.options(), OPTIONS);
            List<Double> losses = new ArrayList<>();
            try (GatedMlpTraining training = trial.backend().gatedMlp().training(setup)) {
                training.begin(0, 0, List.of(new AdamW.Group(0, n, 1e-3f, -NONE, NONE)));
                for (int i = 0; i < portion; i++) {
                    training.step();
                }
                assertThrows(IllegalStateException.class, training::step);
                training.collect().forEach(step -> losses.add(step.loss().huber()));
                for (int i = portion; i < data.count(); i++) {
                    training.step();
                }
                training.collect().forEach(step -> losses.add(step.loss().huber()));
            }
            return losses;
        });
    }
}
