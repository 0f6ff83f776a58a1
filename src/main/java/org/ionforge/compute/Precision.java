package org.ionforge.compute;

/// How the operands of matrix products are rounded before they are multiplied. Products of rounded operands are exact in FP32, and
/// sums are taken in FP32, whatever the precision; with FP32 itself nothing is rounded and the products are.
public enum Precision {
    /// 24 significant bits: operands as they are.
    FP32(0),
    /// The tensor cores' format of 11 significant bits and the exponent of FP32.
    TF32(13),
    /// 8 significant bits and the exponent of FP32.
    BF16(16);

    private final int dropped;

    Precision(int dropped) {
        this.dropped = dropped;
    }

    /// Largest relative error of a rounding: 2⁻²⁴, 2⁻¹¹, 2⁻⁸.
    public double roundoff() {
        return Math.scalb(1, dropped - 24);
    }

    /// To the nearest operand, ties to even; beyond the largest to infinity. A NaN stays one.
    public float round(float value) {
        if (dropped == 0 || Float.isNaN(value)) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat(bits + (1 << dropped - 1) - 1 + (bits >>> dropped & 1) & -1 << dropped);
    }
}
