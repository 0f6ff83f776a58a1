package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.quantization.BitAllocation;
import org.ionforge.quantization.HutchinsonTrace;
import org.ionforge.quantization.LayerSensitivity;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.telemetry.report.SpikingReport;
import org.ionforge.training.Shuffle;

/// Finds the widths of a network's layers: how the gradient of the cross entropy changes along random signs says how much each layer
/// minds being rounded, and the widths with the smallest sum of that within the budget are taken.
///
/// @param averageBits budget: bits of a weight, mean over all of them; scales come on top
/// @param draws       of random signs, two gradients each
/// @param batches     of training samples that a gradient is the mean over
public record WidthSearch(double averageBits, int draws, int batches) {

    /// About the step of 4 bits, in terms of the root mean square of a layer's weights.
    private static final double STEP = 0.2;
    private static final long CHOOSING = -3;
    private static final int WIDEST = 8;
    private static final int NARROW = 4;
    private static final int DRAWS = 16;
    private static final int BATCHES = 4;

    public WidthSearch {
        if (!(averageBits >= 2 && averageBits <= WIDEST) || draws < 1 || batches < 1) {
            throw new IllegalArgumentException("a budget of " + averageBits + " bits a weight (2 to 8), " + draws + " draws on " + batches + " batches");
        }
    }

    /// 16 draws on 4 batches.
    public static WidthSearch within(double averageBits) {
        return new WidthSearch(averageBits, DRAWS, BATCHES);
    }

    /// @param layers  at each width
    /// @param choice  within the budget
    /// @param rounded accuracy of the network when its weights are rounded to each of [#allocations], without training; empty before it was measured
    public record Found(List<LayerSensitivity> layers, BitAllocation choice, List<Double> rounded) {

        private static final List<String> NAMES = List.of("by sensitivity", "uniform 8", "uniform 4");

        public Found {
            layers = List.copyOf(layers);
            rounded = List.copyOf(rounded);
        }

        /// The choice, and beside it 8 and 4 bits for every layer.
        List<BitAllocation> allocations() {
            return List.of(choice, BitAllocation.uniform(layers, WIDEST), BitAllocation.uniform(layers, NARROW));
        }

        Found withRounded(List<Double> accuracies) {
            return new Found(layers, choice, accuracies);
        }

        /// For the report.
        List<SpikingReport.Allocation> figures() {
            return IntStream.range(0, NAMES.size()).mapToObj(i -> {
                BitAllocation allocation = allocations().get(i);
                return new SpikingReport.Allocation(NAMES.get(i), allocation.bits(), allocation.choices().stream().map(LayerSensitivity.Choice::omega).toList(),
                        allocation.bytes(), rounded.isEmpty() ? null : rounded.get(i));
            }).toList();
        }
    }

    /// Of a network in floats, which is left as it is.
    ///
    /// @param samples  of the training
    /// @param training those of them that are trained on
    Found find(Backend backend, SpikingNetwork network, Batches samples, int[] training, long seed) {
        samples.take(new Shuffle(training.length, seed, CHOOSING).apply(training), 0);
        List<ParameterTable.Entry> weights = network.table().entries().stream().filter(entry -> entry.kind() == ParameterTable.Kind.WEIGHT).toList();
        float[] parameters = JavaArrays.floats(network.parameters());
        IntStream.range(0, weights.size()).forEach(layer -> network.losses(layer, false, false));
        List<HutchinsonTrace.Trace> traces;
        try (Buffer totals = backend.allocate(ElementType.F64, CrossEntropy.TOTALS)) {
            traces = HutchinsonTrace.of((at, gradient) -> gradient(backend, network, samples, totals, at, gradient), parameters,
                    weights.stream().map(entry -> new HutchinsonTrace.Block(entry.offset(), entry.length())).toList(), draws, STEP, seed);
        } finally {
            JavaArrays.replace(network.parameters(), parameters);
        }
        List<LayerSensitivity> layers = new ArrayList<>();
        for (ParameterTable.Entry entry : weights) {
            float[] values = Arrays.copyOfRange(parameters, (int) entry.offset(), (int) (entry.offset() + entry.length()));
            layers.add(LayerSensitivity.of("layer " + (entry.layer() + 1), values, entry.columns(), traces.get(entry.layer()).atLeastItsError()));
        }
        return new Found(layers, BitAllocation.within(layers, budget(network.options().shape())), List.of());
    }

    private long budget(NetworkShape shape) {
        return shape.layers().stream().mapToLong(layer -> layer.neurons() * ((long) Math.ceil(layer.inputs() * averageBits / Byte.SIZE) + Float.BYTES)).sum();
    }

    /// Of the mean cross entropy of the first batches.
    private void gradient(Backend backend, SpikingNetwork network, Batches samples, Buffer totals, float[] at, float[] gradient) {
        JavaArrays.replace(network.parameters(), at);
        Arrays.fill(gradient, 0);
        int outputs = network.options().shape().outputs();
        int used = Math.min(batches, Math.ceilDiv(samples.taken(), network.batch()));
        for (int i = 0; i < used; i++) {
            int first = i * network.batch();
            int count = Math.min(network.batch(), samples.taken() - first);
            Input input = samples.load(first, count);
            network.forward(input, count);
            backend.crossEntropy().add(new CrossEntropy.Shape(count, outputs), network.scores(), network.options().scoreScale(), samples.targets(first),
                    network.scoreGradient(), totals);
            network.backward(input, count);
            float[] one = JavaArrays.floats(network.gradients());
            for (int k = 0; k < gradient.length; k++) {
                gradient[k] += one[k] / used;
            }
        }
    }
}
