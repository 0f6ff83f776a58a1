package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.Observers;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.Quantiser;
import org.ionforge.compute.QuantizedGemm;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Our quantisation and integer products beside ONNX's own tests of its operators, every one of them, in every room.
///
/// ONNX divides by the scale where we, as torch, multiply by its inverse. The two differ only where a value lies within a rounding of
/// the middle between two codes, as one value of DynamicQuantizeLinear does (−2.5 at a scale of 5/255): there the quotient is
/// quantised, at a scale of 1. All else is quantised as it is.
class OnnxAgreementTest {

    /// How many cases of each operator there are: one that was not looked at would be missed.
    private static final Map<String, Integer> CASES = Map.of("QuantizeLinear", 10, "DequantizeLinear", 9, "DynamicQuantizeLinear", 3,
            "MatMulInteger", 1, "QLinearMatMul", 8, "QLinearConv", 1);

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with onnx/")
    void everyCase(Room room) {
        Map<String, Integer> seen = new HashMap<>();
        for (OnnxCase each : OnnxCase.all(Path.of(System.getenv("IONFORGE_DATA"), "onnx"))) {
            switch (each.operator()) {
                case "QuantizeLinear" -> quantizeLinear(room, each);
                case "DequantizeLinear" -> dequantizeLinear(room, each);
                case "DynamicQuantizeLinear" -> dynamicQuantizeLinear(room, each);
                case "MatMulInteger" -> assertArrayEquals(each.output().integers(), new ZeroPointProduct(each.input(0), (int) each.input(2).scalar(),
                        each.input(1), (int) each.input(3).scalar()).sums(room), each.name());
                case "QLinearMatMul", "QLinearConv" -> requantised(room, each);
                default -> throw new AssertionError("a case of another operator: " + each.name() + " of " + each.operator());
            }
            seen.merge(each.operator(), 1, Integer::sum);
        }
        assertEquals(CASES, seen);
    }

    /// Codes, packed codes where they are narrow, and their values.
    private static void quantizeLinear(Room room, OnnxCase each) {
        OnnxTensor scale = each.input(1);
        int[] zeroPoints = each.inputs().size() > 2 ? each.input(2).integers() : new int[scale.size()];
        Scaled scaled = new Scaled(each.output().type().scheme(), scale.floats(), zeroPoints, each.scaleOf(each.input(0), scale));
        scaled.assertCodes(room, each.input(0).floats(), each.output(), each.name());
    }

    /// Values of codes; and these values have just those codes.
    private static void dequantizeLinear(Room room, OnnxCase each) {
        OnnxTensor x = each.input(0);
        OnnxTensor scale = each.input(1);
        Scaled scaled = new Scaled(x.type().scheme(), scale.floats(), each.input(2).integers(), each.scaleOf(x, scale));
        int[] codes = x.integers();
        float[] expected = each.output().floats();
        for (int i = 0; i < codes.length; i++) {
            assertEquals(expected[i], scaled.quantiser(i).value(codes[i]), each.name() + " at " + i);
        }
        scaled.assertCodes(room, expected, x, each.name());
    }

    private static void dynamicQuantizeLinear(Room room, OnnxCase each) {
        float[] x = each.input(0).floats();
        float scale = each.outputs().get(1).scalar();
        int zeroPoint = (int) each.outputs().get(2).scalar();
        Trial.on(room, trial -> {
            Observers observers = trial.backend().observers();
            FakeQuantisation.Scales scales = new FakeQuantisation.Scales(trial.output(ElementType.F32, 1), trial.output(ElementType.S32, 1));
            Buffer state = trial.output(ElementType.F32, 2);
            observers.reset(state, 1);
            observers.observe(trial.input(x), Channels.tensor(x.length), Observers.Tracking.minMax(), state);
            observers.scales(state, 1, QuantisationScheme.quint8(), scales);
            assertEquals(scale, trial.floats(scales.scale(), 1)[0], each.name());
            assertEquals(zeroPoint, trial.ints(scales.zeroPoint(), 1)[0], each.name());
            return null;
        });
        float[] quotients = new float[x.length];
        IntStream.range(0, x.length).forEach(i -> quotients[i] = x[i] / scale);
        new Scaled(QuantisationScheme.quint8(), new float[] {1}, new int[] {zeroPoint}, new int[x.length])
                .assertCodes(room, quotients, each.output(), each.name());
    }

