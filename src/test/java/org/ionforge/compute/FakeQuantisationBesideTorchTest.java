package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ionforge.bench.peers.TorchGatedMlp;
import org.ionforge.bench.peers.TorchQuantisation;
import org.ionforge.compute.FakeQuantisation.StepRule;
import org.ionforge.compute.Observers.Order;
import org.ionforge.compute.Observers.Tracking;
import org.ionforge.compute.QuantisationScheme.Range;
import org.ionforge.compute.QuantisationScheme.ScaleRule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Our operations on arrays beside libtorch's: values, codes, masks and scales equal to the bit.
class FakeQuantisationBesideTorchTest {

    private static final int VALUES = 10_000_000;

    private final TorchQuantisation torch = new TorchQuantisation();
    private final SplittableRandom random = new SplittableRandom(8);
    private Backend backend;

    @BeforeAll
    static void oneThread() {
        TorchGatedMlp.setThreads(1);  // its threads spin, which hurts on a busy machine
    }

    @BeforeEach
    void open() {
        backend = Backends.named("cpu");
    }

    @AfterEach
    void close() {
        assertEquals(0, backend.liveBuffers());
        backend.close();
    }

    /// Ten million: any bits (±∞, subnormals), ties and their neighbours; a tensor with a subnormal scale too.
    @Test
    void perTensor() {
        for (float scale : new float[] {0.0173f, 1e-39f}) {
            QuantisationScheme scheme = QuantisationScheme.int8();
            float[] x = values(VALUES, scale);
            compare(x, Channels.tensor(VALUES), scheme, new float[] {scale}, new int[] {0}, torch.perTensor(x, scale, 0, scheme));
        }
    }

    /// The same per channel with zero points, by both rules for where they come in. What overflows 64 bits in libtorch is left out.
    @Test
    void perChannel() {
        int channels = 1000;
        for (QuantisationScheme.Rounding rounding : QuantisationScheme.Rounding.values()) {
            QuantisationScheme scheme = QuantisationScheme.quint8().perChannel().with(rounding);
            float[] scales = new float[channels];
            int[] zeroPoints = new int[channels];
            float[] x = new float[VALUES / 2];
            int length = x.length / channels;
            for (int c = 0; c < channels; c++) {
                scales[c] = (float) Math.exp(random.nextDouble(-9, 9));
                zeroPoints[c] = random.nextInt(256);
                float[] row = values(length, scales[c]);
                for (int i = 0; i < length; i++) {
                    x[c * length + i] = Math.abs(row[i] / scales[c]) < 1e18f ? row[i] : 0;
                }
            }
            compare(x, Channels.rows(channels, length), scheme, scales, zeroPoints,
                    torch.perChannel(x, scales, zeroPoints, rounding == QuantisationScheme.Rounding.ZERO_POINT_WITHIN, scheme));
        }
    }

    private void compare(float[] x, Channels channels, QuantisationScheme scheme, float[] scales, int[] zeroPoints,
                         TorchQuantisation.Quantised theirs) {
        try (Buffer in = load(ElementType.F32, MemorySegment.ofArray(x)); Buffer scale = load(ElementType.F32, MemorySegment.ofArray(scales));
             Buffer zeroPoint = load(ElementType.S32, MemorySegment.ofArray(zeroPoints));
             Buffer out = backend.allocate(ElementType.F32, x.length);
             Buffer codes = backend.allocate(scheme.lowest() < 0 ? ElementType.S8 : ElementType.U8, x.length);
             Buffer mask = backend.allocate(ElementType.U32, channels.count() * channels.maskWords())) {
            backend.fakeQuantisation().quantise(in, channels, scheme, new FakeQuantisation.Scales(scale, zeroPoint),
                    new FakeQuantisation.Outputs(out, codes, null, mask));
            float[] ours = floats(out);
            byte[] stored = new byte[x.length];
            codes.download(MemorySegment.ofArray(stored));
            int[] bits = new int[(int) mask.length()];
            mask.download(MemorySegment.ofArray(bits));
            for (int i = 0; i < x.length; i++) {
                int k = (int) (i % channels.length());
                boolean passes = (bits[(int) (i / channels.length() * channels.maskWords() + k / 32)] >>> k % 32 & 1) == 1;
                boolean same = Float.isNaN(x[i]) ? Float.isNaN(ours[i]) : Float.floatToRawIntBits(ours[i]) == Float.floatToRawIntBits(theirs.values()[i]);
                int c = (int) (i / channels.length());
                int code = scheme.lowest() < 0 ? stored[i] : Byte.toUnsignedInt(stored[i]);
                boolean coded = Float.isNaN(x[i]) ? code == scheme.lowest() : (code - zeroPoints[c]) * scales[c] == theirs.values()[i];
                if (!same || !coded || passes != theirs.mask()[i]) {
                    fail(x[i] + ": " + ours[i] + ", code " + code + " and " + passes + ", libtorch has " + theirs.values()[i] + " and "
                            + theirs.mask()[i]);
                }
            }
        }
    }

    /// Twenty tensors through the fused observer, per tensor and per channel: state, scale, zero point and values of each.
    @Test
    void fusedMovingAverageObserver() {
        for (QuantisationScheme codes : List.of(QuantisationScheme.int8(), QuantisationScheme.quint8(), QuantisationScheme.int4())) {
            for (Range range : Range.values()) {
                observe(codes.with(range).with(ScaleRule.FUSED_OBSERVER_FBGEMM), Channels.tensor(3000));
                observe(codes.with(range).with(ScaleRule.FUSED_OBSERVER_FBGEMM).perChannel(), Channels.rows(12, 250));
            }
        }
    }

