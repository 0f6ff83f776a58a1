package org.ionforge.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.help.HelpFormatter;
import org.apache.commons.cli.help.TextHelpAppendable;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;

/// `./ionforge bench`: measures what [Benchmarks] lists, and prints a line for each result as soon as it is there. This class alone
/// knows no peer; [org.ionforge.bench.peers.PeerBench] adds those of the class path.
///
/// Exit code 0, 1 if a peer's sum differs from ours, 2 for wrong usage, 3 if nothing could be measured here.
public final class Bench {

    private static final Options OPTIONS = new Options()
            .addOption(option("suite", "kernels|train|refine|all", "what to measure (default kernels)"))
            .addOption(Option.builder().longOpt("backend").hasArgs().argName("NAME").desc("on these (default: cuda and cpu, whichever is here)").get())
            .addOption(Option.builder().longOpt("only").hasArgs().argName("TEXT").desc("operations whose name or shape has this in it").get())
            .addOption(option("runs", "N", "timed runs of each (default 11; five of what takes long)"))
            .addOption(option("threads", "N", "threads of both sides (default: all processors)"))
            .addOption(null, "small", false, "small shapes, to see that everything runs; its figures mean nothing")
            .addOption(option("json", "FILE", "write the results there"))
            .addOption("h", "help", false, "show this help");

    private final CommandLine line;
    private final List<Peer> peers;
    private final PrintStream out;
    private final PrintStream err;
    private final List<Result> results = new ArrayList<>();
    private boolean differs;

    private Bench(CommandLine line, List<Peer> peers, PrintStream out, PrintStream err) {
        this.line = line;
        this.peers = peers;
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, List.of()));
    }

    /// Runs one command line over everything there is.
    ///
    /// @return the exit code
    public static int run(String[] arguments, List<Peer> peers) {
        return run("bench " + String.join(" ", arguments), arguments, Benchmarks.ALL, peers);
    }

    /// Runs one command line over these benchmarks.
    ///
    /// @param command what the user typed, for the JSON
    /// @return the exit code
    public static int run(String command, String[] arguments, List<Benchmark> benchmarks, List<Peer> peers) {
        return run(command, arguments, benchmarks, peers, new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8));
    }

    static int run(String command, String[] arguments, List<Benchmark> benchmarks, List<Peer> peers, PrintStream out,
                   PrintStream err) {
        try {
            CommandLine line = new DefaultParser(false).parse(OPTIONS, arguments);
            if (line.hasOption("help")) {
                help(out);
                return 0;
            }
            return new Bench(line, peers, out, err).measure(benchmarks, command);
        } catch (ParseException | InputException e) {
            err.println("ionforge: " + e.getMessage() + "; ./ionforge bench --help shows the options");
            return 2;
        } catch (EnvironmentException e) {
            err.println("ionforge: " + e.getMessage());
            return 3;
        }
    }

    private int measure(List<Benchmark> benchmarks, String command) {
        int threads = whole("threads", Runtime.getRuntime().availableProcessors());
        int runs = whole("runs", 11);
        List<Benchmark.Suite> suites = suites();
        List<Benchmark> chosen = benchmarks.stream().filter(each -> suites.contains(each.suite())).toList();
        if (ionforge_cpu_h.isAvailable()) {
            ionforge_cpu_h.ionforge_cpu_set_threads(threads);
        }
        peers.forEach(peer -> peer.setThreads(threads));
        Ceilings ceilings = Ceilings.measure(threads);
        List<String> devices = new ArrayList<>();
        out.println(ResultFile.machineName());
        out.println(ResultLines.ceilings(ceilings, threads));
        out.println(ResultLines.HEADER);
        for (String name : backends()) {
            try (Backend backend = Backends.named(name)) {
                devices.add(name + ": " + backend.description());
                for (Benchmark each : chosen) {
                    measure(each, backend, new Comparison(each.suite(), runs, Optional.of(ceilings).filter(_ -> backend.hostAddressable())));
                }
            }
        }
        out.println(String.join("; ", devices));
        if (line.hasOption("json")) {
            ResultFile.of(command.strip(), ceilings.members(), results).write(Path.of(line.getOptionValue("json")));
        }
        return results.isEmpty() ? 3 : differs ? 1 : 0;
    }

    private void measure(Benchmark benchmark, Backend backend, Comparison comparison) {
        boolean slow = backend.name().equals("reference") || backend.name().equals("emulator");
        for (Workload workload : benchmark.workloads(slow || line.hasOption("small") ? Benchmark.Size.SMALL : Benchmark.Size.FULL)) {
            if (asked(workload)) {
                try {
                    measure(workload, backend, comparison);
                } catch (EnvironmentException e) {
                    err.println("ionforge: " + workload.operation() + " left out: " + e.getMessage());
                }
            }
        }
    }

    private void measure(Workload workload, Backend backend, Comparison comparison) {
        int before = results.size();
        for (Peer peer : peers) {
            if (peer.backend().equals(backend.name())) {
                peer.contender(workload).ifPresent(contender -> {
                    try (contender) {
                        add(comparison.measure(workload, backend, peer, contender), workload);
                    }
                });
            }
        }
        if (results.size() == before) {
            add(comparison.measure(workload, backend), workload);
        }
    }

    private void add(Result result, Workload workload) {
        results.add(result);
        out.println(ResultLines.of(result));
        if (result.peer() != null && !agree(result.sum(), result.peerSum(), workload.tolerance())) {
            differs = true;
            err.println("ionforge: " + result.operation() + " " + result.shape() + ": " + result.peer() + " computes something else: sum "
                    + result.peerSum() + " beside ours " + result.sum());
        }
    }

    private static boolean agree(double a, double b, double tolerance) {
        return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
    }

    private boolean asked(Workload workload) {
        return !line.hasOption("only") || List.of(line.getOptionValues("only")).stream()
                .anyMatch(text -> (workload.operation() + " " + workload.shape()).toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
    }

    private List<Benchmark.Suite> suites() {
        String name = line.getOptionValue("suite", "kernels").toUpperCase(Locale.ROOT);
        if (name.equals("ALL")) {
            return List.of(Benchmark.Suite.values());
        }
        List<Benchmark.Suite> named = List.of(Benchmark.Suite.values()).stream().filter(suite -> suite.name().equals(name)).toList();
        if (named.isEmpty()) {
            throw new InputException("unknown suite '" + line.getOptionValue("suite") + "': one of kernels, train, refine, all");
        }
        return named;
    }

    private List<String> backends() {
        if (line.hasOption("backend")) {
            return List.of(line.getOptionValues("backend"));
        }
        List<String> here = Backends.available().stream().filter(Backends.Availability::available).map(Backends.Availability::name).toList();
        List<String> fast = here.stream().filter(name -> name.equals("cuda") || name.equals("cpu")).toList();
        return fast.isEmpty() ? List.of("reference") : fast;
    }

    private int whole(String option, int otherwise) {
        String text = line.getOptionValue(option);
        try {
            int value = text == null ? otherwise : Integer.parseInt(text);
            if (value >= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new InputException("--" + option + " wants a whole number, not '" + text + "'", e);
        }
        throw new InputException("--" + option + " must be at least 1, not " + text);
    }

    private static void help(PrintStream out) {
        try {
            HelpFormatter.builder().setHelpAppendable(new TextHelpAppendable(out)).setShowSince(false).get()
                    .printHelp("./ionforge bench [OPTION…]", "", OPTIONS, "", false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Option option(String name, String argument, String description) {
        return Option.builder().longOpt(name).hasArg().argName(argument).desc(description).get();
    }
}
