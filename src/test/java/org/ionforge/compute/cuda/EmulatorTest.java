package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The emulator finds the faults planted in `native/emulator/test/planted.cu` and runs their sound twins right in every order.
class EmulatorTest {

    private static final Grid ONE_BLOCK = Grid.of(1, 256);

    static Stream<Schedule> schedules() {
        return Stream.of(Schedule.FORWARD, Schedule.REVERSE, new Schedule.Random(1), new Schedule.Random(42));
    }

    private static float[] ramp(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i % 97;
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void sumsByShufflesAndBarriers(Schedule schedule) {
        float[] x = ramp(10_007);
        int blocks = 40;
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer in = bench.of(x); DeviceBuffer sums = bench.buffer(ElementType.F32, blocks)) {
            bench.device.launch("sound_block_sum_f32", Grid.of(blocks, 256), in, sums, 10_007L);
            float[] expected = new float[blocks];
            for (int i = 0; i < x.length; i++) {
                expected[i / 256] += x[i];
            }
            assertArrayEquals(expected, bench.floats(sums));
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void sharesDynamicMemory(Schedule schedule) {
        float[] x = ramp(1024);
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer in = bench.of(x); DeviceBuffer out = bench.buffer(ElementType.F32, 1024)) {
            bench.device.launch("sound_reversal_f32", Grid.of(1, 1024).withShared(4096), in, out);
            float[] y = bench.floats(out);
            for (int i = 0; i < 1024; i++) {
                assertEquals(x[1023 - i], y[i]);
            }
            assertTrue(bench.fault("sound_reversal_f32", Grid.of(1, 1024), in, out).contains("launched with 0 bytes of dynamic shared memory"));
            assertTrue(bench.fault("sound_reversal_f32", Grid.of(1, 1024).withShared(5000), in, out)
                    .endsWith("no block with 5000 bytes of dynamic shared memory: 4096 by DYNAMIC_SHARED_BYTES"));
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void doesWarpOperationsAndAtomicsAsCudaDoes(Schedule schedule) {
        int blocks = 64;
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer out = bench.buffer(ElementType.S32, 8 * 32);
                DeviceBuffer totals = bench.buffer(ElementType.S64, 2); DeviceBuffer counters = bench.buffer(ElementType.U64, 3)) {
            totals.fill((byte) 0);
            counters.fill((byte) 0);
            bench.device.launch("sound_warp_operations", Grid.of(blocks, 32), out, totals, counters);
            int[] rows = bench.ints(out);
            int ballot = 0;
            for (int i = 0; i < 32; i++) {
                ballot |= i % 3 == 0 ? 1 << i : 0;
            }
            for (int i = 0; i < 32; i++) {
                assertEquals((31 - i) * (31 - i), rows[i]);
                assertEquals(i ^ 5, rows[32 + i]);
                assertEquals(i + 3 < 32 ? i + 3 : i, rows[64 + i]);
                assertEquals(i >= 3 ? i - 3 : i, rows[96 + i]);
                assertEquals(ballot, rows[128 + i]);
                assertEquals(1, rows[160 + i]);
                assertEquals(1, rows[192 + i]);
                assertEquals(i < 8 ? 7 : -1, rows[224 + i], "eight lanes with a mask of their own; the rest is poison");
            }
            long[] sums = new long[2];
            totals.download(MemorySegment.ofArray(sums));
            assertArrayEquals(new long[] {blocks * 31L * 16, 26}, sums);
            long[] counts = new long[3];
            counters.download(MemorySegment.ofArray(counts));
            assertEquals(blocks * 32L, counts[0]);
            assertTrue(counts[1] >= 1 && counts[1] <= blocks, "one block won");
            assertEquals(1, counts[2], "one lane won");
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void numbersBlocksAndThreadsInThreeDimensions(Schedule schedule) {
        Grid grid = new Grid(3, 2, 2, 4, 3, 2, 0);
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer out = bench.buffer(ElementType.S64, 12 * 24)) {
            bench.device.launch("sound_geometry", grid, out);
            long[] y = new long[12 * 24];
            out.download(MemorySegment.ofArray(y));
            for (int i = 0; i < y.length; i++) {
                assertEquals(i / 24 * 1000L + i % 24, y[i]);
            }
        }
    }

    @Test
    void knowsSinesWithoutASlowPath() {
        int n = 20_011;
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i - n / 2) * 0.99731f;
        }
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer in = bench.of(x);
                DeviceBuffer s = bench.buffer(ElementType.F32, n); DeviceBuffer c = bench.buffer(ElementType.F32, n);
                DeviceBuffer sp = bench.buffer(ElementType.F32, n); DeviceBuffer cp = bench.buffer(ElementType.F32, n)) {
            bench.device.launch("sound_trigonometry_f32", Grid.covering(n, 256), in, s, c, sp, cp, (long) n);
            float[] sines = bench.floats(s);
            float[] cosines = bench.floats(c);
            float[] sinesPi = bench.floats(sp);
            float[] cosinesPi = bench.floats(cp);
            for (int i = 0; i < n; i++) {
                assertEquals(Math.sin(x[i]), sines[i], 1.5e-7, () -> "sin");
                assertEquals(Math.cos(x[i]), cosines[i], 1.5e-7, () -> "cos");
                double turned = Math.PI * Math.IEEEremainder(x[i], 2);
                assertEquals(Math.sin(turned), sinesPi[i], 1.2e-7, () -> "sin π");
                assertEquals(Math.cos(turned), cosinesPi[i], 1.2e-7, () -> "cos π");
            }
        }
    }

