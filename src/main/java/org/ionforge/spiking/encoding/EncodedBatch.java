package org.ionforge.spiking.encoding;

import java.util.stream.IntStream;
import org.ionforge.spiking.data.ValueSamples;

/// Spikes of a batch of samples.
///
/// @param words  `[steps, batch, row]`, one bit an input, rows padded to whole words with zeros
/// @param inputs inputs of the network
public record EncodedBatch(int[] words, int steps, int batch, int inputs) {

    /// Words of one sample at one step.
    public static int row(int inputs) {
        return (inputs + Integer.SIZE - 1) / Integer.SIZE;
    }

    /// Encodes some samples.
    ///
    /// @param chosen samples, in the order of the batch
    /// @param epoch  in which they are drawn
    public static EncodedBatch of(SpikeEncoder encoder, ValueSamples samples, int[] chosen, int epoch, int steps) {
        int inputs = encoder.inputs(samples.features());
        int row = row(inputs);
        int stride = Math.multiplyExact(chosen.length, row);
        int[] words = new int[Math.multiplyExact(steps, stride)];
        IntStream.range(0, chosen.length).parallel().forEach(b -> {
            float[] values = new float[samples.features()];
            for (int i = 0; i < values.length; i++) {
                values[i] = samples.value(chosen[b], i);
            }
            encoder.encode(values, (long) epoch << 32 | chosen[b], steps, words, b * row, stride);
        });
        return new EncodedBatch(words, steps, chosen.length, inputs);
    }

    /// What the spikes are like.
    public EncodingFigures figures() {
        int row = row(inputs);
        long[] counts = new long[inputs];
        for (int at = 0; at < words.length; at++) {
            for (int word = words[at]; word != 0; word &= word - 1) {
                counts[at % row * Integer.SIZE + Integer.numberOfTrailingZeros(word)]++;
            }
        }
        return EncodingFigures.of(counts, batch, steps);
    }
}
