package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_quantisation.h`.
public final class ionforge_quantisation_h {

    /// `struct ionforge_channels`
    public static final StructLayout ionforge_channels = MemoryLayout.structLayout(ValueLayout.JAVA_LONG.withName("count"),
            ValueLayout.JAVA_LONG.withName("length"), ValueLayout.JAVA_LONG.withName("stride"));

    /// `struct ionforge_quantisation_scheme`
    public static final StructLayout ionforge_quantisation_scheme = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("lowest"), ValueLayout.JAVA_INT.withName("highest"), ValueLayout.JAVA_INT.withName("bits"),
            ValueLayout.JAVA_INT.withName("affine"), ValueLayout.JAVA_INT.withName("zero_point_within"),
            ValueLayout.JAVA_INT.withName("scale_rule"), ValueLayout.JAVA_FLOAT.withName("smallest_scale"));

    /// `struct ionforge_scales`
    public static final StructLayout ionforge_scales = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("scale"),
            ValueLayout.ADDRESS.withName("zero_point"));

    /// `struct ionforge_quantised`
    public static final StructLayout ionforge_quantised = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("values"),
            ValueLayout.ADDRESS.withName("codes"), ValueLayout.ADDRESS.withName("packed"), ValueLayout.ADDRESS.withName("mask"));

    /// `struct ionforge_step_gradients`
    public static final StructLayout ionforge_step_gradients = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("x"),
            ValueLayout.ADDRESS.withName("scale"), ValueLayout.ADDRESS.withName("zero_point"));

    private ionforge_quantisation_h() {
    }


    private static final class ionforge_quantise_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_quantise_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_quantise_f32(const float *x, const struct ionforge_channels *channels, const struct
    /// ionforge_quantisation_scheme *scheme, const struct ionforge_scales *scales, const struct ionforge_quantised *outputs)`
    public static void ionforge_quantise_f32(MemorySegment x, MemorySegment channels, MemorySegment scheme, MemorySegment scales,
                                             MemorySegment outputs) {
        try {
            ionforge_quantise_f32.HANDLE.invokeExact(x, channels, scheme, scales, outputs);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_straight_through_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_straight_through_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_straight_through_f32(const float *gradient, const struct ionforge_channels *channels, const uint32_t
    /// *mask, float *result)`
    public static void ionforge_straight_through_f32(MemorySegment gradient, MemorySegment channels, MemorySegment mask,
                                                     MemorySegment result) {
        try {
            ionforge_straight_through_f32.HANDLE.invokeExact(gradient, channels, mask, result);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_step_gradients_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_step_gradients_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_step_gradients_f32(const float *x, const float *gradient, const struct ionforge_channels *channels,
    /// const struct ionforge_quantisation_scheme *scheme, const struct ionforge_scales *scales, int32_t rule, float factor,
    /// const struct ionforge_step_gradients *gradients)`
    public static void ionforge_step_gradients_f32(MemorySegment x, MemorySegment gradient, MemorySegment channels,
                                                   MemorySegment scheme, MemorySegment scales, int rule, float factor,
                                                   MemorySegment gradients) {
        try {
            ionforge_step_gradients_f32.HANDLE.invokeExact(x, gradient, channels, scheme, scales, rule, factor, gradients);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_initial_steps_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_initial_steps_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_initial_steps_f32(const float *x, const struct ionforge_channels *channels, int32_t highest, float
    /// *scales)`
    public static void ionforge_initial_steps_f32(MemorySegment x, MemorySegment channels, int highest, MemorySegment scales) {
        try {
            ionforge_initial_steps_f32.HANDLE.invokeExact(x, channels, highest, scales);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_observe_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_observe_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_observe_f32(const float *x, const struct ionforge_channels *channels, float averaging, float *state)`
    public static void ionforge_observe_f32(MemorySegment x, MemorySegment channels, float averaging, MemorySegment state) {
        try {
            ionforge_observe_f32.HANDLE.invokeExact(x, channels, averaging, state);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_scales_of_state {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_scales_of_state", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_scales_of_state(const float *state, int64_t channels, const struct ionforge_quantisation_scheme
    /// *scheme, const struct ionforge_scales *scales)`
    public static void ionforge_scales_of_state(MemorySegment state, long channels, MemorySegment scheme, MemorySegment scales) {
        try {
            ionforge_scales_of_state.HANDLE.invokeExact(state, channels, scheme, scales);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_observe_and_quantise_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_observe_and_quantise_f32",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_FLOAT,
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_observe_and_quantise_f32(const float *x, const struct ionforge_channels *channels, const struct
    /// ionforge_quantisation_scheme *scheme, float averaging, int32_t delayed, float *state, const struct ionforge_scales
    /// *scales, const struct ionforge_quantised *outputs)`
    public static void ionforge_observe_and_quantise_f32(MemorySegment x, MemorySegment channels, MemorySegment scheme,
                                                         float averaging, int delayed, MemorySegment state, MemorySegment scales,
                                                         MemorySegment outputs) {
        try {
            ionforge_observe_and_quantise_f32.HANDLE.invokeExact(x, channels, scheme, averaging, delayed, state, scales, outputs);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_histogram_count_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_histogram_count_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    }

    /// `void ionforge_histogram_count_f32(const float *x, int64_t n, uint64_t *histogram)`
    public static void ionforge_histogram_count_f32(MemorySegment x, long n, MemorySegment histogram) {
        try {
            ionforge_histogram_count_f32.HANDLE.invokeExact(x, n, histogram);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_histogram_quantiles {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_histogram_quantiles", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.ADDRESS));
    }

    /// `void ionforge_histogram_quantiles(const uint64_t *histogram, double from, double to, float *state)`
    public static void ionforge_histogram_quantiles(MemorySegment histogram, double from, double to, MemorySegment state) {
        try {
            ionforge_histogram_quantiles.HANDLE.invokeExact(histogram, from, to, state);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
