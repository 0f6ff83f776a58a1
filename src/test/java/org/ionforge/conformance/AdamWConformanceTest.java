package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdamWConformanceTest {

    private static final float NONE = Float.POSITIVE_INFINITY;

    /// What is left of parameters and moments.
    private record State(float[] parameters, float[] m, float[] v) {
    }

    /// One step from an arbitrary state, at sizes that leave a rest beside every vector and chunk, early and late.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void oneStep(Room room) {
        for (int n : new int[] {1, 2, 17, 255, 4099, 70_001}) {
            for (long step : new long[] {1, 2, 100, 1_000_000}) {
                Random random = new Random(n + step);
                float[] parameters = GatedMlpCase.uniform(random, n, -2, 2);
                float[] m = GatedMlpCase.uniform(random, n, -1, 1);
                float[] v = GatedMlpCase.uniform(random, n, 0, 1);
                List<float[]> gradients = List.of(GatedMlpCase.uniform(random, n, -1, 1));
                List<AdamW.Group> groups = List.of(new AdamW.Group(0, n, 1e-3f, -NONE, NONE));
                State expected = run(Room.reference(), parameters, m, v, gradients, groups, step);
                State actual = run(room, parameters, m, v, gradients, groups, step);
                compare(expected, actual, 1, n + " parameters, step " + step);
            }
        }
    }

    /// A hundred steps from zero moments, with runs of three rates, frozen runs between them and a clamp on the last.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aHundredSteps(Room room) {
        int n = 1000;
        Random random = new Random(5);
        float[] parameters = GatedMlpCase.uniform(random, n, -1, 1);
        List<float[]> gradients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            gradients.add(GatedMlpCase.uniform(random, n, -1, 2));
        }
        List<AdamW.Group> groups = List.of(new AdamW.Group(3, 300, 1e-3f, -NONE, NONE), new AdamW.Group(303, 97, 5e-2f, -NONE, NONE),
                new AdamW.Group(500, 400, 1e-2f, -0.25f, 0.5f), new AdamW.Group(950, 0, 1, -NONE, NONE));
        State expected = run(Room.reference(), parameters, new float[n], new float[n], gradients, groups, 1);
        State actual = run(room, parameters, new float[n], new float[n], gradients, groups, 1);
        compare(expected, actual, 100, "100 steps");
        for (int i = 0; i < n; i++) {
            boolean trained = i >= 3 && i < 400 || i >= 500 && i < 900;
            assertEquals(!trained, actual.parameters[i] == parameters[i], "parameter " + i);
            assertEquals(!trained, actual.m[i] == 0, "first moment " + i);
        }
        int atEdge = 0;
        for (int i = 500; i < 900; i++) {
            assertTrue(actual.parameters[i] >= -0.25f && actual.parameters[i] <= 0.5f, "clamped " + i);
            atEdge += actual.parameters[i] == -0.25f ? 1 : 0;
        }
        assertTrue(atEdge > 100, "gradients that are positive on average push towards the lower clamp: " + atEdge);
    }

    /// Gradients of 0, tiny, huge and NaN: no division by zero, and a NaN stays visible through the clamp.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void extremeGradients(Room room) {
        float[] gradients = {0, 1e-30f, -1e-12f, 1e15f, -1e15f, Float.NaN, 1};
        float[] parameters = {1, 1, 1, 1, 1, 1, 1};
        List<AdamW.Group> groups = List.of(new AdamW.Group(0, 7, 0.25f, -5, 5));
        State expected = run(Room.reference(), parameters, new float[7], new float[7], List.of(gradients, gradients), groups, 1);
        State actual = run(room, parameters, new float[7], new float[7], List.of(gradients, gradients), groups, 1);
        compare(expected, actual, 2, "extreme gradients");
        assertTrue(Float.isNaN(actual.parameters[5]));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void noGroupsNoChange(Room room) {
        float[] parameters = {1, 2, 3};
        assertArrayEquals(parameters, run(room, parameters, parameters, parameters, List.of(parameters), List.of(), 1).parameters);
    }

    private static State run(Room room, float[] parameters, float[] m, float[] v, List<float[]> gradients, List<AdamW.Group> groups,
                             long firstStep) {
        int n = parameters.length;
        AdamW.Options options = new AdamW.Options(0.9, 0.999, 1e-8, 0.1);
        return Trial.on(room, trial -> {
            Buffer p = updated(trial, parameters);
            Buffer first = updated(trial, m);
            Buffer second = updated(trial, v);
            for (int i = 0; i < gradients.size(); i++) {
                trial.backend().adamW().step(p, trial.input(gradients.get(i)), first, second, groups, options, firstStep + i);
            }
            return new State(trial.floats(p, n), trial.floats(first, n), trial.floats(second, n));
        });
    }

    private static Buffer updated(Trial trial, float[] values) {
        Buffer buffer = trial.output(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    /// The contract's bound for terms of the order of 1, as they are here; the parameters add up what the steps left.
    private static void compare(State expected, State actual, int steps, String what) {
        Agreement.Bound bound = (i, value) -> steps * (2e-6 * Math.abs(value) + 2e-7);
        Agreement.within(bound, expected.parameters, actual.parameters, "parameters", i -> what);
        Agreement.within(bound, expected.m, actual.m, "first moments", i -> what);
        Agreement.within(bound, expected.v, actual.v, "second moments", i -> what);
    }
}
