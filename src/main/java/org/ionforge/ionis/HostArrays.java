package org.ionforge.ionis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// Java arrays to buffers and back.
final class HostArrays {

    private HostArrays() {
    }

    /// All elements of an F32 buffer.
    static float[] floats(Buffer buffer) {
        return floats(buffer, Math.toIntExact(buffer.length()));
    }

    /// The first `n` elements of an F32 buffer.
    static float[] floats(Buffer buffer, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, n);
            buffer.download(host);
            return host.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /// A new F32 buffer with these values; the caller closes it.
    static Buffer upload(float[] values, Backend backend) {
        Buffer buffer = backend.allocate(ElementType.F32, values.length);
        replace(buffer, values);
        return buffer;
    }

    /// A new S32 buffer with these values; the caller closes it.
    static Buffer upload(int[] values, Backend backend) {
        Buffer buffer = backend.allocate(ElementType.S32, values.length);
        replace(buffer, values);
        return buffer;
    }

    /// Overwrites an F32 buffer from its start.
    static void replace(Buffer buffer, float[] values) {
        try (Arena arena = Arena.ofConfined()) {
            buffer.upload(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
    }

    /// Overwrites an S32 buffer from its start.
    static void replace(Buffer buffer, int[] values) {
        try (Arena arena = Arena.ofConfined()) {
            buffer.upload(arena.allocateFrom(ValueLayout.JAVA_INT, values));
        }
    }
}
