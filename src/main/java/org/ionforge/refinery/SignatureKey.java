package org.ionforge.refinery;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The key of a signature within one month, packed into a long whose order is the order of the signature tables:
/// band, hour, transmitter's square, receiver's square, solar class.
final class SignatureKey {

    private static final int SQUARE_BITS = 15;
    private static final int HOUR_BITS = 5;
    private static final int CLASS_BITS = 3;

    /// Edges of the solar classes, sfu; class 0 is an unknown flux, 1 is below the first edge.
    private static final float[] SFI_EDGES = {80, 100, 130, 170};

    private SignatureKey() {
    }

    static long pack(int band, int hour, int txSquare, int rxSquare, int sfiClass) {
        return (((long) band << HOUR_BITS | hour) << SQUARE_BITS | txSquare) << SQUARE_BITS + CLASS_BITS
                | (long) rxSquare << CLASS_BITS | sfiClass;
    }

    static int sfiClass(long key) {
        return (int) key & (1 << CLASS_BITS) - 1;
    }

    static int rxSquare(long key) {
        return (int) (key >>> CLASS_BITS) & (1 << SQUARE_BITS) - 1;
    }

    static int txSquare(long key) {
        return (int) (key >>> CLASS_BITS + SQUARE_BITS) & (1 << SQUARE_BITS) - 1;
    }

    static int hour(long key) {
        return (int) (key >>> CLASS_BITS + 2 * SQUARE_BITS) & (1 << HOUR_BITS) - 1;
    }

    static int band(long key) {
        return (int) (key >>> CLASS_BITS + 2 * SQUARE_BITS + HOUR_BITS);
    }

    static int classOf(float sfi) {
        if (Float.isNaN(sfi)) {
            return 0;
        }
        int sfiClass = 1;
        for (float edge : SFI_EDGES) {
            sfiClass += sfi >= edge ? 1 : 0;
        }
        return sfiClass;
    }

    /// Index of a locator's first four characters (in their usual form), in alphabetical order: 0 for AA00 to 32399 for RR99.
    static int square(byte[] locator) {
        return ((locator[0] - 'A') * 18 + locator[1] - 'A') * 100 + (locator[2] - '0') * 10 + locator[3] - '0';
    }

    static int square(MemorySegment text, long at) {
        return ((text.get(ValueLayout.JAVA_BYTE, at) - 'A') * 18 + text.get(ValueLayout.JAVA_BYTE, at + 1) - 'A') * 100
                + (text.get(ValueLayout.JAVA_BYTE, at + 2) - '0') * 10 + text.get(ValueLayout.JAVA_BYTE, at + 3) - '0';
    }

    /// The four characters of a square.
    static byte[] text(int square) {
        return new byte[] {(byte) ('A' + square / 1800), (byte) ('A' + square / 100 % 18), (byte) ('0' + square / 10 % 10),
            (byte) ('0' + square % 10)};
    }
}
