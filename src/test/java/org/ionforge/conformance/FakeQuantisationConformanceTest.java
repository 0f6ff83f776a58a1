package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.FakeQuantisation.StepRule;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.Quantiser;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FakeQuantisationConformanceTest {

    /// Values, codes, packed codes and mask, and the gaps between channels: nothing else is written.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySchemeOnEveryLayout(Room room) {
        List<QuantisationCase> cases = QuantisationCase.all();
        List<QuantisationCase.Result> expected = Trial.on(Room.reference(), trial -> quantised(trial, cases));
        List<QuantisationCase.Result> actual = Trial.on(room, trial -> quantised(trial, cases));
        for (int i = 0; i < cases.size(); i++) {
            QuantisationCase each = cases.get(i);
            Agreement.toTheBit(expected.get(i).values(), actual.get(i).values(), "value", each::at);
            assertArrayEquals(expected.get(i).codes(), actual.get(i).codes(), "codes of " + each.scheme() + ", " + each.channels());
            assertArrayEquals(expected.get(i).packed(), actual.get(i).packed(), "packed " + each.scheme() + ", " + each.channels());
            assertArrayEquals(expected.get(i).mask(), actual.get(i).mask(), "mask of " + each.scheme() + ", " + each.channels());
        }
    }

    private static List<QuantisationCase.Result> quantised(Trial trial, List<QuantisationCase> cases) {
        return cases.stream().map(each -> {
            FakeQuantisation.Outputs outputs = each.outputs(trial);
            trial.backend().fakeQuantisation().quantise(trial.input(each.x()), each.channels(), each.scheme(), each.scales(trial), outputs);
            return each.read(trial, outputs);
        }).toList();
    }

    /// Codes that are too wide to be stored have values and masks all the same.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void sixteenBits(Room room) {
        for (QuantisationScheme scheme : List.of(QuantisationScheme.symmetric(-32768, 32767),
                QuantisationScheme.symmetric(0, 65535).with(QuantisationScheme.Range.AFFINE),
                QuantisationScheme.symmetric(-300, 300).with(QuantisationScheme.Range.AFFINE).with(QuantisationScheme.Rounding.ZERO_POINT_WITHIN))) {
            for (Channels channels : List.of(Channels.tensor(4099), new Channels(5, 31, 33))) {
                QuantisationCase each = QuantisationCase.of(scheme, channels, 12);
                QuantisationCase.Result expected = Trial.on(Room.reference(), trial -> wide(trial, each));
                QuantisationCase.Result actual = Trial.on(room, trial -> wide(trial, each));
                Agreement.toTheBit(expected.values(), actual.values(), "value", each::at);
                assertArrayEquals(expected.mask(), actual.mask(), "mask of " + scheme);
            }
        }
    }

    private static QuantisationCase.Result wide(Trial trial, QuantisationCase each) {
        FakeQuantisation.Outputs outputs = new FakeQuantisation.Outputs(trial.output(ElementType.F32, each.x().length), null, null,
                trial.output(ElementType.U32, each.maskWords()));
        trial.backend().fakeQuantisation().quantise(trial.input(each.x()), each.channels(), each.scheme(), each.scales(trial), outputs);
        return new QuantisationCase.Result(trial.floats(outputs.values(), each.x().length), null, null,
                trial.ints(outputs.mask(), each.maskWords()));
    }

    /// The definition, worked out by hand: ties to even, saturation, the packed form of the canon.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void fourBitsByHand(Room room) {
        float[] x = {-9, -4, -0.25f, 0.25f, 0.75f, 3.75f, 4.25f, Float.NaN, Float.POSITIVE_INFINITY};
        byte[] codes = {-8, -8, 0, 0, 2, 7, 7, -8, 7};
        byte[] packed = {(byte) 0x88, 0x00, 0x72, (byte) 0x87, 0x07};
        Trial.on(room, trial -> {
            Channels channels = Channels.tensor(x.length);
            FakeQuantisation.Outputs outputs = new FakeQuantisation.Outputs(trial.output(ElementType.F32, x.length),
                    trial.output(ElementType.S8, x.length), trial.output(ElementType.U8, packed.length), trial.output(ElementType.U32, 1));
            trial.backend().fakeQuantisation().quantise(trial.input(x), channels, QuantisationScheme.int4(),
                    FakeQuantisation.Scales.symmetric(trial.input(0.5f)), outputs);
            assertArrayEquals(new float[] {-4, -4, 0, 0, 1, 3.5f, 3.5f, Float.NaN, 3.5f}, trial.floats(outputs.values(), x.length));
            assertArrayEquals(codes, trial.bytes(outputs.codes(), x.length));
            assertArrayEquals(packed, trial.bytes(outputs.packed(), packed.length));
            assertEquals(0b000011110, trial.ints(outputs.mask(), 1)[0]);
            return null;
        });
    }

    /// Each output alone is what it is with the others; values may overwrite x.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void eachOutputAlone(Room room) {
        QuantisationCase each = QuantisationCase.of(QuantisationScheme.int2(), new Channels(3, 70, 72), 5);
        Trial.on(room, trial -> {
            FakeQuantisation operation = trial.backend().fakeQuantisation();
            FakeQuantisation.Outputs all = each.outputs(trial);
            Buffer x = QuantisationCase.updated(trial, each.x());
            operation.quantise(x, each.channels(), each.scheme(), each.scales(trial), all);
            QuantisationCase.Result together = each.read(trial, all);
            FakeQuantisation.Outputs one = each.outputs(trial);
            operation.quantise(x, each.channels(), each.scheme(), each.scales(trial), new FakeQuantisation.Outputs(null, one.codes(), null, null));
            operation.quantise(x, each.channels(), each.scheme(), each.scales(trial), new FakeQuantisation.Outputs(null, null, one.packed(), null));
            operation.quantise(x, each.channels(), each.scheme(), each.scales(trial), new FakeQuantisation.Outputs(null, null, null, one.mask()));
            operation.quantise(x, each.channels(), each.scheme(), each.scales(trial), FakeQuantisation.Outputs.values(x));
            assertArrayEquals(together.codes(), trial.bytes(one.codes(), each.values()));
            assertArrayEquals(together.packed(), trial.bytes(one.packed(), each.packedBytes()));
            assertArrayEquals(together.mask(), trial.ints(one.mask(), each.maskWords()));
            float[] inPlace = trial.floats(x, each.x().length);
            for (int c = 0; c < 3; c++) {
                Agreement.toTheBit(Arrays.copyOfRange(together.values(), 72 * c, 72 * c + 70),
                        Arrays.copyOfRange(inPlace, 72 * c, 72 * c + 70), "value in place", each::at);
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void straightThrough(Room room) {
        for (Channels channels : QuantisationCase.LAYOUTS) {
            QuantisationCase each = QuantisationCase.of(QuantisationScheme.int4(), channels, 9);
            float[] gradient = new Inputs(10).mixed(each.x().length, -1, 1, 0, -0f, Float.NaN, Float.POSITIVE_INFINITY, -1e-45f);
            float[] expected = Trial.on(Room.reference(), trial -> through(trial, each, gradient));
            Agreement.toTheBit(expected, Trial.on(room, trial -> through(trial, each, gradient)), "gradient", i -> "" + gradient[i]);
        }
    }

    private static float[] through(Trial trial, QuantisationCase each, float[] gradient) {
        Buffer mask = trial.output(ElementType.U32, each.maskWords());
        trial.backend().fakeQuantisation().quantise(trial.input(each.x()), each.channels(), each.scheme(), each.scales(trial),
                new FakeQuantisation.Outputs(null, null, null, mask));
        Buffer result = trial.output(ElementType.F32, gradient.length);
        trial.backend().fakeQuantisation().straightThrough(trial.input(gradient), each.channels(), mask, result);
        return trial.floats(result, gradient.length);
    }

    /// gx to the bit; the sums within the contract's bound and the rounding to float.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void stepGradients(Room room) {
        for (QuantisationScheme scheme : List.of(QuantisationScheme.int8(), QuantisationScheme.int2(), QuantisationScheme.quint8())) {
            for (Channels channels : QuantisationCase.LAYOUTS) {
                QuantisationCase each = QuantisationCase.of(scheme, channels, 11).finite();
                float[] gradient = new Inputs(12).uniform(each.x().length, -1, 1);
                for (StepRule rule : StepRule.values()) {
                    if (rule == StepRule.LEARNABLE || scheme.lowest() < 0) {
                        Steps expected = Trial.on(Room.reference(), trial -> steps(trial, each, gradient, rule));
                        Steps actual = Trial.on(room, trial -> steps(trial, each, gradient, rule));
                        Agreement.toTheBit(expected.x, actual.x, "gradient by x", each::at);
                        double most = scheme.highest() - scheme.lowest();
                        Agreement.within((c, sum) -> 1e-12 * most * channels.length() + Math.ulp((float) sum), expected.scale, actual.scale,
                                "gradient by scale", c -> rule + " " + each.scheme() + ", " + channels);
                        Agreement.within((c, sum) -> 1e-12 * channels.length() * each.scales()[c] + Math.ulp((float) sum),
                                expected.zeroPoint, actual.zeroPoint, "gradient by zero point", c -> each.scheme() + ", " + channels);
                    }
                }
            }
        }
    }

    private record Steps(float[] x, float[] scale, float[] zeroPoint) {
    }

    private static Steps steps(Trial trial, QuantisationCase each, float[] gradient, StepRule rule) {
        int channels = Math.toIntExact(each.channels().count());
        boolean zeroPoint = rule == StepRule.LEARNABLE;
        FakeQuantisation.StepGradients gradients = new FakeQuantisation.StepGradients(trial.output(ElementType.F32, gradient.length),
                trial.output(ElementType.F32, channels), zeroPoint ? trial.output(ElementType.F32, channels) : null);
        trial.backend().fakeQuantisation().stepGradients(trial.input(each.x()), trial.input(gradient), each.channels(), each.scheme(),
                each.scales(trial), rule, 0.125f, gradients);
        return new Steps(trial.floats(gradients.x(), gradient.length), trial.floats(gradients.scale(), channels),
                zeroPoint ? trial.floats(gradients.zeroPoint(), channels) : new float[0]);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void initialSteps(Room room) {
        for (Channels channels : QuantisationCase.LAYOUTS) {
            QuantisationScheme scheme = channels.count() > 1 ? QuantisationScheme.int4().perChannel() : QuantisationScheme.int4();
            float[] x = new Inputs(13).mixed(Math.toIntExact(channels.span()), -3, 3, 0, -0f, 1e-30f);
            float[] expected = Trial.on(Room.reference(), trial -> initialSteps(trial, x, channels, scheme));
            float[] actual = Trial.on(room, trial -> initialSteps(trial, x, channels, scheme));
            Agreement.within((c, step) -> Math.ulp((float) step), expected, actual, "first step", c -> channels.toString());
        }
    }

    private static float[] initialSteps(Trial trial, float[] x, Channels channels, QuantisationScheme scheme) {
        Buffer steps = trial.output(ElementType.F32, (int) channels.count());
        trial.backend().fakeQuantisation().initialSteps(trial.input(x), channels, scheme, steps);
        return trial.floats(steps, (int) channels.count());
    }

    /// The gradient of LSQ is that of y = s·round(clamp(x/s)) with the rounding passed through, by finite differences in double: there
    /// round(t) = t + (a constant), so that y = x inside, and y = s·bound outside.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void lsqAgainstFiniteDifferences(Room room) {
        QuantisationScheme scheme = QuantisationScheme.int4();
        float[] x = new Inputs(14).uniform(999, -6, 6);
        float[] gradient = new Inputs(15).uniform(999, -1, 1);
        float scale = 0.5f;
        double[] loss = new double[2];
        double h = 1e-6;
        for (int side = 0; side < 2; side++) {
            double s = scale + (side == 0 ? -h : h);
            for (int i = 0; i < x.length; i++) {
                double t = x[i] / s;
                double passedThrough = Math.rint(x[i] / (double) scale) - x[i] / (double) scale;
                boolean inside = x[i] / (double) scale >= -8 && x[i] / (double) scale <= 7;
                loss[side] += gradient[i] * s * (inside ? t + passedThrough : t < 0 ? -8 : 7);
            }
        }
        QuantisationCase each = new QuantisationCase(scheme, Channels.tensor(x.length), x, new float[] {scale}, new int[1]);
        float[] actual = Trial.on(room, trial -> steps(trial, each, gradient, StepRule.LSQ)).scale;
        assertEquals((loss[1] - loss[0]) / (2 * h) * 0.125, actual[0], 1e-5);
    }

    /// The second of two channels starts past element 2³¹, in a file that is all hole but for its ends.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void offsetsPastTwoToTheThirtyFirst(Room room, @TempDir Path folder) throws IOException {
        Channels channels = new Channels(2, 37, (1L << 31) + 5);
        float[] x = new Inputs(16).uniform(37, -200, 200);
        try (Backend backend = room.open().get(); Arena arena = Arena.ofShared();
             FileChannel file = FileChannel.open(folder.resolve("sparse"), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                     StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            if (!backend.hostAddressable()) {
                return;  // the memory of a device has no holes; kernels are shown theirs by LongOffsetsTest
            }
            MemorySegment memory = file.map(FileChannel.MapMode.READ_WRITE, 0, 4 * channels.span(), arena);
            MemorySegment.copy(x, 0, memory, ValueLayout.JAVA_FLOAT, 4 * channels.stride(), x.length);
            try (Buffer values = backend.load(ElementType.F32, memory); Buffer scales = backend.allocate(ElementType.F32, 2)) {
                scales.upload(MemorySegment.ofArray(new float[] {1, 2}));
                backend.fakeQuantisation().quantise(values, channels, QuantisationScheme.int8().perChannel(),
                        FakeQuantisation.Scales.symmetric(scales), FakeQuantisation.Outputs.values(values));
            }
            Quantiser quantiser = new Quantiser(QuantisationScheme.int8(), 2, 0);
            for (int i = 0; i < x.length; i++) {
                assertEquals(quantiser.fakeQuantised(x[i]), memory.get(ValueLayout.JAVA_FLOAT, 4 * (channels.stride() + i)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, trial -> {
            FakeQuantisation operation = trial.backend().fakeQuantisation();
            Buffer x = trial.input(1f, 2, 3, 4);
            FakeQuantisation.Scales scales = FakeQuantisation.Scales.symmetric(trial.input(1f));
            FakeQuantisation.Outputs out = FakeQuantisation.Outputs.values(trial.output(ElementType.F32, 4));
            QuantisationScheme scheme = QuantisationScheme.int8();
            refused("x must hold 3000000001", () -> operation.quantise(x, new Channels(2, 1, 3_000_000_000L), scheme.perChannel(), scales, out));
            refused("one scale for all", () -> operation.quantise(x, Channels.rows(2, 2), scheme, scales, out));
            refused("scales must hold 2", () -> operation.quantise(x, Channels.rows(2, 2), scheme.perChannel(), scales, out));
            refused("codes must hold 4 U8", () -> operation.quantise(x, Channels.tensor(4), QuantisationScheme.quint8(), scales,
                    new FakeQuantisation.Outputs(null, trial.output(ElementType.S8, 4), null, null)));
            refused("codes of 16 bits are not stored", () -> operation.quantise(x, Channels.tensor(4), QuantisationScheme.symmetric(-256, 255), scales,
                    new FakeQuantisation.Outputs(null, trial.output(ElementType.S8, 4), null, null)));
            refused("LSQ is symmetric", () -> operation.stepGradients(x, x, Channels.tensor(4), scheme,
                    new FakeQuantisation.Scales(trial.input(1f), trial.input(0)), StepRule.LSQ, 1,
                    new FakeQuantisation.StepGradients(null, null, null)));
            return null;
        });
    }

    private static void refused(String why, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(why), message);
    }
}
