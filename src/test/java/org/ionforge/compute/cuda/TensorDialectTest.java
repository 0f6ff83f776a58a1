package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `kernels/tensor.cuh` under the emulator: every word does what PTX says it does, and the faults planted in
/// `native/emulator/test/planted_tensor.cu` are found.
class TensorDialectTest {

    private static final Grid TWO_WARPS = Grid.of(1, 64);
    private static final Grid ONE_WARP = Grid.of(1, 32);
    private static final Grid WARPGROUP = Grid.of(1, 128);

    static Stream<Schedule> schedules() {
        return Stream.of(Schedule.FORWARD, Schedule.REVERSE, new Schedule.Random(1), new Schedule.Random(42));
    }

    private static int[] words(int n, int seed) {
        return new Random(seed).ints(n).toArray();
    }

    private static int[] reversed(int[] x) {
        return IntStream.range(0, x.length).map(i -> x[x.length - 1 - i]).toArray();
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void copiesArriveAtTheWaitAndFillUpWithZeros(Schedule schedule) {
        int[] x = words(512, 1);
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer in = bench.of(x);
                DeviceBuffer out = bench.buffer(ElementType.U32, 512)) {
            for (int tail = 0; tail <= 16; tail += 4) {
                bench.device.launch("sound_async_copy_u32", TWO_WARPS, in, out, tail);
                int[] expected = x.clone();
                Arrays.fill(expected, 508 + tail / 4, 512, 0);
                assertArrayEquals(reversed(expected), bench.ints(out), "tail of " + tail + " bytes");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aMissingWaitIsFound(Schedule schedule) {
        int[] x = words(512, 2);
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer in = bench.of(x);
                DeviceBuffer out = bench.buffer(ElementType.U32, 512)) {
            bench.device.launch("planted_early_read_u32", TWO_WARPS, in, out, 16);
            int[] early = bench.ints(out);
            assertEquals(0xCDCDCDCD, early[511], "what is still under way is poison");
            assertEquals(x[511], early[0], "what was waited for is there");
            String fault = bench.fault("planted_missing_wait_u32", TWO_WARPS, in, out, 16);
            assertTrue(fault.matches("planted_missing_wait_u32, block \\(0, 0, 0\\): lane \\d+ leaves with 1 asynchronous copies or products under way"), fault);
        }
    }

    @Test
    void aMissingBarrierAfterTheWaitGivesDifferentResultsInDifferentOrders() {
        int[] x = words(256, 3);
        try (PlantedKernels forward = new PlantedKernels(Schedule.FORWARD); PlantedKernels reverse = new PlantedKernels(Schedule.REVERSE);
                DeviceBuffer in = forward.of(x); DeviceBuffer out = forward.buffer(ElementType.U32, 256);
                DeviceBuffer other = reverse.of(x); DeviceBuffer back = reverse.buffer(ElementType.U32, 256)) {
            forward.device.launch("planted_copy_without_barrier_u32", TWO_WARPS, in, out);
            reverse.device.launch("planted_copy_without_barrier_u32", TWO_WARPS, other, back);
            assertFalse(Arrays.equals(forward.ints(out), reverse.ints(back)));
        }
    }

    @Test
    void copiesAndLoadsKeepTheirAlignment() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer in = bench.of(words(256, 4));
                DeviceBuffer out = bench.buffer(ElementType.U32, 32)) {
            bench.device.launch("planted_crooked_copy_u32", TWO_WARPS, in, 0);
            assertTrue(bench.fault("planted_crooked_copy_u32", TWO_WARPS, in, 1).matches(
                    ".*async_copy_16 at planted_tensor.cu:\\d+ with an address that is no multiple of 16"));
            assertTrue(bench.fault("planted_crooked_copy_u32", TWO_WARPS, in, 8).endsWith("to memory outside the block's shared arrays"));
            assertTrue(bench.fault("planted_bank_conflict_u32", ONE_WARP, out, 1).endsWith("a row whose address is no multiple of 16"));
            assertTrue(bench.fault("planted_bank_conflict_u32", ONE_WARP, out, 400).endsWith("a row outside the block's shared memory"));
        }
    }

