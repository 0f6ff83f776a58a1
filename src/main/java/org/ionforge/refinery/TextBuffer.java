package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A worker's memory for text, off the heap: it grows to the largest piece asked for and is used again.
final class TextBuffer {

    private MemorySegment memory = MemorySegment.NULL;

    MemorySegment memory() {
        return memory;
    }

    /// Makes room for so many bytes, keeping what is there.
    void reserve(long bytes) {
        if (memory.byteSize() < bytes) {
            MemorySegment larger = Arena.ofAuto().allocate(bytes, 64);
            MemorySegment.copy(memory, 0, larger, 0, memory.byteSize());
            memory = larger;
        }
    }
}
