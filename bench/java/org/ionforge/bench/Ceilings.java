package org.ionforge.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import org.ionforge.bindings.cpu.ionforge_cpu_h;

/// What this machine gives to whoever does nothing but copy, or nothing but arithmetic, with so many threads: the best of several
/// tries, since a ceiling is what was reached.
///
/// @param copyGBps  gigabytes read and written a second by a copy
/// @param fmaGflops of multiply-adds of floats; NaN without the native library
/// @param dotGops   of dot products of bytes; NaN without the native library
record Ceilings(double copyGBps, double fmaGflops, double dotGops) {

    private static final int TRIES = 9;
    /// Beyond any cache.
    private static final long COPIED_BYTES = 1L << 28;
    /// Rounds of a peak function: 50 ms.
    private static final long ROUNDS = 5_000;

    /// How near to its bound a run came.
    ///
    /// @param share of the ceiling that bounds the cost; above 1 where the data stayed in the caches
    /// @param name  which one: `copy`, `fma` or `dot`
    record Share(double share, String name) {
    }

    static Ceilings measure(int threads) {
        boolean library = ionforge_cpu_h.isAvailable();
        return new Ceilings(copy(threads), library ? arithmetic(threads, ionforge_cpu_h::ionforge_cpu_fma_peak) : Double.NaN,
                library ? arithmetic(threads, ionforge_cpu_h::ionforge_cpu_dot_peak) : Double.NaN);
    }

    /// For the JSON, with the unit in the name.
    Map<String, Double> members() {
        Map<String, Double> members = new LinkedHashMap<>();
        members.put("copyGBps", copyGBps);
        if (!Double.isNaN(fmaGflops)) {
            members.put("fmaGflops", fmaGflops);
            members.put("dotGops", dotGops);
        }
        return members;
    }

    /// The least time that these ceilings allow, over the time it took.
    Optional<Share> share(Cost cost, double ms) {
        double copyMs = cost.bytes() / copyGBps / 1e6;
        double peak = cost.unit() == Cost.Unit.FMA ? fmaGflops : dotGops;
        double arithmeticMs = Double.isNaN(peak) ? 0 : cost.operations() / peak / 1e6;
        if (copyMs == 0 && arithmeticMs == 0) {
            return Optional.empty();
        }
        return Optional.of(copyMs >= arithmeticMs ? new Share(copyMs / ms, "copy")
                : new Share(arithmeticMs / ms, cost.unit() == Cost.Unit.FMA ? "fma" : "dot"));
    }

    private static double copy(int threads) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = arena.allocate(COPIED_BYTES, 64).fill((byte) 1);
            MemorySegment to = arena.allocate(COPIED_BYTES, 64).fill((byte) 2);
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < TRIES; i++) {
                best = Math.min(best, Samples.time(() -> IntStream.range(0, threads).parallel().forEach(thread -> {
                    long first = COPIED_BYTES * thread / threads;
                    MemorySegment.copy(from, first, to, first, COPIED_BYTES * (thread + 1) / threads - first);
                })));
            }
            return 2 * COPIED_BYTES / best / 1e6;
        }
    }

    /// All threads at once: what one of them does alone, times their number, is more than a busy chip gives.
    private static double arithmetic(int threads, LongToDoubleFunction peak) {
        double best = 0;
        for (int i = 0; i < TRIES; i++) {
            best = Math.max(best, IntStream.range(0, threads).parallel().mapToDouble(_ -> peak.applyAsDouble(ROUNDS)).sum());
        }
        return best / 1e9;
    }
}
