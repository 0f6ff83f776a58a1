package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.SpikingLinear.Quantisation;
import org.ionforge.compute.SpikingLinear.Shape;
import org.ionforge.compute.SpikingLinear.Weights;

/// The launches of `kernels/spiking_linear.cu` and `spiking_linear_gradient.cu`. A launcher method has its kernel's name.
final class SpikingLinearLaunch {

    private static final int THREADS = 256;
    private static final int LARGE_ROWS = 64;
    private static final int LARGE_COLUMNS = 128;
    private static final int SMALL_ROWS = 32;
    private static final int SMALL_COLUMNS = 64;
    /// As many blocks keep a GPU busy: with fewer large tiles take small ones, with fewer small ones cut sums into slices.
    static final int BUSY_BLOCKS = 64;
    /// Rows of a slice of a weight gradient's sum, at least.
    private static final int SLICE_ROWS = 512;
    /// Blocks that look for the range of an array.
    private static final int RANGE_BLOCKS = 256;

    private final Device device;
    private final CudaQuantizedGemm gemm;
    private final Shape shape;
    private final DeviceScratch scratch;

    SpikingLinearLaunch(Device device, CudaQuantizedGemm gemm, Shape shape, DeviceScratch scratch) {
        this.device = device;
        this.gemm = gemm;
        this.shape = shape;
        this.scratch = scratch;
    }

    /// Codes, or with `dequantise` s·q, of the `[rows, columns]` weights; the weights themselves if they are not quantised.
    DevicePointer codesF32(Weights weights, int rows, int columns, boolean dequantise) {
        Quantisation quantisation = weights.quantisation();
        if (quantisation == null) {
            return LifLaunch.at(weights.values(), 0);
        }
        DevicePointer codes = scratch.floats((long) rows * columns);
        device.launch("spiking_linear_codes_f32", Grid.covering((long) rows * columns, THREADS), weights.values(), quantisation.scale(),
                quantisation.scheme().lowest(), quantisation.scheme().highest(), dequantise ? 1 : 0, codes, rows, columns);
        return codes;
    }

    /// Whether the product is one of integers: spikes times codes.
    boolean isInteger(Input input, Weights weights) {
        return input.kind() == Input.Kind.SPIKES && weights.quantisation() != null && shape.rows(input) <= Integer.MAX_VALUE
                && shape.inputs() <= QuantizedGemm.maxInputs(ElementType.U32);
    }

    /// Bytes of scratch that [#integerCurrents] takes, in two pieces.
    long integerBytes(int count) {
        return (long) count * shape.inputs()
                + Integer.BYTES * CudaQuantizedGemm.packedWords(QuantizedGemm.Format.INT8, count, shape.inputs());
    }

    /// I of neurons `first … first + count − 1` from spikes and codes.
    ///
    /// @param currents F32 `[rows, count]`
    void integerCurrents(Input input, Weights weights, int first, int count, DeviceBuffer currents) {
        Quantisation quantisation = weights.quantisation();
        try (DeviceScratch.Mark _ = scratch.mark()) {
            DeviceBuffer codes = scratch.buffer(ElementType.S8, (long) count * shape.inputs());
            device.launch("spiking_linear_codes_s8", Grid.covering(codes.length(), THREADS),
                    LifLaunch.at(weights.values(), (long) first * shape.inputs()), scale(weights, first),
                    quantisation.scheme().lowest(), quantisation.scheme().highest(), codes, count, shape.inputs());
            PackedWeights packed = gemm.pack(QuantizedGemm.Format.INT8, codes, count, shape.inputs(), scratch.buffer(ElementType.U32,
                    CudaQuantizedGemm.packedWords(QuantizedGemm.Format.INT8, count, shape.inputs())));
            Buffer bias = weights.bias() == null ? null : weights.bias().slice(first, count);
            gemm.multiply(input.values(), (int) shape.rows(input), packed,
                    new QuantizedGemm.Dequantized(quantisation.scale().slice(first, count), bias, currents));
        }
    }

    /// I of neurons `first … first + count − 1` in float.
    ///
    /// @param codes    of all neurons
    /// @param currents F32 `[rows, count]`
    void currentsF32(Input input, Weights weights, DevicePointer codes, int first, int count, DeviceBuffer currents) {
        long rows = shape.rows(input);
        boolean large = isLarge(rows, count);
        device.launch("spiking_linear_currents_f32", tiles(rows, count, large), input.values(), kind(input), stride(input),
                offset(codes, (long) first * shape.inputs()), scale(weights, first), LifLaunch.at(weights.bias(), first), currents,
                (long) count, rows, shape.inputs(), count, large ? 1 : 0);
    }

