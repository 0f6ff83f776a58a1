package org.ionforge.compute.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceGatedMlpTest {

    private static final GatedMlpShape IONIS_GATE = new GatedMlpShape(13, 11, 512, 256, 128, 64, 8, 11, 12);

    @Test
    void countsTheParametersOfIonisGate() {
        assertEquals(203_573, IONIS_GATE.parameters());
        assertEquals(137_472, count("trunk"));
        assertEquals(33_025, count("base"));
        assertEquals(16_513, count("sunGate"));
        assertEquals(16_513, count("stormGate"));
        assertEquals(25, count("sunSide"));
        assertEquals(25, count("stormSide"));
    }

    private static int count(String part) {
        return IONIS_GATE.tensors().stream().filter(t -> t.name().startsWith(part + ".")).mapToInt(GatedMlp.Tensor::length).sum();
    }

    /// Fourth-order central differences in double against every element of every gradient.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void gradientsAgreeWithFiniteDifferences(long seed) {
        Random random = new Random(seed);
        int inputs = 2 + random.nextInt(5);
        GatedMlpShape shape = new GatedMlpShape(inputs, 1 + random.nextInt(inputs), 1 + random.nextInt(7), 1 + random.nextInt(7),
                1 + random.nextInt(5), 1 + random.nextInt(5), 1 + random.nextInt(4), random.nextInt(inputs), random.nextInt(inputs));
        int n = 1 + random.nextInt(9);
        double[] parameters = random.doubles(shape.parameters(), -1.5, 1.5).toArray();
        GatedMlp.LossOptions options = new GatedMlp.LossOptions(0.7f, 0.3f);
        try (ReferenceBackend backend = new ReferenceBackend();
             Buffer features = randoms(backend, random, n * inputs, -2);
             Buffer targets = randoms(backend, random, n, -2);
             Buffer weights = randoms(backend, random, n, 0)) {
            GatedMlp.Rows rows = new GatedMlp.Rows(features, targets, weights, null, 0, n);
            double[] gradient = new double[shape.parameters()];
            ReferenceGatedMlp.lossAndGradient(shape, Precision.FP32, parameters, rows, options, gradient);
            for (GatedMlp.Tensor tensor : shape.tensors()) {
                for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
                    double expected = slope(shape, parameters, rows, options, i);
                    assertEquals(expected, gradient[i], 1e-8 + 1e-7 * Math.abs(expected), tensor.name() + " of " + shape);
                }
            }
        }
    }

    private static double slope(GatedMlpShape shape, double[] parameters, GatedMlp.Rows rows, GatedMlp.LossOptions options, int i) {
        double h = 1e-4;
        double kept = parameters[i];
        double[] loss = new double[4];
        double[] steps = {-2 * h, -h, h, 2 * h};
        for (int k = 0; k < 4; k++) {
            parameters[i] = kept + steps[k];
            loss[k] = ReferenceGatedMlp.lossAndGradient(shape, Precision.FP32, parameters, rows, options, new double[parameters.length]).loss();
        }
        parameters[i] = kept;
        return (loss[0] - 8 * loss[1] + 8 * loss[2] - loss[3]) / (12 * h);
    }

    /// One unit a layer and a silent trunk: the rest can be done on paper.
    @Test
    void agreesWithPaper() {
        GatedMlpShape shape = new GatedMlpShape(2, 1, 1, 1, 1, 1, 1, 0, 1);
        float ln2 = (float) Math.log(2);
        float[] parameters = new float[shape.parameters()];
        set(shape, parameters, "base.2.bias", 0.25f);
        set(shape, parameters, "sunGate.2.bias", -ln2);      // gate 1
        set(shape, parameters, "sunSide.1.weight", -ln2);    // softplus(ln 2 · 1) = ln 3, its slope 2/3
        set(shape, parameters, "sunSide.2.weight", -2);
        set(shape, parameters, "sunSide.2.bias", -1);
        set(shape, parameters, "stormSide.2.weight", 3);     // softplus(0) = ln 2, its slope 1/2
        try (ReferenceBackend backend = new ReferenceBackend();
             Buffer p = load(backend, parameters);
             Buffer features = load(backend, new float[] {1, 2});
             Buffer targets = load(backend, new float[] {0});
             Buffer weights = load(backend, new float[] {4});
             Buffer gradients = backend.allocate(ElementType.F32, shape.parameters());
             Buffer out = backend.allocate(ElementType.F32, 1)) {
            GatedMlp.Rows rows = new GatedMlp.Rows(features, targets, weights, null, 0, 1);
            double sunSide = 2 * Math.log(3) - 1;
            double stormSide = 3 * Math.log(2);
            double expected = 0.25 + sunSide + 1.25 * stormSide;
            backend.gatedMlp().forward(shape, p, rows, new GatedMlp.Outputs(out, null, null, null, null, null));
            assertEquals(expected, floats(out)[0], 1e-6);

            // |residual| > δ = 0.5: the loss's slope by out is δ·weight = 2.
            GatedMlp.Loss loss = backend.gatedMlp().lossAndGradient(shape, p, rows, new GatedMlp.LossOptions(0.5f, 9), gradients);
            assertEquals(4 * 0.5 * (expected - 0.25), loss.huber(), 1e-6);
            assertEquals(loss.huber(), loss.loss(), 0, "one row has no variance");
            assertEquals(expected * expected, loss.squaredError(), 1e-5);
            float[] g = floats(gradients);
            assertEquals(2, at(shape, g, "base.2.bias"), 1e-6);
            assertEquals(0, at(shape, g, "base.2.weight"), 0, "mish(0) = 0");
            assertEquals(2 * sunSide * 1.5 * 2 / 9, at(shape, g, "sunGate.2.bias"), 1e-6);
            assertEquals(2 * stormSide * 1.5 / 4, at(shape, g, "stormGate.2.bias"), 1e-6);
            assertEquals(2, at(shape, g, "sunSide.2.bias"), 1e-6);
            assertEquals(-2 * Math.log(3), at(shape, g, "sunSide.2.weight"), 1e-6);
            assertEquals(-2 * 2 * 2 / 3.0, at(shape, g, "sunSide.1.weight"), 1e-6);
            assertEquals(2 * 2 * 2 / 3.0, at(shape, g, "sunSide.1.bias"), 1e-6);
            assertEquals(2 * 1.25, at(shape, g, "stormSide.2.bias"), 1e-6);
            assertEquals(0, at(shape, g, "stormSide.1.weight"), 0, "sign(0) = 0");
            assertEquals(2 * 1.25 * 3 / 2, at(shape, g, "stormSide.1.bias"), 1e-6);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        GatedMlpShape shape = new GatedMlpShape(2, 1, 1, 1, 1, 1, 1, 0, 1);
        try (ReferenceBackend backend = new ReferenceBackend();
             Buffer p = load(backend, new float[shape.parameters()]);
             Buffer features = load(backend, new float[] {1, 2});
             Buffer one = load(backend, new float[] {1});
             Buffer index = backend.load(ElementType.S32, MemorySegment.ofArray(new int[] {0, 1}));
             Buffer gradients = backend.allocate(ElementType.F32, shape.parameters())) {
            GatedMlp.Rows outside = new GatedMlp.Rows(features, one, one, index, 0, 2);
            GatedMlp.LossOptions options = new GatedMlp.LossOptions(1, 0);
            assertTrue(assertThrows(IllegalArgumentException.class,
                    () -> backend.gatedMlp().lossAndGradient(shape, p, outside, options, gradients)).getMessage()
                    .contains("index[1] = 1"));
            GatedMlp.Rows tooMany = new GatedMlp.Rows(features, one, one, null, 0, 2);
            assertTrue(assertThrows(IllegalArgumentException.class,
                    () -> backend.gatedMlp().lossAndGradient(shape, p, tooMany, options, gradients)).getMessage()
                    .contains("features must hold 4 F32"));
            GatedMlp.Rows fits = new GatedMlp.Rows(features, one, one, null, 0, 1);
            assertTrue(assertThrows(IllegalArgumentException.class,
                    () -> backend.gatedMlp().lossAndGradient(shape, p, fits, options, one)).getMessage().contains("gradients"));
        }
    }

    private static void set(GatedMlpShape shape, float[] parameters, String tensor, float value) {
        parameters[shape.tensor(tensor).offset()] = value;
    }

    private static float at(GatedMlpShape shape, float[] values, String tensor) {
        return values[shape.tensor(tensor).offset()];
    }

    private static Buffer load(ReferenceBackend backend, float[] values) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    private static Buffer randoms(ReferenceBackend backend, Random random, int length, double lowest) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(lowest, 2);
        }
        return load(backend, values);
    }

    private static float[] floats(Buffer buffer) {
        float[] values = new float[(int) buffer.length()];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }
}
