package org.ionforge.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.cuda.vendor.VendorLibraries;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;

/// `./ionforge bench`: measures what [Benchmarks] lists, and prints a line for each result as soon as it is there. This class alone
/// knows no peer; [org.ionforge.bench.peers.PeerBench] adds those of the class path, and JMH for what is short.
///
/// Exit code 0, 1 if a peer's sum differs from ours, 2 for wrong usage, 3 if nothing could be measured here.
public final class Bench {

    /// What is not on every machine.
    ///
    /// @param peers     libraries to be measured beside
    /// @param stopwatch for what is too short
    public record Company(List<Peer> peers, Optional<Stopwatch> stopwatch) {
        public static final Company NONE = new Company(List.of(), Optional.empty());

        Company with(Peer peer) {
            return new Company(Stream.concat(peers.stream(), Stream.of(peer)).toList(), stopwatch);
        }

        /// With what needs nothing on the class path.
        Company withOwn() {
            Company company = with(new ClickHouseSql());
            for (String library : VendorLibraries.NAMES) {
                company = company.with(new VendorProduct(library));
            }
            return company;
        }
    }

    /// @param ceilings of its device
    /// @param beside   what they were before and after it
    private record Row(Result result, Cost cost, Ceilings ceilings, Map<String, Double> beside) {
        Result underCeilings() {
            return result.under(ceilings.share(cost, result.medianMs()), Ceilings.share(beside, cost, result.medianMs()));
        }
    }

    /// Variables of the environment that change figures: a run's command says which were set.
    private static final List<String> SETTINGS = List.of("IONFORGE_JVM", "IONFORGE_ISA", "GOMP_SPINCOUNT", "OMP_NUM_THREADS");

    private final BenchOptions options;
    private final String command;
    private final Company company;
    private final PrintStream out;
    private final PrintStream err;
    /// Into which the results are merged.
    private final Optional<ResultFile> older;
    private final Map<String, Ceilings> ceilings = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private boolean differs;

