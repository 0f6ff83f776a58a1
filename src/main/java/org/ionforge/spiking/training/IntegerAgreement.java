package org.ionforge.spiking.training;

import java.util.Map;
import org.ionforge.compute.Backend;
import org.ionforge.compute.JavaArrays;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.integer.IntegerInput;
import org.ionforge.spiking.integer.IntegerNetwork;
import org.ionforge.spiking.integer.LayerSpikes;
import org.ionforge.spiking.integer.QuantisedModel;
import org.ionforge.spiking.integer.SpikeComparison;
import org.ionforge.telemetry.Progress;

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
    static IntegerAgreement of(Backend backend, SpikingNetwork network, QuantisedModel model, Batches batches, LabelledSamples samples,
                               Progress progress) {
        progress.begin("integers beside training", samples.size(), "samples");
        SpikeComparison comparison = new SpikeComparison(model, 1);
        long right = 0;
        try (IntegerNetwork integers = new IntegerNetwork(backend, model, network.batch());
             IntegerInput input = new IntegerInput(backend, model, samples, network.batch())) {
            for (int first = 0; first < samples.size(); first += network.batch()) {
                int count = Math.min(network.batch(), samples.size() - first);
                network.forward(batches.load(first, count), count);
                integers.forward(input.upload(input.prepare(first, count)), count);
                comparison.add(integers, count, network::spikes);
                int outputs = model.shape().outputs();
                right += samples.right(JavaArrays.floats(integers.scores(), count * outputs), outputs, first, count);
                progress.advance(count);
            }
        }
        return new IntegerAgreement(LayerSpikes.spikes(comparison.layers()), comparison.differing(0), right, samples.size());
    }

    /// Share of right answers of the integers.
    public double accuracy() {
        return (double) right / samples;
    }

    Map<String, Double> figures() {
        return Map.of("accuracy", accuracy(), "spikes", (double) spikes, "differentSpikes", (double) different);
    }
}
