package org.ionforge.compute.cuda;

import static org.ionforge.compute.cuda.ChannelGrid.pointer;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Observers;
import org.ionforge.compute.QuantisationArguments;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantisationScheme.Range;

/// `kernels/observe.cu`. State and scales stay on the device; nothing waits for it.
final class CudaObservers implements Observers, AutoCloseable {

    /// A channel up to this goes to one block, which reads it again out of the cache.
    private static final long CHANNEL_OF_A_BLOCK = 65536;
    /// Values that a block counts in 16 bits.
    private static final int COUNTED_BY_A_BLOCK = 32768;
    private static final int THREADS = ChannelGrid.THREADS;

    private final Device device;
    private final CudaFakeQuantisation fakeQuantisation;
    private final DeviceScratch scratch;

    CudaObservers(Device device, CudaFakeQuantisation fakeQuantisation) {
        this.device = device;
        this.fakeQuantisation = fakeQuantisation;
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public void reset(Buffer state, long channels) {
        QuantisationArguments.checkState(state, channels);
        device.launchEach("observer_reset_f32", channels, state, channels);
    }

    @Override
    public void observe(Buffer x, Channels channels, Tracking tracking, Buffer state) {
        QuantisationArguments.check(x, channels, state);
        if (channels.length() > 0) {
            DevicePointer ranges = ranges(channels);
            rangeF32(x, channels, ranges);
            trackF32(ranges, channels, tracking, state, DevicePointer.NULL, DevicePointer.NULL, QuantisationScheme.int8());
        }
    }

    @Override
    public void scales(Buffer state, long channels, QuantisationScheme scheme, FakeQuantisation.Scales scales) {
        QuantisationArguments.check(state, channels, scheme, scales);
        device.launchEach("scales_of_state_f32", channels, state, channels, scales.scale(), pointer(scales.zeroPoint()), scheme.lowest(),
                scheme.highest(), affine(scheme), scheme.scaleRule().ordinal(), scheme.smallestScale());
    }

    @Override
    public void observeAndQuantise(Buffer x, Channels channels, QuantisationScheme scheme, Tracking tracking, Order order,
                                   Buffer state, FakeQuantisation.Scales scales, FakeQuantisation.Outputs outputs) {
        QuantisationArguments.check(x, channels, scheme, scales, outputs);
        QuantisationArguments.check(state, channels.count(), scheme, scales);
        if (channels.length() == 0) {
            scales(state, channels.count(), scheme, scales);
        } else if (order == Order.DELAYED) {
            DevicePointer ranges = ranges(channels);
            fakeQuantisation.fakeQuantiseF32(x, channels, scheme, scales, outputs, ranges);
            trackF32(ranges, channels, tracking, state, pointer(scales.scale()), pointer(scales.zeroPoint()), scheme);
        } else if (channels.length() <= CHANNEL_OF_A_BLOCK && channels.count() > 1) {
            observeQuantiseRowsF32(x, channels, scheme, tracking, state, scales, outputs);
        } else {
            DevicePointer ranges = ranges(channels);
            rangeF32(x, channels, ranges);
            trackF32(ranges, channels, tracking, state, pointer(scales.scale()), pointer(scales.zeroPoint()), scheme);
            fakeQuantisation.fakeQuantiseF32(x, channels, scheme, scales, outputs, DevicePointer.NULL);
        }
    }

    @Override
    public void count(Buffer x, long n, Buffer histogram) {
        QuantisationArguments.check(x, n, histogram);
        if (n > 0) {
            device.launch("histogram_count_f32", Grid.of(Math.toIntExact(Math.ceilDiv(n, COUNTED_BY_A_BLOCK)), THREADS), x, n,
                    COUNTED_BY_A_BLOCK, histogram);
        }
    }

    @Override
    public void quantiles(Buffer histogram, double from, double to, Buffer state) {
        QuantisationArguments.check(histogram, from, to, state);
        device.launch("histogram_quantiles_f32", Grid.of(1, THREADS), histogram, from, to, state);
    }

    private DevicePointer ranges(Channels channels) {
        long floats = 2 * ChannelGrid.of(channels).blocks();
        scratch.begin(floats * Float.BYTES, 1);
        return scratch.floats(floats);
    }

    private void rangeF32(Buffer x, Channels channels, DevicePointer ranges) {
        ChannelGrid grid = ChannelGrid.of(channels);
        device.launch("range_f32", grid.grid(), x, channels.length(), channels.stride(), grid.chunks(), grid.aligned(x), ranges);
    }

    private void trackF32(DevicePointer ranges, Channels channels, Tracking tracking, Buffer state, DevicePointer scale,
                          DevicePointer zeroPoint, QuantisationScheme scheme) {
        device.launch("track_f32", Grid.of(Math.toIntExact(channels.count()), THREADS), ranges, ChannelGrid.of(channels).chunks(),
                averaging(tracking), state, scale, zeroPoint, scheme.lowest(), scheme.highest(), affine(scheme),
                scheme.scaleRule().ordinal(), scheme.smallestScale());
    }

    private void observeQuantiseRowsF32(Buffer x, Channels channels, QuantisationScheme scheme, Tracking tracking, Buffer state,
                                        FakeQuantisation.Scales scales, FakeQuantisation.Outputs outputs) {
        device.launch("observe_quantise_rows_f32", Grid.of(Math.toIntExact(channels.count()), THREADS), x, channels.length(),
                channels.stride(), ChannelGrid.of(channels).aligned(x, outputs.values()), averaging(tracking), state, scales.scale(),
                pointer(scales.zeroPoint()), scheme.lowest(), scheme.highest(), affine(scheme), scheme.scaleRule().ordinal(),
                scheme.smallestScale(), CudaFakeQuantisation.within(scheme), CudaFakeQuantisation.packedBits(scheme, outputs), pointer(outputs.values()),
                pointer(outputs.codes()), pointer(outputs.packed()), pointer(outputs.mask()));
    }

    /// The kernels' word for it.
    private static float averaging(Tracking tracking) {
        return switch (tracking) {
            case Tracking.MinMax() -> -1;
            case Tracking.MovingAverage(float constant) -> constant;
        };
    }

    private static int affine(QuantisationScheme scheme) {
        return scheme.range() == Range.AFFINE ? 1 : 0;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