    @Test
    void aMissingBarrierGivesDifferentResultsInDifferentOrders() {
        List<float[]> results = schedules().map(schedule -> {
            try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer in = bench.of(ramp(256));
                    DeviceBuffer out = bench.buffer(ElementType.F32, 256)) {
                bench.device.launch("planted_missing_barrier_f32", ONE_BLOCK, in, out);
                return bench.floats(out);
            }
        }).toList();
        assertFalse(Arrays.equals(results.get(0), results.get(1)));
        assertFalse(Arrays.equals(results.get(0), results.get(2)));
        assertTrue(Float.isNaN(results.get(0)[0]), "what was not yet written is NaN");
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void reportsADivergentBarrierWithKernelAndLine(Schedule schedule) {
        try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer out = bench.buffer(ElementType.S32, 256)) {
            String fault = bench.fault("planted_divergent_barrier", ONE_BLOCK, out);
            assertTrue(fault.matches("planted_divergent_barrier, block \\(0, 0, 0\\): divergent barrier: 32 lanes \\(first 0\\) wait at "
                    + "block_sync, planted.cu:\\d+; 224 lanes \\(first 32\\) wait at block_sync, planted.cu:\\d+"), fault);
            assertTrue(bench.fault("planted_early_leaver", ONE_BLOCK, out, 100).endsWith("156 lanes (first 100) have left"));
            bench.device.launch("planted_early_leaver", ONE_BLOCK, out, 256);
            assertEquals(1, bench.ints(out)[255], "and works on after a fault");
        }
    }

    @Test
    void reportsWarpOperationsWithoutTheirLanes() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer out = bench.buffer(ElementType.S32, 256)) {
            String partial = bench.fault("planted_partial_shuffle", ONE_BLOCK, out);
            assertTrue(partial.contains("a warp shuffle, planted.cu:"), partial);
            String absent = bench.fault("planted_absent_source", ONE_BLOCK, out);
            assertTrue(absent.contains("lane 0 reads lane 20 in a warp shuffle at planted.cu:"), absent);
            String cut = bench.fault("planted_partial_shuffle", Grid.of(1, 16), out);
            assertTrue(cut.contains("names lane 16, which has left the kernel or never was"), cut);
        }
    }

    @Test
    void reportsOverrunsOfSharedAndDeviceMemory() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer out = bench.buffer(ElementType.S32, 256);
                DeviceBuffer small = bench.buffer(ElementType.S32, 199)) {
            bench.device.launch("planted_shared_overrun", ONE_BLOCK, out, 0);
            String shared = bench.fault("planted_shared_overrun", ONE_BLOCK, out, 1);
            assertTrue(shared.matches("planted_shared_overrun, .*wrote \\d+ bytes past the end of shared array row \\(.*planted.cu:\\d+\\)"), shared);
            String before = bench.fault("planted_shared_overrun", ONE_BLOCK, out, -1);
            assertTrue(before.contains("wrote before the start of shared array row"), before);
            bench.device.launch("planted_device_overrun", ONE_BLOCK, small, 198);
            String overrun = bench.fault("planted_device_overrun", ONE_BLOCK, small, 199);
            assertEquals("planted_device_overrun: wrote past the end of a device allocation of 796 bytes", overrun);
        }
    }

    @Test
    void poisonsWhatWasNeverWritten() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer reals = bench.buffer(ElementType.F32, 256);
                DeviceBuffer words = bench.buffer(ElementType.U32, 256)) {
            assertTrue(Float.isNaN(bench.floats(reals)[17]), "fresh device memory");
            reals.fill((byte) 0);
            bench.device.launch("planted_unwritten_f32", ONE_BLOCK, reals, words);
            assertTrue(Float.isNaN(bench.floats(reals)[17]), "shared floats");
            assertEquals(0xCDCDCDCD, bench.ints(words)[17], "shared integers");
        }
    }

    @Test
    void refusesWhatCudaWouldTakeWrongly() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); PlantedKernels other = new PlantedKernels(Schedule.FORWARD);
                DeviceBuffer out = bench.buffer(ElementType.S32, 256); DeviceBuffer foreign = other.buffer(ElementType.S32, 256)) {
            String types = assertThrows(IllegalArgumentException.class,
                    () -> bench.device.launch("planted_early_leaver", ONE_BLOCK, out, 256L)).getMessage();
            assertTrue(types.startsWith("planted_early_leaver takes (pi) and was given (pl)"), types);
            assertThrows(IllegalArgumentException.class, () -> bench.device.launch("planted_early_leaver", ONE_BLOCK, foreign, 256));
            assertThrows(IllegalArgumentException.class, () -> bench.device.launch("no_such_kernel", ONE_BLOCK, out));
            assertTrue(bench.fault("sound_geometry", Grid.of(1, 1025), out).contains("no block of 1025×1×1 threads"));
        }
    }

    @Test
    void recordsAGraphOnceAndReplaysIt() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer x = bench.of(ramp(256)); DeviceBuffer y = bench.of(new float[256]);
                DeviceBuffer total = bench.of(0f)) {
            LaunchGraph graph = bench.device.capture(() -> {
                bench.device.launch("sound_reversal_f32", ONE_BLOCK.withShared(1024), x, y);
                bench.device.copy(y.address(), x.address(), 1024);
                bench.device.launch("sound_block_sum_f32", ONE_BLOCK, x, total, 1L);
                assertThrows(IllegalStateException.class, bench.device::synchronize);
            });
            assertEquals(0f, bench.floats(total)[0], "recorded, not done");
            graph.replay();
            assertEquals(255 % 97, bench.floats(total)[0]);
            graph.replay();
            assertEquals(0f, bench.floats(total)[0]);
            graph.close();
        }
    }

    @Test
    void aBufferIsGoneAfterClose() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD)) {
            DeviceBuffer buffer = bench.buffer(ElementType.F32, 3);
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.upload(MemorySegment.ofArray(new float[2]), 2));
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.download(MemorySegment.ofArray(new float[4])));
            assertThrows(UnsupportedOperationException.class, buffer::host);
            buffer.close();
            buffer.close();
            assertTrue(buffer.isClosed());
            assertThrows(IllegalStateException.class, () -> buffer.fill((byte) 0));
        }
    }
}
