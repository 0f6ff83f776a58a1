package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemm.Format;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuantizedGemmConformanceTest {

    /// Ones and primes; around a vector, a group of outputs, a tile of rows and a block of a kernel.
    private static final int[][] SHAPES = {{1, 1, 1}, {2, 3, 5}, {1, 97, 64}, {7, 17, 16}, {13, 31, 33}, {5, 64, 65}, {6, 33, 130},
        {29, 257, 67}, {131, 37, 71}, {3, 128, 12}, {4, 65, 7}};

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void sums(Room room) {
        for (int[] shape : SHAPES) {
            for (ElementType kind : QuantizedGemmCase.KINDS) {
                for (Format format : Format.values()) {
                    QuantizedGemmCase trial = QuantizedGemmCase.random(kind, format, shape[0], shape[1], shape[2], shape[1]);
                    assertArrayEquals(trial.sums(Room.reference()), trial.sums(room), trial.toString());
                }
            }
        }
    }

    /// The largest products, as many as a sum may have: one more would leave 32 bits.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theLargestSums(Room room) {
        for (ElementType kind : QuantizedGemmCase.KINDS) {
            int inputs = QuantizedGemm.maxInputs(kind);
            int largest = switch (kind) {
                case S8 -> -128;
                case U8 -> 255;
                default -> 1;
            };
            for (Format format : Format.values()) {
                int lowestCodes = switch (format) {
                    case INT8 -> 0x80;
                    case INT4 -> 0x88;
                    case INT2 -> 0xAA;
                };
                int every = kind == ElementType.U32 ? 0xFF : largest;
                QuantizedGemmCase lowest = QuantizedGemmCase.of(kind, format, 2, inputs, 3, every, lowestCodes);
                int sum = inputs * largest * format.minimum();
                assertEquals((long) inputs * largest * format.minimum(), sum, "fits");
                assertArrayEquals(new int[] {sum, sum, sum, sum, sum, sum}, lowest.sums(room), lowest.toString());
            }
        }
    }

    /// Pairs of products that saturate where a room multiplies bytes into 16 bits.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void nothingSaturatesOnTheWay(Room room) {
        int[] activations = {-128, 127, -1, 0, 255, 128};
        for (int activation : activations) {
            for (int code : new int[] {-128, 127, 0x77, 0x88, 0x55, 0xAA, 0}) {
                for (Format format : Format.values()) {
                    for (ElementType kind : new ElementType[] {ElementType.S8, ElementType.U8}) {
                        QuantizedGemmCase trial = QuantizedGemmCase.of(kind, format, 3, 67, 18, activation, code);
                        assertArrayEquals(trial.sums(Room.reference()), trial.sums(room), trial + ", " + activation + " by " + code);
                    }
                }
            }
        }
    }

    /// Deep sums are worked off in parts by some rooms.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void deepSums(Room room) {
        for (Format format : Format.values()) {
            QuantizedGemmCase trial = QuantizedGemmCase.random(ElementType.S8, format, 15, 20_011, 18, 3);
            assertArrayEquals(trial.sums(Room.reference()), trial.sums(room), trial.toString());
        }
    }

    /// Scales of all sizes and signs, ±∞, NaN, ±0 and subnormals, with a bias and without.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void dequantized(Room room) {
        for (int[] shape : SHAPES) {
            for (ElementType kind : QuantizedGemmCase.KINDS) {
                Format format = Format.values()[shape[0] % 3];
                QuantizedGemmCase trial = QuantizedGemmCase.random(kind, format, shape[0], shape[1], shape[2], 5);
                float[] scale = awkward(shape[2], shape[0]);
                float[] bias = awkward(shape[2], shape[0] + 1);
                for (float[] added : new float[][] {bias, null}) {
                    Agreement.toTheBit(trial.dequantized(Room.reference(), scale, added), trial.dequantized(room, scale, added),
                            "dequantised", i -> trial + ", scale " + scale[i % scale.length]);
                }
            }
        }
    }

    /// Sums past 2²⁴ are rounded before they are scaled; products and sums are rounded each for itself, which a fused
    /// multiply-add would not do.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void roundsThreeTimes(Room room) {
        QuantizedGemmCase trial = QuantizedGemmCase.random(ElementType.S8, Format.INT8, 9, 9001, 66, 6);
        Random random = new Random(7);
        float[] scale = new float[66];
        float[] bias = new float[66];
        int[] sums = trial.sums(Room.reference());
        for (int n = 0; n < 66; n++) {
            scale[n] = 0.001f + random.nextFloat();
            bias[n] = -sums[n] * scale[n];
        }
        float[] expected = trial.dequantized(Room.reference(), scale, bias);
        for (int n = 0; n < 66; n++) {
            assertEquals(0, expected[n], "the product, rounded, less itself");
        }
        Agreement.toTheBit(expected, trial.dequantized(room, scale, bias), "dequantised", i -> trial.toString());
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void requantized(Room room) {
        for (int[] shape : SHAPES) {
            for (ElementType kind : QuantizedGemmCase.KINDS) {
                Format format = Format.values()[shape[2] % 3];
                QuantizedGemmCase trial = QuantizedGemmCase.random(kind, format, shape[0], shape[1], shape[2], 8);
                float[] scale = awkward(shape[2], shape[1]);
                float[] bias = awkward(shape[2], shape[1] + 1);
                for (int[] range : new int[][] {{-128, 127}, {-127, 127}, {-8, 7}, {0, 0}}) {
                    assertArrayEquals(trial.requantized(Room.reference(), scale, bias, 0.037f, range[0], range[1]),
                            trial.requantized(room, scale, bias, 0.037f, range[0], range[1]), trial.toString());
                }
                assertArrayEquals(trial.requantized(Room.reference(), scale, null, 1e30f, -128, 127),
                        trial.requantized(room, scale, null, 1e30f, -128, 127), trial.toString());
            }
        }
    }

    /// Values half way between two codes go to the even one; beyond the range to its end; a NaN to its lower end.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void tiesAndEnds(Room room) {
        int outputs = 600;
        QuantizedGemmCase one = QuantizedGemmCase.of(ElementType.S8, Format.INT8, 1, 1, outputs, 1, 1);
        float[] scale = new float[outputs];
        byte[] expected = new byte[outputs];
        for (int n = 0; n < outputs; n++) {
            scale[n] = (n - 300) / 2f;
            expected[n] = (byte) Math.rint(Math.clamp(scale[n], -100, 127));
        }
        scale[0] = Float.NaN;
        scale[1] = Float.NEGATIVE_INFINITY;
        scale[2] = Float.POSITIVE_INFINITY;
        expected[2] = 127;
        assertArrayEquals(expected, one.requantized(room, scale, null, 1, -100, 127));
        assertEquals(2, expected[305], "2.5 to even");
        assertEquals(-100, expected[0]);
    }

    /// Rows do not know of each other, and the same weights serve many calls.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void manyCallsOnTheSameWeights(Room room) {
        QuantizedGemmCase trial = QuantizedGemmCase.random(ElementType.S8, Format.INT4, 12, 45, 40, 9);
        int[] expected = trial.sums(Room.reference());
        Trial.on(room, t -> {
            QuantizedGemm gemm = t.backend().quantizedGemm();
            Buffer activations = t.input(ElementType.S8, trial.activations());
            try (PackedWeights weights = gemm.pack(Format.INT4, t.input(ElementType.U8, trial.codes()), 40, 45)) {
                assertEquals(40, weights.outputs());
                assertEquals(45, weights.inputs());
                assertEquals(Format.INT4, weights.format());
                assertTrue(weights.byteSize() >= 40 * 23);
                for (int rows = 0; rows <= 12; rows++) {
                    Buffer out = t.output(ElementType.S32, rows * 40);
                    gemm.multiply(activations, rows, weights, new QuantizedGemm.Sums(out));
                    int[] sums = t.ints(out, rows * 40);
                    for (int i = 0; i < sums.length; i++) {
                        assertEquals(expected[i], sums[i], rows + " rows");
                    }
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatDoesNotFit(Room room) {
        Trial.on(room, t -> {
            QuantizedGemm gemm = t.backend().quantizedGemm();
            Buffer codes = t.input(ElementType.S8, new byte[6]);
            refused("0 outputs", () -> gemm.pack(Format.INT8, codes, 0, 3));
            refused("codes must hold 7", () -> gemm.pack(Format.INT8, codes, 1, 7));
            refused("codes must hold 2 U8", () -> gemm.pack(Format.INT4, codes, 1, 3));
            refused("at most 131071", () -> gemm.pack(Format.INT2, codes, 1, 1 << 17));
            PackedWeights weights = gemm.pack(Format.INT8, codes, 2, 3);
            Buffer activations = t.input(ElementType.S8, new byte[9]);
            Buffer sums = t.output(ElementType.S32, 6);
            Buffer scale = t.input(new float[2]);
            refused("−1 rows".replace('−', '-'), () -> gemm.multiply(activations, -1, weights, new QuantizedGemm.Sums(sums)));
            refused("activations must hold 12 S8", () -> gemm.multiply(activations, 4, weights, new QuantizedGemm.Sums(sums)));
            refused("not S32", () -> gemm.multiply(sums, 1, weights, new QuantizedGemm.Sums(sums)));
            refused("out must hold 6 S32", () -> gemm.multiply(activations, 3, weights, new QuantizedGemm.Sums(scale)));
            refused("out must hold 2 F32", () -> gemm.multiply(activations, 1, weights, new QuantizedGemm.Dequantized(scale, null, sums)));
            refused("bias must hold 2", () -> gemm.multiply(activations, 1, weights,
                    new QuantizedGemm.Dequantized(scale, t.input(1f), t.output(ElementType.F32, 2))));
            for (float outputScale : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE}) {
                refused("outputScale", () -> gemm.multiply(activations, 1, weights,
                        new QuantizedGemm.Requantized(scale, null, outputScale, -128, 127, t.output(ElementType.S8, 2))));
            }
            refused("codes from -129", () -> gemm.multiply(activations, 1, weights,
                    new QuantizedGemm.Requantized(scale, null, 1, -129, 127, t.output(ElementType.S8, 2))));
            try (Backend other = Room.reference().open().get(); Buffer its = other.allocate(ElementType.S8, 6)) {
                PackedWeights foreign = other.quantizedGemm().pack(Format.INT8, its, 2, 3);
                if (!room.backendName().equals("reference")) {
                    refused("another backend", () -> gemm.multiply(activations, 1, foreign, new QuantizedGemm.Sums(sums)));
                }
                foreign.close();
            }
            assertFalse(weights.isClosed());
            weights.close();
            weights.close();
            assertTrue(weights.isClosed());
            assertThrows(IllegalStateException.class, () -> gemm.multiply(activations, 1, weights, new QuantizedGemm.Sums(sums)));
            return null;
        });
    }

    private static void refused(String what, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(what), message);
    }

    private static float[] awkward(int n, long seed) {
        return new Inputs(seed).mixed(n, -0.01f, 0.01f, 0, -0f, 1, -1, Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE,
                Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 1e-30f, 0.25f);
    }
}
