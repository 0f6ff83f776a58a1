package org.ionforge.conformance;

import java.util.Random;
import org.ionforge.compute.Bf16;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.Quantiser;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Input.Kind;
import org.ionforge.compute.SpikingLinear.Shape;
import org.ionforge.compute.reference.LifShares;

/// A spiking layer with all it takes and a next layer behind it. Inputs and float weights are multiples of 2⁻⁶ up to 1, so that
/// every sum is exact in float and spikes have to agree.
///
/// @param neurons    dialect, surrogate and parameters; its currents are not looked at; its upstream is of all outputs
/// @param bf16       the input is BF16
/// @param input      values, or 0 and 1 of each spike
/// @param scheme     of the weights, null for float weights
/// @param bias       null for none
/// @param current    scheme of the current, null for none
/// @param next       null for none
record SpikingCase(String name, Shape shape, LifCase neurons, Kind kind, boolean bf16, float[] input, float[] weights,
                   QuantisationScheme scheme, float[] scales, boolean mask, float[] bias, QuantisationScheme current,
                   float currentScale, Next next) {

    /// The layer behind, of `neurons` neurons with float or quantised weights, and the gradient of its currents.
    record Next(int neurons, float[] weights, QuantisationScheme scheme, float[] scales, float[] byCurrent) {
    }

    record Forward(int[] spikes, float[] counts, float[] membrane, float[] last, float[] currents, float[] range) {
    }

    record Backward(float[] weights, float[] bias, float[] leak, float[] threshold, float[] slope, float[] offset, float[] current,
                    float[] input) {
    }

    static SpikingCase random(String name, Shape shape, LifCase neurons, Kind kind, boolean bf16, QuantisationScheme scheme,
                              QuantisationScheme current, int nextNeurons, long seed) {
        Random random = new Random(seed);
        int rows = kind == Kind.CONSTANT ? shape.batch() : shape.steps() * shape.batch();
        float[] input = new float[rows * shape.inputs()];
        for (int i = 0; i < input.length; i++) {
            input[i] = kind == Kind.SPIKES ? random.nextInt(3) / 2 : random.nextInt(-32, 65) * 0x1p-6f;
        }
        float[] weights = weights(random, shape.neurons() * shape.inputs());
        Next next = nextNeurons == 0 ? null : new Next(nextNeurons, weights(random, nextNeurons * shape.neurons()),
                random.nextBoolean() ? QuantisationScheme.int4() : null, scales(random, nextNeurons, 8),
                LifCase.uniform(random, shape.steps() * shape.batch() * nextNeurons, -1, 1));
        // Clamps some weights, but not most.
        float[] scales = scheme == null ? null : scales(random, shape.neurons(), scheme.highest());
        return new SpikingCase(name, shape, neurons, kind, bf16, input, weights, scheme, scales, random.nextInt(4) > 0,
                random.nextBoolean() ? LifCase.uniform(random, shape.neurons(), 0, 0.5f) : null, current, current == null ? 0
                : 1.6f / Math.max(1, current.highest()), next);
    }

    private static float[] weights(Random random, int n) {
        float[] weights = new float[n];
        for (int i = 0; i < n; i++) {
            weights[i] = random.nextInt(-64, 65) * 0x1p-6f;
        }
        return weights;
    }

    private static float[] scales(Random random, int n, int highest) {
        return LifCase.uniform(random, n, 0.7f / highest, 1.1f / highest);
    }

    int rows() {
        return kind == Kind.CONSTANT ? shape.batch() : shape.steps() * shape.batch();
    }

    Forward forward(Room room) {
        return Trial.on(room, trial -> {
            int elements = (int) shape.lif().elements();
            int cells = (int) shape.lif().cells();
            int words = (int) shape.lif().spikeWords();
            int products = rows() * shape.neurons();
            Buffer spikes = trial.output(ElementType.U32, words);
            Buffer counts = trial.output(ElementType.F32, cells);
            Buffer membrane = trial.output(ElementType.F32, elements);
            Buffer last = trial.output(ElementType.F32, cells);
            Buffer currents = trial.output(ElementType.F32, products);
            Buffer range = trial.output(ElementType.F32, 2);
            trial.backend().spikingLinear().forward(shape, layer(trial), input(trial),
                    new SpikingLinear.Outputs(new Lif.Outputs(spikes, counts, membrane, last), currents, range));
            return new Forward(trial.ints(spikes, words), trial.floats(counts, cells), trial.floats(membrane, elements),
                    trial.floats(last, cells), trial.floats(currents, products), trial.floats(range, 2));
        });
    }

    /// Spikes and nothing else.
    int[] spikes(Room room) {
        return Trial.on(room, trial -> {
            int words = (int) shape.lif().spikeWords();
            Buffer spikes = trial.output(ElementType.U32, words);
            trial.backend().spikingLinear().forward(shape, layer(trial), input(trial),
                    new SpikingLinear.Outputs(new Lif.Outputs(spikes, null, null, null), null, null));
            return trial.ints(spikes, words);
        });
    }

    /// @param currents what forward gave, null to have them computed again
    Backward backward(Room room, float[] currents) {
        return Trial.on(room, trial -> {
            int k = shape.inputs();
            int n = shape.neurons();
            Buffer byWeights = trial.output(ElementType.F32, n * k);
            Buffer byBias = trial.output(ElementType.F32, n);
            Buffer byLeak = trial.output(ElementType.F32, neurons.leak().length);
            Buffer byThreshold = trial.output(ElementType.F32, neurons.threshold().length);
            Buffer bySlope = neurons.slope() == null ? null : trial.output(ElementType.F32, neurons.slope().length);
            Buffer byOffset = neurons.offset() == null ? null : trial.output(ElementType.F32, neurons.offset().length);
            Buffer byCurrent = trial.output(ElementType.F32, rows() * n);
            Buffer byInput = trial.output(ElementType.F32, rows() * k);
            trial.backend().spikingLinear().backward(shape, layer(trial), input(trial), floats(trial, currents), upstream(trial),
                    new SpikingLinear.Gradients(byWeights, byBias, new Lif.Gradients(byLeak, byThreshold, bySlope, byOffset), byCurrent,
                            byInput));
            return new Backward(trial.floats(byWeights, n * k), trial.floats(byBias, n), trial.floats(byLeak, neurons.leak().length),
                    trial.floats(byThreshold, neurons.threshold().length),
                    bySlope == null ? null : trial.floats(bySlope, neurons.slope().length),
                    byOffset == null ? null : trial.floats(byOffset, neurons.offset().length), trial.floats(byCurrent, rows() * n),
                    trial.floats(byInput, rows() * k));
        });
    }

    SpikingLinear.Layer layer(Trial trial) {
        LifNeurons lif = neurons.neurons(trial);
        return new SpikingLinear.Layer(weights(trial, weights, bias, scheme, scales), current == null ? null
                : new SpikingLinear.Quantisation(current, trial.input(currentScale), mask), lif);
    }

    private SpikingLinear.Weights weights(Trial trial, float[] values, float[] bias, QuantisationScheme scheme, float[] scales) {
        return new SpikingLinear.Weights(trial.input(values), floats(trial, bias),
                scheme == null ? null : new SpikingLinear.Quantisation(scheme, trial.input(scales), mask));
    }

    SpikingLinear.Upstream upstream(Trial trial) {
        LifCase.Gradients g = neurons.upstream();
        SpikingLinear.Through through = next == null ? null : new SpikingLinear.Through(trial.input(next.byCurrent), next.neurons,
                weights(trial, next.weights, null, next.scheme, next.scales));
        return new SpikingLinear.Upstream(g == null ? null : new Lif.Upstream(floats(trial, g.spikes()), floats(trial, g.counts()),
                floats(trial, g.membrane()), floats(trial, g.last())), through);
    }

    SpikingLinear.Input input(Trial trial) {
        if (kind == Kind.SPIKES) {
            return SpikingLinear.Input.spikes(trial.input(ElementType.U32, bits()));
        }
        Buffer values;
        if (bf16) {
            short[] halves = new short[input.length];
            for (int i = 0; i < halves.length; i++) {
                halves[i] = Bf16.of(input[i]);
            }
            values = trial.input(ElementType.BF16, halves);
        } else {
            values = trial.input(input);
        }
        return new SpikingLinear.Input(kind, values);
    }

    /// The spikes of the input as words; the bits past the last neuron are set, as they may be.
    private int[] bits() {
        int words = shape.inputWords();
        int[] bits = new int[rows() * words];
        for (int i = 0; i < rows() * words * 32; i++) {
            int row = i / (words * 32);
            int k = i % (words * 32);
            boolean set = k >= shape.inputs() || input[row * shape.inputs() + k] == 1;
            bits[row * words + k / 32] |= set ? 1 << k % 32 : 0;
        }
        return bits;
    }

    private static Buffer floats(Trial trial, float[] values) {
        return values == null ? null : trial.input(values);
    }

    /// s·q, or the weight.
    private static double value(float[] weights, QuantisationScheme scheme, float[] scales, int row, int at) {
        return scheme == null ? weights[at] : new Quantiser(scheme, scales[row], 0).fakeQuantised(weights[at]);
    }

    /// What the gradients' bounds are measured by.
    ///
    /// @param byCurrent the gradient by the currents as the definition has it
    /// @param currents  I
    Sizes sizes(float[] byCurrent, float[] currents) {
        int n = shape.neurons();
        int k = shape.inputs();
        double weight = 0;
        double bias = 0;
        double byInput = 0;
        for (int j = 0; j < n; j++) {
            double rowBias = 0;
            double[] row = new double[k];
            for (int r = 0; r < rows(); r++) {
                double g = Math.abs(byCurrent[r * n + j]);
                rowBias += g;
                for (int i = 0; i < k; i++) {
                    row[i] += g * Math.abs(input[r * k + i]);
                }
            }
            bias = Math.max(bias, rowBias);
            for (double sum : row) {
                weight = Math.max(weight, sum);
            }
        }
        for (int r = 0; r < rows(); r++) {
            for (int i = 0; i < k; i++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += Math.abs(byCurrent[r * n + j] * value(weights, scheme, scales, j, j * k + i));
                }
                byInput = Math.max(byInput, sum);
            }
        }
        return new Sizes(weight, bias, byInput, shares(currents));
    }

    record Sizes(double weights, double bias, double input, LifShares neurons) {
    }

    private LifShares shares(float[] currents) {
        int elements = (int) shape.lif().elements();
        int cells = (int) shape.lif().cells();
        float[] seen = new float[elements];
        double[] bySpike = new double[elements];
        double[] byMembrane = new double[elements];
        LifCase.Gradients g = neurons.upstream();
        for (int i = 0; i < elements; i++) {
            float x = currents[kind == Kind.CONSTANT ? i % cells : i];
            seen[i] = current == null ? x : new Quantiser(current, currentScale, 0).fakeQuantised(x);
            if (g != null) {
                bySpike[i] = at(g.spikes(), i) + at(g.counts(), i % cells);
                byMembrane[i] = at(g.membrane(), i) + (i >= elements - cells ? at(g.last(), i % cells) : 0);
            }
            for (int m = 0; next != null && m < next.neurons; m++) {
                int n = i % shape.neurons();
                bySpike[i] += next.byCurrent[i / shape.neurons() * next.neurons + m]
                        * value(next.weights, next.scheme, next.scales, m, m * shape.neurons() + n);
            }
        }
        return LifShares.of(shape.lif(), neurons.dialect(), neurons.levels(), neurons.surrogate(), neurons.leak(), neurons.threshold(), neurons.slope(),
                neurons.offset(), seen, bySpike, byMembrane);
    }

    private static double at(float[] gradient, int i) {
        return gradient == null ? 0 : gradient[i];
    }
}
