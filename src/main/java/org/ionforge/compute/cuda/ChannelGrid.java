package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;

/// How the kernels of `kernels/quantiser.cuh` cut channels: a block of threads for each chunk of each channel.
///
/// @param chunks chunks of a channel, 1 or more
record ChannelGrid(Channels channels, long chunks) {

    static final int THREADS = 256;
    private static final int CHUNK = 4096;
    private static final int VECTOR_BYTES = 16;

    static ChannelGrid of(Channels channels) {
        return new ChannelGrid(channels, Math.max(1, Math.ceilDiv(channels.length(), CHUNK)));
    }

    /// Blocks in all.
    long blocks() {
        return channels.count() * chunks;
    }

    Grid grid() {
        return Grid.of(Math.toIntExact(blocks()), THREADS);
    }

    /// One thread a channel.
    Grid perChannel() {
        return Grid.covering(channels.count(), THREADS);
    }

    /// 1 if every channel of these buffers starts where four floats can be moved at once, else 0.
    int aligned(Buffer... buffers) {
        boolean aligned = channels.count() == 1 || channels.stride() * Float.BYTES % VECTOR_BYTES == 0;
        for (Buffer buffer : buffers) {
            aligned &= pointer(buffer).address() % VECTOR_BYTES == 0;
        }
        return aligned ? 1 : 0;
    }

    /// The buffer's first element, or a null pointer.
    static DevicePointer pointer(Buffer buffer) {
        return buffer == null ? DevicePointer.NULL : ((DeviceBuffer) buffer).at(0);
    }
}
