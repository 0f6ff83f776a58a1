package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ionforge.bench.peers.TorchGatedMlp;
import org.ionforge.bench.peers.TorchQuantisation;
import org.ionforge.compute.QuantisationScheme.Range;
import org.ionforge.compute.QuantisationScheme.Rounding;
import org.ionforge.compute.QuantisationScheme.ScaleRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The definition of quantisation beside libtorch, which rounds, clamps and scales by its own code: equal to the bit.
class QuantiserBesideTorchTest {

    private static final QuantisationScheme INT8 = QuantisationScheme.int8();
    /// Usual ones, powers of two, the last whose reciprocal is finite, subnormal ones and a huge one.
    private static final float[] SCALES = {0.0123f, 1, 0.25f, 1 / 3f, 4096, 1e-5f, 0x1p-127f, 0x1p-129f, 1e-40f, 1e34f};
    private static final int VALUES = 1_000_000;
    /// libtorch converts q to 64 bits per channel before it clamps; above that it overflows.
    private static final float LARGEST_INTEGER = 0x1p62f;

    private final TorchQuantisation torch = new TorchQuantisation();
    private final SplittableRandom random = new SplittableRandom(3);

    @BeforeAll
    static void oneThread() {
        TorchGatedMlp.setThreads(1);  // its threads spin, which hurts on a busy machine
    }

    /// Ten million values: any bits, and steps' middles with their neighbours.
    @Test
    void perTensor() {
        List<QuantisationScheme> schemes = List.of(INT8, QuantisationScheme.int8Narrow(), QuantisationScheme.int4(),
                QuantisationScheme.ternary(), QuantisationScheme.quint8());
        for (int k = 0; k < SCALES.length; k++) {
            QuantisationScheme scheme = schemes.get(k % schemes.size());
            int zeroPoint = k % 2 == 0 ? 0 : scheme.lowest() + random.nextInt(scheme.highest() - scheme.lowest() + 1);
            Quantiser quantiser = new Quantiser(scheme, SCALES[k], zeroPoint);
            float[] x = values(VALUES, quantiser);
            compare(quantiser, x, 0, torch.perTensor(x, SCALES[k], zeroPoint, scheme));
        }
    }

    @Test
    void perChannelWithIntegerZeroPoints() {
        perChannel(Rounding.ZERO_POINT_AFTER);
    }

    @Test
    void perChannelWithTheZeroPointInTheRounding() {
        perChannel(Rounding.ZERO_POINT_WITHIN);
    }

    private void perChannel(Rounding rounding) {
        QuantisationScheme scheme = QuantisationScheme.quint8().perChannel().with(rounding);
        int channels = 1000;
        int length = 1000;
        float[] scales = new float[channels];
        int[] zeroPoints = new int[channels];
        float[] x = new float[channels * length];
        for (int c = 0; c < channels; c++) {
            scales[c] = (float) Math.exp(random.nextDouble(-80, 80));
            zeroPoints[c] = random.nextInt(256);
            float[] row = values(length, new Quantiser(scheme, scales[c], zeroPoints[c]));
            for (int i = 0; i < length; i++) {
                x[c * length + i] = Math.abs(row[i] * (1 / scales[c])) < LARGEST_INTEGER ? row[i] : 0;
            }
        }
        TorchQuantisation.Quantised theirs = torch.perChannel(x, scales, zeroPoints, rounding == Rounding.ZERO_POINT_WITHIN, scheme);
        for (int c = 0; c < channels; c++) {
            float[] row = Arrays.copyOfRange(x, c * length, (c + 1) * length);
            compare(new Quantiser(scheme, scales[c], zeroPoints[c]), row, c * length, theirs);
        }
    }

    private static void compare(Quantiser quantiser, float[] x, int first, TorchQuantisation.Quantised theirs) {
        for (int i = 0; i < x.length; i++) {
            if (Float.isNaN(x[i])) {
                assertEquals(quantiser.scheme().lowest(), quantiser.code(x[i]));
                assertEquals(true, Float.isNaN(quantiser.fakeQuantised(x[i])), "a NaN stays one");
            } else if (Float.floatToRawIntBits(quantiser.fakeQuantised(x[i])) != Float.floatToRawIntBits(theirs.values()[first + i])) {
                fail(quantiser + " makes " + quantiser.fakeQuantised(x[i]) + " of " + x[i] + ", libtorch " + theirs.values()[first + i]);
            }
            if (quantiser.passes(x[i]) != theirs.mask()[first + i]) {
                fail(quantiser + " lets the gradient through at " + x[i] + ": " + quantiser.passes(x[i]));
            }
        }
    }

