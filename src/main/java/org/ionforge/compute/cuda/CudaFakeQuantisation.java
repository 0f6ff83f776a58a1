package org.ionforge.compute.cuda;

import static org.ionforge.compute.cuda.ChannelGrid.pointer;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.QuantisationArguments;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantisationScheme.Rounding;

/// `kernels/fake_quant.cu`. Sums of chunks stay on the device.
final class CudaFakeQuantisation implements FakeQuantisation, AutoCloseable {

    private final Device device;
    private final DeviceScratch scratch;

    CudaFakeQuantisation(Device device) {
        this.device = device;
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public void quantise(Buffer x, Channels channels, QuantisationScheme scheme, Scales scales, Outputs outputs) {
        QuantisationArguments.check(x, channels, scheme, scales, outputs);
        fakeQuantiseF32(x, channels, scheme, scales, outputs, DevicePointer.NULL);
    }

    /// @param ranges where each chunk's range goes, or a null pointer
    void fakeQuantiseF32(Buffer x, Channels channels, QuantisationScheme scheme, Scales scales, Outputs outputs, DevicePointer ranges) {
        if (channels.length() > 0) {
            ChannelGrid grid = ChannelGrid.of(channels);
            device.launch("fake_quantise_f32", grid.grid(), x, channels.length(), channels.stride(), grid.chunks(),
                    grid.aligned(x, outputs.values()), scales.scale(), pointer(scales.zeroPoint()), scheme.lowest(), scheme.highest(),
                    within(scheme), packedBits(scheme, outputs), pointer(outputs.values()), pointer(outputs.codes()), pointer(outputs.packed()),
                    pointer(outputs.mask()), ranges);
        }
    }

    /// Bits of a packed code; where none are packed, codes may be wider than those.
    static int packedBits(QuantisationScheme scheme, Outputs outputs) {
        return outputs.packed() == null ? Byte.SIZE : scheme.bits();
    }

    @Override
    public void straightThrough(Buffer gradient, Channels channels, Buffer mask, Buffer result) {
        QuantisationArguments.check(gradient, channels, mask, result);
        if (channels.length() > 0) {
            ChannelGrid grid = ChannelGrid.of(channels);
            device.launch("straight_through_f32", grid.grid(), gradient, channels.length(), channels.stride(), grid.chunks(), mask,
                    result);
        }
    }

    @Override
    public void stepGradients(Buffer x, Buffer gradient, Channels channels, QuantisationScheme scheme, Scales scales, StepRule rule,
                              float factor, StepGradients gradients) {
        QuantisationArguments.check(x, gradient, channels, scheme, scales, rule, gradients);
        ChannelGrid grid = ChannelGrid.of(channels);
        scratch.begin(2 * grid.blocks() * Double.BYTES, 1);
        DevicePointer sums = scratch.doubles(2 * grid.blocks());
        device.launch("step_gradients_f32", grid.grid(), x, gradient, channels.length(), channels.stride(), grid.chunks(),
                scales.scale(), pointer(scales.zeroPoint()), scheme.lowest(), scheme.highest(), within(scheme),
                rule == StepRule.LSQ ? 1 : 0, factor, pointer(gradients.x()), sums);
        if (gradients.scale() != null || gradients.zeroPoint() != null) {
            device.launch("step_gradients_sum_f32", grid.perChannel(), sums, channels.count(), grid.chunks(),
                    pointer(gradients.scale()), pointer(gradients.zeroPoint()));
        }
    }

    @Override
    public void initialSteps(Buffer x, Channels channels, QuantisationScheme scheme, Buffer scales) {
        QuantisationArguments.check(x, channels, scheme, scales);
        ChannelGrid grid = ChannelGrid.of(channels);
        scratch.begin(grid.blocks() * Double.BYTES, 1);
        DevicePointer sums = scratch.doubles(grid.blocks());
        device.launch("magnitude_f32", grid.grid(), x, channels.length(), channels.stride(), grid.chunks(), sums);
        device.launch("initial_steps_f32", grid.perChannel(), sums, channels.count(), grid.chunks(), channels.length(),
                Math.sqrt(scheme.highest()), scales);
    }

    static int within(QuantisationScheme scheme) {
        return scheme.rounding() == Rounding.ZERO_POINT_WITHIN ? 1 : 0;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