    private void observe(QuantisationScheme scheme, Channels channels) {
        int count = (int) channels.count();
        float[] min = new float[count];
        float[] max = new float[count];
        Arrays.fill(min, Float.POSITIVE_INFINITY);
        Arrays.fill(max, Float.NEGATIVE_INFINITY);
        try (Buffer state = backend.allocate(ElementType.F32, 2L * count); Buffer scale = backend.allocate(ElementType.F32, count);
             Buffer zeroPoint = backend.allocate(ElementType.S32, count); Buffer out = backend.allocate(ElementType.F32, 3000)) {
            FakeQuantisation.Scales scales = new FakeQuantisation.Scales(scale, zeroPoint);
            backend.observers().reset(state, count);
            for (int step = 0; step < 20; step++) {
                float[] x = new float[3000];
                for (int i = 0; i < x.length; i++) {
                    x[i] = (float) random.nextGaussian() * (1 + i % 7);
                }
                TorchQuantisation.Observed theirs = torch.fusedObserver(x, min, max, 0.01, scheme);
                try (Buffer in = load(ElementType.F32, MemorySegment.ofArray(x))) {
                    backend.observers().observeAndQuantise(in, channels, scheme, Tracking.movingAverage(0.01f), Order.UPDATED, state, scales,
                            FakeQuantisation.Outputs.values(out));
                }
                float[] ours = floats(state);
                for (int c = 0; c < count; c++) {
                    assertEquals(theirs.min()[c], ours[2 * c]);
                    assertEquals(theirs.max()[c], ours[2 * c + 1]);
                }
                assertArrayEquals(theirs.scale(), floats(scale));
                int[] zeroPoints = new int[count];
                zeroPoint.download(MemorySegment.ofArray(zeroPoints));
                assertArrayEquals(theirs.zeroPoint(), zeroPoints);
                assertArrayEquals(theirs.values(), floats(out));
                min = theirs.min();
                max = theirs.max();
            }
        }
    }

    /// The moving average of torch.ao's observer module, in its own tensor operations.
    @Test
    void movingAverageOfTheObserverModule() {
        float[] m = {-1, 0.3f, 1e-30f, 7};
        float[] x = {-2, 0.1f, 3, 7.0000005f};
        float[] theirs = torch.average(m, x, 0.01);
        try (Buffer state = load(ElementType.F32, MemorySegment.ofArray(new float[] {m[0], 9, m[1], 9, m[2], 9, m[3], 9}));
             Buffer in = load(ElementType.F32, MemorySegment.ofArray(x))) {
            backend.observers().observe(in, Channels.rows(4, 1), Tracking.movingAverage(0.01f), state);
            float[] ours = floats(state);
            for (int c = 0; c < 4; c++) {
                assertEquals(theirs[c], ours[2 * c]);
            }
        }
    }

    /// A channel of one value each: every term of the scale's gradient to the bit. Long channels: the sum, which libtorch takes in float.
    @Test
    void gradientsOfALearnedScale() {
        QuantisationScheme scheme = QuantisationScheme.int8().perChannel();
        float factor = FakeQuantisation.stepFactor(1000, scheme);
        for (int length : new int[] {1, 1000}) {
            int count = 100_000 / length;
            float[] scales = new float[count];
            float[] x = new float[count * length];
            float[] gradient = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                scales[i / length] = i % length == 0 ? (float) Math.exp(random.nextDouble(-5, 5)) : scales[i / length];
                x[i] = (float) random.nextGaussian() * 80 * scales[i / length];
                gradient[i] = (float) random.nextGaussian();
            }
            TorchQuantisation.Gradients theirs = torch.learnable(gradient, x, scales, scheme, factor);
            try (Buffer in = load(ElementType.F32, MemorySegment.ofArray(x)); Buffer g = load(ElementType.F32, MemorySegment.ofArray(gradient));
                 Buffer scale = load(ElementType.F32, MemorySegment.ofArray(scales)); Buffer gx = backend.allocate(ElementType.F32, x.length);
                 Buffer gs = backend.allocate(ElementType.F32, count); Buffer gz = backend.allocate(ElementType.F32, count)) {
                backend.fakeQuantisation().stepGradients(in, g, Channels.rows(count, length), scheme, FakeQuantisation.Scales.symmetric(scale),
                        StepRule.LEARNABLE, factor, new FakeQuantisation.StepGradients(gx, gs, gz));
                assertArrayEquals(theirs.values(), floats(gx));
                near(theirs.scale(), floats(gs), length == 1 ? 0 : 1e-5);
                near(theirs.zeroPoint(), floats(gz), length == 1 ? 0 : 1e-5);
            }
        }
    }

    /// Relative to the largest.
    private static void near(float[] theirs, float[] ours, double relative) {
        double largest = 0;
        for (float value : theirs) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(largest > 0);
        for (int i = 0; i < theirs.length; i++) {
            assertEquals(theirs[i], ours[i], relative * largest, "channel " + i);
        }
    }

    /// Half any bits, half within two units in the last place of a tie.
    private float[] values(int n, float scale) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = i % 2 == 0 ? Float.intBitsToFloat(random.nextInt())
                    : Float.intBitsToFloat(Float.floatToRawIntBits((random.nextInt(600) - 299.5f) * scale) + random.nextInt(5) - 2);
        }
        float[] special = {0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.MIN_VALUE, -Float.MIN_VALUE};
        System.arraycopy(special, 0, x, 0, special.length);
        return x;
    }

    private Buffer load(ElementType type, MemorySegment values) {
        Buffer buffer = backend.allocate(type, values.byteSize() / type.bytes());
        buffer.upload(values);
        return buffer;
    }

    private static float[] floats(Buffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.download(MemorySegment.ofArray(values));
        return values;
    }
}
