package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.ionforge.compute.reference.HostArrays.floatAt;
import static org.ionforge.compute.reference.HostArrays.setFloat;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.QuantisationArguments;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.Quantiser;

/// The definition: [Quantiser] value by value.
final class ReferenceFakeQuantisation implements FakeQuantisation {

    @Override
    public void quantise(Buffer x, Channels channels, QuantisationScheme scheme, Scales scales, Outputs outputs) {
        QuantisationArguments.check(x, channels, scheme, scales, outputs);
        clearPadding(channels, scheme, outputs);
        for (long channel = 0; channel < channels.count(); channel++) {
            Quantiser quantiser = quantiser(scheme, scales, channel);
            for (long k = 0; k < channels.length(); k++) {
                float value = floatAt(x, channel * channels.stride() + k);
                write(outputs, channels, quantiser, channel, k, value);
            }
        }
    }

    private static void write(Outputs outputs, Channels channels, Quantiser quantiser, long channel, long k, float value) {
        QuantisationScheme scheme = quantiser.scheme();
        int code = quantiser.code(value);
        if (outputs.codes() != null) {
            outputs.codes().host().set(JAVA_BYTE, channel * channels.length() + k, (byte) code);
        }
        if (outputs.packed() != null) {
            long at = channel * scheme.packedBytes(channels.length()) + k * scheme.bits() / 8;
            int field = (code & (1 << scheme.bits()) - 1) << k * scheme.bits() % 8;
            outputs.packed().host().set(JAVA_BYTE, at, (byte) (outputs.packed().host().get(JAVA_BYTE, at) | field));
        }
        if (outputs.mask() != null && quantiser.passes(value)) {
            long at = channel * channels.maskWords() + k / 32;
            outputs.mask().host().setAtIndex(JAVA_INT_UNALIGNED, at, outputs.mask().host().getAtIndex(JAVA_INT_UNALIGNED, at) | 1 << k % 32);
        }
        if (outputs.values() != null) {
            setFloat(outputs.values(), channel * channels.stride() + k, quantiser.fakeQuantised(value));
        }
    }

    private static void clearPadding(Channels channels, QuantisationScheme scheme, Outputs outputs) {
        if (outputs.packed() != null) {
            outputs.packed().host().asSlice(0, channels.count() * scheme.packedBytes(channels.length())).fill((byte) 0);
        }
        if (outputs.mask() != null) {
            outputs.mask().host().asSlice(0, 4 * channels.count() * channels.maskWords()).fill((byte) 0);
        }
    }

    @Override
    public void straightThrough(Buffer gradient, Channels channels, Buffer mask, Buffer result) {
        QuantisationArguments.check(gradient, channels, mask, result);
        for (long channel = 0; channel < channels.count(); channel++) {
            for (long k = 0; k < channels.length(); k++) {
                long at = channel * channels.stride() + k;
                int word = mask.host().getAtIndex(JAVA_INT_UNALIGNED, channel * channels.maskWords() + k / 32);
                setFloat(result, at, floatAt(gradient, at) * (word >>> k % 32 & 1));
            }
        }
    }

    @Override
    public void stepGradients(Buffer x, Buffer gradient, Channels channels, QuantisationScheme scheme, Scales scales, StepRule rule,
                              float factor, StepGradients gradients) {
        QuantisationArguments.check(x, gradient, channels, scheme, scales, rule, gradients);
        for (long channel = 0; channel < channels.count(); channel++) {
            Quantiser quantiser = quantiser(scheme, scales, channel);
            double scaleSum = 0;
            double zeroPointSum = 0;
            for (long k = 0; k < channels.length(); k++) {
                long at = channel * channels.stride() + k;
                float value = floatAt(x, at);
                float g = floatAt(gradient, at);
                boolean inside = rule == StepRule.LSQ ? insideOfClamp(quantiser, value) : quantiser.passes(value);
                scaleSum += scaleGradient(quantiser, rule, value, g, factor, inside);
                zeroPointSum += inside ? 0 : -g * quantiser.scale() * factor;
                if (gradients.x() != null) {
                    setFloat(gradients.x(), at, inside ? g : g * 0);
                }
            }
            if (gradients.scale() != null) {
                setFloat(gradients.scale(), channel, (float) scaleSum);
            }
            if (gradients.zeroPoint() != null) {
                setFloat(gradients.zeroPoint(), channel, (float) zeroPointSum);
            }
        }
    }

    /// LSQ clamps before it rounds.
    private static boolean insideOfClamp(Quantiser quantiser, float x) {
        float t = x * (1 / quantiser.scale());
        return t >= quantiser.scheme().lowest() && t <= quantiser.scheme().highest();
    }

    private static float scaleGradient(Quantiser quantiser, StepRule rule, float x, float g, float factor, boolean inside) {
        float inverse = 1 / quantiser.scale();
        float steps = quantiser.code(x) - quantiser.zeroPoint();
        if (!inside) {
            return g * steps * factor;
        }
        return rule == StepRule.LSQ ? g * (steps - x * inverse) * factor
                : g * Math.fma(steps, quantiser.scale(), -x) * inverse * factor;
    }

    @Override
    public void initialSteps(Buffer x, Channels channels, QuantisationScheme scheme, Buffer scales) {
        QuantisationArguments.check(x, channels, scheme, scales);
        for (long channel = 0; channel < channels.count(); channel++) {
            double sum = 0;
            for (long k = 0; k < channels.length(); k++) {
                sum += Math.abs(floatAt(x, channel * channels.stride() + k));
            }
            setFloat(scales, channel, (float) (2 * (sum / channels.length()) / Math.sqrt(scheme.highest())));
        }
    }

    private static Quantiser quantiser(QuantisationScheme scheme, Scales scales, long channel) {
        int zeroPoint = scales.zeroPoint() == null ? 0 : scales.zeroPoint().host().getAtIndex(JAVA_INT_UNALIGNED, channel);
        return new Quantiser(scheme, floatAt(scales.scale(), channel), zeroPoint);
    }
}
