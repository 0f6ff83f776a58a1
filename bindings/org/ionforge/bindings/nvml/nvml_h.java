package org.ionforge.bindings.nvml;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.ionforge.bindings.NativeLibrary;

/// What is used of `nvml.h`, from the library that comes with NVIDIA's driver.
public final class nvml_h {

    public static final String LIBRARY = "libnvidia-ml.so.1";

    public static final int NVML_SUCCESS = 0;

    private nvml_h() {
    }

    /// Whether the library is installed.
    public static boolean isAvailable() {
        return Library.FOUND.loaded().isPresent();
    }

    /// Loaded on first use.
    private static final class Library {
        static final NativeLibrary FOUND = NativeLibrary.firstOf(List.of(LIBRARY));
    }

    private static final class nvmlInit_v2 {
        static final MethodHandle HANDLE = Library.FOUND.handle("nvmlInit_v2", FunctionDescriptor.of(ValueLayout.JAVA_INT));
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
        static final MethodHandle HANDLE = Library.FOUND.handle("nvmlShutdown", FunctionDescriptor.of(ValueLayout.JAVA_INT));
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
        static final MethodHandle HANDLE = Library.FOUND.handle("nvmlErrorString", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
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
        static final MethodHandle HANDLE = Library.FOUND.handle("nvmlDeviceGetCount_v2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
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
        static final MethodHandle HANDLE = Library.FOUND.handle("nvmlDeviceGetHandleByIndex_v2",
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
        static final MethodHandle HANDLE = Library.FOUND.handle("nvmlDeviceGetTotalEnergyConsumption",
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
