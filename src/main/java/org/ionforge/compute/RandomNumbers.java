package org.ionforge.compute;

/// Numbers of a distribution from random words of 32 bits. In float, and every product and sum rounded for itself, so that every room
/// computes the same bits.
public final class RandomNumbers {

    /// Splits off the exponent so that the fraction lies in [√½, √2): the bits of √½.
    private static final int ROOT_HALF = 0x3f3504f3;
    private static final float LN_2 = 0.693147181f;
    /// A quarter of a turn, for angles counted in 2⁻³⁰ of it.
    private static final float QUARTER = (float) (Math.PI / 2 * 0x1p-30);

    private RandomNumbers() {
    }

    /// In the open interval (0, 1), 2²³ numbers: the word's upper 23 bits and a half, exact.
    public static float uniform(int word) {
        return ((word >>> 9) + 0.5f) * 0x1p-23f;
    }

    /// One of the two independent standard normal numbers of two words (Box and Muller 1958): `√(−2 ln u)·cos 2πv` or `·sin 2πv`, u in
    /// [2⁻³³, 1] from the first word, v from the second. Logarithm, sine and cosine are the polynomials that stand here: within 4e-7
    /// of the true number, relative to the larger of it and 1, and 6.77 at most.
    ///
    /// @param second whether the sine
    public static float normal(int first, int angle, boolean second) {
        float u = Integer.toUnsignedLong(first) * 0x1p-32f + 0x1p-33f;
        float radius = (float) Math.sqrt(-2 * logarithm(u));
        return radius * (second ? sine(angle) : sine(angle + (1 << 30)));
    }

    /// Natural logarithm of a number in [2⁻³³, 1], 0 of 1: polynomial of f = m − 1 with m in [√½, √2), as `ln m = f − f²/2 + f³·p(f)`.
    private static float logarithm(float u) {
        int bits = Float.floatToRawIntBits(u) - ROOT_HALF;
        float exponent = bits >> 23;
        float f = Float.intBitsToFloat((bits & 0x007fffff) + ROOT_HALF) - 1;
        float p = -7.63458163e-2f * f + 1.27617225e-1f;
        p = p * f + -1.31602198e-1f;
        p = p * f + 1.42017409e-1f;
        p = p * f + -1.66233525e-1f;
        p = p * f + 2.00012267e-1f;
        p = p * f + -2.50008225e-1f;
        p = p * f + 3.33333313e-1f;
        float s = f * f;
        return exponent * LN_2 + (p * s * f + (f - 0.5f * s));
    }

    /// Sine of an angle counted in 2⁻³² of a turn: quarter turns come off exactly, what is left is within an eighth.
    private static float sine(int angle) {
        int quarter = angle + (1 << 29) >>> 30;
        float r = (angle - (quarter << 30)) * QUARTER;
        float s = r * r;
        float sine = ((2.86567956e-6f * s + -1.98559923e-4f) * s + 8.33338592e-3f) * s + -1.66666672e-1f;
        sine = sine * s * r + r;
        float cosine = ((2.44677067e-5f * s + -1.38877297e-3f) * s + 4.16666567e-2f) * s + -0.5f;
        cosine = cosine * s + 1;
        float magnitude = (quarter & 1) == 0 ? sine : cosine;
        return (quarter & 2) == 0 ? magnitude : -magnitude;
    }
}
