package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikeMaps;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LabelledSamples;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.Direct;
import org.ionforge.spiking.encoding.SpikeEncoder;

/// Samples of a data set on a backend, taken batch after batch in any order: their input to a network, and their labels.
public abstract sealed class Batches implements AutoCloseable permits ValueBatches, EncodedBatches, EventBatches {

    private final int size;
    private final int classes;
    private final Buffer labels;
    private final Buffer order;
    private int[] chosen = new int[0];
    private int epoch;

    Batches(Backend backend, LabelledSamples samples) {
        size = samples.size();
        classes = samples.classes();
        labels = backend.allocate(ElementType.U8, size);
        order = backend.allocate(ElementType.S32, size);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(size);
            for (int i = 0; i < size; i++) {
                host.set(ValueLayout.JAVA_BYTE, i, (byte) samples.label(i));
            }
            labels.upload(host);
        }
    }

    /// The way of these samples into a network of that shape.
    ///
    /// @param batch most samples of one [#load]
    public static Batches of(Backend backend, LabelledSamples samples, Presentation presentation, NetworkShape shape, int batch) {
        SpikeMaps maps = SpikeMaps.of(shape);
        int steps = presentation.steps();
        return switch (samples) {
            case ValueSamples values -> switch (presentation.encoder()) {
                case Direct direct -> new ValueBatches(backend, values, batch);
                case SpikeEncoder spikes -> new EncodedBatches(backend, values, spikes, maps, steps, batch);
            };
            case EventSamples events -> new EventBatches(backend, events.channelLast(), maps, steps, presentation.microseconds(), batch);
        };
    }

    /// Number of samples of the data set.
    public final int size() {
        return size;
    }

    public final int classes() {
        return classes;
    }

    /// Takes these samples in this order from now on.
    ///
    /// @param samples of the data set, at most all
    /// @param pass    encoders that draw give a sample other spikes in every pass
    public final void take(int[] samples, int pass) {
        chosen = samples.clone();
        epoch = pass;
        try (Arena arena = Arena.ofConfined()) {
            order.upload(arena.allocateFrom(ValueLayout.JAVA_INT, chosen));
        }
    }

    /// Number of samples that are taken.
    public final int taken() {
        return chosen.length;
    }

    /// The sample at a position of the order.
    final int chosen(int position) {
        return chosen[position];
    }

    final int epoch() {
        return epoch;
    }

    final Buffer order() {
        return order;
    }

    /// Whose classes are asked for in the batch from a position on.
    public final CrossEntropy.Targets targets(int first) {
        return new CrossEntropy.Targets(labels, order, first);
    }

    /// The batch of `count` samples from a position on; it is overwritten by the next one.
    public abstract Input load(int first, int count);

    @Override
    public void close() {
        labels.close();
        order.close();
    }
}
