package org.ionforge.bindings.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `unistd.h` and `fcntl.h` of the C library: what is needed to point a file descriptor elsewhere.
public final class unistd_h {

    public static final int STDIN_FILENO = 0;
    public static final int O_RDONLY = 0;

    private static final MethodHandle OPEN = handle("open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle DUP2 = handle("dup2",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private unistd_h() {
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /// `int open(const char *pathname, int flags, ...)`
    public static int open(String pathname, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(pathname);
            return (int) OPEN.invokeExact(path, flags);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int dup2(int oldfd, int newfd)`
    public static int dup2(int oldfd, int newfd) {
        try {
            return (int) DUP2.invokeExact(oldfd, newfd);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int close(int fd)`
    public static int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
