package org.ionforge.bindings.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `native/include/ionforge_spiking.h`.
public final class ionforge_spiking_h {

    /// `struct ionforge_lif_shape`
    public static final StructLayout ionforge_lif_shape = MemoryLayout.structLayout(ValueLayout.JAVA_INT.withName("steps"),
            ValueLayout.JAVA_INT.withName("batch"), ValueLayout.JAVA_INT.withName("neurons"));

    /// `struct ionforge_lif_neurons`
    public static final StructLayout ionforge_lif_neurons = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("leak"),
            ValueLayout.ADDRESS.withName("threshold"), ValueLayout.ADDRESS.withName("slope"),
            ValueLayout.ADDRESS.withName("offset"), ValueLayout.JAVA_INT.withName("per_neuron"),
            ValueLayout.JAVA_INT.withName("dialect"), ValueLayout.JAVA_FLOAT.withName("synapse_decay"),
            ValueLayout.JAVA_FLOAT.withName("resistance"), ValueLayout.JAVA_FLOAT.withName("rest"),
            ValueLayout.JAVA_FLOAT.withName("initial"), ValueLayout.JAVA_FLOAT.withName("reset_value"),
            ValueLayout.JAVA_INT.withName("surrogate"), ValueLayout.JAVA_FLOAT.withName("surrogate_slope"),
            MemoryLayout.paddingLayout(4), ValueLayout.ADDRESS.withName("levels"));

    /// `struct ionforge_lif_currents`
    public static final StructLayout ionforge_lif_currents = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("values"),
            ValueLayout.JAVA_INT.withName("bf16"), ValueLayout.JAVA_INT.withName("constant"));

    /// `struct ionforge_lif_outputs`
    public static final StructLayout ionforge_lif_outputs = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("spikes"),
            ValueLayout.ADDRESS.withName("counts"), ValueLayout.ADDRESS.withName("membrane"),
            ValueLayout.ADDRESS.withName("last_membrane"));

    /// `struct ionforge_lif_upstream`
    public static final StructLayout ionforge_lif_upstream = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("spikes"),
            ValueLayout.ADDRESS.withName("counts"), ValueLayout.ADDRESS.withName("membrane"),
            ValueLayout.ADDRESS.withName("last_membrane"));

    /// `struct ionforge_lif_gradients`
    public static final StructLayout ionforge_lif_gradients = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("leak"),
            ValueLayout.ADDRESS.withName("threshold"), ValueLayout.ADDRESS.withName("slope"),
            ValueLayout.ADDRESS.withName("offset"));

    /// `struct ionforge_quantisation`
    public static final StructLayout ionforge_quantisation = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("scale"),
            ValueLayout.JAVA_INT.withName("lowest"), ValueLayout.JAVA_INT.withName("highest"),
            ValueLayout.JAVA_INT.withName("mask"), MemoryLayout.paddingLayout(4));

    /// `struct ionforge_spiking_weights`
    public static final StructLayout ionforge_spiking_weights = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("values"),
            ValueLayout.ADDRESS.withName("bias"), ionforge_quantisation.withName("quantisation"));

    /// `struct ionforge_spiking_layer`
    public static final StructLayout ionforge_spiking_layer = MemoryLayout.structLayout(
            ionforge_spiking_weights.withName("weights"), ionforge_quantisation.withName("current"),
            ionforge_lif_neurons.withName("neurons"));

    /// `struct ionforge_spiking_shape`
    public static final StructLayout ionforge_spiking_shape = MemoryLayout.structLayout(ValueLayout.JAVA_INT.withName("steps"),
            ValueLayout.JAVA_INT.withName("batch"), ValueLayout.JAVA_INT.withName("inputs"),
            ValueLayout.JAVA_INT.withName("neurons"));

    /// `struct ionforge_spiking_input`
    public static final StructLayout ionforge_spiking_input = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("values"),
            ValueLayout.JAVA_INT.withName("kind"), ValueLayout.JAVA_INT.withName("bf16"), ValueLayout.ADDRESS.withName("patches"),
            ValueLayout.JAVA_INT.withName("map_kind"), MemoryLayout.paddingLayout(4));

    /// `struct ionforge_spiking_outputs`
    public static final StructLayout ionforge_spiking_outputs = MemoryLayout.structLayout(ionforge_lif_outputs.withName("lif"),
            ValueLayout.ADDRESS.withName("currents"), ValueLayout.ADDRESS.withName("current_range"));

    /// `struct ionforge_spiking_upstream`
    public static final StructLayout ionforge_spiking_upstream = MemoryLayout.structLayout(ionforge_lif_upstream.withName("lif"),
            ValueLayout.ADDRESS.withName("next_gradient"), ValueLayout.JAVA_INT.withName("next_neurons"),
            MemoryLayout.paddingLayout(4), ionforge_spiking_weights.withName("next_weights"));

    /// `struct ionforge_spiking_gradients`
    public static final StructLayout ionforge_spiking_gradients = MemoryLayout.structLayout(ValueLayout.ADDRESS.withName("weights"),
            ValueLayout.ADDRESS.withName("bias"), ValueLayout.ADDRESS.withName("current"), ValueLayout.ADDRESS.withName("input"),
            ionforge_lif_gradients.withName("lif"));

    private ionforge_spiking_h() {
    }

    private static final class ionforge_lif_workspace {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_lif_workspace", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `int64_t ionforge_lif_workspace(const struct ionforge_lif_shape *shape, const struct ionforge_lif_neurons *neurons,
    /// const struct ionforge_lif_gradients *gradients, int32_t threads)`
    public static long ionforge_lif_workspace(MemorySegment shape, MemorySegment neurons, MemorySegment gradients, int threads) {
        try {
            return (long) ionforge_lif_workspace.HANDLE.invokeExact(shape, neurons, gradients, threads);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_lif_forward {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_lif_forward", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
    }

    /// `void ionforge_lif_forward(const struct ionforge_lif_shape *shape, const struct ionforge_lif_neurons *neurons, const
    /// struct ionforge_lif_currents *currents, const struct ionforge_lif_outputs *outputs, int32_t threads, void
    /// *workspace)`
    public static void ionforge_lif_forward(MemorySegment shape, MemorySegment neurons, MemorySegment currents,
                                            MemorySegment outputs, int threads, MemorySegment workspace) {
        try {
            ionforge_lif_forward.HANDLE.invokeExact(shape, neurons, currents, outputs, threads, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_lif_backward {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_lif_backward", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_lif_backward(const struct ionforge_lif_shape *shape, const struct ionforge_lif_neurons *neurons, const
    /// struct ionforge_lif_currents *currents, const struct ionforge_lif_upstream *upstream, void *current_gradient, const
    /// struct ionforge_lif_gradients *gradients, int32_t threads, void *workspace)`
    public static void ionforge_lif_backward(MemorySegment shape, MemorySegment neurons, MemorySegment currents,
                                             MemorySegment upstream, MemorySegment currentGradient, MemorySegment gradients,
                                             int threads, MemorySegment workspace) {
        try {
            ionforge_lif_backward.HANDLE.invokeExact(shape, neurons, currents, upstream, currentGradient, gradients, threads, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_spiking_forward_workspace {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_spiking_forward_workspace", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `int64_t ionforge_spiking_forward_workspace(const struct ionforge_spiking_shape *shape, const struct
    /// ionforge_spiking_layer *layer, const struct ionforge_spiking_input *input, int32_t threads)`
    public static long ionforge_spiking_forward_workspace(MemorySegment shape, MemorySegment layer, MemorySegment input,
                                                          int threads) {
        try {
            return (long) ionforge_spiking_forward_workspace.HANDLE.invokeExact(shape, layer, input, threads);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_spiking_forward {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_spiking_forward", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS));
    }

    /// `void ionforge_spiking_forward(const struct ionforge_spiking_shape *shape, const struct ionforge_spiking_layer
    /// *layer, const struct ionforge_spiking_input *input, const struct ionforge_spiking_outputs *outputs, int32_t threads,
    /// void *workspace)`
    public static void ionforge_spiking_forward(MemorySegment shape, MemorySegment layer, MemorySegment input,
                                                MemorySegment outputs, int threads, MemorySegment workspace) {
        try {
            ionforge_spiking_forward.HANDLE.invokeExact(shape, layer, input, outputs, threads, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_spiking_backward_workspace {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_spiking_backward_workspace", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    }

    /// `int64_t ionforge_spiking_backward_workspace(const struct ionforge_spiking_shape *shape, const struct
    /// ionforge_spiking_layer *layer, const struct ionforge_spiking_input *input, const float *currents, const struct
    /// ionforge_spiking_upstream *upstream, const struct ionforge_spiking_gradients *gradients, int32_t threads)`
    public static long ionforge_spiking_backward_workspace(MemorySegment shape, MemorySegment layer, MemorySegment input,
                                                           MemorySegment currents, MemorySegment upstream, MemorySegment gradients,
                                                           int threads) {
        try {
            return (long) ionforge_spiking_backward_workspace.HANDLE.invokeExact(shape, layer, input, currents, upstream, gradients, threads);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }

    private static final class ionforge_spiking_backward {
        static final MethodHandle HANDLE = ionforge_cpu_h.Library.handle("ionforge_spiking_backward", FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /// `void ionforge_spiking_backward(const struct ionforge_spiking_shape *shape, const struct ionforge_spiking_layer
    /// *layer, const struct ionforge_spiking_input *input, const float *currents, const struct ionforge_spiking_upstream
    /// *upstream, const struct ionforge_spiking_gradients *gradients, int32_t threads, void *workspace)`
    public static void ionforge_spiking_backward(MemorySegment shape, MemorySegment layer, MemorySegment input,
                                                 MemorySegment currents, MemorySegment upstream, MemorySegment gradients,
                                                 int threads, MemorySegment workspace) {
        try {
            ionforge_spiking_backward.HANDLE.invokeExact(shape, layer, input, currents, upstream, gradients, threads, workspace);
        } catch (Throwable e) {
            throw new AssertionError("should not reach here", e);
        }
    }
}