    /// The integer product, times both scales, quantised by the third. A convolution by kernels of 1×1 is a product too.
    private static void requantised(Room room, OnnxCase each) {
        boolean convolution = each.operator().equals("QLinearConv");
        OnnxTensor a = each.input(0);
        OnnxTensor b = each.input(3);
        if (convolution) {
            assertArrayEquals(new int[] {1, 1, 1, 1}, b.dims(), "a kernel that is more than a factor");
            a = new OnnxTensor(a.name(), a.type(), new int[] {a.size(), 1}, a.values(), a.packed());
            b = new OnnxTensor(b.name(), b.type(), new int[] {1, 1}, b.values(), b.packed());
        }
        int[] sums = new ZeroPointProduct(a, (int) each.input(2).scalar(), b, (int) each.input(5).scalar()).sums(room);
        float scale = each.input(1).scalar() * each.input(4).scalar();
        float[] products = new float[sums.length];
        IntStream.range(0, sums.length).forEach(i -> products[i] = sums[i] * scale);
        Scaled scaled = new Scaled(each.output().type().scheme(), new float[] {each.input(6).scalar()},
                new int[] {(int) each.input(7).scalar()}, new int[sums.length]);
        scaled.assertCodes(room, products, each.output(), each.name());
    }

    /// Values under one scale or several.
    ///
    /// @param scaleOf of each element
    private record Scaled(QuantisationScheme scheme, float[] scales, int[] zeroPoints, int[] scaleOf) {

        Quantiser quantiser(int i) {
            return new Quantiser(scheme, scales[scaleOf[i]], zeroPoints[scaleOf[i]]);
        }

        /// Elements under the same scale one after the other, so that they are a channel.
        int[] byScale() {
            return IntStream.range(0, scaleOf.length).boxed().sorted((i, j) -> Integer.compare(scaleOf[i], scaleOf[j])).mapToInt(i -> i).toArray();
        }

        /// Quantises x in that room: codes, and packed ones where the file has them, are as expected, values those of the codes.
        void assertCodes(Room room, float[] x, OnnxTensor expected, String name) {
            int[] order = byScale();
            int[] codes = new int[x.length];
            float[] ordered = new float[x.length];
            IntStream.range(0, x.length).forEach(i -> ordered[i] = x[order[i]]);
            Trial.on(room, trial -> {
                Channels channels = Channels.rows(scales.length, x.length / scales.length);
                QuantisationScheme fitting = scales.length > 1 ? scheme.perChannel() : scheme;
                Buffer values = trial.output(ElementType.F32, x.length);
                Buffer bytes = scheme.storable() ? trial.output(scheme.codeType(), x.length) : null;
                Buffer packed = expected.packed().length > 0 ? trial.output(ElementType.U8, expected.packed().length) : null;
                trial.backend().fakeQuantisation().quantise(trial.input(ordered), channels, fitting,
                        new FakeQuantisation.Scales(trial.input(scales), trial.input(zeroPoints)),
                        new FakeQuantisation.Outputs(values, bytes, packed, null));
                float[] fake = trial.floats(values, x.length);
                byte[] stored = bytes == null ? null : trial.bytes(bytes, x.length);
                for (int i = 0; i < x.length; i++) {
                    int element = order[i];
                    codes[element] = stored == null ? wide(fake[i], element) : expected.type().signed() ? stored[i] : Byte.toUnsignedInt(stored[i]);
                    assertEquals(quantiser(element).value(codes[element]), fake[i], name + ": value at " + element);
                }
                if (packed != null) {
                    assertArrayEquals(expected.packed(), trial.bytes(packed, expected.packed().length), name + ": packed");
                }
                return null;
            });
            assertArrayEquals(expected.integers(), codes, name);
        }

        /// The code that a fake-quantised value stands for.
        private int wide(float value, int i) {
            Quantiser quantiser = quantiser(i);
            return (int) Math.rint(value / quantiser.scale()) + quantiser.zeroPoint();
        }
    }

