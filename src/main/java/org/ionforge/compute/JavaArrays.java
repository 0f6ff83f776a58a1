package org.ionforge.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Java arrays to buffers and back.
public final class JavaArrays {

    private JavaArrays() {
    }

    /// All elements of an F32 buffer.
    public static float[] floats(Buffer buffer) {
        return floats(buffer, Math.toIntExact(buffer.length()));
    }

    /// The first `n` elements of an F32 buffer.
    public static float[] floats(Buffer buffer, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, n);
            buffer.download(host);
            return host.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /// The first `n` elements of a U32 or S32 buffer.
    public static int[] ints(Buffer buffer, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_INT, n);
            buffer.download(host);
            return host.toArray(ValueLayout.JAVA_INT);
        }
    }

    /// A new F32 buffer with these values; the caller closes it.
    public static Buffer upload(float[] values, Backend backend) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        replace(buffer, values);
        return buffer;
    }

    /// A new S32 buffer with these values; the caller closes it.
    public static Buffer upload(int[] values, Backend backend) {
        Buffer buffer = backend.allocate(ElementType.S32, values.length);
        replace(buffer, values);
        return buffer;
    }

    /// Overwrites an F32 buffer from its start.
    public static void replace(Buffer buffer, float[] values) {
        try (Arena arena = Arena.ofConfined()) {
            buffer.upload(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
    }

    /// Overwrites an S32 buffer from its start.
    public static void replace(Buffer buffer, int[] values) {
        try (Arena arena = Arena.ofConfined()) {
            buffer.upload(arena.allocateFrom(ValueLayout.JAVA_INT, values));
        }
    }
}
