package org.ionforge.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.libc.mman_h;

/// Large blocks of zeroed host memory, straight from the system and on huge pages where it has them: the system then clears and maps
/// 2 MiB at the first touch rather than 4 KiB five hundred times.
public final class HugePages {

    private static final long PAGE = 2L << 20;

    private HugePages() {
    }

    /// A block that lives as long as the arena, aligned to 2 MiB. Memory that is never touched is never taken.
    ///
    /// @throws OutOfMemoryError if the system has no such memory
    public static MemorySegment allocate(Arena arena, long bytes) {
        long length = bytes + PAGE;
        MemorySegment mapped = mman_h.mmap(MemorySegment.NULL, length, mman_h.PROT_READ | mman_h.PROT_WRITE,
                mman_h.MAP_PRIVATE | mman_h.MAP_ANONYMOUS, -1, 0);
        if (mapped.address() == mman_h.MAP_FAILED) {
            throw new OutOfMemoryError("the system refuses " + bytes + " bytes");
        }
        MemorySegment whole = mapped.reinterpret(length, arena, memory -> mman_h.munmap(memory, length));
        MemorySegment block = whole.asSlice(-mapped.address() & PAGE - 1, bytes);
        // Where the system has no huge pages it says so, and the block is one of small pages.
        mman_h.madvise(block, bytes, mman_h.MADV_HUGEPAGE);
        return block;
    }
}
