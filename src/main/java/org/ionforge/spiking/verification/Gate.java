package org.ionforge.spiking.verification;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What is asked of a quantised network. A value that is not a number passes no gate.
public enum Gate {
    ACCURACY_DROP(Side.AT_MOST, "points by which the integer network's accuracy is below that of the network in floats"),
    SPIKE_RATE_LOW(Side.AT_LEAST, "share of (sample, step, neuron) with a spike, from below"),
    SPIKE_RATE_HIGH(Side.AT_MOST, "share of (sample, step, neuron) with a spike, from above"),
    TEMPORAL_AGREEMENT(Side.AT_LEAST, "share of (sample, step, neuron) in which integers and floats both spike or both do not"),
    FINITE_SCALES(Side.AT_MOST, "scales that are no finite number above 0"),
    SCALE_DRIFT(Side.AT_MOST, "largest relative distance of a current's scale, found anew on this data, from the calibrated one"),
    SATURATION(Side.AT_MOST, "largest share of a layer's currents that lie beyond the last code"),
    INTEGER_SPIKES(Side.AT_MOST, "(sample, step, neuron) in which integers and fake quantisation differ"),
    EXACT_SUMS(Side.AT_MOST, "largest sum of absolute products: floats count exactly below 2^24"),
    MODEL_BYTES(Side.AT_MOST, "size of the model's file"),
    LATENCY_RATIO(Side.AT_MOST, "median time of a batch in integers over that in floats, on the same backend");

    /// On which side of the limit a value has to be; the limit itself passes.
    public enum Side { AT_LEAST, AT_MOST }

    private final Side side;
    private final String description;

    Gate(Side side, String description) {
        this.side = side;
        this.description = description;
    }

    public Side side() {
        return side;
    }

    /// What is measured, in a few words.
    public String description() {
        return description;
    }

    /// As settings have it: `accuracy-drop`.
    public String flag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// As results have it: `accuracyDrop`.
    public String key() {
        String[] words = flag().split("-");
        return words[0] + Arrays.stream(words).skip(1).map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1)).collect(Collectors.joining());
    }

    boolean passes(double value, double limit) {
        return side == Side.AT_LEAST ? value >= limit : value <= limit;
    }
}
