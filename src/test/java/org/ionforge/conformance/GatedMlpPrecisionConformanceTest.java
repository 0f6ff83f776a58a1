package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The gated MLP in TF32 and BF16.
class GatedMlpPrecisionConformanceTest {

    private static final List<Precision> ROUNDED = List.of(Precision.TF32, Precision.BF16);
    private static final GatedMlpShape PRIMES = GatedMlpConformanceTest.PRIMES;

    private static void each(Room room, BiConsumer<Room, Precision> check) {
        ROUNDED.forEach(precision -> check.accept(room, precision));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void randomShapes(Room room) {
        each(room, (_, precision) -> {
            Random random = new Random(3);
            for (int i = 0; i < 5; i++) {
                int inputs = 1 + random.nextInt(40);
                GatedMlpShape shape = new GatedMlpShape(inputs, 1 + random.nextInt(inputs), 1 + random.nextInt(150), 1 + random.nextInt(70),
                        1 + random.nextInt(40), 1 + random.nextInt(40), 1 + random.nextInt(20), random.nextInt(inputs),
                        random.nextInt(inputs));
                int count = 1 + random.nextInt(150);
                GatedMlpAgreement.compare(room, precision, GatedMlpCase.random("shape " + i, shape, count + 5, random.nextBoolean(),
                        random.nextInt(5), count, i));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void batchesOfEverySize(Room room) {
        each(room, (_, precision) -> {
            for (int count : new int[] {1, 129, 1201}) {
                GatedMlpAgreement.compare(room, precision, GatedMlpCase.random(count + " rows", PRIMES, 101, true, 2, count, count));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void ionisGate(Room room) {
        each(room, (_, precision) -> GatedMlpAgreement.compare(room, precision,
                GatedMlpCase.random("131 rows", GatedMlpCase.IONIS_GATE, 200, true, 0, 131, 2)));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void saturatedUnits(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("saturated", PRIMES, 50, false, 0, 50, 3);
        each(room, (_, precision) -> {
            for (float z : new float[] {-1e4f, -30, 21}) {
                GatedMlpAgreement.compare(room, precision, plain.with("trunk.1.bias", z).with("trunk.2.weight", 1 / Math.max(1, Math.abs(z))));
            }
            GatedMlpAgreement.compare(room, precision, plain.with("sunGate.2.bias", -100).with("stormGate.2.bias", 17));
        });
    }

    /// The bounds leave room for roundings that fall apart, more than there is between the precisions. But where none does, and in a
    /// small network that is most rows, a room is as near to the definition of its precision as in FP32, and not to another's.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void mostRowsAreRoundedAsTheDefinitionSays(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("rounded", PRIMES, 200, false, 0, 200, 4);
        each(room, (_, precision) -> {
            float[] actual = plain.on(room, precision).outputs()[0];
            assertTrue(near(plain.on(Room.reference(), precision).outputs()[0], actual) > 150, precision + " as defined");
            for (Precision other : Precision.values()) {
                if (other != precision) {
                    assertTrue(near(plain.on(Room.reference(), other).outputs()[0], actual) < 50, precision + " is not " + other);
                }
            }
        });
    }

    private static int near(float[] expected, float[] actual) {
        int near = 0;
        for (int i = 0; i < expected.length; i++) {
            near += Math.abs(expected[i] - actual[i]) < 1e-5 ? 1 : 0;
        }
        return near;
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void aNaNInTheDataIsSeen(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("NaN", PRIMES, 40, false, 0, 40, 7);
        plain.features()[3] = Float.intBitsToFloat(0x7f800001);
        each(room, (_, precision) -> {
            GatedMlpCase.Result result = plain.on(room, precision);
            assertTrue(Float.isNaN(result.outputs()[0][0]), precision + ": a NaN of the lowest bit is no infinity");
            assertTrue(Float.isFinite(result.outputs()[0][1]), "the next row knows nothing of it");
            assertTrue(Double.isNaN(result.loss().loss()));
            assertTrue(Float.isNaN(result.gradients()[PRIMES.tensor("trunk.1.weight").offset()]));
        });
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theSameBitsEveryTime(Room room) {
        GatedMlpCase plain = GatedMlpCase.random("again", PRIMES, 101, true, 0, 700, 8);
        each(room, (_, precision) -> {
            GatedMlpCase.Result first = plain.on(room, precision);
            GatedMlpCase.Result second = plain.on(room, precision);
            assertArrayEquals(first.gradients(), second.gradients());
            assertArrayEquals(first.outputs()[0], second.outputs()[0]);
            assertEquals(first.loss(), second.loss());
        });
    }
}
