package org.ionforge.spiking.integer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.JavaArrays;

/// Spikes of an [IntegerNetwork] beside those of other networks of the same shape on the same batches, layer by layer.
public final class SpikeComparison {

    private final List<LayerSpikes> layers = new ArrayList<>();
    private final long[][] differing;

    /// @param others networks that it is compared with
    public SpikeComparison(QuantisedModel model, int others) {
        for (int layer = 0; layer < model.layers().size(); layer++) {
            layers.add(new LayerSpikes(model.shape().layer(layer), model.steps()));
        }
        differing = new long[others][layers.size()];
    }

    /// Takes in the last call of all of them.
    ///
    /// @param others of each other network: the spikes of a layer, laid out as [IntegerNetwork#spikes] has them
    @SafeVarargs
    public final void add(IntegerNetwork integers, int samples, IntFunction<Buffer>... others) {
        for (int layer = 0; layer < layers.size(); layer++) {
            LayerSpikes figures = layers.get(layer);
            int words = figures.words(samples);
            int[] found = JavaArrays.ints(integers.spikes(layer), words);
            figures.add(found, samples);
            for (int other = 0; other < others.length; other++) {
                differing[other][layer] += LayerSpikes.differing(found, JavaArrays.ints(others[other].apply(layer), words));
            }
        }
    }

    /// Of the integers.
    public List<LayerSpikes> layers() {
        return List.copyOf(layers);
    }

    /// In how many (sample, step, neuron) of all layers the integers and another network differ.
    public long differing(int other) {
        return Arrays.stream(differing[other]).sum();
    }

    /// Share of (sample, step, neuron) of a layer in which the integers and another network both spike or both do not.
    public double agreement(int layer, int other) {
        return 1 - (double) differing[other][layer] / layers.get(layer).chances();
    }

    /// The same of all layers.
    public double agreement(int other) {
        return 1 - (double) differing(other) / LayerSpikes.chances(layers);
    }
}
