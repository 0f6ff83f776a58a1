package org.ionforge.bindings.nvml;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// What is used of `nvml.h`, from the library that comes with NVIDIA's driver.
public final class nvml_h {

    public static final String LIBRARY = "libnvidia-ml.so.1";

    public static final int NVML_SUCCESS = 0;

    private nvml_h() {
    }

    /// Whether the library is installed.
    public static boolean isAvailable() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(LIBRARY, arena);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Loaded on first use.
    private static final class Library {
        static final SymbolLookup SYMBOLS = SymbolLookup.libraryLookup(LIBRARY, Arena.global());

        static MethodHandle handle(String name, FunctionDescriptor descriptor) {
            return Linker.nativeLinker().downcallHandle(
                    SYMBOLS.find(name).orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY + ": " + name)), descriptor);
        }
    }

    private static final class nvmlInit_v2 {
        static final MethodHandle HANDLE = Library.handle("nvmlInit_v2", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /// `nvmlReturn_t nvmlInit_v2(void)`
    public static int nvmlInit_v2() {
        try {
            return (int) nvmlInit_v2.HANDLE.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class nvmlShutdown {
        static final MethodHandle HANDLE = Library.handle("nvmlShutdown", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /// `nvmlReturn_t nvmlShutdown(void)`
    public static int nvmlShutdown() {
        try {
            return (int) nvmlShutdown.HANDLE.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class nvmlErrorString {
        static final MethodHandle HANDLE = Library.handle("nvmlErrorString", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `const char *nvmlErrorString(nvmlReturn_t result)`
    public static MemorySegment nvmlErrorString(int result) {
        try {
            return (MemorySegment) nvmlErrorString.HANDLE.invokeExact(result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class nvmlDeviceGetCount_v2 {
        static final MethodHandle HANDLE = Library.handle("nvmlDeviceGetCount_v2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *deviceCount)`
    public static int nvmlDeviceGetCount_v2(MemorySegment deviceCount) {
        try {
            return (int) nvmlDeviceGetCount_v2.HANDLE.invokeExact(deviceCount);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class nvmlDeviceGetHandleByIndex_v2 {
        static final MethodHandle HANDLE = Library.handle("nvmlDeviceGetHandleByIndex_v2",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device)`
    public static int nvmlDeviceGetHandleByIndex_v2(int index, MemorySegment device) {
        try {
            return (int) nvmlDeviceGetHandleByIndex_v2.HANDLE.invokeExact(index, device);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class nvmlDeviceGetTotalEnergyConsumption {
        static final MethodHandle HANDLE = Library.handle("nvmlDeviceGetTotalEnergyConsumption",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `nvmlReturn_t nvmlDeviceGetTotalEnergyConsumption(nvmlDevice_t device, unsigned long long *energy)`: millijoules since the
    /// driver was loaded.
    public static int nvmlDeviceGetTotalEnergyConsumption(MemorySegment device, MemorySegment energy) {
        try {
            return (int) nvmlDeviceGetTotalEnergyConsumption.HANDLE.invokeExact(device, energy);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
