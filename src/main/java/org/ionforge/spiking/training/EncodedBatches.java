package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.spiking.SpikeMaps;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.encoding.EncodedBatch;
import org.ionforge.spiking.encoding.SpikeEncoder;

/// Values as spikes. Weighted spikes (phase) enter as numbers, each a byte times 2⁻⁸.
final class EncodedBatches extends Batches {

    private final ValueSamples samples;
    private final SpikeEncoder encoder;
    private final SpikeMaps maps;
    private final int steps;
    private final int inputs;
    private final boolean weighted;
    private final Buffer input;

    EncodedBatches(Backend backend, ValueSamples samples, SpikeEncoder encoder, SpikeMaps maps, int steps, int batch) {
        super(backend, samples);
        this.samples = samples;
        this.encoder = encoder;
        this.maps = maps;
        this.steps = steps;
        inputs = encoder.inputs(samples.features());
        weighted = encoder.weighted();
        input = weighted ? backend.allocate(ElementType.F32, (long) steps * batch * inputs)
                : backend.allocate(ElementType.U32, (long) steps * batch * maps.row());
    }

    @Override
    public Input load(int first, int count) {
        int[] batch = new int[count];
        for (int i = 0; i < count; i++) {
            batch[i] = chosen(first + i);
        }
        EncodedBatch encoded = EncodedBatch.of(encoder, samples, batch, epoch(), steps);
        try (Arena arena = Arena.ofConfined()) {
            input.upload(weighted ? arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers(encoded, count)) : arena.allocateFrom(ValueLayout.JAVA_INT, maps.of(encoded.words())));
        }
        return weighted ? Input.sequence(input) : Input.spikes(input);
    }

    private float[] numbers(EncodedBatch encoded, int count) {
        int row = EncodedBatch.row(inputs);
        float[] numbers = new float[Math.multiplyExact(steps, count * inputs)];
        for (int t = 0; t < steps; t++) {
            float weight = encoder.weight(t);
            for (int b = 0; b < count; b++) {
                int from = t * count + b;
                for (int i = 0; i < inputs; i++) {
                    if ((encoded.words()[from * row + i / Integer.SIZE] >>> i % Integer.SIZE & 1) != 0) {
                        numbers[from * inputs + i] = weight;
                    }
                }
            }
        }
        return numbers;
    }

    @Override
    public void close() {
        super.close();
        input.close();
    }
}
