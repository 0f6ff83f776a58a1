package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.ionforge.bench.peers.TorchGatedMlp;
import org.junit.jupiter.api.Test;

/// IonisGate trained on a fixed batch, beside an independent framework that differentiates the network by itself.
class GatedMlpBesideTorchTest {

    private static final GatedMlpShape SHAPE = new GatedMlpShape(13, 11, 512, 256, 128, 64, 8, 11, 12);
    private static final GatedMlp.LossOptions OPTIONS = new GatedMlp.LossOptions(1, 0.001f);
    private static final double WEIGHT_DECAY = 1e-5;
    private static final int ROWS = 256;
    private static final List<TorchGatedMlp.Group> GROUPS = List.of(group(1e-5, "trunk.1", "trunk.2", "base.1", "base.2"),
            group(5e-5, "sunGate.1", "sunGate.2", "stormGate.1", "stormGate.2"),
            // The first biases of the sidecars stay as they are.
            new TorchGatedMlp.Group(List.of("sunSide.1.weight", "sunSide.2.weight", "sunSide.2.bias", "stormSide.1.weight",
                    "stormSide.2.weight", "stormSide.2.bias"), 1e-3));

    private static TorchGatedMlp.Group group(double rate, String... layers) {
        return new TorchGatedMlp.Group(Arrays.stream(layers).flatMap(l -> List.of(l + ".weight", l + ".bias").stream()).toList(), rate);
    }

    /// At the parameters of every one of 100 steps: the loss and every tensor's gradient, within 1e-5 of its largest.
    @Test
    void gradientsAgreeForAHundredSteps() {
        train("cpu", 100, false);
    }

    @Test
    void theDefinitionAgreesToo() {
        train("reference", 3, false);
    }

    /// Both train for themselves from the same start.
    @Test
    void trainingAloneGoesTheSameWay() {
        train("cpu", 100, true);
    }

    private static void train(String backendName, int steps, boolean alone) {
        Random random = new Random(20);
        float[] start = start(random);
        float[] x = uniform(random, ROWS * SHAPE.inputs(), 0, 1);
        float[] y = targets(x, random);
        float[] w = uniform(random, ROWS, 0.2, 2);
        TorchGatedMlp.setThreads(1);  // its threads spin, which hurts on a busy machine
        TorchGatedMlp torch = new TorchGatedMlp(SHAPE);
        torch.load(start);
        org.bytedeco.pytorch.AdamW torchAdamW = torch.adamW(GROUPS, WEIGHT_DECAY);
        Tensor features = TorchGatedMlp.tensor(x, ROWS, SHAPE.inputs());
        Tensor targets = TorchGatedMlp.tensor(y, ROWS);
        Tensor weights = TorchGatedMlp.tensor(w, ROWS);
        try (Backend backend = Backends.named(backendName);
             Buffer parameters = load(backend, start);
             Buffer m = load(backend, new float[start.length]);
             Buffer v = load(backend, new float[start.length]);
             Buffer gradients = backend.allocate(ElementType.F32, start.length);
             Buffer data = load(backend, x);
             Buffer ours = load(backend, y);
             Buffer oursWeights = load(backend, w)) {
            GatedMlp.Rows rows = new GatedMlp.Rows(data, ours, oursWeights, null, 0, ROWS);
            double first = 0;
            double last = 0;
            for (int step = 1; step <= steps; step++) {
                if (!alone) {
                    torch.load(read(parameters));
                }
                double theirs = torch.lossAndGradient(features, targets, weights, null, OPTIONS);
                GatedMlp.Loss loss = backend.gatedMlp().lossAndGradient(SHAPE, parameters, rows, OPTIONS, gradients);
                assertEquals(theirs, loss.loss(), 1e-5 * Math.abs(theirs), "loss at step " + step);
                if (alone) {
                    torchAdamW.step();
                    clampSidecars(torch);
                } else {
                    compareGradients(torch.gradients(), read(gradients), step);
                }
                backend.adamW().step(parameters, gradients, m, v, groups(), new AdamW.Options(0.9, 0.999, 1e-8, WEIGHT_DECAY), step);
                first = step == 1 ? loss.loss() : first;
                last = loss.loss();
            }
            assertTrue(steps < 100 || last < 0.9 * first, "training brings the loss down: " + first + " to " + last);
            if (alone) {
                compareParameters(start, torch.parameters(), read(parameters));
            }
        }
    }

