package org.ionforge.compute;

/// BF16 on the host: the upper 16 bits of a float.
public final class Bf16 {

    private Bf16() {
    }

    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /// The nearest BF16, of two equally near the even one; a NaN stays one.
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
