package org.ionforge.bindings.emulator;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.ionforge.bindings.NativeLibraries;
import org.ionforge.bindings.NativeLibrary;

/// `native/include/ionforge_emulator.h`. An instance rather than statics: two libraries have this face, the shipped kernels
/// and, in tests, the ones with planted faults.
public final class ionforge_emulator_h {

    public static final String LIBRARY = "libionforge_emulator.so";

    public static final int IONFORGE_EMULATOR_OK = 0;
    public static final int IONFORGE_EMULATOR_FORWARD = 0;
    public static final int IONFORGE_EMULATOR_REVERSE = 1;
    public static final int IONFORGE_EMULATOR_RANDOM = 2;

    private final MethodHandle kernelCount;
    private final MethodHandle kernelName;
    private final MethodHandle kernelParameters;
    private final MethodHandle launch;
    private final MethodHandle allocate;
    private final MethodHandle free;
    private final MethodHandle launches;
    private final MethodHandle tensorMap;
    private final MethodHandle bankConflicts;
    private final MethodHandle lastError;

    private ionforge_emulator_h(Path file) {
        NativeLibrary library = NativeLibrary.of(file);
        kernelCount = library.handle("ionforge_emulator_kernel_count", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        kernelName = library.handle("ionforge_emulator_kernel_name",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        kernelParameters = library.handle("ionforge_emulator_kernel_parameters",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        launch = library.handle("ionforge_emulator_launch", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
        allocate = library.handle("ionforge_emulator_allocate",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        free = library.handle("ionforge_emulator_free", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        launches = library.handle("ionforge_emulator_launches",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        tensorMap = library.handle("ionforge_emulator_tensor_map", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        bankConflicts = library.handle("ionforge_emulator_bank_conflicts", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        lastError = library.handle("ionforge_emulator_last_error", FunctionDescriptor.of(ValueLayout.ADDRESS));
    }

    /// Whether the library of the shipped kernels was built and lies where [NativeLibraries] looks.
    public static boolean isAvailable() {
        return NativeLibraries.find(LIBRARY).isPresent();
    }

    /// The library of the shipped kernels.
    public static ionforge_emulator_h load() {
        return load(NativeLibraries.find(LIBRARY).orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY)));
    }

    /// A library with this face.
    public static ionforge_emulator_h load(Path library) {
        return new ionforge_emulator_h(library);
    }

    /// `int32_t ionforge_emulator_kernel_count(void)`
    public int ionforge_emulator_kernel_count() {
        try {
            return (int) kernelCount.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `const char *ionforge_emulator_kernel_name(int32_t kernel)`
    public String ionforge_emulator_kernel_name(int kernel) {
        try {
            return text((MemorySegment) kernelName.invokeExact(kernel));
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `const char *ionforge_emulator_kernel_parameters(int32_t kernel)`
    public String ionforge_emulator_kernel_parameters(int kernel) {
        try {
            return text((MemorySegment) kernelParameters.invokeExact(kernel));
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int32_t ionforge_emulator_launch(int32_t kernel, void **parameters, const uint32_t *grid, const uint32_t *block,
    /// uint32_t dynamic_shared_bytes, int32_t schedule, uint64_t seed)`
    public int ionforge_emulator_launch(int kernel, MemorySegment parameters, MemorySegment grid, MemorySegment block,
                                        int dynamicSharedBytes, int schedule, long seed) {
        try {
            return (int) launch.invokeExact(kernel, parameters, grid, block, dynamicSharedBytes, schedule, seed);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `void *ionforge_emulator_allocate(int64_t bytes)`
    public MemorySegment ionforge_emulator_allocate(long bytes) {
        try {
            return (MemorySegment) allocate.invokeExact(bytes);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int32_t ionforge_emulator_free(void *memory)`
    public int ionforge_emulator_free(MemorySegment memory) {
        try {
            return (int) free.invokeExact(memory);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int64_t ionforge_emulator_launches(int32_t kernel, int32_t schedule)`
    public long ionforge_emulator_launches(int kernel, int schedule) {
        try {
            return (long) launches.invokeExact(kernel, schedule);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int32_t ionforge_emulator_tensor_map(void *map, void *address, const uint64_t *size, const uint32_t *box, int32_t swizzled)`
    public int ionforge_emulator_tensor_map(MemorySegment map, MemorySegment address, MemorySegment size, MemorySegment box, int swizzled) {
        try {
            return (int) tensorMap.invokeExact(map, address, size, box, swizzled);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `int64_t ionforge_emulator_bank_conflicts(void)`
    public long ionforge_emulator_bank_conflicts() {
        try {
            return (long) bankConflicts.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    /// `const char *ionforge_emulator_last_error(void)`
    public String ionforge_emulator_last_error() {
        try {
            return text((MemorySegment) lastError.invokeExact());
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static String text(MemorySegment address) {
        return address.reinterpret(Long.MAX_VALUE).getString(0);
    }
}
