package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.bindings.cpu.ionforge_spiking_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.SpikingArguments;
import org.ionforge.compute.SpikingLinear;

/// `native/src/isa/spiking_linear.cpp` and `spiking_backward.cpp`.
final class CpuSpikingLinear implements SpikingLinear {

    private final Workspace workspace;

    CpuSpikingLinear(Workspace workspace) {
        this.workspace = workspace;
    }

    @Override
    public void forward(Shape shape, Layer layer, Input input, Outputs outputs) {
        SpikingArguments.checkForward(shape, layer, input, outputs);
        forward(shape, layer, structs -> structs.of(input), outputs);
    }

    /// Of arguments that have been checked.
    void forward(Shape shape, Layer layer, Function<SpikingStructs, MemorySegment> input, Outputs outputs) {
        int threads = ionforge_cpu_h.ionforge_cpu_threads();
        synchronized (workspace) {
            try (SpikingStructs structs = new SpikingStructs()) {
                MemorySegment sizes = structs.of(shape);
                MemorySegment of = structs.of(layer);
                MemorySegment values = input.apply(structs);
                long bytes = ionforge_spiking_h.ionforge_spiking_forward_workspace(sizes, of, values, threads);
                ionforge_spiking_h.ionforge_spiking_forward(sizes, of, values, structs.of(outputs), threads, workspace.reserve(bytes));
            }
        }
    }

    @Override
    public void backward(Shape shape, Layer layer, Input input, Buffer currents, Upstream upstream, Gradients gradients) {
        SpikingArguments.checkBackward(shape, layer, input, currents, upstream, gradients);
        backward(shape, layer, structs -> structs.of(input), currents, upstream, gradients);
    }

    /// Of arguments that have been checked.
    void backward(Shape shape, Layer layer, Function<SpikingStructs, MemorySegment> input, Buffer currents, Upstream upstream, Gradients gradients) {
        int threads = ionforge_cpu_h.ionforge_cpu_threads();
        synchronized (workspace) {
            try (SpikingStructs structs = new SpikingStructs()) {
                MemorySegment sizes = structs.of(shape);
                MemorySegment of = structs.of(layer);
                MemorySegment values = input.apply(structs);
                MemorySegment kept = SpikingStructs.host(currents);
                MemorySegment outside = structs.of(upstream);
                MemorySegment results = structs.of(gradients);
                long bytes = ionforge_spiking_h.ionforge_spiking_backward_workspace(sizes, of, values, kept, outside, results, threads);
                ionforge_spiking_h.ionforge_spiking_backward(sizes, of, values, kept, outside, results, threads, workspace.reserve(bytes));
            }
        }
    }
}
