package org.ionforge.spiking;

import org.ionforge.spiking.encoding.EncodedBatch;

/// How the spikes of a sample lie in the words that a network takes in: all inputs of a step in one row of bits, or, where the first
/// layer gathers patches, a map in which every position has words of its own.
///
/// @param positions of the map; 1 for a plain row
/// @param channels  bits of a position
public record SpikeMaps(int positions, int channels) {

    /// What the first layer of a network wants.
    public static SpikeMaps of(NetworkShape shape) {
        NetworkShape.Layer first = shape.layer(0);
        NetworkShape.Image input = shape.input();
        boolean plain = !first.convolutional() && first.pool() == 1;
        return plain ? new SpikeMaps(1, input.size()) : new SpikeMaps(input.positions(), input.channels());
    }

    /// Words of a sample at one step.
    public int row() {
        return Math.multiplyExact(positions, EncodedBatch.row(channels));
    }

    /// The words of plain rows, laid out so.
    ///
    /// @param words any number of rows of ⌈positions·channels/32⌉ words
    public int[] of(int[] words) {
        if (positions == 1) {
            return words;
        }
        int from = EncodedBatch.row(positions * channels);
        int place = EncodedBatch.row(channels);
        int[] maps = new int[Math.multiplyExact(words.length / from, row())];
        for (int at = 0; at < words.length; at++) {
            int map = at / from * row();
            for (int word = words[at]; word != 0; word &= word - 1) {
                int input = at % from * Integer.SIZE + Integer.numberOfTrailingZeros(word);
                int channel = input % channels;
                maps[map + input / channels * place + channel / Integer.SIZE] |= 1 << channel % Integer.SIZE;
            }
        }
        return maps;
    }
}
