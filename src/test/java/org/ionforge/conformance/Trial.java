package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.cuda.CudaBackend;

/// One run of an operation on one backend: makes its inputs, poisons its outputs, reads them back and sees that nothing was
/// written past their end and that no buffer stays open.
final class Trial implements AutoCloseable {

    /// Elements after the last result that an operation must leave alone.
    private static final int GUARD = 67;
    private static final byte POISON = (byte) 0xA5;

    private final Backend backend;
    private final List<Buffer> buffers = new ArrayList<>();
    private final Arena host = Arena.ofConfined();

    private Trial(Room room) {
        backend = room.open().get();
        assertEquals(room.backendName(), backend.name(), "the backend that was asked for");
    }

    /// Runs `operation` on a fresh backend of that room and returns what it read.
    static <R> R on(Room room, Function<Trial, R> operation) {
        try (Trial trial = new Trial(room)) {
            return operation.apply(trial);
        }
    }

    Backend backend() {
        return backend;
    }

    Buffer input(float... values) {
        return upload(ElementType.F32, MemorySegment.ofArray(values));
    }

    Buffer input(byte... values) {
        return upload(ElementType.U8, MemorySegment.ofArray(values));
    }

    Buffer input(int... values) {
        return upload(ElementType.S32, MemorySegment.ofArray(values));
    }

    Buffer input(long... values) {
        return upload(ElementType.U64, MemorySegment.ofArray(values));
    }

    /// The bytes of `values` as elements of that type.
    Buffer input(ElementType type, byte[] values) {
        return upload(type, MemorySegment.ofArray(values));
    }

    Buffer input(ElementType type, short[] values) {
        return upload(type, MemorySegment.ofArray(values));
    }

    Buffer input(ElementType type, int[] values) {
        return upload(type, MemorySegment.ofArray(values));
    }

    /// A poisoned buffer of `n` elements and a guard.
    Buffer output(ElementType type, int n) {
        Buffer buffer = own(backend.allocate(type, n + GUARD));
        buffer.fill(POISON);
        return buffer;
    }

    /// Element `n` and all after it must still be poison; the `n` before it are returned.
    float[] floats(Buffer output, int n) {
        return read(output, n).asSlice(0, 4L * n).toArray(ValueLayout.JAVA_FLOAT);
    }

    short[] shorts(Buffer output, int n) {
        return read(output, n).asSlice(0, 2L * n).toArray(ValueLayout.JAVA_SHORT);
    }

    double[] doubles(Buffer output, int n) {
        return read(output, n).asSlice(0, 8L * n).toArray(ValueLayout.JAVA_DOUBLE);
    }

    long[] longs(Buffer output, int n) {
        return read(output, n).asSlice(0, 8L * n).toArray(ValueLayout.JAVA_LONG);
    }

    int[] ints(Buffer output, int n) {
        return read(output, n).asSlice(0, 4L * n).toArray(ValueLayout.JAVA_INT);
    }

    byte[] bytes(Buffer output, int n) {
        return read(output, n).asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
    }

    private MemorySegment read(Buffer output, int n) {
        MemorySegment memory = host.allocate(output.byteSize(), 64);
        output.download(memory);
        for (long i = (long) n * output.type().bytes(); i < memory.byteSize(); i++) {
            assertEquals(POISON, memory.get(ValueLayout.JAVA_BYTE, i), backend.name() + " wrote past element " + n);
        }
        return memory;
    }

    private Buffer upload(ElementType type, MemorySegment values) {
        Buffer buffer = own(backend.allocate(type, values.byteSize() / type.bytes()));
        buffer.upload(values);
        return buffer;
    }

    private Buffer own(Buffer buffer) {
        buffers.add(buffer);
        return buffer;
    }

    @Override
    public void close() {
        buffers.forEach(Buffer::close);
        int live = backend.liveBuffers();
        backend.close();
        host.close();
        assertEquals(0, live, "buffers left open on " + backend.name());
        if (backend instanceof CudaBackend cuda) {
            assertEquals(0, cuda.device().liveAllocations(), "device memory that an operation kept after its backend was closed");
        }
    }
}
