package org.ionforge.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The levels that a membrane is rounded to, so that it can be kept in a few bits: as many ascending numbers as there are codes.
///
/// A value goes to the nearest level, from the middle between two on to the upper one; below the lowest to the lowest, above the
/// highest to the highest; a NaN stays one. The middles are floats, rounded to nearest, and each comparison is one of floats: with
/// levels in units of θ that of U with θ·middle, and the result is θ·level. Gradients pass straight through, as if nothing were
/// rounded.
///
/// [Place#MEMBRANE] rounds U before it is compared with θ, in any dialect; what is kept is its code, the reset follows from it
/// (snnTorch's `state_quant`). [Place#LEAKED] rounds what the leak leaves, in dialects that charge by LEAK, `U = Q(λ·V) + J`: the sum
/// with the current and the comparison are in full precision, which a wider accumulator gives for nothing, and what is kept from step
/// to step is Q(λ·V).
///
/// Beware of few uniform levels: where the leak takes less than half a step from every level, as with 16 on [−θ, 1.2·θ] and λ = 0.95, a
/// membrane without input never leaks.
///
/// @param place       what is rounded
/// @param ofThreshold whether levels are in units of θ, else of the membrane
/// @param levels      2 to 256, ascending
public record StateLevels(Place place, boolean ofThreshold, List<Float> levels) {

    public enum Place { MEMBRANE, LEAKED }

    public StateLevels {
        Objects.requireNonNull(place, "place");
        levels = List.copyOf(levels);
        if (levels.size() < 2 || levels.size() > 256) {
            throw new IllegalArgumentException(levels.size() + " levels of a membrane (2 to 256)");
        }
        for (int i = 0; i < levels.size(); i++) {
            if (!Float.isFinite(levels.get(i)) || i > 0 && !(levels.get(i - 1) < levels.get(i))) {
                throw new IllegalArgumentException("levels of a membrane must ascend: " + levels);
            }
        }
    }

    /// 2^bits levels at equal distances from −θ·(1 + lower) to θ·(1 + upper), both included; snnTorch's defaults are 0 and 0.2.
    ///
    /// @param bits  1 to 8
    /// @param lower −1 or more
    /// @param upper 0 or more
    public static StateLevels uniform(int bits, float lower, float upper) {
        int count = requireRange(bits, lower, upper);
        List<Float> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            levels.add((float) (-(1.0 + lower) + (2.0 + lower + upper) * i / (count - 1)));
        }
        return new StateLevels(Place.MEMBRANE, true, levels);
    }

    /// 2^bits levels that crowd at θ, at distances from it that grow as squares: a quarter of them from θ up to θ·(1 + upper), θ among
    /// them, the others below it down to −θ·(1 + lower).
    ///
    /// @param bits  2 to 8
    /// @param lower −1 or more
    /// @param upper 0 or more
    public static StateLevels thresholdCentred(int bits, float lower, float upper) {
        int above = requireRange(bits, lower, upper) / 4;
        if (above == 0 || above > 1 && upper == 0) {
            throw new IllegalArgumentException("no levels of " + bits + " bits crowd below " + (1 + upper) + " thresholds");
        }
        int below = 3 * above;
        List<Float> levels = new ArrayList<>();
        for (int i = below; i > 0; i--) {
            levels.add((float) (1 - (2.0 + lower) * i * i / ((double) below * below)));
        }
        for (int i = 0; i < above; i++) {
            levels.add(above == 1 ? 1f : (float) (1 + (double) upper * i * i / ((above - 1.0) * (above - 1))));
        }
        return new StateLevels(Place.MEMBRANE, true, levels);
    }

    /// MINT's (arXiv 2305.09850): membrane and weights share one scale, `q·scale` for |q| < 2^(bits−1), and what is kept is rounded after
    /// the leak. With [LifDialect#MINT], weights q·scale and a threshold that is a multiple of the scale, a step is one of integers; with
    /// a leak of ½ it needs no multiplier: `H = S + Σq; s = H > θ/scale; S = clamp((H − s·θ/scale + 1) >> 1)`. Exact in float, and so the
    /// same spikes, where the scale is a power of two, or 1: a layer may count in units of its scale. (MINT's own code rounds a tie to
    /// the even integer, a shift rounds it up, as here.)
    ///
    /// @param bits  2 to 8
    /// @param scale of the weights' codes, finite and > 0
    public static StateLevels mint(int bits, float scale) {
        if (bits < 2 || bits > 8 || !(scale > 0) || scale == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("no membrane of " + bits + " bits (2 to 8) at scale " + scale);
        }
        int highest = (1 << bits - 1) - 1;
        List<Float> levels = new ArrayList<>();
        for (int q = -highest; q <= highest; q++) {
            levels.add(q * scale);
        }
        return new StateLevels(Place.LEAKED, false, levels);
    }

    private static int requireRange(int bits, float lower, float upper) {
        if (bits < 1 || bits > 8 || !(lower >= -1) || !(upper >= 0) || !Float.isFinite(lower) || !Float.isFinite(upper)) {
            throw new IllegalArgumentException("no membrane of " + bits + " bits (1 to 8) from " + -(1 + lower) + " to " + (1 + upper)
                    + " thresholds");
        }
        return 1 << bits;
    }

    /// The same levels times a positive number.
    public StateLevels times(float factor) {
        return new StateLevels(place, ofThreshold, levels.stream().map(level -> level * factor).toList());
    }

    /// The same levels with another place.
    public StateLevels at(Place other) {
        return new StateLevels(other, ofThreshold, levels);
    }

    /// @throws IllegalArgumentException if neurons of that dialect have nothing that these levels could round
    public void requireFit(LifDialect dialect) {
        if (place == Place.LEAKED && dialect.charge() != LifDialect.Charge.LEAK) {
            throw new IllegalArgumentException("what the leak leaves can be rounded with charge LEAK only, not " + dialect.charge());
        }
    }

    /// Bits of a code.
    public int bits() {
        return 32 - Integer.numberOfLeadingZeros(levels.size() - 1);
    }

    /// What rooms search: 2^bits floats for the middles, the i-th between levels i and i + 1, ∞ behind them; then 2^bits for the levels,
    /// the highest repeated.
    public float[] table() {
        int codes = 1 << bits();
        float[] table = new float[2 * codes];
        for (int i = 0; i < codes; i++) {
            table[i] = i + 1 < levels.size() ? (float) (((double) levels.get(i) + levels.get(i + 1)) / 2) : Float.POSITIVE_INFINITY;
            table[codes + i] = levels.get(Math.min(i, levels.size() - 1));
        }
        return table;
    }

    /// The choices as kernels and native code read them, above the bits of [LifDialect#code]: bits 11–12 place, from 1 on, 13
    /// ofThreshold, 14–17 bits.
    public int code() {
        return place.ordinal() + 1 << 11 | (ofThreshold ? 1 << 13 : 0) | bits() << 14;
    }
}
