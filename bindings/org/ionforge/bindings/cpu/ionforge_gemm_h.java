package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_gemm.h`.
public final class ionforge_gemm_h {

    /// `struct ionforge_quantized_currents`
    public static final StructLayout ionforge_quantized_currents = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("activations"),
            ValueLayout.ADDRESS.withName("packed"), ValueLayout.ADDRESS.withName("scale"), ValueLayout.ADDRESS.withName("bias"),
            ValueLayout.JAVA_INT.withName("kind"), ValueLayout.JAVA_INT.withName("bits"), ValueLayout.JAVA_INT.withName("inputs"),
            ValueLayout.JAVA_INT.withName("constant"), ionforge_spiking_h.ionforge_quantisation.withName("current"));

    private ionforge_gemm_h() {
    }

    private static final class ionforge_cpu_quantized_gemm_packed_bytes {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_cpu_quantized_gemm_packed_bytes",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    }

    /// `int64_t ionforge_cpu_quantized_gemm_packed_bytes(int32_t bits, int64_t outputs, int64_t inputs)`
    public static long ionforge_cpu_quantized_gemm_packed_bytes(int bits, long outputs, long inputs) {
        try {
            return (long) ionforge_cpu_quantized_gemm_packed_bytes.HANDLE.invokeExact(bits, outputs, inputs);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_quantized_gemm_pack {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_cpu_quantized_gemm_pack", FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    }

    /// `void ionforge_cpu_quantized_gemm_pack(int32_t bits, const void *codes, int64_t outputs, int64_t inputs, void *packed)`
    public static void ionforge_cpu_quantized_gemm_pack(int bits, MemorySegment codes, long outputs, long inputs,
                                                        MemorySegment packed) {
        try {
            ionforge_cpu_quantized_gemm_pack.HANDLE.invokeExact(bits, codes, outputs, inputs, packed);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_quantized_gemm {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_cpu_quantized_gemm", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_cpu_quantized_gemm(const void *activations, int32_t kind, int64_t rows, const void *packed, int32_t bits,
    /// int64_t outputs, int64_t inputs, int32_t epilogue, const float *scale, const float *bias, float inverse, float minimum,
    /// float maximum, void *out)`
    public static void ionforge_cpu_quantized_gemm(MemorySegment activations, int kind, long rows, MemorySegment packed, int bits,
                                                   long outputs, long inputs, int epilogue, MemorySegment scale, MemorySegment bias,
                                                   float inverse, float minimum, float maximum, MemorySegment out) {
        try {
            ionforge_cpu_quantized_gemm.HANDLE.invokeExact(activations, kind, rows, packed, bits, outputs, inputs, epilogue, scale,
                    bias, inverse, minimum, maximum, out);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_quantized_gemm_neurons_workspace {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_cpu_quantized_gemm_neurons_workspace",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT));
    }

    /// `int64_t ionforge_cpu_quantized_gemm_neurons_workspace(const struct ionforge_lif_shape *shape, const struct
    /// ionforge_quantized_currents *currents, const struct ionforge_lif_neurons *neurons, int32_t threads)`
    public static long ionforge_cpu_quantized_gemm_neurons_workspace(MemorySegment shape, MemorySegment currents,
                                                                     MemorySegment neurons, int threads) {
        try {
            return (long) ionforge_cpu_quantized_gemm_neurons_workspace.HANDLE.invokeExact(shape, currents, neurons, threads);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_cpu_quantized_gemm_neurons {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_cpu_quantized_gemm_neurons",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_cpu_quantized_gemm_neurons(const struct ionforge_lif_shape *shape, const struct ionforge_quantized_currents
    /// *currents, const struct ionforge_lif_neurons *neurons, const struct ionforge_lif_outputs *outputs, int32_t threads,
    /// void *workspace)`
    public static void ionforge_cpu_quantized_gemm_neurons(MemorySegment shape, MemorySegment currents, MemorySegment neurons,
                                                           MemorySegment outputs, int threads, MemorySegment workspace) {
        try {
            ionforge_cpu_quantized_gemm_neurons.HANDLE.invokeExact(shape, currents, neurons, outputs, threads, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
