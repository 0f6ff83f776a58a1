package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.SpikingArguments;
import org.ionforge.compute.SpikingLinear;

/// `kernels/spiking_linear.cu`, `lif.cu` and `spiking_linear_gradient.cu`.
///
/// Forward is one launch behind that of the codes, where spikes are all that is asked for, the product is one in float, and there
/// are tiles enough to keep the GPU busy. Else the currents of all steps are computed first, which makes T times as many tiles,
/// and then the neurons; spikes times codes are the integer product of [CudaQuantizedGemm], on the tensor cores. What would be of
/// size T·B·N is made for slices of neurons of at most `sliceBytes`. A call of a shape that was there before allocates nothing.
final class CudaSpikingLinear implements SpikingLinear, AutoCloseable {

    static final long SLICE_BYTES = 1L << 28;

    private static final Lif.Upstream NOTHING = new Lif.Upstream(null, null, null, null);
    /// Pieces of scratch that are not those of the neurons.
    private static final int PIECES = 9;

    private final Device device;
    private final CudaQuantizedGemm gemm;
    private final DeviceScratch scratch;
    private final long sliceBytes;

    CudaSpikingLinear(Device device, CudaQuantizedGemm gemm, long sliceBytes) {
        this.device = device;
        this.gemm = gemm;
        this.scratch = new DeviceScratch(device);
        this.sliceBytes = sliceBytes;
    }

    @Override
    public void forward(Shape shape, Layer layer, Input input, Outputs outputs) {
        SpikingArguments.checkForward(shape, layer, input, outputs);
        SpikingLinearLaunch launch = new SpikingLinearLaunch(device, gemm, shape, scratch);
        boolean integer = launch.isInteger(input, layer.weights());
        int columns = outputs.currents() == null ? columns(shape, 1) : shape.neurons();
        long rows = shape.rows(input);
        long ranges = (long) Math.ceilDiv(shape.neurons(), columns) * SpikingLinearLaunch.RANGE_FLOATS;
        scratch.begin(Float.BYTES * ((integer ? 0 : (long) shape.neurons() * shape.inputs()) + rows * columns + ranges)
                + (integer ? launch.integerBytes(columns) : 0), PIECES);
        DevicePointer codes = integer ? null : launch.codesF32(layer.weights(), shape.neurons(), shape.inputs(), false);
        if (!integer && isFused(shape, layer, input, outputs)) {
            forwardF32(launch, shape, layer, input, codes, outputs.lif().spikes());
            return;
        }
        DevicePointer slice = outputs.currents() == null ? scratch.floats(rows * columns) : LifLaunch.at(outputs.currents(), 0);
        DevicePointer range = scratch.floats(ranges);
        long seen = 0;
        for (int first = 0; first < shape.neurons(); first += columns) {
            int count = Math.min(columns, shape.neurons() - first);
            DeviceBuffer currents = new DeviceBuffer(device, ElementType.F32, rows * count, slice);
            currents(launch, layer, input, codes, first, count, currents);
            if (outputs.currentRange() != null) {
                seen += launch.partialRangeF32(currents, SpikingLinearLaunch.offset(range, seen));
            }
            if (!isEmpty(outputs.lif())) {
                new LifLaunch(device, shape.lif(), layer.neurons(), first, count).forward(
                        neuronCurrents(shape, layer, input, slice, count), outputs.lif());
            }
        }
        if (outputs.currentRange() != null) {
            launch.rangeF32(range, seen, LifLaunch.at(outputs.currentRange(), 0));
        }
    }

    /// @param codes in float, null for a product of integers
    private static void currents(SpikingLinearLaunch launch, Layer layer, Input input, DevicePointer codes, int first, int count,
                                 DeviceBuffer currents) {
        if (codes == null) {
            launch.integerCurrents(input, layer.weights(), first, count, currents);
        } else {
            launch.currentsF32(input, layer.weights(), codes, first, count, currents);
        }
    }

