package org.ionforge.compute.cuda;

import java.util.ArrayList;
import java.util.List;

/// Exclusive sums of an array in device memory (`radix_sort.cu`): in chunks, then of the chunks' totals, and so on, then back.
final class DeviceScan {

    private static final int THREADS = 256;
    private static final int CHUNK = 2048;

    /// Arrays of totals, each a chunk shorter than the one before.
    private record Level(DevicePointer values, long n, DevicePointer totals) {
    }

    private final Device device;
    private final List<Level> levels = new ArrayList<>();

    /// @param scratch gives room for the totals: [#bytes]
    DeviceScan(Device device, DeviceScratch scratch, DevicePointer values, long n) {
        this.device = device;
        DevicePointer array = values;
        for (long length = n; ; length = Math.ceilDiv(length, CHUNK)) {
            DevicePointer totals = scratch.bytes(Integer.BYTES * Math.ceilDiv(length, CHUNK));
            levels.add(new Level(array, length, totals));
            if (length <= CHUNK) {
                break;
            }
            array = totals;
        }
    }

    /// Bytes that the totals of `n` values take, and in how many pieces.
    static long bytes(long n) {
        return n <= CHUNK ? Integer.BYTES : Integer.BYTES * Math.ceilDiv(n, CHUNK) + bytes(Math.ceilDiv(n, CHUNK));
    }

    static int pieces(long n) {
        return n <= CHUNK ? 1 : 1 + pieces(Math.ceilDiv(n, CHUNK));
    }

    /// Turns each value into the sum of those before it.
    void run() {
        for (Level level : levels) {
            device.launch("scan_chunk_u32", chunks(level.n), level.values, level.n, level.totals);
        }
        for (Level level : levels.reversed().subList(1, levels.size())) {
            device.launch("scan_add_u32", chunks(level.n), level.values, level.n, level.totals);
        }
    }

    private static Grid chunks(long n) {
        return Grid.of(Math.toIntExact(Math.ceilDiv(n, CHUNK)), THREADS);
    }
}
