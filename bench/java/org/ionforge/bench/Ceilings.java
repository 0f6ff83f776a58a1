package org.ionforge.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Backend;
import org.ionforge.compute.cuda.CudaBackend;
import org.ionforge.compute.cuda.CudaPeaks;
import org.ionforge.compute.cuda.JCudaDevice;

/// What a backend's device gives to whoever does nothing but copy, or nothing but arithmetic. Sampled again beside every workload,
/// since a machine that others use is not the same all the time; the best sample counts, since a ceiling is what was reached. What was
/// reached beside a workload is kept for it too: on such a machine the best copy of a run can be twice that of the next minute.
final class Ceilings {

    private static final int SAMPLES = 5;
    /// Beyond any cache.
    private static final long COPIED_BYTES = 1L << 27;
    /// Rounds of a processor's peak function (20 ms), and of a GPU's kernels (some 10 ms).
    private static final long ROUNDS = 2_000;
    private static final int FMA_ROUNDS = 150_000;
    private static final int DOT_ROUNDS = 40_000;

    private final Map<String, DoubleSupplier> probes;
    private final Map<String, Double> best = new LinkedHashMap<>();

    /// How near to its bound a run came.
    ///
    /// @param share of the ceiling that bounds the cost; above 1 where the data stayed in the caches
    /// @param name  which one: `copy`, `fma` or `dot`
    record Share(double share, String name) {
    }

    private Ceilings(Map<String, DoubleSupplier> probes) {
        this.probes = probes;
        sample();
    }

    /// Of the device that `backend` runs on, with so many threads; the emulator has none, and without the native library there is only
    /// the copy.
    static Ceilings of(Backend backend, int threads) {
        Map<String, DoubleSupplier> probes = new LinkedHashMap<>();
        if (backend instanceof CudaBackend cuda) {
            if (cuda.device() instanceof JCudaDevice gpu) {
                CudaPeaks peaks = new CudaPeaks(cuda, gpu.hardware().multiprocessors());
                probes.put("copyGBps", () -> peaks.copy(8 * COPIED_BYTES));
                probes.put("fmaGflops", () -> peaks.fma(FMA_ROUNDS));
                probes.put("dotGops", () -> peaks.dot(DOT_ROUNDS));
                probes.put("dotBf16Gflops", () -> peaks.dotBf16(DOT_ROUNDS));
            }
        } else {
            probes.put("copyGBps", () -> HostPeaks.copy(COPIED_BYTES, threads));
            if (ionforge_cpu_h.isAvailable()) {
                probes.put("fmaGflops", () -> HostPeaks.all(threads, () -> ionforge_cpu_h.ionforge_cpu_fma_peak(ROUNDS)));
                probes.put("dotGops", () -> HostPeaks.all(threads, () -> ionforge_cpu_h.ionforge_cpu_dot_peak(ROUNDS)));
            }
        }
        return new Ceilings(probes);
    }

    /// Measures some times more.
    ///
    /// @return the best of these alone
    Map<String, Double> sample() {
        Map<String, Double> now = new LinkedHashMap<>();
        for (int i = 0; i < SAMPLES; i++) {
            probes.forEach((name, probe) -> now.merge(name, probe.getAsDouble() / 1e9, Math::max));
        }
        now.forEach((name, peak) -> best.merge(name, peak, Math::max));
        return now;
    }

    /// Of each probe the better of two samples.
    static Map<String, Double> better(Map<String, Double> one, Map<String, Double> other) {
        Map<String, Double> better = new LinkedHashMap<>(one);
        other.forEach((name, peak) -> better.merge(name, peak, Math::max));
        return better;
    }

    /// For the JSON, with the unit in the name.
    Map<String, Double> members() {
        return new LinkedHashMap<>(best);
    }

    /// The least time that these ceilings allow, over the time it took.
    Optional<Share> share(Cost cost, double ms) {
        return share(best, cost, ms);
    }

    /// The same with ceilings as they were at some time.
    static Optional<Share> share(Map<String, Double> ceilings, Cost cost, double ms) {
        double copyMs = cost.bytes() / ceilings.getOrDefault("copyGBps", Double.POSITIVE_INFINITY) / 1e6;
        double arithmeticMs = cost.operations() / ceilings.getOrDefault(cost.unit().ceiling(), Double.POSITIVE_INFINITY) / 1e6;
        if (copyMs == 0 && arithmeticMs == 0) {
            return Optional.empty();
        }
        return Optional.of(copyMs >= arithmeticMs ? new Share(copyMs / ms, "copy")
                : new Share(arithmeticMs / ms, cost.unit().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public String toString() {
        return best.isEmpty() ? "no ceilings" : best.entrySet().stream().map(each -> String.format(Locale.ROOT, "%s %.1f", each.getKey(),
                each.getValue())).collect(Collectors.joining(", "));
    }
}
