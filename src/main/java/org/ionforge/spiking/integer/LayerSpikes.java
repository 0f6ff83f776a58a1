package org.ionforge.spiking.integer;

import java.util.List;
import org.ionforge.spiking.NetworkShape;

/// The spikes of one layer, counted batch after batch: how many, and how soon.
public final class LayerSpikes {

    private final int words;
    private final int neurons;
    private final int steps;
    private long samples;
    private long spikes;
    private long fired;
    private long firstSteps;
    private long answered;
    private long answerSteps;

    /// @param steps T
    public LayerSpikes(NetworkShape.Layer layer, int steps) {
        this.words = layer.out().positions() * ((layer.neurons() + Integer.SIZE - 1) / Integer.SIZE);
        this.neurons = layer.out().size();
        this.steps = steps;
    }

    /// Words of a batch.
    public int words(int samples) {
        return Math.multiplyExact(Math.multiplyExact(steps, samples), words);
    }

    /// Takes in a batch.
    ///
    /// @param bits `[T, B, positions, ⌈N/32⌉]`, may be longer
    public void add(int[] bits, int samples) {
        int step = samples * words;
        int[] seen = new int[step];
        boolean[] spoken = new boolean[samples];
        for (int t = 0; t < steps; t++) {
            for (int i = 0; i < step; i++) {
                int word = bits[t * step + i];
                if (word != 0) {
                    int fresh = Integer.bitCount(word & ~seen[i]);
                    seen[i] |= word;
                    spikes += Integer.bitCount(word);
                    fired += fresh;
                    firstSteps += (long) (t + 1) * fresh;
                    if (!spoken[i / words]) {
                        spoken[i / words] = true;
                        answered++;
                        answerSteps += t + 1;
                    }
                }
            }
        }
        this.samples += samples;
    }

    /// In how many bits words differ from others.
    static long differing(int[] one, int[] other) {
        long bits = 0;
        for (int i = 0; i < one.length; i++) {
            bits += Integer.bitCount(one[i] ^ other[i]);
        }
        return bits;
    }

    public long spikes() {
        return spikes;
    }

    /// Samples times steps times neurons at all positions.
    public long chances() {
        return samples * steps * neurons;
    }

    /// Of all layers.
    public static long spikes(List<LayerSpikes> layers) {
        return layers.stream().mapToLong(LayerSpikes::spikes).sum();
    }

    static long chances(List<LayerSpikes> layers) {
        return layers.stream().mapToLong(LayerSpikes::chances).sum();
    }

    /// Of all layers: share of the chances that were taken.
    public static double rate(List<LayerSpikes> layers) {
        return (double) spikes(layers) / chances(layers);
    }

    /// Share of the chances that were taken.
    public double rate() {
        return (double) spikes / chances();
    }

    /// Mean step, from 1, of a neuron's first spike for a sample, over those that fired; null if none did.
    public Double firstStep() {
        return fired == 0 ? null : (double) firstSteps / fired;
    }

    /// Mean step, from 1, of the layer's first spike for a sample, over samples with one; null without any.
    public Double answerStep() {
        return answered == 0 ? null : (double) answerSteps / answered;
    }

    /// Share of the samples for which no neuron fired.
    public double silent() {
        return (double) (samples - answered) / samples;
    }
}
