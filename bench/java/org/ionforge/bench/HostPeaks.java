package org.ionforge.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.ionforge.compute.HugePages;

/// The probes of a processor.
final class HostPeaks {

    private HostPeaks() {
    }

    /// Bytes read and written a second by a copy with all threads, in memory like that of the backends' large buffers.
    static double copy(long bytes, int threads) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = HugePages.allocate(arena, bytes).fill((byte) 1);
            MemorySegment to = HugePages.allocate(arena, bytes).fill((byte) 2);
            double ms = Samples.time(() -> IntStream.range(0, threads).parallel().forEach(thread -> {
                long first = bytes * thread / threads;
                MemorySegment.copy(from, first, to, first, bytes * (thread + 1) / threads - first);
            }));
            return 2 * bytes / ms * 1e3;
        }
    }

    /// The sum over all threads at once: what one of them does alone, times their number, is more than a busy chip gives.
    static double all(int threads, DoubleSupplier peak) {
        return IntStream.range(0, threads).parallel().mapToDouble(_ -> peak.getAsDouble()).sum();
    }
}
