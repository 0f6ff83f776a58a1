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
        try (Arena arena = Arena.ofConfined()) {
            buffer.upload(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
        return buffer;
    }

    /// A new F32 buffer with these values, rounded; the caller closes it.
    static Buffer upload(double[] values, Backend backend) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return upload(rounded, backend);
    }
}
