package org.ionforge.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.ionforge.errors.InputException;

/// What the user asked `./ionforge bench` for.
///
/// @param backends names; empty: the fast ones that are here
/// @param only     parts of operations' names or shapes; empty: all
/// @param except   parts of those that are left out
/// @param json     where the results go, if anywhere
/// @param merge    into what that file has
public record BenchOptions(boolean help, List<Benchmark.Suite> suites, List<String> backends, List<String> only, List<String> except,
                           int runs, int threads, boolean small, Optional<Path> json, boolean merge) {

    private static final Options OPTIONS = new Options()
            .addOption(option("suite", "kernels|train|refine|all", "what to measure (default kernels)"))
            .addOption(Option.builder().longOpt("backend").hasArgs().argName("NAME…").desc("on these (default: cuda and cpu, whichever is here)").get())
            .addOption(Option.builder().longOpt("only").hasArgs().argName("TEXT…").desc("operations whose name or shape has this in it").get())
            .addOption(Option.builder().longOpt("except").hasArgs().argName("TEXT…").desc("not those whose name or shape has this in it").get())
            .addOption(option("runs", "N", "timed runs of each (default 11; five of what takes long)"))
            .addOption(option("threads", "N", "threads of both sides (default: all processors)"))
            .addOption(null, "small", false, "small shapes, to see that everything runs; its figures mean nothing")
            .addOption(option("json", "FILE", "write the results there"))
            .addOption(null, "merge", false, "keep what that file has of this machine and is not measured anew")
            .addOption("h", "help", false, "show this help");

    /// @throws InputException naming what is wrong
    static BenchOptions parse(String... arguments) {
        try {
            CommandLine line = new DefaultParser(false).parse(OPTIONS, arguments);
            if (!line.getArgList().isEmpty()) {
                throw new InputException("bench takes no '" + line.getArgList().getFirst() + "'");
            }
            if (line.hasOption("merge") && !line.hasOption("json")) {
                throw new InputException("--merge wants the file as well: --json FILE");
            }
            return new BenchOptions(line.hasOption("help"), suites(line.getOptionValue("suite", "kernels")), values(line, "backend"),
                    values(line, "only"), values(line, "except"), whole(line, "runs", 11),
                    whole(line, "threads", Runtime.getRuntime().availableProcessors()), line.hasOption("small"),
                    Optional.ofNullable(line.getOptionValue("json")).map(Path::of), line.hasOption("merge"));
        } catch (ParseException e) {
            throw new InputException(e.getMessage(), e);
        }
    }

    /// Of another command's options those that this one has too, as it takes them.
    public static List<String> passedOn(CommandLine line) {
        List<String> arguments = new ArrayList<>();
        for (Option option : line.getOptions()) {
            if (OPTIONS.hasLongOption(option.getLongOpt())) {
                arguments.add("--" + option.getLongOpt());
                arguments.addAll(option.getValuesList());
            }
        }
        return arguments;
    }

    static void printHelp(PrintStream out) {
        out.println("Measure every operation against the machine's ceilings and against other libraries.\n\nusage: ./ionforge bench [OPTION…]\n");
        for (Option option : OPTIONS.getOptions()) {
            out.printf("  %-38s %s%n", "--" + option.getLongOpt() + (option.hasArg() ? " " + option.getArgName() : ""), option.getDescription());
        }
    }

    boolean asks(Workload workload) {
        return (only.isEmpty() || hasOne(workload, only)) && !hasOne(workload, except);
    }

    private static boolean hasOne(Workload workload, List<String> texts) {
        String name = (workload.operation() + " " + workload.shape()).toLowerCase(Locale.ROOT);
        return texts.stream().anyMatch(text -> name.contains(text.toLowerCase(Locale.ROOT)));
    }

    private static List<Benchmark.Suite> suites(String name) {
        List<Benchmark.Suite> named = Arrays.stream(Benchmark.Suite.values())
                .filter(suite -> name.equals("all") || name.equals(suite.name().toLowerCase(Locale.ROOT))).toList();
        if (named.isEmpty()) {
            throw new InputException("unknown suite '" + name + "': one of kernels, train, refine, all");
        }
        return named;
    }

    private static List<String> values(CommandLine line, String option) {
        return line.hasOption(option) ? List.of(line.getOptionValues(option)) : List.of();
    }

    private static int whole(CommandLine line, String option, int otherwise) {
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

    private static Option option(String name, String argument, String description) {
        return Option.builder().longOpt(name).hasArg().argName(argument).desc(description).get();
    }
}
