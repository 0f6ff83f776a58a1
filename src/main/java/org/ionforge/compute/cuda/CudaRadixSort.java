package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.RadixSort;

/// `kernels/radix_sort.cu`. Room for a second copy of the pairs is kept from call to call.
final class CudaRadixSort implements RadixSort, AutoCloseable {

    private static final int THREADS = 256;
    private static final int TILE = 2048;
    private static final int DIGIT_BITS = 8;

    private final Device device;
    private final DeviceScratch scratch;

    CudaRadixSort(Device device) {
        this.device = device;
        this.scratch = new DeviceScratch(device);
    }

    @Override
    public void sort(Buffer keys, Buffer payload, long n, int bits) {
        RadixSort.check(keys, payload, n, bits);
        if (n > 1) {
            int width = keys.type().bytes();
            int blocks = Math.toIntExact(Math.ceilDiv(n, TILE));
            long digits = (long) blocks << DIGIT_BITS;
            scratch.begin(n * (width + Integer.BYTES) + Integer.BYTES * digits + DeviceScan.bytes(digits), 3 + DeviceScan.pieces(digits));
            Pairs from = new Pairs(((DeviceBuffer) keys).at(0), ((DeviceBuffer) payload).at(0));
            Pairs to = new Pairs(scratch.bytes(n * width), scratch.bytes(n * Integer.BYTES));
            DevicePointer counts = scratch.bytes(Integer.BYTES * digits);
            DeviceScan scan = new DeviceScan(device, scratch, counts, digits);
            String type = keys.type() == ElementType.U64 ? "_u64" : "_u32";
            for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
                int mask = (1 << Math.min(DIGIT_BITS, bits - shift)) - 1;
                device.launch("radix_histogram" + type, Grid.of(blocks, THREADS), from.keys, n, shift, mask, counts);
                scan.run();
                device.launch("radix_scatter" + type, Grid.of(blocks, THREADS), from.keys, from.payload, n, shift, mask, counts, to.keys,
                        to.payload);
                Pairs sorted = to;
                to = from;
                from = sorted;
            }
            if (Math.ceilDiv(bits, DIGIT_BITS) % 2 == 1) {
                device.copy(from.keys.address(), to.keys.address(), n * width);
                device.copy(from.payload.address(), to.payload.address(), n * Integer.BYTES);
            }
        }
    }

    private record Pairs(DevicePointer keys, DevicePointer payload) {
    }

    @Override
    public void close() {
        scratch.close();
    }
}
