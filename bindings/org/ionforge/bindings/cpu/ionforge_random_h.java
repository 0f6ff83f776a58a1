package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_random.h`.
public final class ionforge_random_h {

    private ionforge_random_h() {
    }

    private static final class ionforge_random_words_u32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_random_words_u32", FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_random_words_u32(int64_t seed, int64_t stream, int64_t first, uint32_t *words, int64_t n)`
    public static void ionforge_random_words_u32(long seed, long stream, long first, MemorySegment words, long n) {
        try {
            ionforge_random_words_u32.HANDLE.invokeExact(seed, stream, first, words, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_random_uniform_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_random_uniform_f32", FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_FLOAT,
                ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_random_uniform_f32(int64_t seed, int64_t stream, int64_t first, float from, float to, float *values,
    /// int64_t n)`
    public static void ionforge_random_uniform_f32(long seed, long stream, long first, float from, float to, MemorySegment values,
                                                   long n) {
        try {
            ionforge_random_uniform_f32.HANDLE.invokeExact(seed, stream, first, from, to, values, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_random_normal_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_random_normal_f32", FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_FLOAT,
                ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_random_normal_f32(int64_t seed, int64_t stream, int64_t first, float mean, float deviation, float
    /// *values, int64_t n)`
    public static void ionforge_random_normal_f32(long seed, long stream, long first, float mean, float deviation,
                                                  MemorySegment values, long n) {
        try {
            ionforge_random_normal_f32.HANDLE.invokeExact(seed, stream, first, mean, deviation, values, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_random_bernoulli_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_random_bernoulli_f32",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `void ionforge_random_bernoulli_f32(int64_t seed, int64_t stream, int64_t first, const float *probability, uint32_t
    /// *bits, int64_t n)`
    public static void ionforge_random_bernoulli_f32(long seed, long stream, long first, MemorySegment probability,
                                                     MemorySegment bits, long n) {
        try {
            ionforge_random_bernoulli_f32.HANDLE.invokeExact(seed, stream, first, probability, bits, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
