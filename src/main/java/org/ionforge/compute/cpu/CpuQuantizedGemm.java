package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_gemm_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemmArguments;

/// `native/src/isa/quantized_gemm.cpp`.
final class CpuQuantizedGemm implements QuantizedGemm {

    private final CpuBackend backend;

    CpuQuantizedGemm(CpuBackend backend) {
        this.backend = backend;
    }

    /// Groups of 16 outputs in the order in which the instruction set in use reads them.
    private record Groups(Format format, int outputs, int inputs, Buffer bytes) implements PackedWeights {

        @Override
        public long byteSize() {
            return bytes.byteSize();
        }

        @Override
        public boolean isClosed() {
            return bytes.isClosed();
        }

        @Override
        public void close() {
            bytes.close();
        }
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
        }
    }

    private static void run(Buffer activations, int rows, Groups weights, int epilogue, Buffer scale, Buffer bias, float inverse,
                            float minimum, float maximum, Buffer out) {
        int kind = switch (activations.type()) {
            case S8 -> 0;
            case U8 -> 1;
            default -> 2;
        };
        ionforge_gemm_h.ionforge_cpu_quantized_gemm(activations.host(), kind, rows, weights.bytes().host(), weights.format().bits(),
                weights.outputs(), weights.inputs(), epilogue, host(scale), host(bias), inverse, minimum, maximum, out.host());
    }

    private static MemorySegment host(Buffer buffer) {
        return buffer == null ? MemorySegment.NULL : buffer.host();
    }
}
