package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_activity.h`.
public final class ionforge_activity_h {

    /// `struct ionforge_activity_terms`
    public static final StructLayout ionforge_activity_terms = MemoryLayout.structLayout(ValueLayout.JAVA_FLOAT.withName("energy"),
            ValueLayout.JAVA_FLOAT.withName("consistency"), ValueLayout.JAVA_FLOAT.withName("latency"),
            ValueLayout.JAVA_FLOAT.withName("distillation"), ValueLayout.JAVA_FLOAT.withName("slope"),
            ValueLayout.JAVA_INT.withName("per_neuron"), ValueLayout.ADDRESS.withName("threshold"),
            ValueLayout.ADDRESS.withName("labels"), ValueLayout.ADDRESS.withName("index"), ValueLayout.JAVA_LONG.withName("data_rows"),
            ValueLayout.ADDRESS.withName("teacher"));

    private ionforge_activity_h() {
    }

    private static final class ionforge_activity_rate_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_activity_rate_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_FLOAT,
                ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_activity_rate_f32(const float *counts, int32_t steps, int32_t batch, int32_t neurons, float weight, float
    /// target, float *gradient, double *totals)`
    public static void ionforge_activity_rate_f32(MemorySegment counts, int steps, int batch, int neurons, float weight, float target,
                                                  MemorySegment gradient, MemorySegment totals) {
        try {
            ionforge_activity_rate_f32.HANDLE.invokeExact(counts, steps, batch, neurons, weight, target, gradient, totals);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_activity_membrane_f32 {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_activity_membrane_f32", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /// `void ionforge_activity_membrane_f32(const float *membrane, int32_t steps, int32_t batch, int32_t neurons, const struct
    /// ionforge_activity_terms *terms, float *gradient, double *totals)`
    public static void ionforge_activity_membrane_f32(MemorySegment membrane, int steps, int batch, int neurons, MemorySegment terms,
                                                      MemorySegment gradient, MemorySegment totals) {
        try {
            ionforge_activity_membrane_f32.HANDLE.invokeExact(membrane, steps, batch, neurons, terms, gradient, totals);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
