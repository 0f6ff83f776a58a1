package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikingNetwork;

/// Runs a network over samples without training it.
public final class Judge {

    /// What samples came to.
    ///
    /// @param loss       mean cross entropy
    /// @param accuracy   share of right answers
    /// @param spikeRates of each layer: share of (sample, step, neuron) with a spike
    /// @param silent     of each layer: share of neurons at all positions that never fired
    /// @param activity   of each layer: share of (sample, step) with a spike, of each neuron at each position
    public record Score(double loss, double accuracy, long samples, List<Double> spikeRates, List<Double> silent, List<double[]> activity) {
    }

    private Judge() {
    }

    /// Judges the samples that are taken, quantised as the network is now, with the scales it has.
    public static Score of(Backend backend, SpikingNetwork network, Batches samples) {
        List<double[]> spikes = new ArrayList<>();
        for (NetworkShape.Layer layer : network.options().shape().layers()) {
            spikes.add(new double[layer.out().size()]);
        }
        try (Buffer totals = backend.allocate(ElementType.F64, CrossEntropy.TOTALS)) {
            totals.fill((byte) 0);
            for (int first = 0; first < samples.taken(); first += network.batch()) {
                int count = Math.min(network.batch(), samples.taken() - first);
                network.forward(samples.load(first, count), count);
                backend.crossEntropy().add(new CrossEntropy.Shape(count, network.options().shape().outputs()), network.scores(),
                        network.options().scoreScale(), samples.targets(first), null, totals);
                for (int layer = 0; layer < spikes.size(); layer++) {
                    add(network.counts(layer), count, spikes.get(layer));
                }
            }
            return score(totals, spikes, (double) samples.taken() * network.options().steps());
        }
    }

    private static void add(Buffer counts, int samples, double[] sums) {
        float[] values = JavaArrays.floats(counts, samples * sums.length);
        for (int i = 0; i < values.length; i++) {
            sums[i % sums.length] += values[i];
        }
    }

    private static Score score(Buffer totals, List<double[]> spikes, double chances) {
        List<Double> rates = new ArrayList<>();
        List<Double> silent = new ArrayList<>();
        for (double[] layer : spikes) {
            double sum = 0;
            int dead = 0;
            for (double neuron : layer) {
                sum += neuron;
                dead += neuron == 0 ? 1 : 0;
            }
            rates.add(sum / (chances * layer.length));
            silent.add((double) dead / layer.length);
        }
        double[] sums = totals(totals);
        List<double[]> activity = spikes.stream().map(layer -> Arrays.stream(layer).map(sum -> sum / chances).toArray()).toList();
        return new Score(sums[0] / sums[2], sums[1] / sums[2], (long) sums[2], rates, silent, activity);
    }

    /// Sum of losses, right answers, samples.
    static double[] totals(Buffer totals) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_DOUBLE, CrossEntropy.TOTALS);
            totals.download(host);
            return host.toArray(ValueLayout.JAVA_DOUBLE);
        }
    }
}
