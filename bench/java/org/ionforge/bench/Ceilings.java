package org.ionforge.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import org.ionforge.bindings.cpu.ionforge_cpu_h;

/// What this machine gives to whoever does nothing but copy, or nothing but arithmetic, with so many threads. Sampled again before
/// every workload, since a machine that others use is not the same all the time; the best sample counts, since a ceiling is what was
/// reached.
final class Ceilings {

    private static final int FIRST_SAMPLES = 5;
    /// Beyond any cache.
    private static final long COPIED_BYTES = 1L << 27;
    /// Rounds of a peak function: 20 ms.
    private static final long ROUNDS = 2_000;

    private final int threads;
    private final boolean arithmetic = ionforge_cpu_h.isAvailable();
    private double copyGBps;
    private double fmaGflops;
    private double dotGops;

    /// How near to its bound a run came.
    ///
    /// @param share of the ceiling that bounds the cost; above 1 where the data stayed in the caches
    /// @param name  which one: `copy`, `fma` or `dot`
    record Share(double share, String name) {
    }

    Ceilings(int threads) {
        this.threads = threads;
        for (int i = 0; i < FIRST_SAMPLES; i++) {
            sample();
        }
    }

    /// Measures once more.
    void sample() {
        copyGBps = Math.max(copyGBps, copy());
        if (arithmetic) {
            fmaGflops = Math.max(fmaGflops, all(ionforge_cpu_h::ionforge_cpu_fma_peak));
            dotGops = Math.max(dotGops, all(ionforge_cpu_h::ionforge_cpu_dot_peak));
        }
    }

    /// For the JSON, with the unit in the name.
    Map<String, Double> members() {
        Map<String, Double> members = new LinkedHashMap<>();
        members.put("threads", (double) threads);
        members.put("copyGBps", copyGBps);
        if (arithmetic) {
            members.put("fmaGflops", fmaGflops);
            members.put("dotGops", dotGops);
        }
        return members;
    }

    /// The least time that these ceilings allow, over the time it took.
    Optional<Share> share(Cost cost, double ms) {
        double copyMs = cost.bytes() / copyGBps / 1e6;
        double arithmeticMs = arithmetic ? cost.operations() / (cost.unit() == Cost.Unit.FMA ? fmaGflops : dotGops) / 1e6 : 0;
        if (copyMs == 0 && arithmeticMs == 0) {
            return Optional.empty();
        }
        return Optional.of(copyMs >= arithmeticMs ? new Share(copyMs / ms, "copy")
                : new Share(arithmeticMs / ms, cost.unit().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public String toString() {
        String copy = String.format(Locale.ROOT, "ceilings: copy %.1f GB/s", copyGBps);
        return arithmetic ? copy + String.format(Locale.ROOT, ", FMA %.1f GFLOP/s, integer dot %.1f GOP/s", fmaGflops, dotGops) : copy;
    }

    /// Bytes read and written.
    private double copy() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = arena.allocate(COPIED_BYTES, 64).fill((byte) 1);
            MemorySegment to = arena.allocate(COPIED_BYTES, 64).fill((byte) 2);
            double ms = Samples.time(() -> IntStream.range(0, threads).parallel().forEach(thread -> {
                long first = COPIED_BYTES * thread / threads;
                MemorySegment.copy(from, first, to, first, COPIED_BYTES * (thread + 1) / threads - first);
            }));
            return 2 * COPIED_BYTES / ms / 1e6;
        }
    }

    /// All threads at once: what one of them does alone, times their number, is more than a busy chip gives.
    private double all(LongToDoubleFunction peak) {
        return IntStream.range(0, threads).parallel().mapToDouble(_ -> peak.applyAsDouble(ROUNDS)).sum() / 1e9;
    }
}
