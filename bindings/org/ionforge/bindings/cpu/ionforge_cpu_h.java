package org.ionforge.bindings.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.ionforge.bindings.NativeLibraries;

/// `native/include/ionforge_cpu.h`.
public final class ionforge_cpu_h {

    public static final String LIBRARY = "libionforge_cpu.so";

    private ionforge_cpu_h() {
    }

    /// Whether the library was built and lies where [NativeLibraries] looks.
    public static boolean isAvailable() {
        return NativeLibraries.find(LIBRARY).isPresent();
    }

    /// Loaded on first use.
    private static final class Library {
        static final SymbolLookup SYMBOLS = SymbolLookup.libraryLookup(
                NativeLibraries.find(LIBRARY).map(Path::toString).orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY)), Arena.global());

        static MethodHandle handle(String name, FunctionDescriptor descriptor) {
            return Linker.nativeLinker().downcallHandle(
                    SYMBOLS.find(name).orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY + ": " + name)), descriptor);
        }
    }

    private static final class ionforge_cpu_isa {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_isa", FunctionDescriptor.of(ValueLayout.ADDRESS));
    }

    /// `const char *ionforge_cpu_isa(void)`
    public static String ionforge_cpu_isa() {
        try {
            return ((MemorySegment) ionforge_cpu_isa.HANDLE.invokeExact()).reinterpret(64).getString(0);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_threads {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_threads", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /// `int32_t ionforge_cpu_threads(void)`
    public static int ionforge_cpu_threads() {
        try {
            return (int) ionforge_cpu_threads.HANDLE.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_set_threads {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_set_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
    }

    /// `void ionforge_cpu_set_threads(int32_t threads)`
    public static void ionforge_cpu_set_threads(int threads) {
        try {
            ionforge_cpu_set_threads.HANDLE.invokeExact(threads);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
