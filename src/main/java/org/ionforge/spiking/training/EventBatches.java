package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.spiking.SpikeMaps;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.encoding.EncodedBatch;

/// Recordings of an event camera as spikes: T equal parts of their time, a bit for every address that fired in a part. They
/// lie on the backend.
final class EventBatches extends Batches {

    private final Backend backend;
    private final int steps;
    private final int row;
    private final Buffer frames;
    private final Buffer input;

    EventBatches(Backend backend, EventSamples samples, SpikeMaps maps, int steps, int microseconds, int batch) {
        super(backend, samples);
        this.backend = backend;
        this.steps = steps;
        row = maps.row();
        frames = backend.allocate(ElementType.U32, (long) samples.size() * steps * row);
        input = backend.allocate(ElementType.U32, (long) steps * batch * row);
        for (int sample = 0; sample < samples.size(); sample++) {
            int[] words = new int[steps * EncodedBatch.row(samples.features())];
            samples.frames(sample, steps, microseconds, words, 0);
            try (Arena arena = Arena.ofConfined()) {
                frames.upload(arena.allocateFrom(ValueLayout.JAVA_INT, maps.of(words)), (long) sample * steps * row);
            }
        }
    }

    @Override
    public Input load(int first, int count) {
        backend.batchRows().gather(new BatchRows.Shape(steps, count, row), frames, order(), first, input);
        return Input.spikes(input);
    }

    @Override
    public void close() {
        super.close();
        frames.close();
        input.close();
    }
}
