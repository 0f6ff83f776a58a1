package org.ionforge.spiking.encoding;

/// A burst of `n = round(x·mostSpikes)` spikes from step 0 on, `round(longest − x·(longest − shortest))` steps apart: the larger the
/// value, the more spikes and the closer. What would fall after the last step is left out.
///
/// @param mostSpikes of a burst, ≥ 1
/// @param shortest   distance of two spikes in steps, ≥ 1
/// @param longest    distance, ≥ shortest
public record Burst(int mostSpikes, int shortest, int longest) implements SpikeEncoder {

    public Burst {
        if (mostSpikes < 1 || shortest < 1 || longest < shortest) {
            throw new IllegalArgumentException("a burst of at most " + mostSpikes + " spikes, " + shortest + " to " + longest + " steps apart");
        }
    }

    @Override
    public String name() {
        return "burst";
    }

    @Override
    public void encode(float[] values, long draw, int steps, int[] words, int offset, int stride) {
        for (int i = 0; i < values.length; i++) {
            int spikes = (int) Math.rint((double) values[i] * mostSpikes);
            int apart = (int) Math.rint(longest - (double) values[i] * (longest - shortest));
            for (int k = 0, t = 0; k < spikes && t < steps; k++, t += apart) {
                SpikeEncoder.set(words, offset + t * stride, i);
            }
        }
    }
}