    /// Floats that one call of [#partialRangeF32] leaves at most.
    static final int RANGE_FLOATS = 2 * RANGE_BLOCKS;

    /// The least and the greatest of each block's share; returns how many floats that is.
    int partialRangeF32(DeviceBuffer values, DevicePointer partial) {
        // A block without values would leave its infinities, which are no values.
        int blocks = (int) Math.min(RANGE_BLOCKS, Math.ceilDiv(values.length(), (long) THREADS));
        device.launch("spiking_linear_range_f32", Grid.of(blocks, THREADS), values, values.length(), partial);
        return 2 * blocks;
    }

    /// The range of the floats that the partial ones left.
    void rangeF32(DevicePointer partial, long floats, DevicePointer range) {
        device.launch("spiking_linear_range_f32", Grid.of(1, THREADS), partial, floats, range);
    }

    /// out `[rows, columns]` (+)= gradient `[rows, depth]` · values `[depth, columns]`, each with the distance of its rows.
    void inputGradientF32(DevicePointer gradient, long stride, DevicePointer values, long valuesStride, DevicePointer out,
                          long outStride, boolean add, long rows, int depth, int columns) {
        device.launch("spiking_linear_input_gradient_f32", tiles(rows, columns, true), gradient, stride, values, valuesStride, out,
                outStride, add ? 1 : 0, rows, depth, columns);
    }

    /// Floats of scratch that [#weightGradientF32] takes.
    long weightGradientFloats(Input input, int count) {
        return (long) slices(input, count) * count * (shape.inputs() + 1L);
    }

    /// Of neurons `first … first + count − 1`, from their part of the current's gradient.
    void weightGradientF32(DevicePointer byCurrent, long stride, Input input, Weights weights, int first, int count,
                           DevicePointer partial, DevicePointer byWeights, DevicePointer byBias) {
        int slices = slices(input, count);
        long rows = shape.rows(input);
        Grid tiles = tiles(count, shape.inputs() + 1, true);
        device.launch("spiking_linear_weight_gradient_f32", new Grid(tiles.x(), tiles.y(), slices, THREADS, 1, 1, 0), byCurrent,
                stride, input.values(), kind(input), stride(input), partial, rows, shape.inputs(), count, Math.ceilDiv(rows, slices));
        Quantisation masked = weights.quantisation() != null && weights.quantisation().mask() ? weights.quantisation() : null;
        device.launch("spiking_linear_add_slices_f32", Grid.covering((shape.inputs() + 1L) * count, THREADS), partial, slices,
                LifLaunch.at(weights.values(), (long) first * shape.inputs()), masked == null ? DevicePointer.NULL : scale(weights, first),
                masked == null ? 0 : masked.scheme().lowest(), masked == null ? 0 : masked.scheme().highest(), byWeights, byBias,
                shape.inputs(), count);
    }

    private int slices(Input input, int count) {
        Grid tiles = tiles(count, shape.inputs() + 1, true);
        long wanted = Math.ceilDiv(BUSY_BLOCKS, (long) tiles.x() * tiles.y());
        return Math.toIntExact(Math.clamp(wanted, 1, Math.ceilDiv(shape.rows(input), SLICE_ROWS)));
    }

    static boolean isLarge(long rows, int columns) {
        return Math.ceilDiv(rows, LARGE_ROWS) * Math.ceilDiv(columns, LARGE_COLUMNS) >= BUSY_BLOCKS;
    }

    static Grid tiles(long rows, int columns, boolean large) {
        return new Grid(Math.toIntExact(Math.ceilDiv(rows, large ? LARGE_ROWS : SMALL_ROWS)),
                Math.ceilDiv(columns, large ? LARGE_COLUMNS : SMALL_COLUMNS), 1, THREADS, 1, 1, 0);
    }

    /// How the kernels read the input: F32, BF16 or bits.
    static int kind(Input input) {
        return input.kind() == Input.Kind.SPIKES ? 2 : input.values().type() == ElementType.BF16 ? 1 : 0;
    }

    /// Elements, or words, of a row of the input.
    long stride(Input input) {
        return input.kind() == Input.Kind.SPIKES ? shape.inputWords() : shape.inputs();
    }

    static DevicePointer scale(Weights weights, int first) {
        return weights.quantisation() == null ? DevicePointer.NULL : LifLaunch.at(weights.quantisation().scale(), first);
    }

    /// The address of a float behind another.
    static DevicePointer offset(DevicePointer pointer, long floats) {
        return new DevicePointer(pointer.address() + floats * Float.BYTES);
    }
}
