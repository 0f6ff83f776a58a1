package org.ionforge.spiking.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.ionforge.spiking.NetworkShape;
import org.junit.jupiter.api.Test;

class LayerSpikesTest {

    private static LayerSpikes of(String network, int steps) {
        return new LayerSpikes(NetworkShape.parse(network).layer(0), steps);
    }

    /// Two neurons, three steps, two samples, of which one is silent.
    @Test
    void spikesAndTheFirstOfThem() {
        LayerSpikes spikes = of("5-2", 3);
        assertEquals(6, spikes.words(2));
        spikes.add(new int[] {0, 0, 0b01, 0, 0b11, 0, -1}, 2);
        assertEquals(3, spikes.spikes());
        assertEquals(12, spikes.chances());
        assertEquals(0.25, spikes.rate());
        assertEquals(2.5, spikes.firstStep());
        assertEquals(2, spikes.answerStep());
        assertEquals(0.5, spikes.silent());
        spikes.add(new int[] {0b10, 0, 0}, 1);
        assertEquals((2 + 3 + 1) / 3.0, spikes.firstStep());
        assertEquals(1.5, spikes.answerStep());
        assertEquals(1 / 3.0, spikes.silent());
    }

    /// Four positions of 33 channels: two words each.
    @Test
    void neuronsAtAllPositions() {
        LayerSpikes spikes = of("3x3x1-c33k2", 2);
        int[] words = new int[spikes.words(1)];
        assertEquals(2 * 8, words.length);
        words[1] = 1;
        words[6] = -1;
        words[8 + 6] = -1;
        spikes.add(words, 1);
        assertEquals(65, spikes.spikes());
        assertEquals(2 * 4 * 33, spikes.chances());
        assertEquals(1, spikes.firstStep());
        assertEquals(0, spikes.silent());
    }

    @Test
    void withoutSpikesThereIsNoFirst() {
        LayerSpikes spikes = of("5-2", 2);
        spikes.add(new int[4], 2);
        assertNull(spikes.firstStep());
        assertNull(spikes.answerStep());
        assertEquals(1, spikes.silent());
    }

    @Test
    void differencesAreCountedByBit() {
        assertEquals(33, LayerSpikes.differing(new int[] {0b1010, -1}, new int[] {0b1011, 0, 7}));
    }
}
