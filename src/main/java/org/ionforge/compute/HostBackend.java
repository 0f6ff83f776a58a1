package org.ionforge.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A backend whose buffers lie in host memory, aligned to 64 bytes, so that vector loads never split; large ones on huge pages, so
/// that walks over many rows at once find their addresses. Operations have finished when their call returns.
public abstract class HostBackend implements Backend {

    private static final long ALIGNMENT = 64;
    /// Bytes from which on a buffer is large: two huge pages.
    private static final long LARGE = 4L << 20;

    private final AtomicInteger live = new AtomicInteger();
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    @Override
    public final boolean hostAddressable() {
        return true;
    }

    @Override
    public final Buffer allocate(ElementType type, long length) {
        Arena arena = Arena.ofShared();
        try {
            long bytes = Math.max(1, Math.multiplyExact(length, type.bytes()));
            MemorySegment memory = bytes >= LARGE ? HugePages.allocate(arena, bytes) : arena.allocate(bytes, ALIGNMENT);
            peak.accumulateAndGet(allocated.addAndGet(bytes), Math::max);
            return new HostBuffer(type, length, memory, arena);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new OutOfMemoryError("no room for " + length + " elements of " + type + " in host memory");
        }
    }

    @Override
    public Buffer load(ElementType type, MemorySegment host) {
        if (host.byteSize() % type.bytes() != 0) {
            throw new IllegalArgumentException(host.byteSize() + " bytes are no whole number of " + type);
        }
        return new HostBuffer(type, host.byteSize() / type.bytes(), host, null);
    }

    @Override
    public final int liveBuffers() {
        return live.get();
    }

    @Override
    public final long peakBytes() {
        return peak.get();
    }

    @Override
    public final long restartPeak() {
        long now = allocated.get();
        peak.set(now);
        return now;
    }

    @Override
    public final void synchronize() {
    }

    private final class HostBuffer implements Buffer {
        private final ElementType type;
        private final long length;
        private final Arena arena;
        /// Whose memory this is a view of; null for none.
        private final HostBuffer owner;
        private MemorySegment memory;

        HostBuffer(ElementType type, long length, MemorySegment memory, Arena arena) {
            this.type = type;
            this.length = length;
            this.memory = memory;
            this.arena = arena;
            this.owner = null;
            live.incrementAndGet();
        }

        private HostBuffer(HostBuffer owner, long offset, long length) {
            this.type = owner.type;
            this.length = length;
            this.memory = owner.host().asSlice(offset * type.bytes(), length * type.bytes());
            this.arena = null;
            this.owner = owner;
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
            MemorySegment.copy(source, 0, host(), offset * type.bytes(), source.byteSize());
        }

        @Override
        public void download(MemorySegment target, long offset) {
            MemorySegment.copy(host(), offset * type.bytes(), target, 0, target.byteSize());
        }

        @Override
        public MemorySegment host() {
            if (isClosed()) {
                throw new IllegalStateException("buffer of " + length + " " + type + " used after close");
            }
            return memory;
        }

        @Override
        public Buffer slice(long offset, long length) {
            Objects.checkFromIndexSize(offset, length, this.length);
            return new HostBuffer(this, offset, length);
        }

        @Override
        public void fill(byte value) {
            host().fill(value);
        }

        @Override
        public boolean isClosed() {
            return memory == null || owner != null && owner.isClosed();
        }

        @Override
        public void close() {
            if (memory != null && owner == null) {
                long bytes = memory.byteSize();
                memory = null;
                live.decrementAndGet();
                if (arena != null) {
                    allocated.addAndGet(-bytes);
                    arena.close();
                }
            }
        }
    }
}
