package org.ionforge.compute;

import org.ionforge.compute.QuantisationScheme.Range;
import org.ionforge.compute.QuantisationScheme.Rounding;
import org.ionforge.compute.QuantisationScheme.ScaleRule;

/// The definition of quantisation, value by value: every room computes these functions to the bit, in float with each operation
/// rounded for itself, half to even, unless it says double.
///
/// ```
/// i = 1/s                                                       rounded once
/// q = round(x·i) + z          or, ZERO_POINT_WITHIN:            q = round(fma(x, i, z))
/// code = min(max(q, lowest), highest)                           lowest if q is not a number
/// y = (code − z)·s                                              a NaN if x is one
/// gradient passes where lowest ≤ q ≤ highest
/// ```
///
/// ±∞ takes the outermost code and passes no gradient. 1/s overflows for a scale below 2⁻¹²⁸: then 0·i is not a number and takes
/// the lowest code. All that is what libtorch's CPU kernels do, but for two things that they do by accident: a NaN in x is
/// turned into the lowest code there, here it stays visible; and per channel +∞ and all above 2⁶³·s overflow there to the lowest
/// code, here they take the highest.
///
/// @param scheme    codes and rules
/// @param scale     s: real distance of two codes. A NaN or an infinity goes on into y
/// @param zeroPoint z: the code of real zero, lowest … highest
public record Quantiser(QuantisationScheme scheme, float scale, int zeroPoint) {

    private static final float SMALLEST_FBGEMM_SCALE = 6.1e-5f;
    private static final double UNUSABLE_FUSED_SCALE = 0.1;

    public Quantiser {
        if (zeroPoint < scheme.lowest() || zeroPoint > scheme.highest()) {
            throw new IllegalArgumentException("zero point " + zeroPoint + " outside " + scheme.lowest() + " … " + scheme.highest());
        }
    }

    /// The scheme's rule for values between `min` and `max`. All rules take 0 into the range first: `a = min(min, 0)`, `b =
    /// max(max, 0)`, n = highest − lowest.
    ///
    /// - OBSERVER: `s = max(max(−a, b) / (n/2), smallestScale)`, z = 0, or the middle of codes that are never negative (128 of
    ///   0 … 255, else rounded down); affine: `s = max((b − a)/n, smallestScale)`, `z = lowest − round(a/s)`, clamped.
    /// - FUSED_OBSERVER: symmetric with min < 0 < max: `m = max(|min/l|, |max/h|)`, `a = m·l`, `b = m·h` with `h = ⌊n/2⌋`,
    ///   `l = −(h + 1)`, and `z = round((lowest + highest)/2)`. `s = (b − a)/n` in double, rounded; 0.1 if s is 0 or 1/s overflows.
    ///   Else `z = lowest − a/s` or `highest − b/s`, whichever adds smaller terms, in double, rounded and clamped.
    /// - FUSED_OBSERVER_FBGEMM: the same, but s ≥ 6.1e-5; a and b grow with s.
    ///
    /// A range in which nothing was observed (min = +∞, max = −∞) has s = 1, z = 0; a NaN makes a NaN of s.
    public static Quantiser of(QuantisationScheme scheme, float min, float max) {
        if (min == Float.POSITIVE_INFINITY && max == Float.NEGATIVE_INFINITY) {
            return new Quantiser(scheme, 1, 0);
        }
        return scheme.scaleRule() == ScaleRule.OBSERVER ? byObserver(scheme, min, max) : byFusedObserver(scheme, min, max);
    }

    private static Quantiser byObserver(QuantisationScheme scheme, float min, float max) {
        int lowest = scheme.lowest();
        int highest = scheme.highest();
        float a = Math.min(min, 0f);
        float b = Math.max(max, 0f);
        if (scheme.range() == Range.SYMMETRIC) {
            float scale = Math.max(Math.max(-a, b) / ((highest - lowest) / 2f), scheme.smallestScale());
            return new Quantiser(scheme, scale, lowest < 0 ? 0 : highest == 255 ? 128 : highest / 2);
        }
        float scale = Math.max((b - a) / (highest - lowest), scheme.smallestScale());
        return new Quantiser(scheme, scale, clampedRound(scheme, lowest - Math.rint(a / scale)));
    }

    private static Quantiser byFusedObserver(QuantisationScheme scheme, float min, float max) {
        int lowest = scheme.lowest();
        int highest = scheme.highest();
        float a = min;
        float b = max;
        boolean centred = scheme.range() == Range.SYMMETRIC && min < 0 && max > 0;
        if (centred) {
            int high = (highest - lowest) / 2;
            int low = -(high + 1);
            double step = Math.max(Math.abs(min / low), Math.abs(max / high));
            a = (float) (step * low);
            b = (float) (step * high);
        }
        a = Math.min(a, 0f);
        b = Math.max(b, 0f);
        float scale = (float) (((double) b - a) / (highest - lowest));
        if (scale == 0 || Float.isInfinite(1 / scale)) {
            scale = (float) UNUSABLE_FUSED_SCALE;
        }
        if (scheme.scaleRule() == ScaleRule.FUSED_OBSERVER_FBGEMM && scale < SMALLEST_FBGEMM_SCALE) {
            float growth = SMALLEST_FBGEMM_SCALE / scale;
            float width = SMALLEST_FBGEMM_SCALE * (highest - lowest);
            scale = SMALLEST_FBGEMM_SCALE;
            float grownA = b == 0 ? -width : a * growth;
            b = a == 0 ? width : b * growth;
            a = grownA;
        }
        if (centred) {
            return new Quantiser(scheme, scale, clampedRound(scheme, (lowest + highest) / 2.0));
        }
        double belowZero = a / (double) scale;
        double aboveZero = b / (double) scale;
        boolean fromBelow = Math.abs(lowest) + Math.abs(belowZero) < Math.abs(highest) + Math.abs(aboveZero);
        return new Quantiser(scheme, scale, clampedRound(scheme, fromBelow ? lowest - belowZero : highest - aboveZero));
    }

    /// The lowest code for what is not a number.
    private static int clampedRound(QuantisationScheme scheme, double zeroPoint) {
        double rounded = Math.rint(zeroPoint);
        return !(rounded > scheme.lowest()) ? scheme.lowest() : rounded > scheme.highest() ? scheme.highest() : (int) rounded;
    }

    /// q of the definition: not yet clamped, a whole number, ±∞ or NaN.
    private float unclamped(float x) {
        float inverse = 1 / scale;
        return scheme.rounding() == Rounding.ZERO_POINT_AFTER ? (float) Math.rint(x * inverse) + zeroPoint
                : (float) Math.rint(Math.fma(x, inverse, (float) zeroPoint));
    }

    /// The integer that stands for x.
    public int code(float x) {
        float q = unclamped(x);
        return !(q > scheme.lowest()) ? scheme.lowest() : q > scheme.highest() ? scheme.highest() : (int) q;
    }

    /// The real number that a code stands for.
    public float value(int code) {
        return (code - zeroPoint) * scale;
    }

    /// x as its code has it.
    public float fakeQuantised(float x) {
        return Float.isNaN(x) ? Float.NaN : value(code(x));
    }

    /// Whether the straight-through gradient passes at x.
    public boolean passes(float x) {
        float q = unclamped(x);
        return q >= scheme.lowest() && q <= scheme.highest();
    }
}
