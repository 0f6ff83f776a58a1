package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.SpikingArguments;
import org.ionforge.compute.SpikingLinear.Quantisation;

/// The launches of `kernels/lif.cu` for neurons `first … first + count − 1` of a layer. What belongs to the caller is as wide as
/// the layer; currents and what comes through the next layer may be scratch as wide as the slice. Slices begin at whole words of
/// spikes; their backward passes run in ascending order, so that shared parameters add up.
final class LifLaunch {

    private static final int THREADS = 256;
    /// Steps of a segment of backward, by the kernel's choice of code.
    private static final int COMMON_SEGMENT = 32;
    private static final int SEGMENT = 16;

    /// Currents of the slice on the device: that of step t, sample b, neuron first + n at `t·stepStride + b·rowStride + n`.
    ///
    /// @param quantisation applied to them, null for none
    record Currents(DevicePointer values, ElementType type, long stepStride, long rowStride, Quantisation quantisation) {
    }

    /// Where their gradient goes, with the same strides; both null for nowhere.
    ///
    /// @param steps of the type of the currents, every step's
    /// @param sum   F32, the sum over the steps
    record CurrentGradient(DevicePointer steps, DevicePointer sum, long stepStride, long rowStride) {
    }

    private final Device device;
    private final Lif.Shape shape;
    private final LifNeurons neurons;
    private final int first;
    private final int count;

    LifLaunch(Device device, Lif.Shape shape, LifNeurons neurons, int first, int count) {
        this.device = device;
        this.shape = shape;
        this.neurons = neurons;
        this.first = first;
        this.count = count;
    }

    void forward(Currents currents, Lif.Outputs outputs) {
        LifDialect dialect = neurons.dialect();
        device.launch("lif_forward_" + variant(currents), grid(), currents.values, currents.stepStride, currents.rowStride,
                scale(currents), lowest(currents), highest(currents), parameter(neurons.leak()), parameter(neurons.threshold()), shared(neurons),
                neurons.code(), dialect.synapseDecay(), dialect.resistance(), dialect.rest(), dialect.initial(), dialect.resetValue(),
                levels(neurons), at(outputs.spikes(), first / 32), at(outputs.counts(), first), at(outputs.membrane(), first),
                at(outputs.lastMembrane(), first), (long) shape.neurons(), (long) shape.words(), shape.steps(), shape.batch(), count);
    }

    /// Bytes of scratch that [#backward] takes, in [#BACKWARD_PIECES] pieces.
    long backwardBytes() {
        return Float.BYTES * checkpoints() + 4L * Double.BYTES * Math.max(cells(), blocks());
    }

    static final int BACKWARD_PIECES = 5;

    /// @param through gradient of the spikes from the next layer, as wide as the slice; null for none
    void backward(Currents currents, Lif.Upstream upstream, DevicePointer through, CurrentGradient gradient, Lif.Gradients gradients,
                  DeviceScratch scratch) {
        LifDialect dialect = neurons.dialect();
        DevicePointer byLeak = partial(neurons.leak(), gradients.leak(), scratch);
        DevicePointer byThreshold = partial(neurons.threshold(), gradients.threshold(), scratch);
        DevicePointer bySlope = partial(neurons.slope(), gradients.slope(), scratch);
        DevicePointer byOffset = partial(neurons.offset(), gradients.offset(), scratch);
        boolean masked = currents.quantisation != null && currents.quantisation.mask();
        device.launch("lif_backward_" + variant(currents), grid(), currents.values, currents.stepStride, currents.rowStride,
                scale(currents), lowest(currents), highest(currents), masked ? 1 : 0, parameter(neurons.leak()),
                parameter(neurons.threshold()), parameter(neurons.slope()), parameter(neurons.offset()), shared(neurons), neurons.code(),
                dialect.synapseDecay(), dialect.resistance(), dialect.rest(), dialect.initial(), dialect.resetValue(), levels(neurons),
                neurons.surrogate().code(), neurons.surrogate().slope(), at(upstream.spikes(), first), orNull(through),
                at(upstream.counts(), first), at(upstream.membrane(), first), at(upstream.lastMembrane(), first),
                (long) shape.neurons(), (long) count, orNull(gradient.steps), orNull(gradient.sum), gradient.stepStride,
                gradient.rowStride, byLeak, byThreshold, bySlope, byOffset, scratch.floats(checkpoints()), shape.steps(),
                shape.batch(), count);
        add(byLeak, neurons.leak(), gradients.leak());
        add(byThreshold, neurons.threshold(), gradients.threshold());
        add(bySlope, neurons.slope(), gradients.slope());
        add(byOffset, neurons.offset(), gradients.offset());
    }

