package org.ionforge.spiking.encoding;

import org.ionforge.compute.Philox;

/// A spike at each step with the probability that the value is, independently (Bernoulli). The draws depend on seed, sample,
/// epoch, step and feature alone.
public record Rate(long seed) implements SpikeEncoder {

    private static final double WHOLE = 0x1p32;
    private static final int WORDS = 4;

    @Override
    public String name() {
        return "rate";
    }

    @Override
    public boolean draws() {
        return true;
    }

    @Override
    public void encode(float[] values, long draw, int steps, int[] words, int offset, int stride) {
        long[] limits = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            limits[i] = (long) (values[i] * WHOLE);
        }
        for (int t = 0; t < steps; t++) {
            for (int first = 0; first < values.length; first += WORDS) {
                int[] drawn = Philox.words(seed, draw, (long) t << 32 | first);
                for (int i = first; i < Math.min(first + WORDS, values.length); i++) {
                    if (Integer.toUnsignedLong(drawn[i - first]) < limits[i]) {
                        SpikeEncoder.set(words, offset + t * stride, i);
                    }
                }
            }
        }
    }
}
