package org.ionforge.compute.cpu;

import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_quantisation_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Observers;
import org.ionforge.compute.QuantisationArguments;
import org.ionforge.compute.QuantisationScheme;

/// `native/src/quantisation.cpp`.
final class CpuObservers implements Observers {

    @Override
    public void reset(Buffer state, long channels) {
        QuantisationArguments.checkState(state, channels);
        for (long channel = 0; channel < channels; channel++) {
            state.host().setAtIndex(ValueLayout.JAVA_FLOAT, 2 * channel, Float.POSITIVE_INFINITY);
            state.host().setAtIndex(ValueLayout.JAVA_FLOAT, 2 * channel + 1, Float.NEGATIVE_INFINITY);
        }
    }

    @Override
    public void observe(Buffer x, Channels channels, Tracking tracking, Buffer state) {
        QuantisationArguments.check(x, channels, state);
        try (QuantisationStructs structs = new QuantisationStructs()) {
            ionforge_quantisation_h.ionforge_observe_f32(x.host(), structs.of(channels), averaging(tracking), state.host());
        }
    }

    @Override
    public void scales(Buffer state, long channels, QuantisationScheme scheme, FakeQuantisation.Scales scales) {
        QuantisationArguments.check(state, channels, scheme, scales);
        try (QuantisationStructs structs = new QuantisationStructs()) {
            ionforge_quantisation_h.ionforge_scales_of_state(state.host(), channels, structs.of(scheme), structs.of(scales));
        }
    }

    @Override
    public void observeAndQuantise(Buffer x, Channels channels, QuantisationScheme scheme, Tracking tracking, Order order,
                                   Buffer state, FakeQuantisation.Scales scales, FakeQuantisation.Outputs outputs) {
        QuantisationArguments.check(x, channels, scheme, scales, outputs);
        QuantisationArguments.check(state, channels.count(), scheme, scales);
        try (QuantisationStructs structs = new QuantisationStructs()) {
            ionforge_quantisation_h.ionforge_observe_and_quantise_f32(x.host(), structs.of(channels), structs.of(scheme),
                    averaging(tracking), order == Order.DELAYED ? 1 : 0, state.host(), structs.of(scales), structs.of(outputs));
        }
    }

    @Override
    public void count(Buffer x, long n, Buffer histogram) {
        QuantisationArguments.check(x, n, histogram);
        ionforge_quantisation_h.ionforge_histogram_count_f32(x.host(), n, histogram.host());
    }

    @Override
    public void quantiles(Buffer histogram, double from, double to, Buffer state) {
        QuantisationArguments.check(histogram, from, to, state);
        ionforge_quantisation_h.ionforge_histogram_quantiles(histogram.host(), from, to, state.host());
    }

    /// The header's word for it.
    private static float averaging(Tracking tracking) {
        return switch (tracking) {
            case Tracking.MinMax() -> -1;
            case Tracking.MovingAverage(float constant) -> constant;
        };
    }
}
