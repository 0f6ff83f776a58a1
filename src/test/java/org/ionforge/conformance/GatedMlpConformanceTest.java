package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatedMlpConformanceTest {

    private static final GatedMlpShape ONES = new GatedMlpShape(1, 1, 1, 1, 1, 1, 1, 0, 0);
    static final GatedMlpShape PRIMES = new GatedMlpShape(7, 5, 37, 29, 17, 11, 3, 6, 2);

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void randomShapes(Room room) {
        Random random = new Random(2);
        for (int i = 0; i < 12; i++) {
            int inputs = 1 + random.nextInt(40);
            GatedMlpShape shape = new GatedMlpShape(inputs, 1 + random.nextInt(inputs), 1 + random.nextInt(70), 1 + random.nextInt(70),
                    1 + random.nextInt(40), 1 + random.nextInt(40), 1 + random.nextInt(20), random.nextInt(inputs),
                    random.nextInt(inputs));
            int count = 1 + random.nextInt(130);
            GatedMlpAgreement.compare(room, Precision.FP32, GatedMlpCase.random("shape " + i, shape, count + 5, random.nextBoolean(), random.nextInt(5), count, i));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void batchesOfEverySize(Room room) {
        for (int count : new int[] {1, 13, 96, 97, 509, 1201}) {
            GatedMlpAgreement.compare(room, Precision.FP32, GatedMlpCase.random(count + " rows of ones", ONES, count, false, 0, count, count));
            GatedMlpAgreement.compare(room, Precision.FP32, GatedMlpCase.random(count + " rows of primes", PRIMES, 101, true, 2, count, count));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void ionisGate(Room room) {
        GatedMlpAgreement.compare(room, Precision.FP32, GatedMlpCase.random("one row", GatedMlpCase.IONIS_GATE, 3, false, 1, 1, 1));
        GatedMlpAgreement.compare(room, Precision.FP32, GatedMlpCase.random("203 rows", GatedMlpCase.IONIS_GATE, 300, true, 0, 203, 2));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void saturatedUnits(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("saturated", PRIMES, 50, false, 0, 50, 3);
        for (float z : new float[] {-1e4f, -88, -30, 19, 21, 89}) {
            float weight = 1 / Math.max(1, Math.abs(z));
            GatedMlpAgreement.compare(room, Precision.FP32, plain.with("trunk.1.bias", z).with("trunk.2.weight", weight));
            GatedMlpAgreement.compare(room, Precision.FP32, plain.with("base.1.bias", z).with("base.2.weight", weight));
        }
        for (float logit : new float[] {-100, -20, 17, 100}) {
            GatedMlpAgreement.compare(room, Precision.FP32, plain.with("sunGate.2.bias", logit));
            GatedMlpAgreement.compare(room, Precision.FP32, plain.with("stormGate.2.bias", logit).with("sunSide.1.bias", logit).withOptions(1, 3));
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void zeroWeightsAndZeroSidecars(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("zeros", PRIMES, 50, false, 0, 50, 4);
        GatedMlpAgreement.compare(room, Precision.FP32, plain.with("sunSide.1.weight", 0).with("stormSide.2.weight", 0));
        float[] none = new float[50];
        GatedMlpCase unweighted = new GatedMlpCase("no weight", plain.shape(), plain.parameters(), plain.features(), plain.targets(),
                none, null, 0, 50, new GatedMlp.LossOptions(1, 0));
        GatedMlpAgreement.compare(room, Precision.FP32, unweighted);
        for (float gradient : unweighted.on(room).gradients()) {
            assertEquals(0, gradient, 0, "rows of weight 0 and no variance term leave nothing to learn");
        }
    }

    /// Residuals on both sides of δ and on it: the loss and its slope are continuous there.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theKinkOfTheHuberLoss(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("kink", PRIMES, 60, false, 0, 60, 5);
        float[] out = plain.on(Room.reference()).outputs()[0];
        float[] targets = new float[60];
        float[] residuals = {0, 0.5f, -0.5f, 0.4999f, -0.5001f, 1e3f, -1e3f, 1e-6f};
        for (int i = 0; i < 60; i++) {
            targets[i] = out[i] - residuals[i % residuals.length];
        }
        GatedMlpAgreement.compare(room, Precision.FP32, new GatedMlpCase("kink", plain.shape(), plain.parameters(), plain.features(), targets, plain.weights(), null, 0,
                60, new GatedMlp.LossOptions(0.5f, 0.1f)));
    }

    /// The same row over and over: gates do not vary, and every share of the gradient is equal.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void oneRowRepeated(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("repeated", PRIMES, 9, false, 0, 9, 6);
        int[] index = new int[700];
        Arrays.fill(index, 8);
        GatedMlpAgreement.compare(room, Precision.FP32, new GatedMlpCase("repeated", plain.shape(), plain.parameters(), plain.features(), plain.targets(),
                plain.weights(), index, 0, 700, plain.options()));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aNaNInTheDataIsSeen(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("NaN", PRIMES, 40, false, 0, 40, 7);
        plain.features()[3] = Float.NaN;
        GatedMlpCase.Result result = plain.on(room);
        assertTrue(Float.isNaN(result.outputs()[0][0]));
        assertTrue(Float.isFinite(result.outputs()[0][1]), "the next row knows nothing of it");
        assertTrue(Double.isNaN(result.loss().loss()));
        assertTrue(Float.isNaN(result.gradients()[PRIMES.tensor("trunk.1.weight").offset()]));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theSameBitsEveryTime(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("again", PRIMES, 101, true, 0, 700, 8);
        GatedMlpCase.Result first = plain.on(room);
        GatedMlpCase.Result second = plain.on(room);
        assertArrayEquals(first.gradients(), second.gradients());
        assertArrayEquals(first.outputs()[0], second.outputs()[0]);
        assertEquals(first.loss(), second.loss());
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void onlyTheOutputsAskedForAndMoreRowsThanOnePassTakes(Room room) {
        int rows = 8200;
        GatedMlpCase plain = GatedMlpCase.random("out only", ONES, rows, false, 0, rows, 9);
        Agreement.within((row, value) -> 1e-5, outOnly(Room.reference(), plain), outOnly(room, plain), "out", row -> "row " + row);
    }

    private static float[] outOnly(Room room, GatedMlpCase plain) {
        return Trial.on(room, trial -> {
            Buffer output = trial.output(ElementType.F32, plain.count());
            trial.backend().gatedMlp().forward(plain.shape(), trial.input(plain.parameters()),
                    new GatedMlp.Rows(trial.input(plain.features()), null, null, null, 0, plain.count()),
                    new GatedMlp.Outputs(output, null, null, null, null, null));
            return trial.floats(output, plain.count());
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("wrong", PRIMES, 4, true, 0, 4, 10);
        assertThrows(IllegalArgumentException.class, () -> new GatedMlpCase("short", PRIMES, plain.parameters(), plain.features(),
                plain.targets(), plain.weights(), null, 1, 4, plain.options()).on(room));
        assertThrows(IllegalArgumentException.class, () -> plain.withOptions(0, 1).on(room));
        Trial.on(room, trial -> {
            if (trial.backend().hostAddressable()) {
                int[] outside = {0, 1, 4, 2};
                String message = assertThrows(IllegalArgumentException.class, () -> new GatedMlpCase("outside", PRIMES,
                        plain.parameters(), plain.features(), plain.targets(), plain.weights(), outside, 0, 4, plain.options())
                        .on(room)).getMessage();
                assertTrue(message.contains("index[2] = 4") && message.contains("4 rows"), message);
            }
            return null;
        });
    }
}
