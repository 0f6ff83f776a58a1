package org.ionforge.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that native operations work in, kept from call to call so that a training step maps none. Grows, never shrinks. Who uses
/// it holds its monitor meanwhile.
final class Workspace implements AutoCloseable {

    private static final long CACHE_LINE = 64;

    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /// At least that many bytes, with undefined contents.
    MemorySegment reserve(long bytes) {
        if (memory.byteSize() < bytes) {
            arena.close();
            arena = Arena.ofShared();
            memory = MemorySegment.NULL;
            memory = arena.allocate(bytes, CACHE_LINE);
        }
        return memory;
    }

    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            memory = MemorySegment.NULL;
        }
    }
}
