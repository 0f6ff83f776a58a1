package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_optimizers.h`.
public final class ionforge_optimizers_h {

    private ionforge_optimizers_h() {
    }

    private static final class ionforge_sgd_step_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_sgd_step_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_DOUBLE,
                ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT));
    }

    /// `void ionforge_sgd_step_f32(float *parameters, const float *gradients, float *velocity, int64_t length, double
    /// learning_rate, double momentum, double dampening, double weight_decay, int32_t nesterov, int32_t first, float minimum,
    /// float maximum)`
    public static void ionforge_sgd_step_f32(MemorySegment parameters, MemorySegment gradients, MemorySegment velocity,
                                             long length, double learningRate, double momentum, double dampening,
                                             double weightDecay, int nesterov, int first, float minimum, float maximum) {
        try {
            ionforge_sgd_step_f32.HANDLE.invokeExact(parameters, gradients, velocity, length, learningRate, momentum, dampening,
                    weightDecay, nesterov, first, minimum, maximum);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_rms_prop_step_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_rms_prop_step_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE,
                ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT));
    }

    /// `void ionforge_rms_prop_step_f32(float *parameters, const float *gradients, float *square, float *mean, float
    /// *velocity, int64_t length, double learning_rate, double smoothing, double epsilon, double momentum, double
    /// weight_decay, float minimum, float maximum)`
    public static void ionforge_rms_prop_step_f32(MemorySegment parameters, MemorySegment gradients, MemorySegment square,
                                                  MemorySegment mean, MemorySegment velocity, long length, double learningRate,
                                                  double smoothing, double epsilon, double momentum, double weightDecay,
                                                  float minimum, float maximum) {
        try {
            ionforge_rms_prop_step_f32.HANDLE.invokeExact(parameters, gradients, square, mean, velocity, length, learningRate,
                    smoothing, epsilon, momentum, weightDecay, minimum, maximum);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_square_sum_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_square_sum_f32", FunctionDescriptor.of(
                ValueLayout.JAVA_DOUBLE, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /// `double ionforge_square_sum_f32(const float *values, int64_t n)`
    public static double ionforge_square_sum_f32(MemorySegment values, long n) {
        try {
            return (double) ionforge_square_sum_f32.HANDLE.invokeExact(values, n);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_scale_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_scale_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_FLOAT));
    }

    /// `void ionforge_scale_f32(float *values, int64_t n, float factor)`
    public static void ionforge_scale_f32(MemorySegment values, long n, float factor) {
        try {
            ionforge_scale_f32.HANDLE.invokeExact(values, n, factor);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