    private static boolean isEmpty(Lif.Outputs outputs) {
        return outputs.spikes() == null && outputs.counts() == null && outputs.membrane() == null && outputs.lastMembrane() == null;
    }

    /// Currents of a slice as the neurons read them: those of a constant input stay where they are from step to step.
    private static LifLaunch.Currents neuronCurrents(Shape shape, Layer layer, Input input, DevicePointer currents, long stride) {
        boolean constant = input.kind() == Input.Kind.CONSTANT;
        return new LifLaunch.Currents(currents, ElementType.F32, constant ? 0 : shape.batch() * stride, stride, layer.current());
    }

    private static boolean isFused(Shape shape, Layer layer, Input input, Outputs outputs) {
        Lif.Outputs lif = outputs.lif();
        boolean spikesOnly = lif.spikes() != null && lif.counts() == null && lif.membrane() == null && lif.lastMembrane() == null
                && outputs.currents() == null && outputs.currentRange() == null;
        Grid tiles = SpikingLinearLaunch.tiles(shape.batch(), shape.neurons(), false);
        boolean busy = input.kind() == Input.Kind.CONSTANT
                || (long) tiles.x() * tiles.y() >= SpikingLinearLaunch.BUSY_BLOCKS;
        return spikesOnly && busy && LifLaunch.isCommon(layer.neurons());
    }

    private void forwardF32(SpikingLinearLaunch launch, Shape shape, Layer layer, Input input, DevicePointer codes, Buffer spikes) {
        LifNeurons neurons = layer.neurons();
        Quantisation current = layer.current();
        boolean large = SpikingLinearLaunch.isLarge(shape.batch(), shape.neurons());
        device.launch("spiking_linear_forward_f32", SpikingLinearLaunch.tiles(shape.batch(), shape.neurons(), large), input.values(),
                SpikingLinearLaunch.kind(input), launch.stride(input), input.kind() == Input.Kind.CONSTANT ? 1 : 0, codes,
                SpikingLinearLaunch.scale(layer.weights(), 0), LifLaunch.at(layer.weights().bias(), 0),
                current == null ? DevicePointer.NULL : LifLaunch.at(current.scale(), 0), current == null ? 0 : current.scheme().lowest(),
                current == null ? 0 : current.scheme().highest(), neurons.leak(), neurons.threshold(), LifLaunch.shared(neurons),
                neurons.dialect().code(), neurons.dialect().initial(), neurons.dialect().resetValue(), spikes,
                (long) shape.lif().words(), shape.steps(), shape.batch(), shape.inputs(), shape.neurons(), large ? 1 : 0);
    }

    @Override
    public void backward(Shape shape, Layer layer, Input input, Buffer currents, Upstream upstream, Gradients gradients) {
        SpikingArguments.checkBackward(shape, layer, input, currents, upstream, gradients);
        SpikingLinearLaunch launch = new SpikingLinearLaunch(device, gemm, shape, scratch);
        Through next = upstream.next();
        boolean integer = launch.isInteger(input, layer.weights());
        int columns = columns(shape, 3);
        long rows = shape.rows(input);
        long sequence = (long) shape.steps() * shape.batch();
        boolean weightsWanted = gradients.weights() != null || gradients.bias() != null;
        long weights = (long) shape.neurons() * shape.inputs();
        scratch.begin(Float.BYTES * (2 * weights + 2 * rows * columns + (weightsWanted ? launch.weightGradientFloats(input, columns) : 0)
                + (next == null ? 0 : sequence * columns + (long) next.neurons() * shape.neurons())) + launch.integerBytes(columns)
                + new LifLaunch(device, shape.lif(), layer.neurons(), 0, columns).backwardBytes(), PIECES + LifLaunch.BACKWARD_PIECES);
        Work work = new Work(
                currents != null || integer ? null : launch.codesF32(layer.weights(), shape.neurons(), shape.inputs(), false),
                gradients.input() == null ? null : launch.codesF32(layer.weights(), shape.neurons(), shape.inputs(), true),
                next == null ? null : launch.codesF32(next.weights(), next.neurons(), shape.neurons(), true),
                currents == null ? scratch.floats(rows * columns) : null,
                gradients.current() == null ? scratch.floats(rows * columns) : null,
                next == null ? null : scratch.floats(sequence * columns),
                weightsWanted ? scratch.floats(launch.weightGradientFloats(input, columns)) : null);
        for (int first = 0; first < shape.neurons(); first += columns) {
            int count = Math.min(columns, shape.neurons() - first);
            backward(launch, shape, layer, input, currents, upstream, gradients, work, first, count);
        }
    }

