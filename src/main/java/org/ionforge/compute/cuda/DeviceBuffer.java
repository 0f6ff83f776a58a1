package org.ionforge.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;

/// A typed array in the memory of a [Device].
public final class DeviceBuffer implements Buffer {

    private final Device device;
    private final AtomicInteger live;
    private final ElementType type;
    private final long length;
    private final long address;
    /// Whose memory this is a view of; null for none.
    private final DeviceBuffer owner;
    private final boolean owns;
    private boolean closed;

    /// @param live counts the buffers that are open
    DeviceBuffer(Device device, AtomicInteger live, ElementType type, long length) {
        this.device = device;
        this.live = live;
        this.type = type;
        this.length = length;
        this.address = device.allocate(Math.max(1, Math.multiplyExact(length, type.bytes())));
        this.owner = null;
        this.owns = true;
        live.incrementAndGet();
    }

    private DeviceBuffer(DeviceBuffer owner, long offset, long length) {
        this.device = owner.device;
        this.live = owner.live;
        this.type = owner.type;
        this.length = length;
        this.address = owner.address() + offset * type.bytes();
        this.owner = owner;
        this.owns = false;
    }

    /// Memory that belongs to someone else, who keeps it as long as this is used.
    DeviceBuffer(Device device, ElementType type, long length, DevicePointer memory) {
        this.device = device;
        this.live = null;
        this.type = type;
        this.length = length;
        this.address = memory.address();
        this.owner = null;
        this.owns = false;
    }

    Device device() {
        return device;
    }

    /// The address of an element, for a kernel.
    public DevicePointer at(long element) {
        if (element < 0 || element > length) {
            throw new IndexOutOfBoundsException("element " + element + " of " + length);
        }
        return new DevicePointer(address() + element * type.bytes());
    }

    long address() {
        if (isClosed()) {
            throw new IllegalStateException("buffer of " + length + " " + type + " used after close");
        }
        return address;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void upload(MemorySegment source, long offset) {
        device.upload(source, range(source, offset));
    }

    @Override
    public void download(MemorySegment target, long offset) {
        device.download(range(target, offset), target);
    }

    private long range(MemorySegment host, long offset) {
        long start = address();
        if (offset < 0 || offset > length || host.byteSize() > (length - offset) * type.bytes()) {
            throw new IndexOutOfBoundsException(host.byteSize() + " bytes from element " + offset + " of a buffer of " + length
                    + " " + type);
        }
        return start + offset * type.bytes();
    }

    @Override
    public MemorySegment host() {
        throw new UnsupportedOperationException("the memory of " + device.name() + " is not the host's: download it");
    }

    @Override
    public Buffer slice(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, this.length);
        return new DeviceBuffer(this, offset, length);
    }

    @Override
    public void fill(byte value) {
        device.fill(address(), value, byteSize());
    }

    @Override
    public boolean isClosed() {
        return closed || owner != null && owner.isClosed();
    }

    @Override
    public void close() {
        if (!closed && owns) {
            closed = true;
            live.decrementAndGet();
            device.free(address);
        }
    }
}
