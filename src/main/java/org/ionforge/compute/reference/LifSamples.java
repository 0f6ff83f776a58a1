package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.SpikingArguments;
import org.ionforge.compute.StateLevels;

/// The neurons of a batch one after the other, sample by sample, whatever their currents come from.
final class LifSamples {

    /// A number for each step, sample and neuron.
    interface Floats {
        float at(int step, int sample, int neuron);
    }

    interface Doubles {
        double at(int step, int sample, int neuron);
    }

    interface Sink {
        void accept(int step, int sample, int neuron, double value);
    }

    private final Lif.Shape shape;
    private final LifNeurons neurons;
    private final Floats currents;

    LifSamples(Lif.Shape shape, LifNeurons neurons, Floats currents) {
        this.shape = shape;
        this.neurons = neurons;
        this.currents = currents;
    }

    void forward(Lif.Outputs outputs) {
        LifNeuron neuron = new LifNeuron(neurons.dialect(), levels(), shape.steps());
        if (outputs.spikes() != null) {
            outputs.spikes().host().asSlice(0, 4 * shape.spikeWords()).fill((byte) 0);
        }
        for (int b = 0; b < shape.batch(); b++) {
            for (int n = 0; n < shape.neurons(); n++) {
                run(neuron, b, n);
                store(neuron, b, n, outputs);
            }
        }
    }

    private StateLevels levels() {
        return neurons.state() == null ? null : neurons.state().levels();
    }

    private void run(LifNeuron neuron, int b, int n) {
        neuron.run(parameter(neurons.leak(), n), parameter(neurons.threshold(), n), t -> currents.at(t, b, n));
    }

    private void store(LifNeuron neuron, int b, int n, Lif.Outputs outputs) {
        long cell = (long) b * shape.neurons() + n;
        int count = 0;
        for (int t = 0; t < shape.steps(); t++) {
            if (neuron.spike(t)) {
                count++;
                setBit(outputs.spikes(), t, b, n);
            }
            HostArrays.setFloat(outputs.membrane(), t * shape.cells() + cell, neuron.membrane[t]);
        }
        HostArrays.setFloat(outputs.counts(), cell, count);
        HostArrays.setFloat(outputs.lastMembrane(), cell, neuron.membrane[shape.steps() - 1]);
    }

    private void setBit(Buffer spikes, int t, int b, int n) {
        if (spikes != null) {
            MemorySegment memory = spikes.host();
            long word = ((long) t * shape.batch() + b) * shape.words() + n / 32;
            memory.setAtIndex(JAVA_INT_UNALIGNED, word, memory.getAtIndex(JAVA_INT_UNALIGNED, word) | 1 << n % 32);
        }
    }

    /// @param bySpike    of the loss by the spikes given out
    /// @param byMembrane of the loss by U
    /// @param byCurrent  takes the loss's derivative by every current
    void backward(Doubles bySpike, Doubles byMembrane, Sink byCurrent, Lif.Gradients gradients) {
        int steps = shape.steps();
        LifNeuron neuron = new LifNeuron(neurons.dialect(), levels(), steps);
        double[][] sums = new double[4][shape.neurons()];
        for (int b = 0; b < shape.batch(); b++) {
            for (int n = 0; n < shape.neurons(); n++) {
                run(neuron, b, n);
                double[] spikes = new double[steps];
                double[] membranes = new double[steps];
                for (int t = 0; t < steps; t++) {
                    spikes[t] = bySpike.at(t, b, n);
                    membranes[t] = byMembrane.at(t, b, n);
                }
                float threshold = parameter(neurons.threshold(), n);
                LifBackward backward = new LifBackward(neurons.dialect(), parameter(neurons.leak(), n), threshold, surrogate(n), steps);
                backward.run(LifBackward.Path.of(neuron, threshold), spikes, membranes);
                for (int t = 0; t < steps; t++) {
                    byCurrent.accept(t, b, n, backward.byCurrent[t]);
                    sums[0][n] += backward.byLeak[t];
                    sums[1][n] += backward.byThreshold[t];
                    sums[2][n] += backward.bySlope[t];
                    sums[3][n] += backward.byOffset[t];
                }
            }
        }
        store(sums[0], neurons.leak(), gradients.leak());
        store(sums[1], neurons.threshold(), gradients.threshold());
        store(sums[2], neurons.slope(), gradients.slope());
        store(sums[3], neurons.offset(), gradients.offset());
    }

    /// What `upstream` says of spike (t, b, n).
    static Doubles bySpike(Lif.Shape shape, Lif.Upstream upstream) {
        HostArrays.Floats spikes = HostArrays.anyFloats(upstream.spikes());
        HostArrays.Floats counts = HostArrays.anyFloats(upstream.counts());
        return (t, b, n) -> {
            long cell = (long) b * shape.neurons() + n;
            return (double) spikes.get(t * shape.cells() + cell) + counts.get(cell);
        };
    }

    static Doubles byMembrane(Lif.Shape shape, Lif.Upstream upstream) {
        HostArrays.Floats membrane = HostArrays.anyFloats(upstream.membrane());
        HostArrays.Floats last = HostArrays.anyFloats(upstream.lastMembrane());
        return (t, b, n) -> {
            long cell = (long) b * shape.neurons() + n;
            return (double) membrane.get(t * shape.cells() + cell) + (t == shape.steps() - 1 ? last.get(cell) : 0);
        };
    }

    private SurrogateCurve surrogate(int n) {
        boolean learnable = neurons.slope() != null;
        return new SurrogateCurve(neurons.surrogate().shape(), learnable ? parameter(neurons.slope(), n) : neurons.surrogate().slope(),
                learnable ? parameter(neurons.offset(), n) : 0);
    }

    private static float parameter(Buffer buffer, int n) {
        return HostArrays.anyFloats(buffer).get(SpikingArguments.isShared(buffer) ? 0 : n);
    }

    private void store(double[] sums, Buffer parameter, Buffer gradient) {
        if (gradient == null) {
            return;
        }
        boolean shared = SpikingArguments.isShared(parameter);
        double whole = 0;
        for (int n = 0; n < sums.length; n++) {
            whole += sums[n];
            if (!shared) {
                HostArrays.setFloat(gradient, n, sums[n]);
            }
        }
        if (shared) {
            HostArrays.setFloat(gradient, 0, whole);
        }
    }
}
