package org.ionforge.spiking.encoding;

/// A population of P neurons a feature: neuron p of 1 … P fires at every step when the value is at least p/P. Neuron p of
/// feature i is input `i·P + p − 1`.
public record Population(int neurons) implements SpikeEncoder {

    public Population {
        if (neurons < 1) {
            throw new IllegalArgumentException("a population of " + neurons + " neurons");
        }
    }

    @Override
    public String name() {
        return "population";
    }

    @Override
    public int inputs(int features) {
        return Math.multiplyExact(features, neurons);
    }

    @Override
    public void encode(float[] values, long draw, int steps, int[] words, int offset, int stride) {
        for (int i = 0; i < values.length; i++) {
            for (int p = 1; p <= neurons && values[i] >= (float) p / neurons; p++) {
                for (int t = 0; t < steps; t++) {
                    SpikeEncoder.set(words, offset + t * stride, i * neurons + p - 1);
                }
            }
        }
    }
}
