package org.ionforge.compute.reference;

import static org.ionforge.compute.reference.HostArrays.byteAt;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GridSquares;
import org.ionforge.compute.Operands;
import org.ionforge.compute.reference.HostArrays.FloatSink;

/// The definition: pair by pair in whole steps of an extended square's half (1/240° of longitude, 1/480° of latitude).
final class ReferenceGridSquares implements GridSquares {

    /// Half steps in one degree of longitude; in one of latitude there are twice as many.
    private static final int STEPS = 240;

    @Override
    public void decode(Buffer locators, Buffer latitude, Buffer longitude, Buffer valid, long n) {
        Operands.requireCount(n);
        Operands.require("locators", locators, ElementType.U8, n * LOCATOR_BYTES);
        FloatSink lat = HostArrays.floatSink("latitude", latitude, n);
        FloatSink lon = HostArrays.floatSink("longitude", longitude, n);
        Operands.require("valid", valid, ElementType.U8, n);
        for (long row = 0; row < n; row++) {
            int length = length(locators, row);
            boolean good = length >= 4 && length % 2 == 0;
            for (int i = 0; good && i < length; i++) {
                int digit = digit(locators, row, i);
                good = digit >= 0 && digit < base(i);
            }
            lon.set(row, good ? (float) (steps(locators, row, length, 0) - 180 * STEPS) / STEPS : Float.NaN);
            lat.set(row, good ? (float) (steps(locators, row, length, 1) - 180 * STEPS) / (2 * STEPS) : Float.NaN);
            HostArrays.setByte(valid, row, (byte) (good ? 1 : 0));
        }
    }

    /// Characters before the first zero byte; an odd number, hence invalid, where something follows that zero.
    private static int length(Buffer locators, long row) {
        int length = 0;
        while (length < LOCATOR_BYTES && byteAt(locators, row * LOCATOR_BYTES + length) != 0) {
            length++;
        }
        for (int i = length; i < LOCATOR_BYTES; i++) {
            if (byteAt(locators, row * LOCATOR_BYTES + i) != 0) {
                return 1;
            }
        }
        return length;
    }

    /// Half steps from the west (axis 0) or south (axis 1) edge to the middle of the last square.
    private static int steps(Buffer locators, long row, int length, int axis) {
        int size = 20 * STEPS;
        int steps = 0;
        for (int i = axis; i < length; i += 2) {
            steps += digit(locators, row, i) * size;
            if (i + 2 < length) {
                size /= base(i + 2);
            }
        }
        return steps + size / 2;
    }

    /// Letters stand for digits in the first and third pair, 18 and 24 of them.
    private static int base(int position) {
        return switch (position / 2) {
            case 0 -> 18;
            case 2 -> 24;
            default -> 10;
        };
    }

    private static int digit(Buffer locators, long row, int position) {
        int c = byteAt(locators, row * LOCATOR_BYTES + position);
        if (base(position) == 10) {
            return c >= '0' && c <= '9' ? c - '0' : -1;
        }
        return c >= 'a' && c <= 'z' ? c - 'a' : c >= 'A' && c <= 'Z' ? c - 'A' : -1;
    }
}
