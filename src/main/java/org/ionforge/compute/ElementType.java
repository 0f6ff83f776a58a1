package org.ionforge.compute;

/// Element types of a [Buffer], all little-endian. BF16 is the upper half of an F32 (1 sign, 8 exponent, 7 fraction bits).
public enum ElementType {
    F32(4), F64(8), BF16(2), S8(1), U8(1), S16(2), U16(2), S32(4), U32(4), S64(8), U64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /// Size of one element in bytes.
    public int bytes() {
        return bytes;
    }
}