    /// `Σ_k (a[r,k] − za)·(b[k,n] − zb)` by a product that knows no zero points: a row of ones under a and a column of ones beside b
    /// give the sums that correct it, `Σab − zb·Σa − za·Σb + K·za·zb`. Unsigned codes of b are moved into the signed range, with zb.
    ///
    /// @param a `[…, M, K]`
    /// @param b `[…, K, N]`
    private record ZeroPointProduct(OnnxTensor a, int za, OnnxTensor b, int zb) {

        int[] sums(Room room) {
            int rows = a.dims()[a.dims().length - 2];
            int inputs = a.dims()[a.dims().length - 1];
            int outputs = b.dims()[b.dims().length - 1];
            int matrices = a.size() / (rows * inputs);
            int[] all = new int[matrices * rows * outputs];
            for (int i = 0; i < matrices; i++) {
                int[] one = sums(room, Arrays.copyOfRange(a.integers(), i * rows * inputs, (i + 1) * rows * inputs),
                        Arrays.copyOfRange(b.integers(), i * inputs * outputs, (i + 1) * inputs * outputs), rows, inputs, outputs);
                System.arraycopy(one, 0, all, i * one.length, one.length);
            }
            return all;
        }

        private int[] sums(Room room, int[] left, int[] right, int rows, int inputs, int outputs) {
            int moved = b.type().signed() ? 0 : 128;
            byte[] activations = new byte[(rows + 1) * inputs];
            byte[] codes = new byte[(outputs + 1) * inputs];
            for (int k = 0; k < inputs; k++) {
                for (int r = 0; r < rows; r++) {
                    activations[r * inputs + k] = (byte) left[r * inputs + k];
                }
                activations[rows * inputs + k] = 1;
                for (int n = 0; n < outputs; n++) {
                    codes[n * inputs + k] = (byte) (right[k * outputs + n] - moved);
                }
                codes[outputs * inputs + k] = 1;
            }
            int width = outputs + 1;
            int[] sums = Trial.on(room, trial -> {
                QuantizedGemm gemm = trial.backend().quantizedGemm();
                Buffer out = trial.output(ElementType.S32, (rows + 1) * width);
                try (PackedWeights weights = gemm.pack(QuantizedGemm.Format.INT8, trial.input(ElementType.S8, codes), width, inputs)) {
                    gemm.multiply(trial.input(a.type().signed() ? ElementType.S8 : ElementType.U8, activations), rows + 1, weights,
                            new QuantizedGemm.Sums(out));
                }
                return trial.ints(out, (rows + 1) * width);
            });
            return IntStream.range(0, rows * outputs).map(i -> {
                int r = i / outputs;
                int n = i % outputs;
                return sums[r * width + n] - (zb - moved) * sums[r * width + outputs] - za * sums[rows * width + n]
                        + za * (zb - moved) * sums[rows * width + outputs];
            }).toArray();
        }
    }

    /// Any codes and zero points of either type, beside whole-number arithmetic.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void productsWithZeroPointsAreExact(Room room) {
        Random random = new Random(41);
        OnnxTensor.Type[] types = {OnnxTensor.Type.INT8, OnnxTensor.Type.UINT8};
        for (OnnxTensor.Type left : types) {
            for (OnnxTensor.Type right : types) {
                OnnxTensor a = codes(random, left, 5, 37);
                OnnxTensor b = codes(random, right, 37, 3);
                int za = codes(random, left, 1, 1).integers()[0];
                int zb = codes(random, right, 1, 1).integers()[0];
                int[] expected = new int[15];
                for (int i = 0; i < expected.length; i++) {
                    for (int k = 0; k < 37; k++) {
                        expected[i] += (a.integers()[i / 3 * 37 + k] - za) * (b.integers()[k * 3 + i % 3] - zb);
                    }
                }
                assertArrayEquals(expected, new ZeroPointProduct(a, za, b, zb).sums(room), left + " by " + right);
            }
        }
    }

    private static OnnxTensor codes(Random random, OnnxTensor.Type type, int... dims) {
        int lowest = type.scheme().lowest();
        double[] values = random.ints((long) dims[0] * dims[1], lowest, lowest + 256).mapToDouble(i -> i).toArray();
        return new OnnxTensor("codes", type, dims, values, new byte[0]);
    }
}
