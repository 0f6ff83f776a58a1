package org.ionforge.compute.cuda;

import java.util.Locale;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.QuantizedGemm.Format;

/// What one block of a quantised product makes: the templates of `quantized_gemm.cuh`, with which sizes and shared memory have to
/// agree.
enum GemmTile {
    /// Hopper's own tensor instruction, fed by boxes of [TensorMap]s in clusters of two blocks; the others run everywhere.
    WARPGROUP(128, 256, 256, 256, 2, 192 << 10, 4, 1.8),
    LARGE(256, 128, 64, 256, 1, 96 << 10, 4, 1.0),
    MEDIUM(128, 128, 64, 128, 1, 48 << 10, 4, 0.95),
    SMALL(64, 32, 32, 128, 1, 48 << 10, 8, 0.5);

    /// Bytes of a piece of a row of activations; rows are whole numbers of them.
    static final int CHUNK = 16;
    /// Codes of a packed unit.
    static final int BLOCK = 64;
    /// Words between two lines of sums in shared memory, which spread the banks.
    private static final int GAP = 8;
    /// Bytes of a line of results on their way out.
    private static final int LINE_BYTES = (64 + GAP) * Integer.BYTES;
    /// Lanes of a block that feed those that multiply.
    private static final int FEEDERS = 128;
    /// Where stages begin that boxes come to, at a multiple of so many bytes.
    private static final int STAGE_ALIGNMENT = 1024;
    /// Stages of weights that were widened to bytes.
    private static final int WIDE_BUFFERS = 2;

    private final int rows;
    private final int outputs;
    private final int warpOutputs;
    private final int threads;
    private final int blocks;
    private final int budget;
    private final int mostStages;
    private final double share;

    /// @param warpOutputs of the outputs, how many a warp makes
    /// @param blocks      of 64 codes in a stage; two for spikes
    /// @param budget      what the stages may take, in bytes
    /// @param mostStages  and so many at most
    /// @param share       which part of the peak a multiprocessor full of such blocks is expected to reach; it decides between
    ///                    tiles and waits to be measured on a GPU
    GemmTile(int rows, int outputs, int warpOutputs, int threads, int blocks, int budget, int mostStages, double share) {
        this.rows = rows;
        this.outputs = outputs;
        this.warpOutputs = warpOutputs;
        this.threads = threads;
        this.blocks = blocks;
        this.budget = budget;
        this.mostStages = mostStages;
        this.share = share;
    }

    int rows() {
        return rows;
    }

    /// Of a block, those that feed included.
    int threads() {
        return threads + (isFed() ? FEEDERS : 0);
    }

    /// Whether its kernels take [TensorMap]s of activations and weights instead of pointers.
    boolean isFed() {
        return this == WARPGROUP;
    }

    /// Tiles that share their weights in a cluster.
    private int cluster() {
        return isFed() ? 2 : 1;
    }

    /// Tiles of a result of so many tiles' heights; whole clusters of them.
    long tiles(long down, int outputs) {
        return Math.ceilDiv(down, (long) cluster()) * cluster() * Math.ceilDiv(outputs, this.outputs);
    }

    /// Packed weights as boxes, a block's share of a tile's outputs each.
    TensorMap weights(DeviceBuffer packed, Format format, int outputs, int units) {
        int words = BLOCK * format.bits() / Integer.BYTES;
        return new TensorMap(packed, units * words, Math.ceilDiv(outputs, 8), 1, blocks * words, this.outputs / 8 / cluster(), 1, false);
    }

    /// Bytes that a stage has of a row of activations.
    int boxBytes(ElementType type) {
        return type == ElementType.U32 ? CHUNK : BLOCK * blocks;
    }

    long tilesOf(int rows, int outputs) {
        return tiles(Math.ceilDiv(rows, this.rows), outputs);
    }

    /// Time, in any unit: the tiles that the busiest of `processors` makes one after another, times their size.
    double cost(long tiles, int processors) {
        return Math.ceilDiv(tiles, processors) * (double) rows * outputs / share;
    }

    /// Dynamic shared memory of a block.
    int sharedBytes(ElementType activations, Format format) {
        int deep = activations == ElementType.U32 ? 2 : blocks;
        int stage = rows * boxBytes(activations) + outputs / 8 * BLOCK * format.bits() * deep;
        int wide = isFed() && format.bits() < 8 ? WIDE_BUFFERS * outputs * BLOCK * deep : 0;
        int stages = stage * Math.min(mostStages, (budget - wide) / stage);
        return Math.max(stages, threads / 32 * 16 * LINE_BYTES) + wide + alignment();
    }

    private int alignment() {
        return isFed() ? STAGE_ALIGNMENT : 0;
    }

    /// The same with neurons behind the product, which go over a panel of the tile's sums, as wide as a warp's.
    int neuronSharedBytes(ElementType activations, Format format) {
        return Math.max(sharedBytes(activations, format), rows * (warpOutputs + GAP) * Integer.BYTES + alignment());
    }

    String kernel(ElementType activations, Format format) {
        return "quantized_gemm_" + variant(activations, format);
    }

    String neuronKernel(ElementType activations, Format format) {
        return "quantized_gemm_neurons_" + variant(activations, format);
    }

    private String variant(ElementType activations, Format format) {
        String kind = activations == ElementType.U32 ? "spikes" : activations.name().toLowerCase(Locale.ROOT);
        return name().toLowerCase(Locale.ROOT) + "_" + kind + "_int" + format.bits();
    }
}
