package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RadixSortConformanceTest {

    /// Around a warp, a tile of 2048 and a chunk of the scan's.
    private static final int[] SIZES = {0, 1, 2, 33, 2047, 2048, 2049, 6_145};

    /// What keys are like: anything, few different, all the same, falling, and different in their highest bits only.
    private static final List<LongUnaryOperator> KINDS = List.of(i -> mix(i), i -> mix(i) & 3, _ -> 0x8000_0001_8000_0001L, i -> -i,
            i -> mix(i) & 0xe000_0000_e000_0000L);

    private record Sorted(long[] keys, int[] payload) {
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void wideKeys(Room room) {
        for (int n : SIZES) {
            for (LongUnaryOperator kind : KINDS) {
                compare(room, ElementType.U64, n, kind, 64);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void narrowKeys(Room room) {
        for (int n : SIZES) {
            for (LongUnaryOperator kind : KINDS) {
                compare(room, ElementType.U32, n, kind, 32);
            }
        }
    }

    /// By the low bits alone, an odd and an even number of passes, the last one short: what is above travels along.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theLowBits(Room room) {
        for (int bits : new int[] {1, 7, 8, 9, 16, 47, 48}) {
            compare(room, ElementType.U64, 5000, KINDS.getFirst(), bits);
        }
        for (int bits : new int[] {1, 8, 31}) {
            compare(room, ElementType.U32, 5000, KINDS.getFirst(), bits);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void manyTiles(Room room) {
        compare(room, ElementType.U64, 100_003, i -> mix(i) >>> 20, 44);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void refusesWhatCannotBeSorted(Room room) {
        Trial.on(room, trial -> {
            Buffer keys = trial.input(new long[5]);
            Buffer payload = trial.input(ElementType.U32, new int[5]);
            Buffer floats = trial.input(new float[5]);
            for (Runnable wrong : List.<Runnable>of(() -> trial.backend().radixSort().sort(keys, payload, 6, 64),
                    () -> trial.backend().radixSort().sort(keys, payload, 5, 65), () -> trial.backend().radixSort().sort(keys, payload, 5, 0),
                    () -> trial.backend().radixSort().sort(payload, payload, 5, 33),
                    () -> trial.backend().radixSort().sort(floats, payload, 5, 32), () -> trial.backend().radixSort().sort(keys, keys, 5, 32),
                    () -> trial.backend().radixSort().sort(keys, payload, -1, 32))) {
                assertThrows(IllegalArgumentException.class, wrong::run);
            }
            return null;
        });
    }

    private static void compare(Room room, ElementType type, int n, LongUnaryOperator kind, int bits) {
        Sorted expected = Trial.on(Room.reference(), trial -> sort(trial, type, n, kind, bits));
        Sorted actual = Trial.on(room, trial -> sort(trial, type, n, kind, bits));
        String what = n + " keys of " + type + " by " + bits + " bits";
        assertArrayEquals(expected.keys, actual.keys, what);
        assertArrayEquals(expected.payload, actual.payload, what);
    }

    private static Sorted sort(Trial trial, ElementType type, int n, LongUnaryOperator kind, int bits) {
        boolean wide = type == ElementType.U64;
        Buffer keys = trial.output(type, n);
        Buffer payload = trial.output(ElementType.U32, n);
        long[] values = new long[n];
        int[] numbers = new int[n];
        Random random = new Random(n);
        for (int i = 0; i < n; i++) {
            values[i] = kind.applyAsLong(i);
            numbers[i] = random.nextInt();
        }
        int[] narrow = new int[n];
        for (int i = 0; i < n; i++) {
            narrow[i] = (int) values[i];
        }
        keys.upload(wide ? MemorySegment.ofArray(values) : MemorySegment.ofArray(narrow));
        payload.upload(MemorySegment.ofArray(numbers));
        trial.backend().radixSort().sort(keys, payload, n, bits);
        long[] sorted = new long[n];
        if (wide) {
            sorted = trial.longs(keys, n);
        } else {
            int[] read = trial.ints(keys, n);
            for (int i = 0; i < n; i++) {
                sorted[i] = Integer.toUnsignedLong(read[i]);
            }
        }
        return new Sorted(sorted, trial.ints(payload, n));
    }

    private static long mix(long i) {
        long z = (i + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        return z ^ z >>> 31;
    }
}
