package org.ionforge.quantization;

import java.util.List;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.StateLevels;
import org.ionforge.errors.InputException;

/// How the numbers of one layer are quantised. Biases stay float.
///
/// @param weights scheme of the weights, one scale for each output channel; null for float
/// @param current scheme of the current that flows into the neurons, one scale for all; null for float
/// @param scales  where the scales of the weights come from
/// @param state   levels of the membrane, in units of the weights' scale where that is shared; null for float
public record LayerPlan(QuantisationScheme weights, QuantisationScheme current, Scales scales, StateLevels state) {

    /// What [#named] takes.
    public static final List<String> NAMES = List.of("32", "8", "4", "2", "ternary");

    /// Where the scales of weights come from.
    public enum Scales {
        /// Smallest and largest weight of the channel, looked at in every step.
        OBSERVED,
        /// Trained with the weights: LSQ (Esser and others 2020).
        LEARNED,
        /// One power of two for all channels and for the membrane, found as a rung of bits begins and held from there ([SharedScale]):
        /// MINT (arXiv 2305.09850). Threshold and biases are rounded to multiples of it, and currents are sums of integers as they are.
        SHARED
    }

    /// Nothing is quantised.
    public static final LayerPlan FLOAT = new LayerPlan(null, null, Scales.OBSERVED);

    public LayerPlan {
        if (weights != null && weights.granularity() != QuantisationScheme.Granularity.PER_CHANNEL) {
            throw new IllegalArgumentException("weights have a scale for each channel, not " + weights);
        }
        if (scales == Scales.SHARED && (weights == null || current != null || state != null && state.ofThreshold())) {
            throw new IllegalArgumentException("weights and membrane that share a scale are integers, and so are the sums between them: weights " + weights
                    + ", current " + current + ", levels " + state);
        }
    }

    /// With a membrane in floats.
    public LayerPlan(QuantisationScheme weights, QuantisationScheme current, Scales scales) {
        this(weights, current, scales, null);
    }

    /// The usual plan for weights of so many bits: `32` is [#FLOAT]; 8 and 4 observe their scales and quantise the current to 8 bits; 2
    /// (−2 … 1) and ternary (−1 … 1) learn them, since a largest weight says little about where two bits are best put.
    ///
    /// @throws InputException for anything not in [#NAMES]
    public static LayerPlan named(String bits) {
        QuantisationScheme current = QuantisationScheme.int8();
        return switch (bits) {
            case "32" -> FLOAT;
            case "8" -> new LayerPlan(QuantisationScheme.int8().perChannel(), current, Scales.OBSERVED);
            case "4" -> new LayerPlan(QuantisationScheme.int4().perChannel(), current, Scales.OBSERVED);
            case "2" -> new LayerPlan(QuantisationScheme.int2().perChannel(), current, Scales.LEARNED);
            case "ternary" -> new LayerPlan(QuantisationScheme.ternary().perChannel(), current, Scales.LEARNED);
            default -> throw new InputException("no plan for weights of '" + bits + "' bits: one of " + String.join(", ", NAMES));
        };
    }

    /// The same with those levels of the membrane, null for floats.
    public LayerPlan withState(StateLevels other) {
        return new LayerPlan(weights, current, scales, other);
    }

    /// The same with one scale for weights and membrane, and currents as they are.
    ///
    /// @param stateBits of the membrane: 2 to 8
    public LayerPlan mint(int stateBits) {
        return new LayerPlan(weights, null, Scales.SHARED, StateLevels.mint(stateBits, 1));
    }

    /// Whether weights and membrane share their scale.
    public boolean shares() {
        return scales == Scales.SHARED;
    }

    /// The same with current and membrane as they are.
    public LayerPlan weightsOnly() {
        return new LayerPlan(weights, null, scales, null);
    }

    /// The same with that scheme of the current, null for none.
    public LayerPlan withCurrent(QuantisationScheme other) {
        return new LayerPlan(weights, other, scales, state);
    }

    public LayerPlan with(Scales other) {
        return new LayerPlan(weights, current, other, state);
    }

    /// Whether a forward pass of this layer differs from that of floats.
    public boolean quantises() {
        return weights != null || current != null || state != null;
    }

    /// `32`, `8`, `4`, `2` or `ternary`.
    public String name() {
        if (weights == null) {
            return "32";
        }
        return weights.lowest() == -1 ? "ternary" : Integer.toString(weights.bits());
    }
}
