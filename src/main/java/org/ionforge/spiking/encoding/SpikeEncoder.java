package org.ionforge.spiking.encoding;

/// Values to spikes, one bit each.
public sealed interface SpikeEncoder extends Encoder permits Rate, Latency, Population, Burst, Phase {

    /// Whether a sample has other spikes in another epoch.
    default boolean draws() {
        return false;
    }

    /// Whether a spike counts something else than 1.
    default boolean weighted() {
        return false;
    }

    /// What a spike of that step counts: 1, but for the phase code.
    default float weight(int step) {
        return 1;
    }

    /// Sets the bits of one sample: bit i of word w of a step is input 32·w + i.
    ///
    /// @param values in [0, 1], one a feature
    /// @param draw   tells this sample in this epoch from all others
    /// @param steps  T
    /// @param words  zero before; step t begins at `offset + t·stride`
    void encode(float[] values, long draw, int steps, int[] words, int offset, int stride);

    /// Sets one bit of a row of words.
    static void set(int[] words, int row, int input) {
        words[row + input / Integer.SIZE] |= 1 << input % Integer.SIZE;
    }
}