    /// Where the shares of a parameter go that is trained.
    private DevicePointer partial(Buffer parameter, Buffer gradient, DeviceScratch scratch) {
        if (gradient == null) {
            return DevicePointer.NULL;
        }
        return scratch.doubles(SpikingArguments.isShared(parameter) ? blocks() : cells());
    }

    private void add(DevicePointer partial, Buffer parameter, Buffer gradient) {
        if (gradient == null) {
            return;
        }
        if (SpikingArguments.isShared(parameter)) {
            device.launch("lif_add_blocks_f64_f32", Grid.of(1, THREADS), partial, at(gradient, 0), blocks(),
                    first > 0 ? 1 : 0);
        } else {
            device.launch("lif_add_samples_f64_f32", Grid.covering(count, THREADS), partial, at(gradient, first), shape.batch(), count);
        }
    }

    private long cells() {
        return (long) shape.batch() * count;
    }

    private long blocks() {
        return grid().x();
    }

    private Grid grid() {
        return Grid.covering((long) shape.batch() * Math.ceilDiv(count, 32) * 32, THREADS);
    }

    private long checkpoints() {
        int segments = Math.ceilDiv(shape.steps(), isCommon(neurons) ? COMMON_SEGMENT : SEGMENT);
        return (segments - 1) * neurons.dialect().states() * cells();
    }

    /// What `kernels/lif_step.cuh` has less code for.
    static boolean isCommon(LifNeurons neurons) {
        LifDialect dialect = neurons.dialect();
        return neurons.state() == null && dialect.charge() == LifDialect.Charge.LEAK && !dialect.decayInput() && dialect.synapse() == LifDialect.Synapse.NONE
                && !dialect.spikeDelay() && dialect.resistance() == 1;
    }

    /// What the membranes are rounded to.
    static DevicePointer levels(LifNeurons neurons) {
        return at(neurons.state() == null ? null : neurons.state().table(), 0);
    }

    /// Which parameters have one value for the layer.
    static int shared(LifNeurons neurons) {
        return bit(neurons.leak(), 1) | bit(neurons.threshold(), 2) | bit(neurons.slope(), 4) | bit(neurons.offset(), 8);
    }

    private static int bit(Buffer parameter, int bit) {
        return parameter != null && SpikingArguments.isShared(parameter) ? bit : 0;
    }

    private DevicePointer parameter(Buffer buffer) {
        return buffer == null ? DevicePointer.NULL : at(buffer, SpikingArguments.isShared(buffer) ? 0 : first);
    }

    private String variant(Currents currents) {
        return (isCommon(neurons) ? "common_" : "") + (currents.type == ElementType.BF16 ? "bf16" : "f32");
    }

    private static DevicePointer scale(Currents currents) {
        return currents.quantisation == null ? DevicePointer.NULL : at(currents.quantisation.scale(), 0);
    }

    private static int lowest(Currents currents) {
        return currents.quantisation == null ? 0 : currents.quantisation.scheme().lowest();
    }

    private static int highest(Currents currents) {
        return currents.quantisation == null ? 0 : currents.quantisation.scheme().highest();
    }

    private static DevicePointer orNull(DevicePointer pointer) {
        return pointer == null ? DevicePointer.NULL : pointer;
    }

    /// An element of an operand that may be absent.
    static DevicePointer at(Buffer buffer, long element) {
        return buffer == null ? DevicePointer.NULL : ((DeviceBuffer) buffer).at(element);
    }
}
