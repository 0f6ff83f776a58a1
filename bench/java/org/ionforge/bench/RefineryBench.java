package org.ionforge.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/// The suite `refine` on as many rows as one likes: `bench/run RefineryBench [--days N] [--spots-per-day M] [--runs K] [--threads T]
/// [--data DIR] [--ours-only] [--json FILE [--merge]]`.
final class RefineryBench {

    private static final Options OPTIONS = new Options()
            .addOption(Option.builder().longOpt("days").hasArg().desc("simulated days (default 20)").get())
            .addOption(Option.builder().longOpt("spots-per-day").hasArg().desc("(default 500000)").get())
            .addOption(Option.builder().longOpt("runs").hasArg().desc("timed runs of each (default 5)").get())
            .addOption(Option.builder().longOpt("threads").hasArg().desc("threads of each (default: all processors)").get())
            .addOption(Option.builder().longOpt("data").hasArg().argName("DIR").desc("keep the simulated files there and take them again").get())
            .addOption(null, "ours-only", false, "leave the SQL out, for profiling")
            .addOption(Option.builder().longOpt("json").hasArg().argName("FILE").desc("write the result there").get())
            .addOption(null, "merge", false, "into what that file has");

    private RefineryBench() {
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        try {
            CommandLine line = new DefaultParser(false).parse(OPTIONS, arguments);
            RefineBenchmark usual = RefineBenchmark.USUAL;
            RefineBenchmark asked = new RefineBenchmark(Integer.parseInt(line.getOptionValue("days", "" + usual.days())),
                    Long.parseLong(line.getOptionValue("spots-per-day", "" + usual.spotsPerDay())),
                    Path.of(line.getOptionValue("data", usual.folder().toString())));
            List<String> bench = new ArrayList<>(List.of("--suite", "refine", "--backend", "cpu"));
            bench.addAll(BenchOptions.passedOn(line));
            if (!line.hasOption("runs")) {
                bench.addAll(List.of("--runs", "5"));
            }
            List<Peer> peers = line.hasOption("ours-only") ? List.of() : List.of(new ClickHouseSql());
            return Bench.run("bench/run RefineryBench", arguments, bench.toArray(String[]::new), List.of(asked),
                    new Bench.Company(peers, Optional.empty()));
        } catch (ParseException | NumberFormatException e) {
            System.err.println("ionforge: " + e.getMessage() + "; usage: RefineryBench [--days N] [--spots-per-day M] [--runs K] [--threads T]"
                    + " [--data DIR] [--ours-only] [--json FILE [--merge]]");
            return 2;
        }
    }
}
