package org.ionforge.compute.cuda;

import org.ionforge.compute.ElementType;

/// Device memory that an operation keeps from call to call for what it does not hand out. Grows, never shrinks; each call cuts
/// it into pieces anew.
final class DeviceScratch implements AutoCloseable {

    private static final long ALIGNMENT = 256;

    private final Device device;
    private long address;
    private long size;
    private long used;

    DeviceScratch(Device device) {
        this.device = device;
    }

    /// Forgets the pieces of the call before and makes room for `bytes`, rounded up for each of `pieces` pieces.
    void begin(long bytes, int pieces) {
        long needed = bytes + pieces * ALIGNMENT;
        if (size < needed) {
            close();
            address = device.allocate(needed);
            size = needed;
        }
        used = 0;
    }

    /// Gives the pieces taken from here on back when it is closed.
    interface Mark extends AutoCloseable {
        @Override
        void close();
    }

    Mark mark() {
        long here = used;
        return () -> used = here;
    }

    DevicePointer floats(long n) {
        return bytes(n * Float.BYTES);
    }

    DevicePointer doubles(long n) {
        return bytes(n * Double.BYTES);
    }

    DeviceBuffer buffer(ElementType type, long n) {
        return new DeviceBuffer(device, type, n, bytes(n * type.bytes()));
    }

    DevicePointer bytes(long bytes) {
        long piece = used;
        used += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
        if (used > size) {
            throw new IllegalStateException("a piece of " + bytes + " bytes beyond the " + size + " reserved");
        }
        return new DevicePointer(address + piece);
    }

    @Override
    public void close() {
        if (size > 0) {
            device.free(address);
            size = 0;
        }
    }
}
