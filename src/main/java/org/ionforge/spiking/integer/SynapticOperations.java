package org.ionforge.spiking.integer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.ionforge.compute.Patches;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikeMaps;

/// Synaptic operations of one layer, as NeuroBench 2 defines them: an operation is effective where neither the input nor the weight
/// is 0; one on a spike is an accumulate, one on anything else a multiply-accumulate; biases do not count. Dense operations are those
/// on all inputs and weights, without the zeros around a map.
///
/// Counted is what the engine does: a constant input meets its weights once a sample, not once a step, and a sum-pool in front makes
/// counts of spikes, whose operations are multiply-accumulates.
final class SynapticOperations {

    private final Patches.Shape patches;
    private final SpikeMaps maps;
    private final boolean bytes;
    private final int steps;
    private final int[] used;
    private final long weights;
    private final long zeros;
    private final long denseOfMap;
    private long effective;
    private long dense;

    /// @param index of the layer, from 0
    SynapticOperations(QuantisedModel model, int index) {
        NetworkShape.Layer shape = model.shape().layer(index);
        QuantisedLayer layer = model.layers().get(index);
        bytes = index == 0 && model.input().bytes();
        steps = model.steps();
        patches = IntegerLayer.patches(shape, 1);
        maps = index == 0 ? SpikeMaps.of(model.shape()) : new SpikeMaps(shape.in().positions(), shape.in().channels());
        int[] weightsOfInput = weightsOfInput(layer);
        weights = shape.weights();
        zeros = weights - Arrays.stream(weightsOfInput).asLongStream().sum();
        used = new int[shape.pooled().size()];
        denseOfMap = meet(weightsOfInput) * layer.neurons();
    }

    /// Of each column of the weights, how many are not 0.
    private static int[] weightsOfInput(QuantisedLayer layer) {
        int[] counts = new int[layer.inputs()];
        for (int n = 0; n < layer.neurons(); n++) {
            for (int k = 0; k < counts.length; k++) {
                counts[k] += layer.code(n, k) == 0 ? 0 : 1;
            }
        }
        return counts;
    }

    /// Finds for each element of the pooled map how many weights other than 0 it meets, in all patches.
    ///
    /// @return elements of all patches within the map
    private long meet(int[] weightsOfInput) {
        long elements = 0;
        int channels = patches.channels();
        for (int p = 0; p < patches.positions(); p++) {
            for (int tap = 0; tap < patches.kernelHeight() * patches.kernelWidth(); tap++) {
                int y = p / patches.outWidth() * patches.stride() + tap / patches.kernelWidth() - patches.padding();
                int x = p % patches.outWidth() * patches.stride() + tap % patches.kernelWidth() - patches.padding();
                if (y >= 0 && y < patches.pooledHeight() && x >= 0 && x < patches.pooledWidth()) {
                    for (int c = 0; c < channels; c++) {
                        used[(y * patches.pooledWidth() + x) * channels + c] += weightsOfInput[tap * channels + c];
                    }
                    elements += channels;
                }
            }
        }
        return elements;
    }

    /// Takes in a batch as [IntegerInput#prepare] leaves it.
    void add(MemorySegment prepared, int samples) {
        if (!bytes) {
            add(prepared.toArray(ValueLayout.JAVA_INT), samples);
            return;
        }
        for (long i = 0; i < prepared.byteSize(); i++) {
            effective += prepared.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : used[(int) (i % used.length)];
        }
        dense += prepared.byteSize() / used.length * denseOfMap;
    }

    /// Takes in a batch of spikes.
    ///
    /// @param words maps or rows of all steps and samples, may be longer
    void add(int[] words, int samples) {
        int images = steps * samples;
        for (int image = 0; image < images; image++) {
            int first = image * maps.row();
            if (maps.positions() == 1) {
                count(words, first, maps.row(), 1, 1, 0);
            } else {
                pooled(words, first);
            }
        }
        dense += images * denseOfMap;
    }

    private void pooled(int[] words, int first) {
        int place = maps.row() / maps.positions();
        for (int y = 0; y < patches.pooledHeight(); y++) {
            for (int x = 0; x < patches.pooledWidth(); x++) {
                int corner = first + (y * patches.width() + x) * patches.pool() * place;
                count(words, corner, place, patches.pool(), patches.width() * place, (y * patches.pooledWidth() + x) * patches.channels());
            }
        }
    }

    /// Adds what the channels of one square of the pool meet, each once if any of its places has a spike.
    ///
    /// @param place   words of a place
    /// @param line    words of a line of the map
    /// @param element of the pooled map: its first channel
    private void count(int[] words, int corner, int place, int pool, int line, int element) {
        for (int w = 0; w < place; w++) {
            int any = 0;
            for (int square = 0; square < pool * pool; square++) {
                any |= words[corner + square / pool * line + square % pool * place + w];
            }
            for (; any != 0; any &= any - 1) {
                effective += used[element + w * Integer.SIZE + Integer.numberOfTrailingZeros(any)];
            }
        }
    }

    /// Whether its operations are accumulates.
    boolean accumulates() {
        return !bytes && patches.pool() == 1;
    }

    long effective() {
        return effective;
    }

    long dense() {
        return dense;
    }

    long weights() {
        return weights;
    }

    /// Weights that are 0.
    long zeros() {
        return zeros;
    }
}
