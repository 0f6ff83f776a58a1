package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GroupedMedians;
import org.ionforge.compute.SpotKeys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupedMediansConformanceTest {

    private record Result(long[] keys, int[] counts, float[] medians) {
    }

    /// Rows of groups of these sizes in ascending order of keys, then `none` rows of no group; values lie in any order.
    private record Case(long[] keys, int[] order, byte[] values) {

        static Case of(int[] sizes, int none, long seed) {
            Random random = new Random(seed);
            int n = Arrays.stream(sizes).sum() + none;
            long[] keys = new long[n];
            long key = random.nextInt(5);
            int at = 0;
            for (int size : sizes) {
                Arrays.fill(keys, at, at + size, key);
                at += size;
                key += 1 + random.nextInt(3);
            }
            Arrays.fill(keys, at, n, SpotKeys.NONE);
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                places.add(i);
            }
            Collections.shuffle(places, random);
            byte[] values = new byte[n];
            random.nextBytes(values);
            return new Case(keys, places.stream().mapToInt(Integer::intValue).toArray(), values);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void groupsOfEverySize(Room room) {
        compare(room, Case.of(new int[] {}, 0, 1), 1);
        compare(room, Case.of(new int[] {}, 3000, 2), 1);
        compare(room, Case.of(new int[] {1}, 0, 3), 1);
        compare(room, Case.of(new int[] {2}, 1, 4), 1);
        compare(room, Case.of(new int[] {1, 2, 3, 4, 31, 32, 33, 2048, 2047, 2049, 5, 9000, 1}, 7, 5), 13);
        int[] many = new Random(6).ints(3000, 1, 12).toArray();
        compare(room, Case.of(many, 100, 7), 3000);
        compare(room, Case.of(new int[] {40_000, 1, 20_000}, 0, 8), 3);
    }

    /// The extremes of a byte, and middles that fall between two values.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theMiddleOfAnEvenNumber(Room room) {
        long[] keys = {1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4};
        int[] order = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        byte[] values = {-128, 127, -20, -21, 5, -5, 7, 1, 9, 9, 9};
        Result result = on(room, new Case(keys, order, values), 4);
        assertArrayEquals(new long[] {1, 2, 3, 4}, result.keys);
        assertArrayEquals(new int[] {2, 2, 3, 4}, result.counts);
        assertArrayEquals(new float[] {-0.5f, -20.5f, 5, 9}, result.medians);
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void moreGroupsThanFitAreRefused(Room room) {
        Case trial = Case.of(new int[] {3, 5, 7}, 2, 9);
        String message = assertThrows(IllegalArgumentException.class, () -> Trial.on(room, each -> each.backend().groupedMedians()
                .medians(rows(each, trial), exactly(each, 2)))).getMessage();
        assertTrue(message.contains("3 groups do not fit buffers of 2"), message);
    }

    /// From unsorted spots to medians, as the refinery needs them, against a map.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void afterASort(Room room) {
        Random random = new Random(10);
        int n = 20_011;
        long[] keys = new long[n];
        byte[] snr = new byte[n];
        int[] rows = new int[n];
        Map<Long, List<Integer>> expected = new TreeMap<>();
        for (int i = 0; i < n; i++) {
            keys[i] = random.nextInt(10) == 0 ? SpotKeys.NONE : (long) random.nextInt(800) << 38 | random.nextInt(3);
            snr[i] = (byte) (random.nextInt(60) - 35);
            rows[i] = i;
            if (keys[i] != SpotKeys.NONE) {
                expected.computeIfAbsent(keys[i], _ -> new ArrayList<>()).add((int) snr[i]);
            }
        }
        Result result = Trial.on(room, trial -> {
            Buffer sorted = trial.input(keys);
            Buffer order = trial.input(ElementType.U32, rows);
            trial.backend().radixSort().sort(sorted, order, n, SpotKeys.KEY_BITS);
            Buffer[] out = new Buffer[3];
            GroupedMedians.Groups groups = groups(trial, expected.size(), out);
            int count = (int) trial.backend().groupedMedians().medians(new GroupedMedians.Rows(sorted, order, trial.input(ElementType.S8, snr), n),
                    groups);
            return new Result(trial.longs(out[0], count), trial.ints(out[1], count), trial.floats(out[2], count));
        });
        int at = 0;
        assertEquals(expected.size(), result.keys.length);
        for (Map.Entry<Long, List<Integer>> entry : expected.entrySet()) {
            List<Integer> values = entry.getValue().stream().sorted().toList();
            int size = values.size();
            assertEquals(entry.getKey(), result.keys[at]);
            assertEquals(size, result.counts[at]);
            assertEquals((values.get((size - 1) / 2) + values.get(size / 2)) / 2f, result.medians[at]);
            at++;
        }
    }

    private static void compare(Room room, Case trial, int groups) {
        Result expected = on(Room.reference(), trial, groups);
        Result actual = on(room, trial, groups);
        assertArrayEquals(expected.keys, actual.keys);
        assertArrayEquals(expected.counts, actual.counts);
        assertArrayEquals(expected.medians, actual.medians);
    }

    private static Result on(Room room, Case of, int most) {
        return Trial.on(room, trial -> {
            Buffer[] out = new Buffer[3];
            GroupedMedians.Groups groups = groups(trial, most, out);
            int count = (int) trial.backend().groupedMedians().medians(rows(trial, of), groups);
            return new Result(trial.longs(out[0], count), trial.ints(out[1], count), trial.floats(out[2], count));
        });
    }

    private static GroupedMedians.Rows rows(Trial trial, Case of) {
        return new GroupedMedians.Rows(trial.input(of.keys), trial.input(ElementType.U32, of.order), trial.input(ElementType.S8, of.values),
                of.keys.length);
    }

    private static GroupedMedians.Groups groups(Trial trial, int capacity, Buffer[] out) {
        out[0] = trial.output(ElementType.U64, capacity);
        out[1] = trial.output(ElementType.U32, capacity);
        out[2] = trial.output(ElementType.F32, capacity);
        return new GroupedMedians.Groups(out[0], out[1], out[2]);
    }

    /// Buffers of exactly that many groups.
    private static GroupedMedians.Groups exactly(Trial trial, int capacity) {
        return new GroupedMedians.Groups(trial.input(new long[capacity]), trial.input(ElementType.U32, new int[capacity]),
                trial.input(new float[capacity]));
    }
}
