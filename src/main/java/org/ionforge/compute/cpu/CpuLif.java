package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.bindings.cpu.ionforge_spiking_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.SpikingArguments;

/// `native/src/isa/lif.cpp`.
final class CpuLif implements Lif {

    private final Workspace workspace;

    CpuLif(Workspace workspace) {
        this.workspace = workspace;
    }

    @Override
    public void forward(Shape shape, LifNeurons neurons, Currents currents, Outputs outputs) {
        SpikingArguments.checkForward(shape, neurons, currents, outputs);
        int threads = ionforge_cpu_h.ionforge_cpu_threads();
        synchronized (workspace) {
            try (SpikingStructs structs = new SpikingStructs()) {
                MemorySegment sizes = structs.of(shape);
                MemorySegment cells = structs.of(neurons);
                long bytes = ionforge_spiking_h.ionforge_lif_workspace(sizes, cells, MemorySegment.NULL, threads);
                ionforge_spiking_h.ionforge_lif_forward(sizes, cells, structs.of(currents), structs.of(outputs), threads, workspace.reserve(bytes));
            }
        }
    }

    @Override
    public void backward(Shape shape, LifNeurons neurons, Currents currents, Upstream upstream, Buffer currentGradient,
                                      Gradients gradients) {
        SpikingArguments.checkBackward(shape, neurons, currents, upstream, currentGradient, gradients);
        int threads = ionforge_cpu_h.ionforge_cpu_threads();
        synchronized (workspace) {
            try (SpikingStructs structs = new SpikingStructs()) {
                MemorySegment sizes = structs.of(shape);
                MemorySegment cells = structs.of(neurons);
                MemorySegment results = structs.of(gradients);
                long bytes = ionforge_spiking_h.ionforge_lif_workspace(sizes, cells, results, threads);
                ionforge_spiking_h.ionforge_lif_backward(sizes, cells, structs.of(currents), structs.of(upstream),
                        SpikingStructs.host(currentGradient), results, threads, workspace.reserve(bytes));
            }
        }
    }
}
