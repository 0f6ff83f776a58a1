package org.ionforge.spiking.encoding;

/// The binary digits of the value, the first first, over and over: with `code = round(x·(2ᴷ − 1))`, step t carries bit
/// `K − 1 − t mod K` of it and a spike counts `2^−(1 + t mod K)` (weighted spikes, Kim et al. 2018). A period of K steps adds up to
/// `code/2ᴷ`.
///
/// @param period K, 1 to 24
public record Phase(int period) implements SpikeEncoder {

    public Phase {
        if (period < 1 || period > 24) {
            throw new IllegalArgumentException("a phase code of " + period + " steps (1 to 24)");
        }
    }

    @Override
    public String name() {
        return "phase";
    }

    @Override
    public boolean weighted() {
        return true;
    }

    @Override
    public float weight(int step) {
        return Math.scalb(1f, -(1 + step % period));
    }

    @Override
    public void encode(float[] values, long draw, int steps, int[] words, int offset, int stride) {
        int most = (1 << period) - 1;
        for (int i = 0; i < values.length; i++) {
            int code = (int) Math.rint((double) values[i] * most);
            for (int t = 0; t < steps; t++) {
                if ((code >>> period - 1 - t % period & 1) != 0) {
                    SpikeEncoder.set(words, offset + t * stride, i);
                }
            }
        }
    }
}
