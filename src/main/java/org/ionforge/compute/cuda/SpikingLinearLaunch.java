package org.ionforge.compute.cuda;

import org.ionforge.compute.ElementType;
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

    private final Device device;
    private final Shape shape;

    SpikingLinearLaunch(Device device, Shape shape) {
        this.device = device;
        this.shape = shape;
    }

    /// Codes, or with `dequantise` s·q, of the `[rows, columns]` weights; the weights themselves if they are not quantised.
    DevicePointer codesF32(Weights weights, int rows, int columns, boolean dequantise, DeviceScratch scratch) {
        Quantisation quantisation = weights.quantisation();
        if (quantisation == null) {
            return LifLaunch.at(weights.values(), 0);
        }
        DevicePointer codes = scratch.floats((long) rows * columns);
        device.launch("spiking_linear_codes_f32", Grid.covering((long) rows * columns, THREADS), weights.values(), quantisation.scale(),
                quantisation.scheme().lowest(), quantisation.scheme().highest(), dequantise ? 1 : 0, codes, rows, columns);
        return codes;
    }

    /// I of neurons `first … first + count − 1`.
    ///
    /// @param codes of all neurons
    /// @param range two floats for each of [#currentBlocks], or null
    void currentsF32(Input input, Weights weights, DevicePointer codes, int first, int count, DevicePointer currents, long rowStride,
                     DevicePointer range) {
        long rows = shape.rows(input);
        boolean large = isLarge(rows, count);
        device.launch("spiking_linear_currents_f32", tiles(rows, count, large), input.values(), kind(input), stride(input),
                offset(codes, (long) first * shape.inputs()), scale(weights, first), LifLaunch.at(weights.bias(), first), currents,
                rowStride, range, rows, shape.inputs(), count, large ? 1 : 0);
    }

    long currentBlocks(Input input, int count) {
        Grid grid = tiles(shape.rows(input), count, isLarge(shape.rows(input), count));
        return (long) grid.x() * grid.y();
    }

    void rangeF32(DevicePointer partial, long blocks, DevicePointer range) {
        device.launch("spiking_linear_range_f32", Grid.of(1, THREADS), partial, blocks, range);
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