    private Bench(BenchOptions options, String command, Company company, PrintStream out, PrintStream err) {
        this.options = options;
        this.command = command;
        this.company = company;
        this.out = out;
        this.err = err;
        older = options.json().filter(file -> options.merge() && Files.exists(file)).map(ResultFile::read);
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, Company.NONE));
    }

    /// Runs one command line over everything there is.
    ///
    /// @return the exit code
    public static int run(String[] arguments, Company company) {
        return run("./ionforge bench", arguments, arguments, Benchmarks.ALL, company.withOwn());
    }

    /// Runs one command line over these benchmarks.
    ///
    /// @param command what the user called, with what arguments, for the JSON
    /// @return the exit code
    public static int run(String command, String[] typed, String[] arguments, List<Benchmark> benchmarks, Company company) {
        return run(line(command, typed, System.getenv()), arguments, benchmarks, company, new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8));
    }

    /// A line for a shell that measures the same, wherever its results go.
    static String line(String command, String[] arguments, Map<String, String> environment) {
        Stream<String> settings = SETTINGS.stream().filter(environment::containsKey).map(name -> name + "=" + quoted(environment.get(name)));
        Stream<String> words = Stream.concat(Stream.of(command), Arrays.stream(arguments).map(Bench::quoted));
        return Stream.concat(settings, words).collect(Collectors.joining(" ")).replaceAll(" --(json[ =](\"[^\"]*\"|\\S+)|merge)", "");
    }

    private static String quoted(String word) {
        return word.contains(" ") ? '"' + word + '"' : word;
    }

    static int run(String command, String[] arguments, List<Benchmark> benchmarks, Company company, PrintStream out, PrintStream err) {
        try {
            BenchOptions options = BenchOptions.parse(arguments);
            if (options.help()) {
                BenchOptions.printHelp(out);
                return 0;
            }
            return new Bench(options, command, company, out, err).measure(benchmarks);
        } catch (InputException e) {
            err.println("ionforge: " + e.getMessage() + "; ./ionforge bench --help shows the options");
            return 2;
        } catch (EnvironmentException e) {
            err.println("ionforge: " + e.getMessage());
            return 3;
        }
    }

    /// The workload of that operation and shape at full size.
    public static Workload workload(String operation, String shape) {
        return Benchmarks.ALL.stream().flatMap(benchmark -> benchmark.workloads(Benchmark.Size.FULL).stream())
                .filter(each -> each.operation().equals(operation) && each.shape().equals(shape)).findFirst().orElseThrow();
    }

    private int measure(List<Benchmark> benchmarks) {
        if (ionforge_cpu_h.isAvailable()) {
            ionforge_cpu_h.ionforge_cpu_set_threads(options.threads());
        }
        company.peers().forEach(peer -> peer.setThreads(options.threads()));
        out.println(ResultFile.machineName() + ", " + options.threads() + " threads");
        out.println(ResultLines.HEADER);
        for (String name : options.backends().isEmpty() ? fastBackends() : options.backends()) {
            try (Backend backend = Backends.named(name)) {
                ceilings.put(name, Ceilings.of(backend, options.threads()));
                benchmarks.stream().filter(each -> options.suites().contains(each.suite())).forEach(each -> measure(each, backend));
                out.println(name + ": " + backend.description() + "; ceilings: " + ceilings.get(name));
            }
        }
        if (rows.isEmpty()) {
            throw new EnvironmentException("nothing was measured: no workload of these suites and backends has what --only asks for and --except leaves");
        }
        return differs ? 1 : 0;
    }

    private void measure(Benchmark benchmark, Backend backend) {
        boolean slow = backend.name().equals("reference") || backend.name().equals("emulator");
        Benchmark.Size size = slow || options.small() ? Benchmark.Size.SMALL : Benchmark.Size.FULL;
        Comparison comparison = new Comparison(benchmark.suite(), size, options.runs(), company.stopwatch().filter(_ -> backend.hostAddressable()));
        for (Workload workload : benchmark.workloads(size)) {
            if (options.asks(workload)) {
                Ceilings device = ceilings.get(backend.name());
                try {
                    measure(workload, backend, comparison, size == Benchmark.Size.FULL ? device::sample : Map::of);
                } catch (EnvironmentException e) {
                    err.println("ionforge: " + workload.operation() + " left out: " + e.getMessage());
                }
                write();
            }
        }
    }

    private void measure(Workload workload, Backend backend, Comparison comparison, Supplier<Map<String, Double>> peaks) {
        int before = rows.size();
        Map<String, Double> earlier = peaks.get();
        for (Peer peer : company.peers()) {
            if (peer.backend().equals(backend.name())) {
                peer.contender(workload).ifPresent(contender -> {
                    try (contender) {
                        add(comparison.measure(workload, backend, peer, contender), workload, backend, Ceilings.better(earlier, peaks.get()));
                    }
                });
            }
        }
        if (rows.size() == before) {
            add(comparison.measure(workload, backend), workload, backend, Ceilings.better(earlier, peaks.get()));
        }
    }

    private void add(Result result, Workload workload, Backend backend, Map<String, Double> beside) {
        rows.add(new Row(result, workload.cost(), ceilings.get(backend.name()), beside));
        out.println(ResultLines.of(rows.getLast().underCeilings()));
        if (result.peer() != null && !agree(result.sum(), result.peerSum(), workload.tolerance())) {
            differs = true;
            err.println("ionforge: " + result.operation() + " " + result.shape() + ": " + result.peer() + " computes something else: sum "
                    + result.peerSum() + " beside ours " + result.sum());
        }
    }

    /// After every workload, so that a run that is stopped leaves what it had.
    private void write() {
        options.json().filter(_ -> !rows.isEmpty()).ifPresent(file -> {
            ResultFile results = ResultFile.of(command, members(), rows.stream().map(Row::underCeilings).toList());
            older.map(results::mergedInto).orElse(results).write(file);
        });
    }

    private Map<String, Map<String, Double>> members() {
        Map<String, Map<String, Double>> members = new LinkedHashMap<>();
        ceilings.forEach((backend, each) -> members.put(backend, each.members()));
        return members;
    }

    private static boolean agree(double a, double b, double tolerance) {
        return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
    }

    private static List<String> fastBackends() {
        List<String> fast = Backends.available().stream().filter(Backends.Availability::available).map(Backends.Availability::name)
                .filter(name -> name.equals("cuda") || name.equals("cpu")).toList();
        return fast.isEmpty() ? List.of("reference") : fast;
    }
}
