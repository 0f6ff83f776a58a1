package org.ionforge.compute.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `kernels/bulk.cuh` under the emulator: boxes, their barriers and clusters do what PTX says they do, and the faults planted in
/// `native/emulator/test/planted_bulk.cu` are found.
class BulkDialectTest {

    private static final int WORDS = 140;
    private static final int ROWS = 5;
    private static final int PLANES = 3;
    /// Boxes that the kernels pass on, each with its words.
    private static final int BOXES = 5;
    private static final int BOX_WORDS = 32;
    private static final int BOX_ROWS = 4;
    private static final int STAGE_BYTES = 2 * 2 * BOX_ROWS * BOX_WORDS * Integer.BYTES;
    /// Two clusters of two blocks, with a kilobyte more to begin where swizzled rows begin.
    private static final Grid CLUSTERS = Grid.of(4, 64).withShared(STAGE_BYTES + 1024);

    static Stream<Schedule> schedules() {
        return Stream.of(Schedule.FORWARD, Schedule.REVERSE, new Schedule.Random(1), new Schedule.Random(42), new Schedule.Random(7));
    }

    private static int[] array() {
        return new Random(1).ints(WORDS * ROWS * PLANES).toArray();
    }

    private static TensorMap map(DeviceBuffer array, boolean swizzled) {
        return new TensorMap(array, WORDS, ROWS, PLANES, BOX_WORDS, BOX_ROWS, 1, swizzled);
    }

    /// What each block sees: box after box, of two planes, with zeros around the array.
    private static int[] expected(int[] array, int x, int y, int z, boolean swizzled) {
        int[] seen = new int[BOXES * 2 * BOX_ROWS * BOX_WORDS];
        for (int at = 0; at < seen.length; at++) {
            int row = at / BOX_WORDS % BOX_ROWS;
            int plane = z + at / BOX_WORDS / BOX_ROWS % 2;
            int rowInKilobyte = at / BOX_WORDS % 8;
            int place = swizzled ? (at % BOX_WORDS / 4 ^ rowInKilobyte) * 4 + at % 4 : at % BOX_WORDS;
            int word = x + at / (2 * BOX_ROWS * BOX_WORDS) * BOX_WORDS + place;
            boolean inside = word >= 0 && word < WORDS && y + row >= 0 && y + row < ROWS && plane >= 0 && plane < PLANES;
            seen[at] = inside ? array[(plane * ROWS + y + row) * WORDS + word] : 0;
        }
        return seen;
    }

