package org.ionforge.compute.cuda;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemmArguments;
import org.ionforge.compute.SpikingLinear;

/// `kernels/quantized_gemm*.cu`: a block for each tile of the result, on the tensor cores. Weights are repacked on the device;
/// activations whose rows are no whole chunks of 16 bytes are copied into padded rows first.
final class CudaQuantizedGemm implements QuantizedGemm, AutoCloseable {

    private static final int THREADS = 256;
    /// Floats in which a neuron rests between two spans of steps.
    private static final int RESTING = 4;

    /// The codes in cores of 8 outputs, as every tile reads them.
    private record Cores(Format format, int outputs, int inputs, Buffer memory) implements PackedWeights {

        int blocks() {
            return Math.ceilDiv(inputs, GemmTile.BLOCK);
        }
    }

    /// The arguments that only epilogues have.
    private record Finish(int kind, Buffer scale, Buffer bias, float inverse, float minimum, float maximum, Buffer out) {

        static Finish of(Elementwise epilogue) {
            return switch (epilogue) {
                case Sums e -> new Finish(0, null, null, 0, 0, 0, e.out());
                case Dequantized e -> new Finish(1, e.scale(), e.bias(), 0, 0, 0, e.out());
                case Requantized e -> new Finish(2, e.scale(), e.bias(), e.inverse(), e.minimum(), e.maximum(), e.out());
            };
        }
    }

    /// Activations in rows of whole chunks.
    ///
    /// @param pitch bytes from row to row
    private record Rows(DeviceBuffer at, long pitch) {
    }

    /// Rows of activations as rows of planes, and how many of each a tile takes: a plane for each step, or one.
    private record Planes(int rows, int planes, int boxRows, int boxPlanes) {
    }

    private final CudaBackend backend;
    private final Device device;
    private final DeviceScratch scratch;

