package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Observers;
import org.ionforge.compute.Observers.Order;
import org.ionforge.compute.Observers.Tracking;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantisationScheme.Range;
import org.ionforge.compute.QuantisationScheme.ScaleRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObserversConformanceTest {

    private static final List<Tracking> TRACKINGS = List.of(Tracking.minMax(), Tracking.movingAverage(0.01f));

    /// Five tensors go by; the state after each.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void statesOfEveryLayout(Room room) {
        for (Channels channels : QuantisationCase.LAYOUTS) {
            for (Tracking tracking : TRACKINGS) {
                List<float[]> tensors = IntStream.range(0, 5).mapToObj(step -> tensor(channels, step)).toList();
                float[] expected = Trial.on(Room.reference(), trial -> states(trial, channels, tracking, tensors));
                float[] actual = Trial.on(room, trial -> states(trial, channels, tracking, tensors));
                Agreement.toTheBit(expected, actual, "state", i -> tracking + " of " + channels);
            }
        }
    }

    /// Now and then a value that a range must not lose: zeros of both signs, infinities, a NaN in one of several channels.
    private static float[] tensor(Channels channels, int step) {
        int n = Math.toIntExact(channels.span());
        float[] x = step == 0 ? new Inputs(n).uniform(n, -1, 2) : new Inputs(n + step).mixed(n, -1, 2 + step, 0, -0f, 1e-42f, 30);
        SplittableRandom random = new SplittableRandom(n + step);
        if (n > 0 && channels.count() > 4) {
            x[random.nextInt(n)] = step == 2 ? Float.NaN : step == 3 ? Float.POSITIVE_INFINITY : 5;
        }
        return x;
    }

    private static float[] states(Trial trial, Channels channels, Tracking tracking, List<float[]> tensors) {
        int count = Math.toIntExact(channels.count());
        Observers observers = trial.backend().observers();
        Buffer state = trial.output(ElementType.F32, 2 * count);
        observers.reset(state, count);
        float[] all = new float[0];
        for (float[] tensor : tensors) {
            observers.observe(trial.input(tensor), channels, tracking, state);
            float[] now = trial.floats(state, 2 * count);
            int before = all.length;
            all = Arrays.copyOf(all, before + now.length);
            System.arraycopy(now, 0, all, before, now.length);
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void movingAverageByHand(Room room) {
        Trial.on(room, trial -> {
            Observers observers = trial.backend().observers();
            Buffer state = trial.output(ElementType.F32, 2);
            observers.reset(state, 1);
            assertArrayEquals(new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}, trial.floats(state, 2));
            observers.observe(trial.input(1f, -2, 4), Channels.tensor(3), Tracking.movingAverage(0.25f), state);
            assertArrayEquals(new float[] {-2, 4}, trial.floats(state, 2), "the first is taken as it is");
            observers.observe(trial.input(0f, 8), Channels.tensor(2), Tracking.movingAverage(0.25f), state);
            assertArrayEquals(new float[] {-1.5f, 5}, trial.floats(state, 2));
            observers.observe(trial.input(0f, 8), Channels.tensor(2), Tracking.minMax(), state);
            assertArrayEquals(new float[] {-1.5f, 8}, trial.floats(state, 2));
            observers.observe(trial.input(0f), Channels.tensor(0), Tracking.minMax(), state);
            assertArrayEquals(new float[] {-1.5f, 8}, trial.floats(state, 2), "nothing seen, nothing changed");
            return null;
        });
    }

    /// Every rule on ranges of any size, of one sign and two, empty ones and NaN.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void scalesOfEveryRule(Room room) {
        float[] state = ranges(3001);
        for (QuantisationScheme codes : List.of(QuantisationScheme.int8(), QuantisationScheme.int8Narrow().atLeast(0x1p-12f),
                QuantisationScheme.quint8(), QuantisationScheme.int4(), QuantisationScheme.ternary(), QuantisationScheme.symmetric(0, 127))) {
            for (Range range : Range.values()) {
                for (ScaleRule rule : ScaleRule.values()) {
                    QuantisationScheme scheme = codes.perChannel().with(range).with(rule);
                    Made expected = Trial.on(Room.reference(), trial -> scales(trial, state, scheme));
                    Made actual = Trial.on(room, trial -> scales(trial, state, scheme));
                    Agreement.toTheBit(expected.scales, actual.scales, "scale", i -> state[2 * i] + " … " + state[2 * i + 1] + ", " + scheme);
                    assertArrayEquals(expected.zeroPoints, actual.zeroPoints, scheme.toString());
                }
            }
        }
    }

    private record Made(float[] scales, int[] zeroPoints) {
    }

    private static Made scales(Trial trial, float[] state, QuantisationScheme scheme) {
        int channels = state.length / 2;
        FakeQuantisation.Scales scales = new FakeQuantisation.Scales(trial.output(ElementType.F32, channels),
                trial.output(ElementType.S32, channels));
        trial.backend().observers().scales(trial.input(state), channels, scheme, scales);
        return new Made(trial.floats(scales.scale(), channels), trial.ints(scales.zeroPoint(), channels));
    }

    private static float[] ranges(int channels) {
        SplittableRandom random = new SplittableRandom(4);
        float[] state = new float[2 * channels];
        for (int c = 0; c < channels; c++) {
            float size = (float) Math.exp(random.nextDouble(-40, 40));
            float a = (random.nextFloat() - 0.6f) * size;
            float b = (random.nextFloat() - 0.4f) * size;
            state[2 * c] = Math.min(a, b);
            state[2 * c + 1] = Math.max(a, b);
            if (c % 3 == 0) {  // a zero point between two codes, to an ULP
                int below = random.nextInt(255);
                state[2 * c] = Math.nextUp(-(below + 0.5f) * size);
                state[2 * c + 1] = (255 - below - 0.5f) * size;
            }
        }
        float infinity = Float.POSITIVE_INFINITY;
        float[] special = {infinity, -infinity, Float.NaN, 1, 0, 0, -1, infinity, -infinity, infinity, -3e38f, 3e38f, -1e-40f, 1e-40f};
        System.arraycopy(special, 0, state, 0, special.length);
        return state;
    }

    /// Both orders, on layouts that take each way: short channels, long ones, one tensor. Everything that three calls leave.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void observeAndQuantise(Room room) {
        int seed = 0;
        for (QuantisationScheme scheme : QuantisationCase.SCHEMES) {
            for (Order order : Order.values()) {
                Channels channels = QuantisationCase.LAYOUTS.get(seed++ % QuantisationCase.LAYOUTS.size());
                List<QuantisationCase> cases = IntStream.range(0, 3).mapToObj(step -> fitting(scheme, channels, step)).toList();
                Tracking tracking = TRACKINGS.get(seed % 2);
                String what = scheme + ", " + channels + ", " + order + ", " + tracking;
                List<Fused> expected = Trial.on(Room.reference(), trial -> fused(trial, cases, tracking, order));
                List<Fused> actual = Trial.on(room, trial -> fused(trial, cases, tracking, order));
                for (int step = 0; step < cases.size(); step++) {
                    compare(expected.get(step), actual.get(step), what + ", step " + step);
                }
            }
        }
    }

    private static void compare(Fused expected, Fused actual, String what) {
        Agreement.toTheBit(expected.state, actual.state, "state", i -> what);
        Agreement.toTheBit(expected.scales, actual.scales, "scale", i -> what);
        assertArrayEquals(expected.zeroPoints, actual.zeroPoints, what);
        Agreement.toTheBit(expected.result.values(), actual.result.values(), "value", i -> what);
        assertArrayEquals(expected.result.codes(), actual.result.codes(), what);
        assertArrayEquals(expected.result.packed(), actual.result.packed(), what);
        assertArrayEquals(expected.result.mask(), actual.result.mask(), what);
    }

    private static QuantisationCase fitting(QuantisationScheme scheme, Channels channels, int step) {
        QuantisationCase each = QuantisationCase.of(scheme, channels, step).finite();
        float[] x = new Inputs(step).mixed(each.x().length, -2, 3, 0, 1e-30f, -2.5f, 4 + step);
        return new QuantisationCase(each.scheme(), channels, x, each.scales(), each.zeroPoints());
    }

    private record Fused(float[] state, float[] scales, int[] zeroPoints, QuantisationCase.Result result) {
    }

    private static List<Fused> fused(Trial trial, List<QuantisationCase> cases, Tracking tracking, Order order) {
        int count = Math.toIntExact(cases.getFirst().channels().count());
        Observers observers = trial.backend().observers();
        Buffer state = trial.output(ElementType.F32, 2 * count);
        FakeQuantisation.Scales scales = new FakeQuantisation.Scales(trial.output(ElementType.F32, count), trial.output(ElementType.S32, count));
        observers.reset(state, count);
        observers.scales(state, count, cases.getFirst().scheme(), scales);
        return cases.stream().map(each -> {
            FakeQuantisation.Outputs outputs = each.outputs(trial);
            observers.observeAndQuantise(trial.input(each.x()), each.channels(), each.scheme(), tracking, order, state, scales, outputs);
            return new Fused(trial.floats(state, 2 * count), trial.floats(scales.scale(), count), trial.ints(scales.zeroPoint(), count),
                    each.read(trial, outputs));
        }).toList();
    }

    /// Counts of any bits, in three calls, and quantiles between, at and beyond the values.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void histograms(Room room) {
        for (int n : new int[] {0, 1, 1009, 70_001}) {
            float[] any = new Inputs(n).anyBits(n);
            float[] some = new Inputs(n).mixed(n, -3, 3, 0, -0f, 1, -1, Float.MIN_VALUE);
            compareHistograms(room, List.of(any, some));
            compareHistograms(room, List.of(some, some, new Inputs(1).uniform(n / 2, 0, 9)));
        }
        compareHistograms(room, List.of(new float[] {Float.POSITIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY}));
        compareHistograms(room, List.of(new float[] {Float.MAX_VALUE}));
    }

    private static void compareHistograms(Room room, List<float[]> tensors) {
        double[] shares = {0, 1e-5, 0.25, 0.5, 0.99999, 1};
        Counted expected = Trial.on(Room.reference(), trial -> counted(trial, tensors, shares));
        Counted actual = Trial.on(room, trial -> counted(trial, tensors, shares));
        assertArrayEquals(expected.histogram, actual.histogram);
        Agreement.toTheBit(expected.quantiles, actual.quantiles, "quantile", i -> "share " + shares[i % shares.length]);
        assertEquals(tensors.stream().mapToInt(tensor -> tensor.length).sum(), Arrays.stream(actual.histogram).sum());
    }

    private record Counted(long[] histogram, float[] quantiles) {
    }

    private static Counted counted(Trial trial, List<float[]> tensors, double[] shares) {
        Observers observers = trial.backend().observers();
        Buffer histogram = trial.output(ElementType.U64, Observers.BINS + 1);
        histogram.upload(MemorySegment.ofArray(new long[Observers.BINS + 1]));
        tensors.forEach(tensor -> observers.count(trial.input(tensor), tensor.length, histogram));
        float[] quantiles = new float[2 * shares.length];
        for (int i = 0; i < shares.length; i++) {
            Buffer state = trial.output(ElementType.F32, 2);
            observers.quantiles(histogram, Math.min(shares[i], 1 - shares[i]), Math.max(shares[i], 1 - shares[i]), state);
            System.arraycopy(trial.floats(state, 2), 0, quantiles, 2 * i, 2);
        }
        return new Counted(trial.longs(histogram, Observers.BINS + 1), quantiles);
    }

    /// A quantile lies within a bin, 1/32 of a power of two, of the value that sorting finds.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void quantilesAreNearTheSortedValues(Room room) {
        float[] x = new Inputs(20).uniform(10_001, -5, 3);
        float[] sorted = x.clone();
        Arrays.sort(sorted);
        double[] shares = {0, 0.001, 0.1, 0.4};
        float[] found = Trial.on(room, trial -> counted(trial, List.of(x), shares)).quantiles;
        for (int i = 0; i < shares.length; i++) {
            float low = sorted[(int) (shares[i] * 10_000)];
            float high = sorted[(int) ((1 - shares[i]) * 10_000)];
            assertEquals(low, found[2 * i], Math.abs(low) / 31);
            assertEquals(high, found[2 * i + 1], Math.abs(high) / 31);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            Observers observers = trial.backend().observers();
            Buffer x = trial.input(1f, 2);
            Buffer state = trial.input(0f, 1);
            FakeQuantisation.Scales symmetric = FakeQuantisation.Scales.symmetric(trial.input(1f));
            refused("state must hold 4", () -> observers.observe(x, Channels.rows(2, 1), Tracking.minMax(), state));
            refused("may differ from 0", () -> observers.scales(state, 1, QuantisationScheme.quint8(), symmetric));
            refused("may differ from 0", () -> observers.scales(state, 1, QuantisationScheme.int8().with(ScaleRule.FUSED_OBSERVER), symmetric));
            refused("histogram must hold 16385", () -> observers.count(x, 2, trial.input(1L)));
            refused("no quantiles", () -> observers.quantiles(trial.output(ElementType.U64, Observers.BINS + 1), 0.5, 0.25, state));
            refused("no averaging constant", () -> Tracking.movingAverage(Float.NaN));
            return null;
        });
    }

    private static void refused(String why, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(why), message);
    }
}