    private static int[] seen(PlantedKernels bench, String kernel, int[] array, boolean swizzled, int x, int y, int z) {
        try (DeviceBuffer in = bench.of(array);
                DeviceBuffer out = bench.buffer(ElementType.U32, 4L * BOXES * 2 * BOX_ROWS * BOX_WORDS)) {
            bench.device.launch(kernel, CLUSTERS, map(in, swizzled), x, y, z, out);
            return bench.ints(out);
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void boxesComeToBothBlocksWithZerosAroundTheArray(Schedule schedule) {
        int[] array = array();
        try (PlantedKernels bench = new PlantedKernels(schedule)) {
            for (boolean swizzled : new boolean[] {false, true}) {
                for (int[] corner : new int[][] {{0, 0, 0}, {20, 3, 2}, {-8, -1, -1}}) {
                    int[] one = expected(array, corner[0], corner[1], corner[2], swizzled);
                    int[] all = seen(bench, "sound_boxes_u32", array, swizzled, corner[0], corner[1], corner[2]);
                    for (int block = 0; block < 4; block++) {
                        assertArrayEquals(one, Arrays.copyOfRange(all, block * one.length, (block + 1) * one.length),
                                "block " + block + ", corner " + Arrays.toString(corner));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void whatIsReadOrFilledTooEarlyIsSeen(Schedule schedule) {
        int[] array = array();
        try (PlantedKernels bench = new PlantedKernels(schedule)) {
            int[] sound = seen(bench, "sound_boxes_u32", array, false, 0, 0, 0);
            assertFalse(Arrays.equals(sound, seen(bench, "planted_boxes_read_too_early_u32", array, false, 0, 0, 0)), "read too early");
            expect(bench, "planted_boxes_filled_too_early_u32", ".*mbarrier_expect at planted_bulk.cu:\\d+: more arrivals than the 1 of a phase");
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void faultsAroundBarriersAndClustersAreFound(Schedule schedule) {
        try (PlantedKernels bench = new PlantedKernels(schedule)) {
            expect(bench, "planted_boxes_of_wrong_bytes_u32", "(?s).*wait at mbarrier_wait, planted_bulk.cu:\\d+ \\(0 arrivals and 16 bytes are missing\\).*");
            expect(bench, "planted_boxes_one_arrival_too_many_u32", ".*mbarrier_(arrive|expect) at planted_bulk.cu:\\d+: more arrivals than the [12] of a phase");
            expect(bench, "planted_boxes_left_too_early_u32", ".*: (block 0 of the cluster has left or never was|its box arrives in a block that has left)");
            expect(bench, "planted_boxes_crooked_u32", ".*bulk_copy at planted_bulk.cu:\\d+: an address that is no multiple of 128");
            expect(bench, "planted_boxes_without_barrier_u32", ".*: no mbarrier_init made that barrier");
            expect(bench, "planted_boxes_over_barrier_u32", ".*: the barrier's own word was written to");
            expect(bench, "planted_boxes_too_far_u32", ".*: of blocks that the cluster has not");
        }
    }

    private static void expect(PlantedKernels bench, String kernel, String fault) {
        String found = faultOf(bench, kernel);
        assertTrue(found.startsWith(kernel) && found.matches(fault), found);
    }

    /// Nothing if it ended well.
    private static String faultOf(PlantedKernels bench, String kernel) {
        try {
            seen(bench, kernel, array(), false, 0, 0, 0);
            return "";
        } catch (CudaException e) {
            return e.getMessage();
        }
    }

    @Test
    void aGridIsWholeClusters() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer in = bench.of(array());
                DeviceBuffer out = bench.buffer(ElementType.U32, 1)) {
            String fault = bench.fault("sound_boxes_u32", Grid.of(3, 64).withShared(STAGE_BYTES + 1024), map(in, false), 0, 0, 0, out);
            assertTrue(fault.endsWith("no grid of 3×1×1 blocks: a cluster has 2 beside each other in x"), fault);
        }
    }

    @Test
    void aMapThatTheDriverWouldRefuseIsRefused() {
        try (PlantedKernels bench = new PlantedKernels(Schedule.FORWARD); DeviceBuffer in = bench.of(array());
                DeviceBuffer out = bench.buffer(ElementType.U32, 1)) {
            for (TensorMap wrong : new TensorMap[] {new TensorMap(in, 138, ROWS, PLANES, 32, 4, 1, false),
                new TensorMap(in, WORDS, ROWS, PLANES, 30, 4, 1, false), new TensorMap(in, WORDS, ROWS, PLANES, 64, 4, 1, true),
                new TensorMap(in, WORDS, 0, PLANES, 32, 4, 1, false), new TensorMap(in, WORDS, ROWS, PLANES, 32, 257, 1, false)}) {
                String fault = bench.fault("sound_boxes_u32", CLUSTERS, wrong, 0, 0, 0, out);
                assertTrue(fault.startsWith("no tensor map: "), fault);
            }
            try (PlantedKernels other = new PlantedKernels(Schedule.FORWARD); DeviceBuffer foreign = other.of(array())) {
                assertThrows(IllegalArgumentException.class,
                        () -> bench.device.launch("sound_boxes_u32", CLUSTERS, map(foreign, false), 0, 0, 0, out));
            }
        }
    }

    /// The rest of the block has left; without the barrier the sums depend on the order.
    @Test
    void aPartOfABlockMeets() {
        int[] sums = new int[128];
        Arrays.fill(sums, 128 * 129 / 2);
        schedules().forEach(schedule -> {
            try (PlantedKernels bench = new PlantedKernels(schedule); DeviceBuffer out = bench.buffer(ElementType.U32, 128)) {
                bench.device.launch("sound_part_barrier_u32", Grid.of(1, 160), out);
                assertArrayEquals(sums, bench.ints(out));
                bench.device.launch("planted_missing_part_barrier_u32", Grid.of(1, 160), out);
                assertFalse(Arrays.equals(sums, bench.ints(out)));
                assertEquals(1, bench.live.get());
            }
        });
    }
}
