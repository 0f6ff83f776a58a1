package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.bindings.cpu.ionforge_gemm_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemmArguments;

/// `native/src/isa/quantized_gemm.cpp` and `quantized_gemm_neurons.cpp`.
final class CpuQuantizedGemm implements QuantizedGemm {

    private final CpuBackend backend;
    private final Workspace workspace;

    CpuQuantizedGemm(CpuBackend backend, Workspace workspace) {
        this.backend = backend;
        this.workspace = workspace;
    }

    /// Groups of 16 outputs in the order in which the instruction set in use reads them.
    private record Groups(Format format, int outputs, int inputs, Buffer memory) implements PackedWeights {
    }

    @Override
    public PackedWeights pack(Format format, Buffer codes, int outputs, int inputs) {
        QuantizedGemmArguments.checkPack(format, codes, outputs, inputs);
        Buffer bytes = backend.allocate(ElementType.U8,
                ionforge_gemm_h.ionforge_cpu_quantized_gemm_packed_bytes(format.bits(), outputs, inputs));
        ionforge_gemm_h.ionforge_cpu_quantized_gemm_pack(format.bits(), codes.host(), outputs, inputs, bytes.host());
        return new Groups(format, outputs, inputs, bytes);
    }

    @Override
    public void multiply(Buffer activations, int rows, PackedWeights weights, Epilogue epilogue) {
        Groups groups = QuantizedGemmArguments.checkMultiply(Groups.class, activations, rows, weights, epilogue);
        switch (epilogue) {
            case Sums e -> run(activations, rows, groups, 0, null, null, 0, 0, 0, e.out());
            case Dequantized e -> run(activations, rows, groups, 1, e.scale(), e.bias(), 0, 0, 0, e.out());
            case Requantized e ->
                    run(activations, rows, groups, 2, e.scale(), e.bias(), e.inverse(), e.minimum(), e.maximum(), e.out());
            case Spiking e when rows > 0 -> run(activations, rows, groups, e);
            case Spiking _ -> { }
        }
    }

    private static void run(Buffer activations, int rows, Groups weights, int epilogue, Buffer scale, Buffer bias, float inverse,
                            float minimum, float maximum, Buffer out) {
        ionforge_gemm_h.ionforge_cpu_quantized_gemm(activations.host(), kind(activations), rows, weights.memory().host(),
                weights.format().bits(), weights.outputs(), weights.inputs(), epilogue, host(scale), host(bias), inverse, minimum, maximum,
                out.host());
    }

    private void run(Buffer activations, int rows, Groups weights, Spiking epilogue) {
        int threads = ionforge_cpu_h.ionforge_cpu_threads();
        synchronized (workspace) {
            try (SpikingStructs structs = new SpikingStructs()) {
                MemorySegment shape = structs.of(epilogue.shape(rows, weights.outputs()));
                MemorySegment currents = structs.of(activations, kind(activations), weights, weights.memory(), epilogue);
                MemorySegment neurons = structs.of(epilogue.neurons());
                long bytes = ionforge_gemm_h.ionforge_cpu_quantized_gemm_neurons_workspace(shape, currents, neurons, threads);
                ionforge_gemm_h.ionforge_cpu_quantized_gemm_neurons(shape, currents, neurons, structs.of(epilogue.out()), threads,
                        workspace.reserve(bytes));
            }
        }
    }

    /// Of the activations, as the native side numbers it.
    private static int kind(Buffer activations) {
        return switch (activations.type()) {
            case S8 -> 0;
            case U8 -> 1;
            default -> 2;
        };
    }

    private static MemorySegment host(Buffer buffer) {
        return buffer == null ? MemorySegment.NULL : buffer.host();
    }
}
