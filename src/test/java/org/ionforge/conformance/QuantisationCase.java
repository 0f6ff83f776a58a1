package org.ionforge.conformance;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantisationScheme.Granularity;
import org.ionforge.compute.QuantisationScheme.Range;
import org.ionforge.compute.QuantisationScheme.Rounding;
import org.ionforge.compute.QuantisationScheme.ScaleRule;

/// Channels with the values that a quantiser may get wrong, and a scale and zero point for each.
///
/// @param x what lies between the channels is NaN
record QuantisationCase(QuantisationScheme scheme, Channels channels, float[] x, float[] scales, int[] zeroPoints) {

    /// Codes of every width, both rules for zero points, with and without.
    static final List<QuantisationScheme> SCHEMES = List.of(QuantisationScheme.int8(), QuantisationScheme.int8Narrow(),
            QuantisationScheme.int4(), QuantisationScheme.int2(), QuantisationScheme.ternary(), QuantisationScheme.quint8(),
            QuantisationScheme.quint8().with(Rounding.ZERO_POINT_WITHIN), QuantisationScheme.int4Narrow().with(Range.AFFINE),
            QuantisationScheme.symmetric(0, 3).with(Range.AFFINE).with(ScaleRule.FUSED_OBSERVER),
            QuantisationScheme.int8().with(ScaleRule.FUSED_OBSERVER_FBGEMM));

    /// One value, words and chunks not full, rows with and without gaps, aligned and not, a channel of several chunks.
    static final List<Channels> LAYOUTS = List.of(Channels.tensor(1), Channels.tensor(31), Channels.tensor(4099), Channels.tensor(20_011),
            Channels.rows(3, 10), new Channels(5, 31, 33), new Channels(2, 4101, 4104), Channels.rows(257, 2), Channels.rows(13, 64),
            Channels.rows(3, 0));

    private static final float[] SCALES = {0.0123f, 0.25f, 1 / 3f, 1e-40f, 1e34f, 0x1p-127f, Float.MIN_VALUE};
    private static final float[] BAD_SCALES = {Float.POSITIVE_INFINITY, Float.NaN};

    /// Half of the values any bits, half about the middle between two codes.
    static QuantisationCase of(QuantisationScheme base, Channels channels, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        QuantisationScheme scheme = channels.count() > 1 ? base.perChannel() : base;
        int count = Math.toIntExact(channels.count());
        float[] scales = new float[count];
        int[] zeroPoints = new int[count];
        float[] x = new float[Math.toIntExact(channels.span())];
        Arrays.fill(x, Float.NaN);
        int width = scheme.highest() - scheme.lowest();
        for (int c = 0; c < count; c++) {
            scales[c] = random.nextInt(3) > 0 ? (float) Math.exp(random.nextDouble(-9, 9)) : SCALES[random.nextInt(SCALES.length)];
            if (count > 3 && c < BAD_SCALES.length) {
                scales[c] = BAD_SCALES[c];
            }
            zeroPoints[c] = scheme.range() == Range.AFFINE ? scheme.lowest() + random.nextInt(width + 1) : 0;
            for (int k = 0; k < channels.length(); k++) {
                float middle = (scheme.lowest() - zeroPoints[c] - 1.5f + random.nextInt(width + 4)) * scales[c];
                x[(int) (c * channels.stride() + k)] = random.nextBoolean() ? Float.intBitsToFloat(random.nextInt())
                        : Float.intBitsToFloat(Float.floatToRawIntBits(middle) + random.nextInt(5) - 2);
            }
        }
        return new QuantisationCase(scheme, channels, x, scales, zeroPoints);
    }

    /// Every scheme on every layout.
    static List<QuantisationCase> all() {
        List<QuantisationCase> cases = new ArrayList<>();
        for (QuantisationScheme scheme : SCHEMES) {
            for (Channels channels : LAYOUTS) {
                cases.add(of(scheme, channels, cases.size()));
            }
        }
        return cases;
    }

    /// The same values, but none of them a NaN or infinite.
    QuantisationCase finite() {
        float[] finite = x.clone();
        for (int i = 0; i < finite.length; i++) {
            finite[i] = Float.isFinite(finite[i]) ? finite[i] : i;
        }
        return new QuantisationCase(scheme, channels, finite, scales, zeroPoints);
    }

    boolean perTensor() {
        return scheme.granularity() == Granularity.PER_TENSOR;
    }

    int values() {
        return Math.toIntExact(channels.count() * channels.length());
    }

    int packedBytes() {
        return Math.toIntExact(channels.count() * scheme.packedBytes(channels.length()));
    }

    int maskWords() {
        return Math.toIntExact(channels.count() * channels.maskWords());
    }

    FakeQuantisation.Scales scales(Trial trial) {
        return new FakeQuantisation.Scales(trial.input(scales), scheme.range() == Range.AFFINE ? trial.input(zeroPoints) : null);
    }

    /// Poisoned buffers for everything.
    FakeQuantisation.Outputs outputs(Trial trial) {
        return new FakeQuantisation.Outputs(trial.output(ElementType.F32, x.length), trial.output(scheme.codeType(), values()),
                trial.output(ElementType.U8, packedBytes()), trial.output(ElementType.U32, maskWords()));
    }

    /// What a quantisation left.
    record Result(float[] values, byte[] codes, byte[] packed, int[] mask) {
    }

    Result read(Trial trial, FakeQuantisation.Outputs outputs) {
        return new Result(trial.floats(outputs.values(), x.length), trial.bytes(outputs.codes(), values()),
                trial.bytes(outputs.packed(), packedBytes()), trial.ints(outputs.mask(), maskWords()));
    }

    /// A buffer with a guard behind these values.
    static Buffer updated(Trial trial, float... values) {
        Buffer buffer = trial.output(ElementType.F32, values.length);
        buffer.upload(MemorySegment.ofArray(values));
        return buffer;
    }

    String at(int i) {
        long channel = channels.stride() == 0 ? 0 : i / channels.stride();
        return x[i] + " with scale " + scales[(int) channel] + ", zero point " + zeroPoints[(int) channel] + ", " + scheme + ", " + channels;
    }
}
