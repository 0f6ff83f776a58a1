package org.ionforge.compute.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The pieces of a device's memory that are taken, and the most that was taken at a time.
final class Allocations {

    private final Map<Long, Long> sizes = new HashMap<>();
    private long bytes;
    private long peakBytes;

    void add(long address, long size) {
        sizes.put(address, size);
        bytes += size;
        peakBytes = Math.max(peakBytes, bytes);
    }

    /// @return false if nothing was taken there
    boolean remove(long address) {
        Long size = sizes.remove(address);
        bytes -= size == null ? 0 : size;
        return size != null;
    }

    int count() {
        return sizes.size();
    }

    long peakBytes() {
        return peakBytes;
    }

    /// @return bytes that are taken now
    long restartPeak() {
        peakBytes = bytes;
        return bytes;
    }

    /// Of those not yet given back.
    Set<Long> addresses() {
        return Set.copyOf(sizes.keySet());
    }
}
