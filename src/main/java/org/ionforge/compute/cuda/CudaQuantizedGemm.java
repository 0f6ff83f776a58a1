package org.ionforge.compute.cuda;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemmArguments;

/// `kernels/quantized_gemm*.cu`: a block for each tile of the result, on the tensor cores. Weights are repacked on the device;
/// activations whose rows are no whole chunks of 16 bytes are copied into padded rows first.
final class CudaQuantizedGemm implements QuantizedGemm, AutoCloseable {

    private static final int THREADS = 256;
    private static final int CHUNK = 16;
    private static final int BLOCK = 64;
    /// What a warp takes its results through: 16 lines of 72 words.
    private static final int OUT_BYTES = 16 * 72 * 4;

    /// What one block makes: the templates of `quantized_gemm.cuh`, with which sizes and shared memory have to agree.
    ///
    /// `share` estimates which part of the peak a multiprocessor full of such blocks reaches; it decides between tiles and waits
    /// to be measured on a GPU.
    enum Tile {
        /// Hopper's own tensor instruction; the others run everywhere.
        WARPGROUP(128, 256, 256, 2, 192 << 10, 4, 1.5),
        LARGE(256, 128, 256, 1, 96 << 10, 4, 1.0),
        MEDIUM(128, 128, 128, 1, 48 << 10, 4, 0.95),
        SMALL(64, 32, 128, 1, 48 << 10, 8, 0.5);

        private final int rows;
        private final int outputs;
        private final int threads;
        private final int blocks;
        private final int budget;
        private final int mostStages;
        private final double share;

        /// @param blocks blocks of 64 codes in a stage; twice as many for spikes, but two at most
        /// @param budget what the stages may take, in bytes
        Tile(int rows, int outputs, int threads, int blocks, int budget, int mostStages, double share) {
            this.rows = rows;
            this.outputs = outputs;
            this.threads = threads;
            this.blocks = blocks;
            this.budget = budget;
            this.mostStages = mostStages;
            this.share = share;
        }

        private long blocks(int rows, int outputs) {
            return (long) Math.ceilDiv(rows, this.rows) * Math.ceilDiv(outputs, this.outputs);
        }

        /// Time, in any unit: the tiles that the busiest of `processors` makes one after another, times their size.
        private double cost(int rows, int outputs, int processors) {
            return Math.ceilDiv(blocks(rows, outputs), processors) * (double) this.rows * this.outputs / share;
        }

        private int sharedBytes(ElementType activations, Format format) {
            int deep = activations == ElementType.U32 ? 2 : blocks;
            int row = activations == ElementType.U32 ? CHUNK : BLOCK * deep;
            int stage = rows * row + outputs / 8 * BLOCK * format.bits() * deep;
            return Math.max(stage * Math.min(mostStages, budget / stage), threads / 32 * OUT_BYTES);
        }

        String kernel(ElementType activations, Format format) {
            String kind = activations == ElementType.U32 ? "spikes" : activations.name().toLowerCase(Locale.ROOT);
            return "quantized_gemm_" + name().toLowerCase(Locale.ROOT) + "_" + kind + "_int" + format.bits();
        }
    }

    /// The codes in cores of 8 outputs, as every tile reads them.
    private record Cores(Format format, int outputs, int inputs, Buffer words) implements PackedWeights {

        @Override
        public long byteSize() {
            return words.byteSize();
        }

        @Override
        public boolean isClosed() {
            return words.isClosed();
        }

        @Override
        public void close() {
            words.close();
        }
    }

    /// The arguments that only epilogues have.
    private record Finish(int kind, Buffer scale, Buffer bias, float inverse, float minimum, float maximum, Buffer out) {

        static Finish of(Epilogue epilogue) {
            return switch (epilogue) {
                case Sums e -> new Finish(0, null, null, 0, 0, 0, e.out());
                case Dequantized e -> new Finish(1, e.scale(), e.bias(), 0, 0, 0, e.out());
                case Requantized e -> new Finish(2, e.scale(), e.bias(), e.inverse(), e.minimum(), e.maximum(), e.out());
            };
        }
    }

    private final CudaBackend backend;
    private final Device device;
    private final DeviceScratch padded;

    CudaQuantizedGemm(CudaBackend backend) {
        this.backend = backend;
        this.device = backend.device();
        this.padded = new DeviceScratch(device);
    }

    @Override
    public PackedWeights pack(Format format, Buffer codes, int outputs, int inputs) {
        QuantizedGemmArguments.checkPack(format, codes, outputs, inputs);
        long count = (long) Math.ceilDiv(outputs, 8) * blocks(inputs) * CHUNK * format.bits();
        Buffer words = backend.allocate(ElementType.U32, count);
        device.launch("quantized_gemm_pack", Grid.covering(count, THREADS), codes, words, format.bits(), outputs, inputs, count);
        return new Cores(format, outputs, inputs, words);
    }

    private static int blocks(int inputs) {
        return Math.ceilDiv(inputs, BLOCK);
    }

    @Override
    public void multiply(Buffer activations, int rows, PackedWeights weights, Epilogue epilogue) {
        Cores cores = QuantizedGemmArguments.checkMultiply(Cores.class, activations, rows, weights, epilogue);
        if (rows > 0) {
            multiply(fastest(activations.type(), rows, cores), activations, rows, weights, epilogue);
        }
    }

    private Tile fastest(ElementType activations, int rows, Cores weights) {
        return Arrays.stream(Tile.values()).filter(tile -> device.has(tile.kernel(activations, weights.format()))
                        && tile.sharedBytes(activations, weights.format()) <= device.capability().sharedBytes())
                .min(Comparator.comparingDouble(tile -> tile.cost(rows, weights.outputs(), device.multiprocessors()))).orElseThrow();
    }

    /// With a tile of one's choice; one row or more.
    void multiply(Tile tile, Buffer activations, int rows, PackedWeights weights, Epilogue epilogue) {
        Cores cores = QuantizedGemmArguments.checkMultiply(Cores.class, activations, rows, weights, epilogue);
        ElementType type = activations.type();
        Grid grid = Grid.of(Math.toIntExact(tile.blocks(rows, cores.outputs())), tile.threads)
                .withShared(tile.sharedBytes(type, cores.format()));
        long pitch = QuantizedGemmArguments.rowElements(type, cores.inputs()) * type.bytes();
        long whole = Math.ceilDiv(pitch, CHUNK) * CHUNK;
        Finish finish = Finish.of(epilogue);
        device.launch(tile.kernel(type, cores.format()), grid, pitch == whole ? activations : padded(activations, rows, pitch, whole), whole,
                cores.words(), rows, cores.outputs(), blocks(cores.inputs()), finish.kind(), orNull(finish.scale()),
                orNull(finish.bias()), finish.inverse(), finish.minimum(), finish.maximum(), finish.out());
    }

    private DevicePointer padded(Buffer activations, int rows, long pitch, long whole) {
        padded.begin(rows * whole, 1);
        DevicePointer copy = padded.bytes(rows * whole);
        long words = rows * whole / Integer.BYTES;
        device.launch("quantized_gemm_pad_rows", Grid.covering(words, THREADS), activations, copy, pitch, whole, words);
        return copy;
    }

    private static Object orNull(Buffer buffer) {
        return buffer == null ? DevicePointer.NULL : buffer;
    }

    @Override
    public void close() {
        padded.close();
    }
}
