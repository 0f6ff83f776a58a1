package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Observers;
import org.ionforge.compute.QuantisationArguments;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.Quantiser;

/// The definition: one value after the other.
final class ReferenceObservers implements Observers {

    /// The key of a magnitude's bin: exponent and 5 bits of the fraction.
    private static final int KEYS = BINS / 2;
    private static final int INFINITE_KEY = 0x7f800000 >>> 18;

    private final FakeQuantisation fakeQuantisation = new ReferenceFakeQuantisation();

    @Override
    public void reset(Buffer state, long channels) {
        QuantisationArguments.checkState(state, channels);
        for (long channel = 0; channel < channels; channel++) {
            store(state, channel, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
        }
    }

    @Override
    public void observe(Buffer x, Channels channels, Tracking tracking, Buffer state) {
        QuantisationArguments.check(x, channels, state);
        for (long channel = 0; channel < channels.count() && channels.length() > 0; channel++) {
            float min = Float.POSITIVE_INFINITY;
            float max = Float.NEGATIVE_INFINITY;
            for (long k = 0; k < channels.length(); k++) {
                float value = x.host().getAtIndex(JAVA_FLOAT_UNALIGNED, channel * channels.stride() + k);
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
            float smallest = smallest(state, channel);
            float largest = largest(state, channel);
            switch (tracking) {
                case Tracking.MinMax() -> store(state, channel, Math.min(smallest, min), Math.max(largest, max));
                case Tracking.MovingAverage(float constant) -> store(state, channel,
                        Float.isInfinite(smallest) ? min : smallest + constant * (min - smallest),
                        Float.isInfinite(largest) ? max : largest + constant * (max - largest));
            }
        }
    }

    @Override
    public void scales(Buffer state, long channels, QuantisationScheme scheme, FakeQuantisation.Scales scales) {
        QuantisationArguments.check(state, channels, scheme, scales);
        for (long channel = 0; channel < channels; channel++) {
            Quantiser quantiser = Quantiser.of(scheme, smallest(state, channel), largest(state, channel));
            scales.scale().host().setAtIndex(JAVA_FLOAT_UNALIGNED, channel, quantiser.scale());
            if (scales.zeroPoint() != null) {
                scales.zeroPoint().host().setAtIndex(JAVA_INT_UNALIGNED, channel, quantiser.zeroPoint());
            }
        }
    }

    @Override
    public void observeAndQuantise(Buffer x, Channels channels, QuantisationScheme scheme, Tracking tracking, Order order,
                                   Buffer state, FakeQuantisation.Scales scales, FakeQuantisation.Outputs outputs) {
        QuantisationArguments.check(x, channels, scheme, scales, outputs);
        QuantisationArguments.check(state, channels.count(), scheme, scales);
        observe(x, channels, tracking, state);
        if (order == Order.UPDATED) {
            scales(state, channels.count(), scheme, scales);
        }
        fakeQuantisation.quantise(x, channels, scheme, scales, outputs);
        if (order == Order.DELAYED) {
            scales(state, channels.count(), scheme, scales);
        }
    }

    @Override
    public void count(Buffer x, long n, Buffer histogram) {
        QuantisationArguments.check(x, n, histogram);
        for (long i = 0; i < n; i++) {
            float value = x.host().getAtIndex(JAVA_FLOAT_UNALIGNED, i);
            int key = Float.floatToRawIntBits(value) >>> 18;
            int bin = Float.isNaN(value) ? BINS : key < KEYS ? KEYS + key : BINS - 1 - key;
            HostArrays.setLong(histogram, bin, HostArrays.longAt(histogram, bin) + 1);
        }
    }

    @Override
    public void quantiles(Buffer histogram, double from, double to, Buffer state) {
        QuantisationArguments.check(histogram, from, to, state);
        long total = 0;
        for (int bin = 0; bin < BINS; bin++) {
            total += HostArrays.longAt(histogram, bin);
        }
        if (HostArrays.longAt(histogram, BINS) > 0) {
            store(state, 0, Float.NaN, Float.NaN);
        } else if (total == 0) {
            store(state, 0, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
        } else {
            store(state, 0, quantile(histogram, from * total), quantile(histogram, to * total));
        }
    }

    /// The number that `target` of the counts lie below.
    private static float quantile(Buffer histogram, double target) {
        long below = 0;
        int bin = 0;
        while (HostArrays.longAt(histogram, bin) == 0 || below + HostArrays.longAt(histogram, bin) < target) {
            below += HostArrays.longAt(histogram, bin);
            bin++;
        }
        boolean negative = bin < KEYS;
        int key = negative ? KEYS - 1 - bin : bin - KEYS;
        if (key == INFINITE_KEY) {
            return negative ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        }
        double low = negative ? -edge(key + 1) : edge(key);
        double fraction = (target - below) / HostArrays.longAt(histogram, bin);
        double value = Math.fma(edge(key + 1) - edge(key), fraction, low);
        return (float) Math.min(Math.max(value, -Float.MAX_VALUE), Float.MAX_VALUE);
    }

    /// The number that a bin starts with; the last finite one ends with 2¹²⁸.
    private static double edge(int key) {
        return key == INFINITE_KEY ? 0x1p128 : Float.intBitsToFloat(key << 18);
    }

    private static float smallest(Buffer state, long channel) {
        return state.host().getAtIndex(JAVA_FLOAT_UNALIGNED, 2 * channel);
    }

    private static float largest(Buffer state, long channel) {
        return state.host().getAtIndex(JAVA_FLOAT_UNALIGNED, 2 * channel + 1);
    }

    /// A zero as +0.
    private static void store(Buffer state, long channel, float min, float max) {
        state.host().setAtIndex(JAVA_FLOAT_UNALIGNED, 2 * channel, min + 0f);
        state.host().setAtIndex(JAVA_FLOAT_UNALIGNED, 2 * channel + 1, max + 0f);
    }
}
