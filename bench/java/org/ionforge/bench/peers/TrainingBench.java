package org.ionforge.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.ionforge.bench.Bench;
import org.ionforge.bench.BenchOptions;
import org.ionforge.bench.TrainingBenchmark;

/// The suite `train` at batch sizes of one's own: `bench/run TrainingBench [--batch ROWS…] [--rounds N] [--threads N] [--json FILE [--merge]]`.
public final class TrainingBench {

    private static final Options OPTIONS = new Options()
            .addOption(Option.builder().longOpt("batch").hasArgs().desc("rows of a step (default 4096 65536)").get())
            .addOption(Option.builder().longOpt("rounds").hasArg().desc("timed rounds (default 9)").get())
            .addOption(Option.builder().longOpt("threads").hasArg().desc("threads of both (default: all processors)").get())
            .addOption(Option.builder().longOpt("json").hasArg().desc("write the result to this file").get())
            .addOption(null, "merge", false, "into what that file has");

    private TrainingBench() {
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        try {
            CommandLine line = new DefaultParser(false).parse(OPTIONS, arguments);
            List<Integer> batches = line.hasOption("batch")
                    ? Arrays.stream(line.getOptionValues("batch")).map(Integer::valueOf).toList() : List.of(4_096, 65_536);
            List<String> bench = new ArrayList<>(List.of("--suite", "train", "--backend", "cpu", "--runs", line.getOptionValue("rounds", "9")));
            bench.addAll(BenchOptions.passedOn(line));
            return Bench.run("bench/run TrainingBench", arguments, bench.toArray(String[]::new),
                    List.of(new TrainingBenchmark(batches)), PeerBench.COMPANY);
        } catch (ParseException | NumberFormatException e) {
            System.err.println("ionforge: " + e.getMessage() + "; usage: TrainingBench [--batch ROWS…] [--rounds N] [--threads N] [--json FILE [--merge]]");
            return 2;
        }
    }
}
