package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_gemm.h`.
public final class ionforge_gemm_h {

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
}
