package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.integer.InputForm;

/// Values that flow in as currents, the same at every step. They lie on the backend as the network sees them.
final class ValueBatches extends Batches {

    /// Samples that are converted at once.
    private static final int SLICE = 4096;

    private final Backend backend;
    private final int features;
    private final Buffer values;
    private final Buffer input;

    ValueBatches(Backend backend, ValueSamples samples, int batch) {
        super(backend, samples);
        this.backend = backend;
        features = samples.features();
        values = backend.allocate(ElementType.F32, (long) samples.size() * features);
        input = backend.allocate(ElementType.F32, (long) batch * features);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, (long) SLICE * features);
            for (int first = 0; first < samples.size(); first += SLICE) {
                int count = Math.min(SLICE, samples.size() - first);
                int channels = samples.channels();
                int places = features / channels;
                for (int sample = 0; sample < count; sample++) {
                    for (int i = 0; i < features; i++) {
                        // the data set's maps are channel after channel, a network's are channel-last
                        float value = samples.value(first + sample, i % channels * places + i / channels);
                        host.setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * features + i, InputForm.code(value) * InputForm.STEP);
                    }
                }
                values.upload(host.asSlice(0, (long) count * features * Float.BYTES), (long) first * features);
            }
        }
    }

    @Override
    public Input load(int first, int count) {
        backend.batchRows().gather(new BatchRows.Shape(1, count, features), values, order(), first, input);
        return Input.constant(input);
    }

    @Override
    public void close() {
        super.close();
        values.close();
        input.close();
    }
}
