package org.ionforge.bindings.libc;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `sys/mman.h` of the C library: memory straight from the system.
public final class mman_h {

    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_PRIVATE = 2;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final long MAP_FAILED = -1;
    public static final int MADV_HUGEPAGE = 14;

    private static final MethodHandle MMAP = handle("mmap", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle MUNMAP = handle("munmap",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle MADVISE = handle("madvise",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    private mman_h() {
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /// `void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)`
    public static MemorySegment mmap(MemorySegment addr, long length, int prot, int flags, int fd, long offset) {
        try {
            return (MemorySegment) MMAP.invokeExact(addr, length, prot, flags, fd, offset);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int munmap(void *addr, size_t length)`
    public static int munmap(MemorySegment addr, long length) {
        try {
            return (int) MUNMAP.invokeExact(addr, length);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int madvise(void *addr, size_t length, int advice)`
    public static int madvise(MemorySegment addr, long length, int advice) {
        try {
            return (int) MADVISE.invokeExact(addr, length, advice);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
