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

    private static final class ionforge_cpu_fma_peak {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_fma_peak",
                FunctionDescriptor.of(ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_LONG));
    }

    /// `double ionforge_cpu_fma_peak(int64_t rounds)`
    public static double ionforge_cpu_fma_peak(long rounds) {
        try {
            return (double) ionforge_cpu_fma_peak.HANDLE.invokeExact(rounds);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_gated_mlp_workspace {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_gated_mlp_workspace", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    /// `int64_t ionforge_cpu_gated_mlp_workspace(const int32_t *shape, int64_t count, int32_t backward)`
    public static long ionforge_cpu_gated_mlp_workspace(MemorySegment shape, long count, int backward) {
        try {
            return (long) ionforge_cpu_gated_mlp_workspace.HANDLE.invokeExact(shape, count, backward);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_gated_mlp_forward {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_gated_mlp_forward", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `int64_t ionforge_cpu_gated_mlp_forward(const int32_t *shape, const float *parameters, const float *features,
    /// const int32_t *index, int64_t data_rows, int64_t first, int64_t count, float *out, float *base, float *sun_gate,
    /// float *storm_gate, float *sun_side, float *storm_side, void *workspace)`
    public static long ionforge_cpu_gated_mlp_forward(MemorySegment shape, MemorySegment parameters, MemorySegment features,
                                                      MemorySegment index, long data_rows, long first, long count,
                                                      MemorySegment out, MemorySegment base, MemorySegment sun_gate,
                                                      MemorySegment storm_gate, MemorySegment sun_side, MemorySegment storm_side,
                                                      MemorySegment workspace) {
        try {
            return (long) ionforge_cpu_gated_mlp_forward.HANDLE.invokeExact(shape, parameters, features, index, data_rows, first,
                    count, out, base, sun_gate, storm_gate, sun_side, storm_side, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_gated_mlp_gradient {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_gated_mlp_gradient", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `int64_t ionforge_cpu_gated_mlp_gradient(const int32_t *shape, const float *parameters, const float *features,
    /// const float *targets, const float *weights, const int32_t *index, int64_t data_rows, int64_t first, int64_t count,
    /// float huber_delta, float gate_variance, double *loss, float *gradients, void *workspace)`
    public static long ionforge_cpu_gated_mlp_gradient(MemorySegment shape, MemorySegment parameters, MemorySegment features,
                                                       MemorySegment targets, MemorySegment weights, MemorySegment index,
                                                       long data_rows, long first, long count, float huber_delta,
                                                       float gate_variance, MemorySegment loss, MemorySegment gradients,
                                                       MemorySegment workspace) {
        try {
            return (long) ionforge_cpu_gated_mlp_gradient.HANDLE.invokeExact(shape, parameters, features, targets, weights, index,
                    data_rows, first, count, huber_delta, gate_variance, loss, gradients, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_adamw_step {
        static final MethodHandle HANDLE = Library.handle("ionforge_cpu_adamw_step", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE,
                ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_cpu_adamw_step(float *parameters, const float *gradients, float *m, float *v, int64_t length,
    /// double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, float minimum, float maximum,
    /// int64_t step)`
    public static void ionforge_cpu_adamw_step(MemorySegment parameters, MemorySegment gradients, MemorySegment m, MemorySegment v,
                                               long length, double learning_rate, double beta1, double beta2, double epsilon,
                                               double weight_decay, float minimum, float maximum, long step) {
        try {
            ionforge_cpu_adamw_step.HANDLE.invokeExact(parameters, gradients, m, v, length, learning_rate, beta1, beta2, epsilon,
                    weight_decay, minimum, maximum, step);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
