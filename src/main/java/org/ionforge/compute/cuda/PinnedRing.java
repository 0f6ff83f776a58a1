package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/// Transfers through a few page-locked buffers, so that the copy engine works on one while the host fills or empties another.
final class PinnedRing implements AutoCloseable {

    /// Below this size the bus does not reach its full rate.
    private static final long SLOT_BYTES = 8L << 20;
    private static final int SLOTS = 3;

    private static final class Slot {
        final RawPointer pointer = new RawPointer();
        final CUevent free = new CUevent();
        MemorySegment memory;
    }

    private record Pending(Slot slot, long offset, long bytes) {
    }

    private final CUstream stream;
    private final Slot[] slots = new Slot[SLOTS];
    private int next;

    PinnedRing(CUstream stream) {
        this.stream = stream;
        for (int i = 0; i < SLOTS; i++) {
            Slot slot = new Slot();
            Cuda.check("cuMemHostAlloc of " + SLOT_BYTES + " bytes", JCudaDriver.cuMemHostAlloc(slot.pointer, SLOT_BYTES, 0));
            slot.memory = MemorySegment.ofAddress(slot.pointer.address()).reinterpret(SLOT_BYTES);
            Cuda.check("cuEventCreate", JCudaDriver.cuEventCreate(slot.free, CUevent_flags.CU_EVENT_DISABLE_TIMING));
            slots[i] = slot;
        }
    }

    void upload(MemorySegment source, long address) {
        for (long offset = 0; offset < source.byteSize(); offset += SLOT_BYTES) {
            long bytes = Math.min(SLOT_BYTES, source.byteSize() - offset);
            Slot slot = take();
            MemorySegment.copy(source, offset, slot.memory, 0, bytes);
            Cuda.check("cuMemcpyHtoDAsync of " + bytes + " bytes",
                    JCudaDriver.cuMemcpyHtoDAsync(RawPointer.device(address + offset), slot.pointer, bytes, stream));
            Cuda.check("cuEventRecord", JCudaDriver.cuEventRecord(slot.free, stream));
        }
    }

    void download(long address, MemorySegment target) {
        Deque<Pending> pending = new ArrayDeque<>();
        for (long offset = 0; offset < target.byteSize(); offset += SLOT_BYTES) {
            if (pending.size() == SLOTS) {
                deliver(pending.remove(), target);
            }
            long bytes = Math.min(SLOT_BYTES, target.byteSize() - offset);
            Slot slot = take();
            Cuda.check("cuMemcpyDtoHAsync of " + bytes + " bytes",
                    JCudaDriver.cuMemcpyDtoHAsync(slot.pointer, RawPointer.device(address + offset), bytes, stream));
            Cuda.check("cuEventRecord", JCudaDriver.cuEventRecord(slot.free, stream));
            pending.add(new Pending(slot, offset, bytes));
        }
        while (!pending.isEmpty()) {
            deliver(pending.remove(), target);
        }
    }

    private static void deliver(Pending done, MemorySegment target) {
        Cuda.check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(done.slot().free));
        MemorySegment.copy(done.slot().memory, 0, target, done.offset(), done.bytes());
    }

    /// The next slot, after the transfer that used it last. An event never recorded counts as reached.
    private Slot take() {
        Slot slot = slots[next];
        next = (next + 1) % SLOTS;
        Cuda.check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(slot.free));
        return slot;
    }

    @Override
    public void close() {
        for (Slot slot : slots) {
            JCudaDriver.cuEventDestroy(slot.free);
            JCudaDriver.cuMemFreeHost(slot.pointer);
        }
    }
}
