package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.JavaArrays;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.integer.IntegerInput;
import org.ionforge.spiking.integer.IntegerNetwork;
import org.ionforge.spiking.integer.QuantisedModel;

/// A model of integers beside the fake-quantised forward it was made from, on the same samples.
///
/// @param spikes    of all layers, in the integers
/// @param different spikes that only one of the two has
/// @param right     right answers of the integers
/// @param samples   looked at
public record IntegerAgreement(long spikes, long different, long right, long samples) {

    /// Runs both over all samples of a data set.
    ///
    /// @param batches of those samples, all of them taken in their order
    static IntegerAgreement of(Backend backend, SpikingNetwork network, QuantisedModel model, Batches batches, LabelledSamples samples) {
        long spikes = 0;
        long different = 0;
        long right = 0;
        try (IntegerNetwork integers = new IntegerNetwork(backend, model, network.batch());
             IntegerInput input = new IntegerInput(backend, model, samples, network.batch())) {
            for (int first = 0; first < samples.size(); first += network.batch()) {
                int count = Math.min(network.batch(), samples.size() - first);
                network.forward(batches.load(first, count), count);
                integers.forward(input.upload(input.prepare(first, count)), count);
                for (int layer = 0; layer < model.layers().size(); layer++) {
                    long words = network.shape(layer, count).lif().spikeWords();
                    spikes += bits(integers.spikes(layer), integers.spikes(layer), words, false);
                    different += bits(integers.spikes(layer), network.spikes(layer), words, true);
                }
                int outputs = model.shape().outputs();
                right += samples.right(JavaArrays.floats(integers.scores(), count * outputs), outputs, first, count);
            }
        }
        return new IntegerAgreement(spikes, different, right, samples.size());
    }

    /// Bits of the first words of a buffer, or those in which it differs from another.
    private static long bits(Buffer one, Buffer other, long words, boolean differing) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment left = arena.allocate(ValueLayout.JAVA_INT, words);
            MemorySegment right = arena.allocate(ValueLayout.JAVA_INT, words);
            one.download(left);
            other.download(right);
            long bits = 0;
            for (long i = 0; i < words; i++) {
                int word = left.getAtIndex(ValueLayout.JAVA_INT, i);
                bits += Integer.bitCount(differing ? word ^ right.getAtIndex(ValueLayout.JAVA_INT, i) : word);
            }
            return bits;
        }
    }

    /// Share of right answers of the integers.
    public double accuracy() {
        return (double) right / samples;
    }

    Map<String, Double> figures() {
        return Map.of("accuracy", accuracy(), "spikes", (double) spikes, "differentSpikes", (double) different);
    }
}