    /// Initial weights as IonisGate's (uniform, ±1/√inputs; the sidecars' in [0.8, 1.2]), except that the gates' last layers are
    /// not zero, so that no gradient is zero.
    private static float[] start(Random random) {
        float[] parameters = new float[SHAPE.parameters()];
        for (GatedMlp.Tensor tensor : SHAPE.tensors()) {
            double scale = 1 / Math.sqrt(Math.max(16, tensor.columns()));
            fill(parameters, tensor.name(), uniform(random, tensor.length(), -scale, scale));
        }
        for (String side : new String[] {"sunSide", "stormSide"}) {
            for (String layer : new String[] {".1.weight", ".2.weight"}) {
                fill(parameters, side + layer, uniform(random, SHAPE.sidecarHidden(), 0.8, 1.2));
            }
            fill(parameters, side + ".1.bias", new float[SHAPE.sidecarHidden()]);
            fill(parameters, side + ".2.bias", new float[] {-8});
        }
        return parameters;
    }

    private static void fill(float[] parameters, String tensor, float[] values) {
        System.arraycopy(values, 0, parameters, SHAPE.tensor(tensor).offset(), values.length);
    }

    private static float[] uniform(Random random, int n, double low, double high) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return values;
    }

    private static float[] targets(float[] x, Random random) {
        float[] y = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            int row = i * SHAPE.inputs();
            y[i] = (float) (x[row] - 2 * x[row + 3] * x[row + 5] + 0.7 * x[row + 11] - x[row + 12] + 0.3 * random.nextGaussian());
        }
        return y;
    }

    private static List<AdamW.Group> groups() {
        List<AdamW.Group> groups = new ArrayList<>();
        for (TorchGatedMlp.Group group : GROUPS) {
            for (String name : group.tensors()) {
                GatedMlp.Tensor tensor = SHAPE.tensor(name);
                boolean clamped = name.contains("Side") && name.endsWith("weight");
                groups.add(new AdamW.Group(tensor.offset(), tensor.length(), (float) group.learningRate(),
                        clamped ? 0.5f : Float.NEGATIVE_INFINITY, clamped ? 2 : Float.POSITIVE_INFINITY));
            }
        }
        return groups;
    }

    private static void clampSidecars(TorchGatedMlp torch) {
        for (String name : new String[] {"sunSide.1.weight", "sunSide.2.weight", "stormSide.1.weight", "stormSide.2.weight"}) {
            torch.clamp(name, 0.5, 2);
        }
    }

    private static void compareGradients(float[] theirs, float[] ours, int step) {
        for (GatedMlp.Tensor tensor : SHAPE.tensors()) {
            double largest = 0;
            double apart = 0;
            for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
                largest = Math.max(largest, Math.abs(theirs[i]));
                apart = Math.max(apart, Math.abs(theirs[i] - ours[i]));
            }
            assertTrue(largest > 0, tensor.name() + " has a gradient");
            // A bias of one element sums shares of the order of 1 that may cancel: there float keeps 1e-7 of them.
            assertTrue(apart <= 1e-5 * largest + (tensor.length() == 1 ? 1e-7 : 0), "step " + step + ", gradient of " + tensor.name() + ": " + apart / largest
                    + " of the largest apart");
        }
    }

    /// Adam divides by the size of the gradient, so a gradient near zero turns rounding into a step: the bound is on the way gone.
    private static void compareParameters(float[] start, float[] theirs, float[] ours) {
        for (GatedMlp.Tensor tensor : SHAPE.tensors()) {
            double way = 0;
            double apart = 0;
            for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
                way += Math.abs(theirs[i] - start[i]);
                apart += Math.abs(theirs[i] - ours[i]);
            }
            assertTrue(apart <= 1e-3 * way, tensor.name() + ": " + apart + " apart after a way of " + way);
        }
    }

    private static Buffer load(Backend backend, float[] values) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    private static float[] read(Buffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }
}
