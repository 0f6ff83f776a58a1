package org.ionforge.spiking.encoding;

/// One spike a feature, the earlier the larger the value: at step `round((1 − x)·(T − 1))`.
public record Latency() implements SpikeEncoder {

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void encode(float[] values, long draw, int steps, int[] words, int offset, int stride) {
        for (int i = 0; i < values.length; i++) {
            int t = (int) Math.rint((1.0 - values[i]) * (steps - 1));
            SpikeEncoder.set(words, offset + t * stride, i);
        }
    }
}
