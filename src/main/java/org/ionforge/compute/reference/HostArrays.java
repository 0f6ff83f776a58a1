package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import org.ionforge.compute.Bf16;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;

/// Typed views of host buffers, checked once when they are made.
final class HostArrays {

    interface Floats {
        float get(long i);
    }

    interface FloatSink {
        void set(long i, double value);
    }

    private HostArrays() {
    }

    static Floats floats(String name, Buffer buffer, long n) {
        Operands.require(name, buffer, ElementType.F32, n);
        var memory = buffer.host();
        return i -> memory.getAtIndex(JAVA_FLOAT_UNALIGNED, i);
    }

    /// Stores rounded to the nearest float.
    static FloatSink floatSink(String name, Buffer buffer, long n) {
        Operands.require(name, buffer, ElementType.F32, n);
        var memory = buffer.host();
        return (i, value) -> memory.setAtIndex(JAVA_FLOAT_UNALIGNED, i, (float) value);
    }

    static float floatAt(Buffer buffer, long i) {
        return buffer.host().getAtIndex(JAVA_FLOAT_UNALIGNED, i);
    }

    /// Of an F32 or BF16 buffer that has been checked; zeros of one that is null.
    static Floats anyFloats(Buffer buffer) {
        if (buffer == null) {
            return i -> 0;
        }
        var memory = buffer.host();
        return buffer.type() == ElementType.BF16 ? i -> Bf16.toFloat(memory.getAtIndex(JAVA_SHORT_UNALIGNED, i))
                : i -> memory.getAtIndex(JAVA_FLOAT_UNALIGNED, i);
    }

    /// Rounds to the nearest element of an F32 or BF16 buffer; does nothing where it is null.
    static void setFloat(Buffer buffer, long i, double value) {
        if (buffer == null) {
            return;
        }
        if (buffer.type() == ElementType.BF16) {
            buffer.host().setAtIndex(JAVA_SHORT_UNALIGNED, i, Bf16.of((float) value));
        } else {
            buffer.host().setAtIndex(JAVA_FLOAT_UNALIGNED, i, (float) value);
        }
    }

    static byte byteAt(Buffer buffer, long i) {
        return buffer.host().get(JAVA_BYTE, i);
    }

    static void setByte(Buffer buffer, long i, byte value) {
        buffer.host().set(JAVA_BYTE, i, value);
    }

    static long longAt(Buffer buffer, long i) {
        return buffer.host().getAtIndex(JAVA_LONG_UNALIGNED, i);
    }

    static void setLong(Buffer buffer, long i, long value) {
        buffer.host().setAtIndex(JAVA_LONG_UNALIGNED, i, value);
    }

    static double doubleAt(Buffer buffer, long i) {
        return buffer.host().getAtIndex(JAVA_DOUBLE_UNALIGNED, i);
    }

    static void setDouble(Buffer buffer, long i, double value) {
        buffer.host().setAtIndex(JAVA_DOUBLE_UNALIGNED, i, value);
    }
}