    CudaQuantizedGemm(CudaBackend backend) {
        this.backend = backend;
        this.device = backend.device();
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public PackedWeights pack(Format format, Buffer codes, int outputs, int inputs) {
        QuantizedGemmArguments.checkPack(format, codes, outputs, inputs);
        return pack(format, codes, outputs, inputs, backend.allocate(ElementType.U32, packedWords(format, outputs, inputs)));
    }

    static long packedWords(Format format, int outputs, int inputs) {
        return (long) Math.ceilDiv(outputs, 8) * Math.ceilDiv(inputs, GemmTile.BLOCK) * 16 * format.bits();
    }

    /// The same into memory of one's own.
    ///
    /// @param words U32 [#packedWords]
    PackedWeights pack(Format format, Buffer codes, int outputs, int inputs, Buffer words) {
        long count = packedWords(format, outputs, inputs);
        device.launch("quantized_gemm_pack", Grid.covering(count, THREADS), codes, words, format.bits(), outputs, inputs, count);
        return new Cores(format, outputs, inputs, words);
    }

    @Override
    public void multiply(Buffer activations, int rows, PackedWeights weights, Epilogue epilogue) {
        Cores cores = QuantizedGemmArguments.checkMultiply(Cores.class, activations, rows, weights, epilogue);
        if (rows == 0) {
            return;
        }
        ElementType type = activations.type();
        switch (epilogue) {
            case Elementwise e -> multiply(fastest(type, rows, cores), activations, rows, weights, e);
            case Spiking e -> multiply(NeuronTiling.fastest(device, type, cores.format(), e.shape(rows, cores.outputs()), e.constant()),
                    activations, rows, weights, e);
        }
    }

    private GemmTile fastest(ElementType activations, int rows, Cores weights) {
        return Arrays.stream(GemmTile.values()).filter(tile -> device.has(tile.kernel(activations, weights.format()))
                        && tile.sharedBytes(activations, weights.format()) <= device.capability().sharedBytes())
                .min(Comparator.comparingDouble(tile -> tile.cost(tile.tilesOf(rows, weights.outputs()), device.multiprocessors()))).orElseThrow();
    }

    /// With a tile of one's choice; one row or more.
    void multiply(GemmTile tile, Buffer activations, int rows, PackedWeights weights, Elementwise epilogue) {
        Cores cores = QuantizedGemmArguments.checkMultiply(Cores.class, activations, rows, weights, epilogue);
        ElementType type = activations.type();
        Grid grid = Grid.of(Math.toIntExact(tile.tilesOf(rows, cores.outputs())), tile.threads())
                .withShared(tile.sharedBytes(type, cores.format()));
        begin(paddedBytes(activations, rows, cores));
        Rows in = rows(activations, rows, cores);
        Finish finish = Finish.of(epilogue);
        Object[] operands = operands(tile, in, type, cores, new Planes(rows, 1, tile.rows(), 1));
        launch(tile.kernel(type, cores.format()), grid, operands, rows, cores.outputs(), cores.blocks(), finish.kind(),
                LifLaunch.at(finish.scale(), 0), LifLaunch.at(finish.bias(), 0), finish.inverse(), finish.minimum(), finish.maximum(),
                finish.out());
    }

    /// With a cut of one's choice; one row or more.
    void multiply(NeuronTiling cut, Buffer activations, int rows, PackedWeights weights, Spiking e) {
        Cores cores = QuantizedGemmArguments.checkMultiply(Cores.class, activations, rows, weights, e);
        ElementType type = activations.type();
        Lif.Shape shape = e.shape(rows, cores.outputs());
        Grid grid = Grid.of(Math.toIntExact(cut.blocks(shape)), cut.tile().threads())
                .withShared(cut.tile().neuronSharedBytes(type, cores.format()));
        long resting = cut.spans(shape) > 1 ? RESTING * shape.cells() : 0;
        begin(paddedBytes(activations, rows, cores) + resting * Float.BYTES);
        Rows in = rows(activations, rows, cores);
        SpikingLinear.Quantisation current = e.current();
        LifDialect dialect = e.neurons().dialect();
        Lif.Outputs out = e.out();
        Object[] operands = operands(cut.tile(), in, type, cores, e.constant() ? new Planes(shape.batch(), 1, cut.samples(), 1)
                : new Planes(shape.batch(), shape.steps(), cut.samples(), cut.span()));
        launch(cut.tile().neuronKernel(type, cores.format()), grid, operands, cores.outputs(), cores.blocks(), e.scale(),
                LifLaunch.at(e.bias(), 0), LifLaunch.at(current == null ? null : current.scale(), 0), current == null ? 0 : current.scheme().lowest(), current == null ? 0 : current.scheme().highest(),
                e.neurons().leak(), e.neurons().threshold(), LifLaunch.shared(e.neurons()), e.neurons().code(), dialect.synapseDecay(),
                dialect.resistance(), dialect.rest(), dialect.initial(), dialect.resetValue(), LifLaunch.levels(e.neurons()), shape.steps(),
                shape.batch(), e.constant() ? 1 : 0, cut.samples(), cut.span(), LifLaunch.at(out.spikes(), 0), LifLaunch.at(out.counts(), 0),
                LifLaunch.at(out.membrane(), 0), LifLaunch.at(out.lastMembrane(), 0),
                resting == 0 ? DevicePointer.NULL : scratch.floats(resting));
    }

    /// Activations and weights as the kernels of that tile take them.
    private static Object[] operands(GemmTile tile, Rows in, ElementType type, Cores cores, Planes planes) {
        if (!tile.isFed()) {
            return new Object[] {in.at(), in.pitch(), cores.memory()};
        }
        int words = Math.toIntExact(in.pitch() / Integer.BYTES);
        return new Object[] {
            new TensorMap(in.at(), words, planes.rows(), planes.planes(), tile.boxBytes(type) / Integer.BYTES, planes.boxRows(),
                    planes.boxPlanes(), type != ElementType.U32),
            tile.weights((DeviceBuffer) cores.memory(), cores.format(), cores.outputs(), cores.blocks())};
    }

    private void launch(String kernel, Grid grid, Object[] operands, Object... others) {
        device.launch(kernel, grid, Stream.concat(Arrays.stream(operands), Arrays.stream(others)).toArray());
    }

    /// Most calls need no scratch, and can be recorded from the first on.
    private void begin(long bytes) {
        if (bytes > 0) {
            scratch.begin(bytes, 2);
        }
    }

    private static long rowBytes(Buffer activations, Cores weights) {
        return QuantizedGemmArguments.rowElements(activations.type(), weights.inputs()) * activations.type().bytes();
    }

    /// Scratch for padded rows; none if rows are whole chunks as they are, at such places.
    private static long paddedBytes(Buffer activations, int rows, Cores weights) {
        long pitch = rowBytes(activations, weights);
        return (pitch | ((DeviceBuffer) activations).address()) % GemmTile.CHUNK == 0 ? 0 : rows * Math.ceilDiv(pitch, GemmTile.CHUNK) * GemmTile.CHUNK;
    }

    private Rows rows(Buffer activations, int rows, Cores weights) {
        long pitch = rowBytes(activations, weights);
        long bytes = paddedBytes(activations, rows, weights);
        if (bytes == 0) {
            return new Rows((DeviceBuffer) activations, pitch);
        }
        DeviceBuffer padded = scratch.buffer(ElementType.U8, bytes);
        long words = bytes / Integer.BYTES;
        device.launch("quantized_gemm_pad_rows", Grid.covering(words, THREADS), activations, padded, pitch, bytes / rows, words);
        return new Rows(padded, bytes / rows);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
