package org.ionforge.compute;

import java.lang.foreign.MemorySegment;

/// A typed array in the memory of one [Backend]: host memory on `reference` and `cpu`, device memory on `cuda`.
///
/// The buffer owns its memory until [#close()], which is idempotent; every other call after it throws
/// [IllegalStateException]. A buffer is not thread-safe, except that many threads may read a host buffer.
public interface Buffer extends AutoCloseable {

    ElementType type();

    /// Number of elements.
    long length();

    default long byteSize() {
        return length() * type().bytes();
    }

    /// Copies `source` (host memory) to elements `[offset, offset + source.byteSize() / type().bytes())`.
    ///
    /// @throws IndexOutOfBoundsException if the source does not fit
    void upload(MemorySegment source, long offset);

    /// Copies elements from `offset` on into `target` until it is full.
    ///
    /// @throws IndexOutOfBoundsException if the buffer holds fewer elements
    void download(MemorySegment target, long offset);

    default void upload(MemorySegment source) {
        upload(source, 0);
    }

    default void download(MemorySegment target) {
        download(target, 0);
    }

    /// The memory itself where the host can address it, else an exception: ask [Backend#hostAddressable()] first.
    MemorySegment host();

    /// A view of elements `[offset, offset + length)`: the same memory, which this buffer goes on owning. Closing a view does nothing;
    /// it is used only while this buffer is open.
    ///
    /// @throws IndexOutOfBoundsException if the buffer holds fewer elements
    Buffer slice(long offset, long length);

    /// Sets every byte to `value`.
    void fill(byte value);

    boolean isClosed();

    @Override
    void close();
}
