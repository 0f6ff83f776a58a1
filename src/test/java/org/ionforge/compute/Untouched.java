package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.libc.mman_h;

/// Pages that the system has promised and not given: zeros that take no room until they are written to.
public final class Untouched implements AutoCloseable {

    private static final int MAP_NORESERVE = 0x4000;

    private final MemorySegment pages;

    public Untouched(long bytes) {
        pages = mman_h.mmap(MemorySegment.NULL, bytes, mman_h.PROT_READ | mman_h.PROT_WRITE,
                mman_h.MAP_PRIVATE | mman_h.MAP_ANONYMOUS | MAP_NORESERVE, -1, 0).reinterpret(bytes);
        assertNotEquals(mman_h.MAP_FAILED, pages.address(), "mmap");
    }

    public MemorySegment memory() {
        return pages;
    }

    /// From now on touching a page from that byte on ends this process.
    public void forbidFrom(long offset) {
        MemorySegment rest = pages.asSlice(offset);
        try {
            assertEquals(0, (int) Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("mprotect"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
                    .invokeExact(rest, rest.byteSize(), 0));
        } catch (Throwable e) {
            throw new AssertionError("mprotect", e);
        }
    }

    @Override
    public void close() {
        assertEquals(0, mman_h.munmap(pages, pages.byteSize()));
    }
}