    /// Scratch of a backward pass; null where it is not needed.
    ///
    /// @param codes      q in float, to compute the currents again
    /// @param values     s·q, for the gradient of the input
    /// @param nextValues s·q of the next layer
    /// @param currents   of a slice, to compute them again
    /// @param byCurrent  their gradient
    /// @param through    what comes through the next layer, of a slice
    /// @param partial    the weight gradient's slices of rows
    private record Work(DevicePointer codes, DevicePointer values, DevicePointer nextValues, DevicePointer currents,
                        DevicePointer byCurrent, DevicePointer through, DevicePointer partial) {
    }

    private void backward(SpikingLinearLaunch launch, Shape shape, Layer layer, Input input, Buffer currents, Upstream upstream,
                          Gradients gradients, Work work, int first, int count) {
        long rows = shape.rows(input);
        long sequence = (long) shape.steps() * shape.batch();
        DevicePointer slice = work.currents == null ? LifLaunch.at(currents, first) : work.currents;
        long stride = work.currents == null ? shape.neurons() : count;
        if (work.currents != null) {
            currents(launch, layer, input, work.codes, first, count, new DeviceBuffer(device, ElementType.F32, rows * count, slice));
        }
        if (work.through != null) {
            launch.inputGradientF32(LifLaunch.at(upstream.next().currentGradient(), 0), upstream.next().neurons(),
                    SpikingLinearLaunch.offset(work.nextValues, first), shape.neurons(), work.through, count, false, sequence,
                    upstream.next().neurons(), count);
        }
        boolean constant = input.kind() == Input.Kind.CONSTANT;
        DevicePointer byCurrent = work.byCurrent == null ? LifLaunch.at(gradients.current(), first) : work.byCurrent;
        long byStride = work.byCurrent == null ? shape.neurons() : count;
        try (DeviceScratch.Mark _ = scratch.mark()) {
            new LifLaunch(device, shape.lif(), layer.neurons(), first, count).backward(
                    neuronCurrents(shape, layer, input, slice, stride), upstream.lif() == null ? NOTHING : upstream.lif(), work.through,
                    new LifLaunch.CurrentGradient(constant ? null : byCurrent, constant ? byCurrent : null, shape.batch() * byStride,
                            byStride), gradients.lif(), scratch);
        }
        if (work.partial != null) {
            launch.weightGradientF32(byCurrent, byStride, input, layer.weights(), first, count, work.partial,
                    LifLaunch.at(gradients.weights(), (long) first * shape.inputs()), LifLaunch.at(gradients.bias(), first));
        }
        if (work.values != null) {
            launch.inputGradientF32(byCurrent, byStride, SpikingLinearLaunch.offset(work.values, (long) first * shape.inputs()),
                    shape.inputs(), LifLaunch.at(gradients.input(), 0), shape.inputs(), first > 0, rows, count, shape.inputs());
        }
    }

    /// Neurons of a slice of which `arrays` arrays of T·B rows fit: whole words of spikes.
    private int columns(Shape shape, int arrays) {
        long column = Float.BYTES * arrays * (long) shape.steps() * shape.batch();
        return (int) Math.min(shape.neurons(), Math.max(32, sliceBytes / column / 32 * 32));
    }

    @Override
    public void close() {
        scratch.close();
    }
}
