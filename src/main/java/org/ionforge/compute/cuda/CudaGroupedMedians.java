package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;
import org.ionforge.compute.GroupedMedians;

/// `kernels/grouped_medians.cu`. Waits once, for the number of groups.
final class CudaGroupedMedians implements GroupedMedians, AutoCloseable {

    private static final int THREADS = 256;
    private static final int TILE = 2048;
    private static final int WARPS = THREADS / 32;

    private final Device device;
    private final DeviceScratch scratch;

    CudaGroupedMedians(Device device) {
        this.device = device;
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public long medians(Rows rows, Groups groups) {
        long capacity = Math.min(GroupedMedians.check(rows, groups), rows.n());
        if (rows.n() == 0) {
            return 0;
        }
        int blocks = Math.toIntExact(Math.ceilDiv(rows.n(), TILE));
        scratch.begin(Integer.BYTES * (capacity + 1 + blocks + 1) + DeviceScan.bytes(blocks + 1L), 2 + DeviceScan.pieces(blocks + 1L));
        DevicePointer starts = scratch.bytes(Integer.BYTES * (capacity + 1));
        // One more than there are tiles, so that the sum before it is the number of groups.
        DevicePointer numbers = scratch.bytes(Integer.BYTES * (blocks + 1L));
        DeviceScan scan = new DeviceScan(device, scratch, numbers, blocks + 1L);
        device.fill(numbers.address() + Integer.BYTES * (long) blocks, (byte) 0, Integer.BYTES);
        device.launch("group_count_u64", Grid.of(blocks, THREADS), rows.keys(), rows.n(), numbers);
        scan.run();
        device.launch("group_starts_u64", Grid.of(blocks, THREADS), rows.keys(), rows.n(), numbers, capacity, starts, groups.keys());
        int[] found = new int[1];
        device.download(numbers.address() + Integer.BYTES * (long) blocks, MemorySegment.ofArray(found));
        long count = Integer.toUnsignedLong(found[0]);
        if (count > capacity) {
            throw GroupedMedians.tooMany(count, capacity);
        }
        if (count > 0) {
            device.launch("group_median_s8", Grid.of(Math.toIntExact(Math.ceilDiv(count, WARPS)), THREADS), starts, count, rows.order(),
                    rows.values(), groups.counts(), groups.medians());
        }
        return count;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
