package org.ionforge.compute;

/// Which integers stand for real numbers and by which rules they are found: bits, range, one scale a tensor or a channel, and
/// where torch has two rules for the same thing, which of them. What the rules compute stands in [Quantiser].
///
/// Codes of up to 8 bits can be stored; wider ones, of up to 16, exist as fake-quantised values and masks.
///
/// @param lowest        smallest code, −32768 … 0
/// @param highest       largest code, 0 … 32767, or 65535 if no code is negative
/// @param range         whether real zero lies in the middle of the codes
/// @param granularity   what shares a scale
/// @param scaleRule     how smallest and largest value become a scale
/// @param smallestScale what [ScaleRule#OBSERVER] never goes below, ≥ 0; torch's default is 2⁻²³
/// @param rounding      where the zero point comes in
public record QuantisationScheme(int lowest, int highest, Range range, Granularity granularity, ScaleRule scaleRule,
                                 float smallestScale, Rounding rounding) {

    /// torch's `eps` of an observer: the distance of 1 to the next float.
    public static final float EPSILON = 0x1p-23f;

    /// Real zero in the middle of the codes, or wherever the values put it.
    public enum Range { SYMMETRIC, AFFINE }

    /// One scale for all values, or one for each row of a matrix (axis 0).
    public enum Granularity { PER_TENSOR, PER_CHANNEL }

    /// From smallest and largest value to scale and zero point; formulas in [Quantiser#of].
    public enum ScaleRule {
        /// `torch.ao.quantization`'s observers (`_calculate_qparams`), in float.
        OBSERVER,
        /// The CUDA kernel of `torch.fused_moving_avg_obs_fake_quant`, in double. A symmetric scheme gets a zero point other
        /// than 0 where all values have one sign.
        FUSED_OBSERVER,
        /// The same on the CPU, where FBGEMM lets no scale fall below 6.1e-5.
        FUSED_OBSERVER_FBGEMM
    }

    /// The same where the zero point is 0.
    public enum Rounding {
        /// `round(x·(1/s)) + z`: `torch.fake_quantize_per_tensor_affine`, and per channel with integer zero points on the CPU.
        ZERO_POINT_AFTER,
        /// `round(x·(1/s) + z)` with one rounding before the one to an integer (as compilers make a fused multiply-add of it):
        /// `torch.fake_quantize_per_channel_affine` on CUDA, and with float zero points on the CPU. Ties go another way where z
        /// is odd.
        ZERO_POINT_WITHIN
    }

    public QuantisationScheme {
        if (lowest > 0 || lowest < Short.MIN_VALUE || highest < 0 || highest > (lowest < 0 ? 0x7FFF : 0xFFFF) || lowest == highest) {
            throw new IllegalArgumentException("no codes from " + lowest + " to " + highest + ": −32768 … 32767 or 0 … 65535, 0 among them");
        }
        if (!(smallestScale >= 0) || smallestScale == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("no scale is at least " + smallestScale);
        }
    }

    /// −128 … 127.
    public static QuantisationScheme int8() {
        return symmetric(-128, 127);
    }

    /// −127 … 127.
    public static QuantisationScheme int8Narrow() {
        return symmetric(-127, 127);
    }

    /// −8 … 7.
    public static QuantisationScheme int4() {
        return symmetric(-8, 7);
    }

    /// −7 … 7.
    public static QuantisationScheme int4Narrow() {
        return symmetric(-7, 7);
    }

    /// −2 … 1.
    public static QuantisationScheme int2() {
        return symmetric(-2, 1);
    }

    /// −1 … 1.
    public static QuantisationScheme ternary() {
        return symmetric(-1, 1);
    }

    /// 0 … 255 with a zero point: torch's default for activations.
    public static QuantisationScheme quint8() {
        return symmetric(0, 255).with(Range.AFFINE);
    }

    /// Symmetric, per tensor, scales by the observer's rule.
    public static QuantisationScheme symmetric(int lowest, int highest) {
        return new QuantisationScheme(lowest, highest, Range.SYMMETRIC, Granularity.PER_TENSOR, ScaleRule.OBSERVER, EPSILON,
                Rounding.ZERO_POINT_AFTER);
    }

    public QuantisationScheme with(Range other) {
        return new QuantisationScheme(lowest, highest, other, granularity, scaleRule, smallestScale, rounding);
    }

    public QuantisationScheme with(ScaleRule other) {
        return new QuantisationScheme(lowest, highest, range, granularity, other, smallestScale, rounding);
    }

    public QuantisationScheme with(Rounding other) {
        return new QuantisationScheme(lowest, highest, range, granularity, scaleRule, smallestScale, other);
    }

    /// With one scale for each channel.
    public QuantisationScheme perChannel() {
        return new QuantisationScheme(lowest, highest, range, Granularity.PER_CHANNEL, scaleRule, smallestScale, rounding);
    }

    /// With another smallest scale: torch's quantisers of −127 … 127 use 2⁻¹².
    public QuantisationScheme atLeast(float scale) {
        return new QuantisationScheme(lowest, highest, range, granularity, scaleRule, scale, rounding);
    }

    /// Bits of a packed code: the fewest of 2, 4, 8 and 16 that hold every code.
    public int bits() {
        int below = lowest < 0 ? 1 : 0;
        for (int bits = 2; bits < 16; bits *= 2) {
            if (highest < 1 << bits - below && lowest >= -(1 << bits - 1)) {
                return bits;
            }
        }
        return 16;
    }

    /// Whether codes fit a byte, so that they can be stored and not only their values.
    public boolean storable() {
        return bits() <= 8;
    }

    /// Element type of unpacked codes that are [#storable]: S8, or U8 if none is negative.
    public ElementType codeType() {
        return lowest < 0 ? ElementType.S8 : ElementType.U8;
    }

    /// Bytes of a channel of `length` packed codes: 8/bits codes a byte, the first in the lowest bits, a rest filled up with
    /// zero bits.
    public long packedBytes(long length) {
        return Math.ceilDiv(length * bits(), 8L);
    }
}
