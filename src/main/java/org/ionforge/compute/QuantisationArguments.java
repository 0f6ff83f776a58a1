package org.ionforge.compute;

import org.ionforge.compute.FakeQuantisation.Outputs;
import org.ionforge.compute.FakeQuantisation.Scales;
import org.ionforge.compute.FakeQuantisation.StepGradients;
import org.ionforge.compute.FakeQuantisation.StepRule;
import org.ionforge.compute.QuantisationScheme.Granularity;
import org.ionforge.compute.QuantisationScheme.Range;
import org.ionforge.compute.QuantisationScheme.ScaleRule;

/// The checks on the arguments of [FakeQuantisation] and [Observers] that every room makes before it touches memory. All throw
/// [IllegalArgumentException] and name what does not fit.
public final class QuantisationArguments {

    private QuantisationArguments() {
    }

    /// Of [FakeQuantisation#quantise].
    public static void check(Buffer x, Channels channels, QuantisationScheme scheme, Scales scales, Outputs outputs) {
        checkInput(x, channels, scheme);
        checkScales(scales, channels.count());
        if (!scheme.storable() && (outputs.codes() != null || outputs.packed() != null)) {
            throw new IllegalArgumentException("codes of " + scheme.bits() + " bits are not stored: ask for values and mask");
        }
        checkIfWanted("values", outputs.values(), ElementType.F32, channels.span());
        checkIfWanted("codes", outputs.codes(), scheme.codeType(), channels.count() * channels.length());
        checkIfWanted("packed", outputs.packed(), ElementType.U8, channels.count() * scheme.packedBytes(channels.length()));
        checkIfWanted("mask", outputs.mask(), ElementType.U32, channels.count() * channels.maskWords());
    }

    /// Of [FakeQuantisation#straightThrough].
    public static void check(Buffer gradient, Channels channels, Buffer mask, Buffer result) {
        Operands.require("gradient", gradient, ElementType.F32, channels.span());
        Operands.require("mask", mask, ElementType.U32, channels.count() * channels.maskWords());
        Operands.require("result", result, ElementType.F32, channels.span());
    }

    /// Of [FakeQuantisation#stepGradients].
    public static void check(Buffer x, Buffer gradient, Channels channels, QuantisationScheme scheme, Scales scales, StepRule rule,
                             StepGradients gradients) {
        checkInput(x, channels, scheme);
        checkScales(scales, channels.count());
        Operands.require("gradient", gradient, ElementType.F32, channels.span());
        checkIfWanted("gradients of x", gradients.x(), ElementType.F32, channels.span());
        checkIfWanted("gradients of the scales", gradients.scale(), ElementType.F32, channels.count());
        checkIfWanted("gradients of the zero points", gradients.zeroPoint(), ElementType.F32, channels.count());
        if (rule == StepRule.LSQ && (scales.zeroPoint() != null || gradients.zeroPoint() != null)) {
            throw new IllegalArgumentException("LSQ is symmetric: no zero points, and no gradient of them");
        }
    }

    /// Of [FakeQuantisation#initialSteps].
    public static void check(Buffer x, Channels channels, QuantisationScheme scheme, Buffer scales) {
        checkInput(x, channels, scheme);
        Operands.require("scales", scales, ElementType.F32, channels.count());
    }

    /// Of [Observers#observe].
    public static void check(Buffer x, Channels channels, Buffer state) {
        Operands.require("x", x, ElementType.F32, channels.span());
        checkState(state, channels.count());
    }

    /// Of [Observers#scales], and of the second half of [Observers#observeAndQuantise].
    public static void check(Buffer state, long channels, QuantisationScheme scheme, Scales scales) {
        checkState(state, channels);
        checkScales(scales, channels);
        boolean alwaysZero = scheme.range() == Range.SYMMETRIC && scheme.scaleRule() == ScaleRule.OBSERVER && scheme.lowest() < 0;
        if (scales.zeroPoint() == null && !alwaysZero) {
            throw new IllegalArgumentException("zero points of " + scheme + " may differ from 0: give a buffer for them");
        }
    }

    /// Of [Observers#count].
    public static void check(Buffer x, long n, Buffer histogram) {
        Operands.requireCount(n);
        Operands.require("x", x, ElementType.F32, n);
        checkHistogram(histogram);
    }

    /// Of [Observers#quantiles].
    public static void check(Buffer histogram, double from, double to, Buffer state) {
        checkHistogram(histogram);
        checkState(state, 1);
        if (!(from >= 0 && from <= to && to <= 1)) {
            throw new IllegalArgumentException("no quantiles: " + from + " to " + to);
        }
    }

    /// Of [Observers#reset].
    public static void checkState(Buffer state, long channels) {
        Operands.requireCount(channels);
        Operands.require("state", state, ElementType.F32, 2 * channels);
    }

    private static void checkHistogram(Buffer histogram) {
        Operands.require("histogram", histogram, ElementType.U64, Observers.BINS + 1);
    }

    private static void checkInput(Buffer x, Channels channels, QuantisationScheme scheme) {
        Operands.require("x", x, ElementType.F32, channels.span());
        if (scheme.granularity() == Granularity.PER_TENSOR && channels.count() != 1) {
            throw new IllegalArgumentException(channels + " under a scheme with one scale for all");
        }
    }

    private static void checkScales(Scales scales, long channels) {
        Operands.require("scales", scales.scale(), ElementType.F32, channels);
        checkIfWanted("zero points", scales.zeroPoint(), ElementType.S32, channels);
    }

    private static void checkIfWanted(String name, Buffer buffer, ElementType type, long n) {
        if (buffer != null) {
            Operands.require(name, buffer, type, n);
        }
    }
}
