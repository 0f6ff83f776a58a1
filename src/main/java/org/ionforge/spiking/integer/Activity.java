package org.ionforge.spiking.integer;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.ionforge.compute.JavaArrays;

/// What happens inside an [IntegerNetwork], batch after batch: its spikes, and the operations they cost.
final class Activity {

    private final List<LayerSpikes> spikes = new ArrayList<>();
    private final List<SynapticOperations> operations = new ArrayList<>();

    Activity(QuantisedModel model) {
        for (int i = 0; i < model.layers().size(); i++) {
            spikes.add(new LayerSpikes(model.shape().layer(i), model.steps()));
            operations.add(new SynapticOperations(model, i));
        }
    }

    /// Takes in the network's last call.
    ///
    /// @param prepared what went into it
    void add(MemorySegment prepared, IntegerNetwork network, int samples) {
        operations.getFirst().add(prepared, samples);
        for (int i = 0; i < spikes.size(); i++) {
            int[] words = JavaArrays.ints(network.spikes(i), spikes.get(i).words(samples));
            spikes.get(i).add(words, samples);
            if (i + 1 < operations.size()) {
                operations.get(i + 1).add(words, samples);
            }
        }
    }

    List<LayerSpikes> layers() {
        return spikes;
    }

    long accumulates() {
        return sum(SynapticOperations::accumulates, SynapticOperations::effective);
    }

    long multiplyAccumulates() {
        return sum(layer -> !layer.accumulates(), SynapticOperations::effective);
    }

    long denseOperations() {
        return sum(_ -> true, SynapticOperations::dense);
    }

    /// Share of the weights that are 0.
    double connectionSparsity() {
        return (double) sum(_ -> true, SynapticOperations::zeros) / sum(_ -> true, SynapticOperations::weights);
    }

    private long sum(Predicate<SynapticOperations> which, ToLongFunction<SynapticOperations> of) {
        return operations.stream().filter(which).mapToLong(of).sum();
    }
}
