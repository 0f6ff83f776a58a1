package org.ionforge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Backend;
import org.ionforge.refinery.RefineRequest;
import org.ionforge.refinery.RefineResult;
import org.ionforge.refinery.Refinery;
import org.ionforge.refinery.simulation.Truth;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;

/// The refinery's whole job on simulated archive files: `.csv.gz` to bronze, silver and signatures, each time into a fresh vault.
/// The sum is the number of signatures; each side must also have kept every row.
///
/// @param folder of the simulated files, which are made when first asked for
public record RefineJob(int days, long spotsPerDay, Path folder, Workplace workplace) implements Workload {

    RefineJob(int days, long spotsPerDay, Path folder) {
        this(days, spotsPerDay, folder, new Workplace());
    }

    @Override
    public String operation() {
        return "refine to signatures";
    }

    @Override
    public String shape() {
        return days * spotsPerDay + " rows of .csv.gz";
    }

    /// Nothing that a contract counts: what is read is compressed, what is written is ClickHouse's.
    @Override
    public Cost cost() {
        return Cost.UNKNOWN;
    }

    /// Distances at the edge of 500 km and classes of flux at an edge fall on either side.
    @Override
    public double tolerance() {
        return 1e-3;
    }

    @Override
    public Contender on(Backend backend) {
        return new Ours(archives(), backend);
    }

    Archives archives() {
        try {
            return Archives.simulated(days, spotsPerDay, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As many as the cpu backend has.
    static int threads() {
        return ionforge_cpu_h.isAvailable() ? ionforge_cpu_h.ionforge_cpu_threads() : Runtime.getRuntime().availableProcessors();
    }

    /// @throws IllegalStateException if a side has not kept every row of the simulation, which has neither dirt nor duplicates
    void requireAll(String side, long rows) {
        long simulated = Truth.read(archives().solar().getParent()).spots();
        if (rows != simulated) {
            throw new IllegalStateException(side + " kept " + rows + " rows of " + simulated);
        }
    }

    private final class Ours implements Contender {
        private final Archives data;
        private final Backend backend;
        private final Map<String, List<Double>> figures = new LinkedHashMap<>();
        private RefineResult result;

        Ours(Archives data, Backend backend) {
            this.data = data;
            this.backend = backend;
        }

        @Override
        public void prepare() {
            workplace.renew();
        }

        @Override
        public void run() {
            Vault vault = workplace.vault();
            RefineRequest usual = RefineRequest.of(data.files(), List.of(data.solar())).with(RefineRequest.Gold.NONE);
            RefineRequest.Limits limits = usual.limits();
            double cpu = Workplace.cpuSeconds();
            result = Refinery.run(usual.with(new RefineRequest.Limits(threads(), limits.rowMemory(), limits.signatureEntries(), limits.waveBytes(),
                    limits.temp())), vault, backend, Progress.SILENT);
            note("rowsPerCpuSecond", result.rowsKept() / (Workplace.cpuSeconds() - cpu));
            note("rowsPerSecondPerCore", result.rowsKept() / result.seconds() / threads());
            note("peakMemoryMiB", result.peakMemoryBytes() / 0x1p20);
            result.stageSeconds().forEach((stage, seconds) -> note(stage + "Seconds", seconds));
        }

        private void note(String name, double value) {
            figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        }

        @Override
        public double sum() {
            requireAll("the refinery", result.rowsKept());
            return result.signatures();
        }

        @Override
        public Map<String, Double> figures() {
            return Workplace.medians(figures);
        }

        @Override
        public void close() {
            workplace.close();
        }
    }
}
