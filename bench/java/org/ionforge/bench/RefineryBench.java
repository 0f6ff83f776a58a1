package org.ionforge.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.refinery.RefineRequest;
import org.ionforge.refinery.RefineResult;
import org.ionforge.refinery.Refinery;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// The refinery beside ClickHouse's own SQL doing the same job ([RefinerySql]) on the same `.csv.gz` files through the same
/// libchdb: both in turn in one process, each time into a fresh vault, each with the same number of threads. Both must arrive at the
/// same number of bronze rows and of signatures, or the run fails.
public final class RefineryBench {

    private final SimulationResult data;
    private final Path folder;
    private final int threads;
    private final Map<String, List<Double>> stages = new LinkedHashMap<>();
    private long rows;
    private long keys;
    private long peak;
    private final List<Double> cpuSeconds = new ArrayList<>();
    private final List<Double> sqlCpuSeconds = new ArrayList<>();

    private RefineryBench(SimulationResult data, Path folder, int threads) {
        this.data = data;
        this.folder = folder;
        this.threads = threads;
    }

    public static void main(String[] arguments) throws IOException {
        System.exit(run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    private static int run(String[] arguments, PrintStream out) throws IOException {
        Options options = new Options()
                .addOption(Option.builder().longOpt("days").hasArg().desc("simulated days (default 20)").get())
                .addOption(Option.builder().longOpt("spots-per-day").hasArg().desc("(default 500000)").get())
                .addOption(Option.builder().longOpt("runs").hasArg().desc("timed runs of each (default 5)").get())
                .addOption(Option.builder().longOpt("threads").hasArg().desc("threads of each (default 2)").get())
                .addOption(null, "ours-only", false, "leave the SQL out, for profiling")
                .addOption(Option.builder().longOpt("json").hasArg().argName("FILE").desc("write the result there").get());
        CommandLine line;
        int days;
        int runs;
        int threads;
        long spots;
        try {
            line = new DefaultParser(false).parse(options, arguments);
            days = Integer.parseInt(line.getOptionValue("days", "20"));
            spots = Long.parseLong(line.getOptionValue("spots-per-day", "500000"));
            runs = Integer.parseInt(line.getOptionValue("runs", "5"));
            threads = Integer.parseInt(line.getOptionValue("threads", "2"));
        } catch (ParseException | NumberFormatException e) {
            System.err.println("ionforge: " + e.getMessage() + "; usage: RefineryBench [--days N] [--spots-per-day M] [--runs K] [--threads T]"
                    + " [--json FILE]");
            return 2;
        }
        Path folder = Files.createTempDirectory("ionforge-bench");
        try {
            SimulationResult data = Simulator.run(SimulationRequest.of(days, spots, 1, folder.resolve("data")), Progress.SILENT);
            RefineryBench bench = new RefineryBench(data, folder, threads);
            String command = "RefineryBench --days " + days + " --spots-per-day " + spots + " --runs " + runs + " --threads " + threads;
            ResultFile file = bench.measure(command, runs, line.hasOption("ours-only"));
            bench.print(file, out);
            if (line.hasOption("json")) {
                file.write(Path.of(line.getOptionValue("json")));
            }
        } finally {
            delete(folder);
        }
        return 0;
    }

    private ResultFile measure(String command, int runs, boolean oursOnly) throws IOException {
        double[] ours = new double[runs];
        double[] sql = new double[runs];
        for (int i = -1; i < runs; i++) {
            double first = refine(i >= 0);
            double second = oursOnly ? Double.NaN : sql();
            if (i >= 0) {
                ours[i] = first;
                sql[i] = second;
            }
        }
        Result result = Result.of("refinery", "csv.gz to bronze, silver and signatures", rows + " rows", "cpu", new Samples(ours),
                data.fileBytes(), null, null);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("rowsPerSecondPerCore", rows / (result.medianMs() / 1e3) / threads);
        figures.put("rowsPerCpuSecond", rows / middle(cpuSeconds));
        if (!oursOnly) {
            figures.put("sqlRowsPerCpuSecond", rows / middle(sqlCpuSeconds));
        }
        stages.forEach((stage, seconds) -> figures.put(stage + "Seconds", middle(seconds)));
        figures.put("peakMemoryMiBWhileRefining", (double) (peak >> 20));
        return ResultFile.of(command, figures, List.of(oursOnly ? result : result.beside("ClickHouse SQL through libchdb", new Samples(sql))));
    }

    private double refine(boolean counted) throws IOException {
        Path vaultFolder = folder.resolve("ours");
        double ms;
        try (Vault vault = Vaults.open(vaultFolder.toString()); Backend backend = Backends.named("cpu")) {
            RefineRequest usual = RefineRequest.of(data.archives(), List.of(data.solar())).with(RefineRequest.Gold.NONE);
            RefineRequest.Limits limits = usual.limits();
            RefineRequest request = usual.with(new RefineRequest.Limits(threads, limits.rowMemory(), limits.signatureEntries(),
                    limits.waveBytes(), limits.temp()));
            resetPeak();
            double cpu = cpuSeconds();
            long start = System.nanoTime();
            RefineResult result = Refinery.run(request, vault, backend, Progress.SILENT);
            ms = (System.nanoTime() - start) / 1e6;
            rows = result.rowsKept();
            keys = result.signatures();
            if (counted) {
                cpuSeconds.add(cpuSeconds() - cpu);
                peak = Math.max(peak, result.peakMemoryBytes());
                result.stageSeconds().forEach((stage, seconds) -> stages.computeIfAbsent(stage, _ -> new ArrayList<>()).add(seconds));
            }
        }
        delete(vaultFolder);
        return ms;
    }

    private double sql() throws IOException {
        Path vaultFolder = folder.resolve("sql");
        double ms;
        try (Vault vault = Vaults.open(vaultFolder.toString())) {
            double cpu = cpuSeconds();
            long start = System.nanoTime();
            new RefinerySql(vault, threads).run(data.archives(), data.solar());
            ms = (System.nanoTime() - start) / 1e6;
            sqlCpuSeconds.add(cpuSeconds() - cpu);
            long sqlRows = vault.number("SELECT count() FROM silver");
            long sqlKeys = vault.number("SELECT count() FROM signatures");
            if (sqlRows != rows || Math.abs(sqlKeys - keys) > keys / 1000) {
                throw new IllegalStateException("the two did not do the same: " + rows + " and " + sqlRows + " rows, " + keys + " and "
                        + sqlKeys + " signatures");
            }
        }
        delete(vaultFolder);
        return ms;
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /// Processor time of the whole process, the engine's threads included: less disturbed by other work on the machine than the clock.
    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(java.time.Duration.ZERO).toNanos() / 1e9;
    }

    /// Makes the kernel count the largest resident size from here on; where it does not, the peak is that of the whole process.
    private static void resetPeak() throws IOException {
        Path clear = Path.of("/proc/self/clear_refs");
        if (Files.isWritable(clear)) {
            Files.writeString(clear, "5");
        }
    }

    private void print(ResultFile file, PrintStream out) {
        Result r = file.results().getFirst();
        out.printf(Locale.ROOT, "%s%n%s%n", file.machine(), file.command());
        if (r.ratio() != null) {
            out.printf(Locale.ROOT, "ratio %.2f: ours %.0f ms, ClickHouse SQL %.0f ms (medians, in turn)%n", r.ratio(), r.medianMs(), r.peerMedianMs());
        } else {
            out.printf(Locale.ROOT, "ours %.0f ms%n", r.medianMs());
        }
        file.ceilings().forEach((name, value) -> out.printf(Locale.ROOT, "%-32s %,.2f%n", name, value));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> inside = Files.walk(folder)) {
                for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
