package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.RmsProp;
import org.ionforge.compute.Sgd;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// SGD and RMSprop; AdamW has a test of its own.
class OptimizersConformanceTest {

    private static final float NONE = Float.POSITIVE_INFINITY;
    private static final int[] SIZES = {1, 2, 17, 255, 4099, 70_001};
    private static final List<Sgd.Options> SGD = List.of(Sgd.Options.DEFAULT, new Sgd.Options(0, 0, 0.1, false),
            new Sgd.Options(0.9, 0, 0, false), new Sgd.Options(0.9, 0.25, 0.01, false), new Sgd.Options(0.9, 0, 1e-4, true));
    private static final List<RmsProp.Options> RMS_PROP = List.of(RmsProp.Options.DEFAULT, new RmsProp.Options(0.9, 1e-3, 0, 0.1, false),
            new RmsProp.Options(0.99, 1e-8, 0.9, 1e-4, false), new RmsProp.Options(0.99, 1e-3, 0, 0, true),
            new RmsProp.Options(0.99, 1e-3, 0.5, 0.01, true));

    /// What a step left of parameters and states.
    private record State(float[] parameters, float[] square, float[] mean, float[] velocity) {
    }

    /// One step from an arbitrary state, at sizes that leave a rest beside every vector and piece.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void oneStep(Room room) {
        for (int n : SIZES) {
            Inputs inputs = new Inputs(n);
            float[] parameters = inputs.uniform(n, -2, 2);
            State from = new State(parameters, inputs.uniform(n, 0.5f, 1), inputs.uniform(n, -0.5f, 0.5f), inputs.uniform(n, -1, 1));
            List<float[]> gradients = List.of(inputs.uniform(n, -1, 1));
            List<AdamW.Group> groups = List.of(new AdamW.Group(0, n, 1e-3f, -NONE, NONE));
            for (Sgd.Options options : SGD) {
                for (long step : new long[] {1, 7}) {
                    compare(Trial.on(Room.reference(), trial -> sgd(trial, from, gradients, groups, options, step)),
                            Trial.on(room, trial -> sgd(trial, from, gradients, groups, options, step)), 1, options + ", " + n);
                }
            }
            for (RmsProp.Options options : RMS_PROP) {
                compare(Trial.on(Room.reference(), trial -> rmsProp(trial, from, gradients, groups, options)),
                        Trial.on(room, trial -> rmsProp(trial, from, gradients, groups, options)), 1, options + ", " + n);
            }
        }
    }

    /// A hundred steps with runs of three rates, frozen runs between them and a clamp on the last.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aHundredSteps(Room room) {
        int n = 1000;
        float[] parameters = new Inputs(5).uniform(n, -1, 1);
        List<float[]> gradients = IntStream.range(0, 100).mapToObj(i -> new Inputs(i).uniform(n, -1, 2)).toList();
        List<AdamW.Group> groups = List.of(new AdamW.Group(3, 300, 1e-3f, -NONE, NONE), new AdamW.Group(303, 97, 5e-2f, -NONE, NONE),
                new AdamW.Group(500, 400, 1e-2f, -0.25f, 0.5f), new AdamW.Group(950, 0, 1, -NONE, NONE));
        State from = new State(parameters, new float[n], new float[n], new float[n]);
        for (Sgd.Options options : SGD) {
            State actual = Trial.on(room, trial -> sgd(trial, from, gradients, groups, options, 1));
            compare(Trial.on(Room.reference(), trial -> sgd(trial, from, gradients, groups, options, 1)), actual, 100, options.toString());
            groupsWereKept(parameters, actual.parameters);
        }
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        State warm = new State(parameters, ones, new float[n], new float[n]);  // a variance that does not cancel
        for (RmsProp.Options options : RMS_PROP) {
            State start = options.centred() ? warm : from;
            State actual = Trial.on(room, trial -> rmsProp(trial, start, gradients, groups, options));
            compare(Trial.on(Room.reference(), trial -> rmsProp(trial, start, gradients, groups, options)), actual, 100, options.toString());
            groupsWereKept(parameters, actual.parameters);
        }
    }

    private static void groupsWereKept(float[] before, float[] after) {
        for (int i = 0; i < after.length; i++) {
            boolean trained = i >= 3 && i < 400 || i >= 500 && i < 900;
            assertEquals(!trained, after[i] == before[i], "parameter " + i);
            assertTrue(i < 500 || i >= 900 || after[i] >= -0.25f && after[i] <= 0.5f, "clamped " + i);
        }
    }

    /// A NaN stays visible through the clamp; what velocity held before step 1 does not matter, be it NaN.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void extremeGradients(Room room) {
        float[] gradients = {0, 1e-30f, -1e-12f, 1e15f, -1e15f, Float.NaN, 1};
        float[] ones = {1, 1, 1, 1, 1, 1, 1};
        float[] unknown = {Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN};
        List<AdamW.Group> groups = List.of(new AdamW.Group(0, 7, 0.25f, -5, 5));
        for (Sgd.Options options : SGD) {
            State from = new State(ones, new float[7], new float[7], unknown);
            State actual = Trial.on(room, trial -> sgd(trial, from, List.of(gradients, gradients), groups, options, 1));
            compare(Trial.on(Room.reference(), trial -> sgd(trial, from, List.of(gradients, gradients), groups, options, 1)), actual, 2,
                    options.toString());
            assertTrue(Float.isNaN(actual.parameters[5]) && !Float.isNaN(actual.parameters[4]));
        }
        for (RmsProp.Options options : RMS_PROP) {
            State from = new State(ones, new float[7], new float[7], new float[7]);
            State actual = Trial.on(room, trial -> rmsProp(trial, from, List.of(gradients), groups, options));
            compare(Trial.on(Room.reference(), trial -> rmsProp(trial, from, List.of(gradients), groups, options)), actual, 1, options.toString());
            assertTrue(Float.isNaN(actual.parameters[5]) && !Float.isNaN(actual.parameters[4]));
        }
    }

    private static State sgd(Trial trial, State from, List<float[]> gradients, List<AdamW.Group> groups, Sgd.Options options, long first) {
        int n = from.parameters.length;
        Buffer parameters = QuantisationCase.updated(trial, from.parameters);
        Buffer velocity = options.momentum() > 0 ? QuantisationCase.updated(trial, from.velocity) : null;
        for (int i = 0; i < gradients.size(); i++) {
            trial.backend().sgd().step(parameters, trial.input(gradients.get(i)), velocity, groups, options, first + i);
        }
        return new State(trial.floats(parameters, n), new float[0], new float[0], velocity == null ? new float[0] : trial.floats(velocity, n));
    }

    private static State rmsProp(Trial trial, State from, List<float[]> gradients, List<AdamW.Group> groups, RmsProp.Options options) {
        int n = from.parameters.length;
        Buffer parameters = QuantisationCase.updated(trial, from.parameters);
        RmsProp.State state = new RmsProp.State(QuantisationCase.updated(trial, from.square),
                options.centred() ? QuantisationCase.updated(trial, from.mean) : null,
                options.momentum() > 0 ? QuantisationCase.updated(trial, from.velocity) : null);
        for (float[] gradient : gradients) {
            trial.backend().rmsProp().step(parameters, trial.input(gradient), state, groups, options);
        }
        return new State(trial.floats(parameters, n), trial.floats(state.square(), n),
                state.mean() == null ? new float[0] : trial.floats(state.mean(), n),
                state.velocity() == null ? new float[0] : trial.floats(state.velocity(), n));
    }

    /// The contract's bound for terms of the order of 1, as they are here; the parameters add up what the steps left. Scaled gradients
    /// may be as large as 10.
    private static void compare(State expected, State actual, int steps, String what) {
        Agreement.Bound bound = (i, value) -> steps * (2e-6 * Math.abs(value) + 2e-6);
        Agreement.within(bound, expected.parameters, actual.parameters, "parameters", i -> what);
        Agreement.within(bound, expected.square, actual.square, "mean squares", i -> what);
        Agreement.within(bound, expected.mean, actual.mean, "means", i -> what);
        Agreement.within(bound, expected.velocity, actual.velocity, "velocities", i -> what);
    }

    /// Norms of several buffers, empty and short ones among them, and gradients clipped to it or left alone.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void normsAndClipping(Room room) {
        for (int n : new int[] {1, 255, 4097, 70_001}) {
            List<float[]> gradients = List.of(new Inputs(n).uniform(n, -3, 2), new float[0], new Inputs(1).uniform(17, -1, 1));
            double sum = gradients.stream().flatMapToDouble(each -> IntStream.range(0, each.length).mapToDouble(i -> (double) each[i] * each[i])).sum();
            double norm = Math.sqrt(sum);
            for (float limit : new float[] {1e-3f, (float) (norm / 2), (float) (norm * 1.01), 1e30f}) {
                Clipped clipped = Trial.on(room, trial -> clipped(trial, gradients, limit));
                assertEquals(norm, clipped.norm, Math.ulp((float) norm));
                assertEquals(Math.min(limit / ((float) norm + 1e-6f), 1), clipped.factor, Math.ulp(clipped.factor));
                assertEquals(clipped.norm, clipped.normAlone);
                for (int k = 0; k < gradients.size(); k++) {
                    float[] expected = gradients.get(k).clone();
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] *= clipped.factor;
                    }
                    assertArrayEquals(expected, clipped.gradients.get(k));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aNaNGradientIsSeen(Room room) {
        float[] gradient = new Inputs(3).uniform(9001, -1, 1);
        gradient[4500] = Float.NaN;
        Clipped clipped = Trial.on(room, trial -> clipped(trial, List.of(new float[] {1, 2}, gradient), 1));
        assertTrue(Float.isNaN(clipped.norm) && Float.isNaN(clipped.factor));
        assertTrue(Float.isNaN(clipped.gradients.getFirst()[0]) && Float.isNaN(clipped.gradients.getLast()[0]));
        gradient[4500] = Float.NEGATIVE_INFINITY;
        Clipped infinite = Trial.on(room, trial -> clipped(trial, List.of(gradient), 1));
        assertEquals(Float.POSITIVE_INFINITY, infinite.norm);
        assertEquals(0, infinite.factor);
    }

    /// Same inputs, same backend, same bits, whatever the order of blocks and lanes.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theSameNormEveryTime(Room room) {
        List<float[]> gradients = List.of(new Inputs(8).uniform(70_001, -3, 2), new Inputs(9).uniform(5000, -1e3f, 1e3f));
        Room first = Room.all().stream().filter(other -> other.backendName().equals(room.backendName())).findFirst().orElseThrow();
        Clipped expected = Trial.on(first, trial -> clipped(trial, gradients, 2));
        for (int i = 0; i < 3; i++) {
            Clipped again = Trial.on(room, trial -> clipped(trial, gradients, 2));
            assertEquals(expected.norm, again.norm);
            assertArrayEquals(expected.gradients.getLast(), again.gradients.getLast());
        }
    }

    private record Clipped(float norm, float factor, float normAlone, List<float[]> gradients) {
    }

    private static Clipped clipped(Trial trial, List<float[]> gradients, float limit) {
        List<Buffer> buffers = gradients.stream().map(trial::input).toList();
        Buffer norm = trial.output(ElementType.F32, 1);
        trial.backend().gradientNorm().norm(buffers, norm);
        Buffer result = trial.output(ElementType.F32, 2);
        trial.backend().gradientNorm().clip(buffers, limit, result);
        float[] both = trial.floats(result, 2);
        return new Clipped(both[0], both[1], trial.floats(norm, 1)[0], buffers.stream().map(OptimizersConformanceTest::whole).toList());
    }

    private static float[] whole(Buffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            Buffer four = trial.input(1f, 2, 3, 4);
            Buffer two = trial.input(1f, 2);
            List<AdamW.Group> groups = List.of(new AdamW.Group(0, 4, 1, -NONE, NONE));
            Sgd.Options momentum = new Sgd.Options(0.9, 0, 0, false);
            refused("steps count from 1", () -> trial.backend().sgd().step(four, four, four, groups, momentum, 0));
            refused("velocity must hold 4", () -> trial.backend().sgd().step(four, four, two, groups, momentum, 1));
            refused("these options want velocity", () -> trial.backend().sgd().step(four, four, null, groups, momentum, 1));
            refused("these options want mean", () -> trial.backend().rmsProp().step(four, four, new RmsProp.State(four, null, null), groups,
                    new RmsProp.Options(0.9, 0, 0, 0, true)));
            refused("leaves the 2 parameters", () -> trial.backend().rmsProp().step(two, four, new RmsProp.State(four, null, null), groups,
                    RmsProp.Options.DEFAULT));
            refused("Nesterov", () -> new Sgd.Options(0, 0, 0, true));
            refused("the norm of no gradients", () -> trial.backend().gradientNorm().norm(List.of(), four));
            refused("clipped to a norm of 0", () -> trial.backend().gradientNorm().clip(List.of(four), 0, two));
            return null;
        });
    }

    private static void refused(String why, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(why), message);
    }
}
