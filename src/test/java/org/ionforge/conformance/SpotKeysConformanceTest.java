package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.SpotKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpotKeysConformanceTest {

    private static final SpotKeys.Rule RULE = new SpotKeys.Rule(102, 111, 500, 80, 100, 130, 170);
    private static final int[] TIMES = {0, 1, 3599, 3600, 10_799, 10_800, 86_399, 86_400, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};
    private static final int[] BANDS = {0, 101, 102, 107, 111, 112, 1023, 1024, 32_768, 65_535};
    private static final int[] SQUARES = {0, 1, 16_383, 16_384, 32_399, 32_400, 32_768, 65_535};

    /// Columns of spots, half of each drawn from what is awkward.
    private record Columns(short[] band, int[] time, short[] tx, short[] rx, float[] sfi, float[] distance) {

        static Columns of(int n) {
            Random random = new Random(n);
            Inputs inputs = new Inputs(n);
            Columns columns = new Columns(new short[n], new int[n], new short[n], new short[n],
                    inputs.mixed(n, 60, 300, 80, 100, 130, 170, 0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY),
                    inputs.mixed(n, 0, 20_000, 500, 0, -0.0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY));
            for (int i = 0; i < n; i++) {
                columns.time[i] = random.nextBoolean() ? random.nextInt() : TIMES[random.nextInt(TIMES.length)];
                columns.band[i] = (short) (random.nextBoolean() ? 102 + random.nextInt(10) : BANDS[random.nextInt(BANDS.length)]);
                columns.tx[i] = (short) (random.nextBoolean() ? random.nextInt(32_400) : SQUARES[random.nextInt(SQUARES.length)]);
                columns.rx[i] = (short) (random.nextBoolean() ? random.nextInt(32_400) : SQUARES[random.nextInt(SQUARES.length)]);
            }
            return columns;
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void bucketsOfThreeHours(Room room) {
        for (int n : Inputs.SIZES) {
            int[] time = Columns.of(n).time;
            int[] bucket = Trial.on(room, trial -> {
                Buffer out = trial.output(ElementType.U32, n);
                trial.backend().spotKeys().buckets(trial.input(ElementType.U32, time), out, n);
                return trial.ints(out, n);
            });
            for (int i = 0; i < n; i++) {
                assertEquals((time[i] & 0xffff_ffffL) / 10_800, bucket[i], Integer.toUnsignedString(time[i]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void signatureKeysAreEqualToTheBit(Room room) {
        for (int n : Inputs.SIZES) {
            Columns columns = Columns.of(n);
            compare(room, columns, RULE);
        }
        Columns columns = Columns.of(1009);
        for (SpotKeys.Rule rule : new SpotKeys.Rule[] {new SpotKeys.Rule(0, 1023, Float.NEGATIVE_INFINITY),
                new SpotKeys.Rule(103, 102, 0, 100), new SpotKeys.Rule(102, 111, 0, -1, 0, 1, 100, 130, Float.POSITIVE_INFINITY)}) {
            compare(room, columns, rule);
        }
    }

    /// By hand: 20 m, 14 UTC, FN31 to IO91, flux 100 (the class above the edge); the same path too short, and with flux unknown.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theFieldsLieWhereTheContractSays(Room room) {
        int fn31 = (5 * 18 + 13) * 100 + 31;
        int io91 = (8 * 18 + 14) * 100 + 91;
        short[] band = {107, 107, 107};
        int[] time = {14 * 3600 + 3599, 14 * 3600, 14 * 3600};
        short[] tx = {(short) fn31, (short) fn31, (short) fn31};
        short[] rx = {(short) io91, (short) io91, (short) io91};
        Columns columns = new Columns(band, time, tx, rx, new float[] {100, 100, Float.NaN}, new float[] {500, Math.nextDown(500f), 5000});
        long key = 107L * (1L << 38) + 14L * (1L << 33) + fn31 * (1L << 18) + io91 * 8L;
        long[] actual = Trial.on(room, trial -> keys(trial, columns, RULE));
        assertArrayEquals(new long[] {key + 3, SpotKeys.NONE, key}, actual);
    }

    @Test
    void rulesThatCannotBeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SpotKeys.Rule(0, 1024, 0));
        assertThrows(IllegalArgumentException.class, () -> new SpotKeys.Rule(0, 1, 0, 1, 2, 3, 4, 5, 6, 7));
        assertThrows(IllegalArgumentException.class, () -> new SpotKeys.Rule(0, 1, 0, 2, 2));
        assertThrows(IllegalArgumentException.class, () -> new SpotKeys.Rule(0, 1, 0, Float.NaN));
    }

    private static void compare(Room room, Columns columns, SpotKeys.Rule rule) {
        long[] expected = Trial.on(Room.reference(), trial -> keys(trial, columns, rule));
        long[] actual = Trial.on(room, trial -> keys(trial, columns, rule));
        assertArrayEquals(expected, actual, rule.toString());
    }

    private static long[] keys(Trial trial, Columns c, SpotKeys.Rule rule) {
        int n = c.time.length;
        Buffer keys = trial.output(ElementType.U64, n);
        trial.backend().spotKeys().signatures(new SpotKeys.Spots(trial.input(ElementType.U16, c.band), trial.input(ElementType.U32, c.time),
                trial.input(ElementType.U16, c.tx), trial.input(ElementType.U16, c.rx), trial.input(c.sfi), trial.input(c.distance)), rule, keys, n);
        return trial.longs(keys, n);
    }
}