    @Test
    void scalesOfTheFusedObserver() {
        for (Range range : Range.values()) {
            for (int[] codes : new int[][] {{-128, 127}, {-127, 127}, {0, 255}, {0, 127}, {-8, 7}, {-2, 1}}) {
                QuantisationScheme scheme = QuantisationScheme.symmetric(codes[0], codes[1]).with(range).perChannel()
                        .with(ScaleRule.FUSED_OBSERVER_FBGEMM);
                float[] pairs = ranges(50_000, scheme);
                int n = pairs.length / 2;
                float[] min = new float[n];
                float[] max = new float[n];
                Arrays.fill(min, Float.POSITIVE_INFINITY);
                Arrays.fill(max, Float.NEGATIVE_INFINITY);
                TorchQuantisation.Observed theirs = torch.fusedObserver(pairs, min, max, 0.01, scheme);
                for (int i = 0; i < n; i++) {
                    same(theirs, i, Quantiser.of(scheme, theirs.min()[i], theirs.max()[i]));
                    if (theirs.scale()[i] > 6.2e-5f) {  // where FBGEMM and the CUDA kernel have one rule
                        same(theirs, i, Quantiser.of(scheme.with(ScaleRule.FUSED_OBSERVER), theirs.min()[i], theirs.max()[i]));
                    }
                }
            }
        }
    }

    @Test
    void scalesOfTheObserver() {
        for (QuantisationScheme scheme : List.of(INT8, QuantisationScheme.int8Narrow().atLeast(0x1p-12f), QuantisationScheme.int2(),
                INT8.with(Range.AFFINE), QuantisationScheme.quint8(), QuantisationScheme.int4().with(Range.AFFINE))) {
            float[] pairs = ranges(50_000, scheme);
            float[] min = new float[pairs.length / 2];
            float[] max = new float[pairs.length / 2];
            for (int i = 0; i < min.length; i++) {
                min[i] = Math.min(pairs[2 * i], pairs[2 * i + 1]);
                max[i] = Math.max(pairs[2 * i], pairs[2 * i + 1]);
            }
            TorchQuantisation.Observed theirs = torch.observer(min, max, scheme);
            for (int i = 0; i < min.length; i++) {
                same(theirs, i, Quantiser.of(scheme, min[i], max[i]));
            }
        }
    }

    private static void same(TorchQuantisation.Observed theirs, int i, Quantiser ours) {
        if (theirs.scale()[i] != ours.scale() || theirs.zeroPoint()[i] != ours.zeroPoint()) {
            fail(theirs.min()[i] + " … " + theirs.max()[i] + ": " + ours + ", libtorch has " + theirs.scale()[i] + " and " + theirs.zeroPoint()[i]);
        }
    }

    /// Every other one any bits; the rest within two units in the last place of the middle between two codes.
    private float[] values(int n, Quantiser quantiser) {
        float[] x = new float[n];
        int width = quantiser.scheme().highest() - quantiser.scheme().lowest() + 4;
        for (int i = 0; i < n; i++) {
            float middle = (quantiser.scheme().lowest() - quantiser.zeroPoint() - 1.5f + random.nextInt(width)) * quantiser.scale();
            x[i] = i % 2 == 0 ? Float.intBitsToFloat(random.nextInt())
                    : Float.intBitsToFloat(Float.floatToRawIntBits(middle) + random.nextInt(5) - 2);
        }
        float[] special = {0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.MIN_VALUE, -Float.MIN_VALUE,
            Float.MAX_VALUE, -Float.MAX_VALUE};
        System.arraycopy(special, 0, x, 0, special.length);
        return x;
    }

    /// Pairs over 24 decades, of one sign and of two, some whose zero point lies within an ULP of the middle between two codes.
    private float[] ranges(int n, QuantisationScheme scheme) {
        float[] pairs = new float[2 * n];
        int width = scheme.highest() - scheme.lowest();
        for (int i = 0; i < n; i++) {
            float size = (float) Math.exp(random.nextDouble(-27, 27));
            pairs[2 * i] = (random.nextFloat() - 0.7f) * size;
            pairs[2 * i + 1] = (random.nextFloat() - 0.3f) * size;
            if (i % 3 == 0) {
                int below = random.nextInt(width);
                pairs[2 * i] = Float.intBitsToFloat(Float.floatToIntBits(-(below + 0.5f) * size) + random.nextInt(3) - 1);
                pairs[2 * i + 1] = (width - below - 0.5f) * size;
            }
        }
        float[] special = {0, 0, -0f, 0, 0, 1, -1, 0, -1, 1, -1e-40f, 1e-40f, Float.MIN_VALUE, 1, -3e38f, 3e38f, 1e-6f, -1e-6f, 0, 1e-6f,
            -1e-6f, 0};
        System.arraycopy(special, 0, pairs, 0, special.length);
        return pairs;
    }
}