    @Test
    void countsBankConflicts() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer out = bench.buffer(ElementType.U32, 32)) {
            long before = bench.device.bankConflicts();
            bench.device.launch("planted_bank_conflict_u32", ONE_WARP, out, 4);
            assertEquals(before, bench.device.bankConflicts(), "rows in a line");
            bench.device.launch("planted_bank_conflict_u32", ONE_WARP, out, 32);
            assertEquals(before + 14, bench.device.bankConflicts(), "two matrices in one bank each");
        }
    }

    /// Elements of a row of 32 bytes.
    private interface Row {
        double element(ByteBuffer row, int k);
    }

    private static final Row S8 = (row, k) -> row.get(k);
    private static final Row U8 = (row, k) -> row.get(k) & 0xFF;
    private static final Row BF16 = (row, k) -> Float.intBitsToFloat(row.getShort(2 * k) << 16);
    private static final Row TF32 = (row, k) -> Float.intBitsToFloat(row.getInt(4 * k) & 0xFFFFE000);

    /// 2·a·b: the kernels multiply twice into the same sum.
    private static double[] product(int[] a, int[] b, int inner, Row left, Row right) {
        int columns = b.length / 8;
        double[] c = new double[a.length / 8 * columns];
        for (int i = 0; i < a.length / 8; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < inner; k++) {
                    c[columns * i + j] += 2 * left.element(row(a, i), k) * right.element(row(b, j), k);
                }
            }
        }
        return c;
    }

    private static ByteBuffer row(int[] words, int i) {
        ByteBuffer row = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        row.asIntBuffer().put(words, 8 * i, 8);
        return row;
    }

    private static double[] integers(PlantedKernels bench, String kernel, int[] a, int[] b) {
        try (DeviceBuffer left = bench.of(a); DeviceBuffer right = bench.of(b); DeviceBuffer out = bench.buffer(ElementType.S32, 128)) {
            bench.device.launch(kernel, ONE_WARP, left, right, out);
            return Arrays.stream(bench.ints(out)).asDoubleStream().toArray();
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void multipliesBytesExactly(Schedule schedule) {
        int[] a = words(128, 5);
        int[] b = words(64, 6);
        Arrays.fill(a, 0, 8, 0x80808080);
        Arrays.fill(b, 0, 8, 0x80808080);
        try (PlantedKernels bench = new PlantedKernels(schedule)) {
            assertArrayEquals(product(a, b, 32, S8, S8), integers(bench, "sound_mma_s8", a, b));
            assertArrayEquals(product(a, b, 32, U8, S8), integers(bench, "sound_mma_u8", a, b));
            assertFalse(Arrays.equals(product(a, b, 32, S8, S8), integers(bench, "planted_fragment_layout_s8", a, b)),
                    "a wrong fragment layout gives wrong sums");
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void multipliesShortFloats(Schedule schedule) {
        Random random = new Random(7);
        int[] a = IntStream.generate(() -> Float.floatToIntBits(random.nextFloat() - 0.5f)).limit(128).toArray();
        int[] b = IntStream.generate(() -> Float.floatToIntBits(random.nextFloat() - 0.5f)).limit(64).toArray();
        int[] shortA = pairs(a);
        int[] shortB = pairs(b);
        try (PlantedKernels bench = new PlantedKernels(schedule)) {
            assertClose(product(a, b, 8, TF32, TF32), floats(bench, "sound_mma_tf32", a, b));
            assertClose(product(shortA, shortB, 16, BF16, BF16), floats(bench, "sound_mma_bf16", shortA, shortB));
        }
    }

    /// Two BF16 in each word: the upper half of a float, and of the next.
    private static int[] pairs(int[] floats) {
        return IntStream.range(0, floats.length).map(i -> floats[i] & 0xFFFF0000 | floats[(i + 1) % floats.length] >>> 16).toArray();
    }

    private static float[] floats(PlantedKernels bench, String kernel, int[] a, int[] b) {
        try (DeviceBuffer left = bench.of(a); DeviceBuffer right = bench.of(b); DeviceBuffer out = bench.buffer(ElementType.F32, 128)) {
            bench.device.launch(kernel, ONE_WARP, left, right, out);
            return bench.floats(out);
        }
    }

    private static void assertClose(double[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-6, "element " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void loadsTransposedMatrices(Schedule schedule) {
        int[] x = words(128, 8);
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer in = bench.of(x);
                DeviceBuffer out = bench.buffer(ElementType.U32, 128)) {
            bench.device.launch("sound_transposed_load_u16", ONE_WARP, in, out);
            int[] y = bench.ints(out);
            for (int matrix = 0; matrix < 4; matrix++) {
                for (int row = 0; row < 8; row++) {
                    for (int column = 0; column < 8; column++) {
                        assertEquals(half(x, matrix, row, column), half(y, matrix, column, row));
                    }
                }
            }
        }
    }

    /// Element (row, column) of an 8 × 8 matrix of 16 bits.
    private static int half(int[] words, int matrix, int row, int column) {
        return words[32 * matrix + 4 * row + column / 2] >>> 16 * (column % 2) & 0xFFFF;
    }

    @Test
    void aProductWithoutAllLanesIsFound() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer out = bench.buffer(ElementType.S32, 32)) {
            String fault = bench.fault("planted_partial_mma_s8", ONE_WARP, out);
            assertTrue(fault.contains("16 lanes (first 0) wait at mma_s8, planted_tensor.cu:"), fault);
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aWarpgroupMultipliesOutOfSharedMemoryAndRegisters(Schedule schedule) {
        int[] a = words(64 * 8, 9);
        int[] b = words(256 * 8, 10);
        double[] expected = product(a, b, 32, S8, S8);
        assertArrayEquals(expected, warpgroup(schedule, "sound_warpgroup_s8", a, b));
        assertFalse(Arrays.equals(expected, warpgroup(schedule, "planted_swapped_descriptor_s8", a, b)), "a wrong descriptor");
        double[] early = warpgroup(schedule, "planted_product_read_early_s8", a, b);
        assertEquals(0xCDCDCDCD, (int) early[77], "what is still under way is poison");
    }

    private static double[] warpgroup(Schedule schedule, String kernel, int[] a, int[] b) {
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer left = bench.of(a); DeviceBuffer right = bench.of(b);
                DeviceBuffer out = bench.buffer(ElementType.S32, 64 * 256)) {
            bench.device.launch(kernel, WARPGROUP, left, right, out);
            return Arrays.stream(bench.ints(out)).asDoubleStream().toArray();
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void faultsAroundAWarpgroupsProductsAreFound(Schedule schedule) {
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer a = bench.of(words(64 * 8, 11));
                DeviceBuffer b = bench.of(words(256 * 8, 12)); DeviceBuffer out = bench.buffer(ElementType.S32, 64 * 256)) {
            expect(bench, "planted_no_arrive_s8", "without warpgroup_arrive before it", a, b, out);
            expect(bench, "planted_no_fence_s8", "of copies that no async_proxy_fence made visible to it", a, b, out);
            expect(bench, "planted_overwritten_operand_s8", "written to while it was under way", a, b, out);
            expect(bench, "planted_product_not_waited_for_s8", "leaves with 1 asynchronous copies or products under way", a, b, out);
            String half = bench.fault("sound_warpgroup_s8", Grid.of(1, 64), a, b, out);
            assertTrue(half.contains("is of all 128 lanes; lane 64 has left the kernel or never was"), half);
        }
    }

    private static void expect(PlantedKernels bench, String kernel, String fault, Object... arguments) {
        String found = bench.fault(kernel, WARPGROUP, arguments);
        assertTrue(found.startsWith(kernel) && found.endsWith(fault), found);
    }
}
