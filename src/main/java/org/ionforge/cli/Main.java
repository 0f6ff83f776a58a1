package org.ionforge.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;

/// Finds the command, parses its options, runs it and turns what happened into an exit code:
/// 0 done, 1 job failed, 2 wrong usage or input, 3 environment.
public final class Main {

    static final List<Command> COMMANDS = List.of(
            new QuickstartCommand(),
            new DevicesCommand(),
            new BundleCommand(),
            new DataCommand(),
            new InferCommand(),
            new VerifyCommand(),
            new RefineCommand(),
            new SimulateCommand(),
            new TrainIonisGateCommand(),
            new TrainSpikingCommand(),
            new PredictCommand(),
            new ReportCommand(),
            new VaultTablesCommand(),
            new VaultSqlCommand(),
            new VaultCheckCommand()
    );

    private Main() {
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        boolean terminal = System.console() != null && System.console().isTerminal();
        System.exit(run(arguments, new Console(out, err, terminal)));
    }

    /// Runs one command line.
    ///
    /// @return the exit code
    static int run(String[] arguments, Console console) {
        try {
            return dispatch(arguments, console);
        } catch (ParseException | InputException e) {
            console.err().println("ionforge: " + e.getMessage());
            return 2;
        } catch (EnvironmentException e) {
            console.err().println("ionforge: " + e.getMessage());
            return 3;
        } catch (Exception | OutOfMemoryError e) {
            console.err().println("ionforge: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            if (System.getenv("IONFORGE_TRACE") != null) {
                e.printStackTrace(console.err());
            }
            return 1;
        }
    }

    private static int dispatch(String[] arguments, Console console) throws Exception {
        if (arguments.length == 0 || arguments[0].equals("help") || arguments[0].equals("--help")) {
            console.out().print(Help.overview(COMMANDS));
            return arguments.length == 0 ? 2 : 0;
        }
        if (arguments[0].equals("--version")) {
            console.out().println("ionforge " + Version.NUMBER);
            return 0;
        }
        Command command = find(arguments);
        int words = command.name().split(" ").length;
        String[] rest = Arrays.copyOfRange(arguments, words, arguments.length);
        Options options = command.options().addOption("h", "help", false, "show this help");
        if (List.of(rest).contains("--help") || List.of(rest).contains("-h")) { // before parsing, which asks for what is required
            console.out().print(Help.of(command, options));
            return 0;
        }
        return command.run(parse(command, options, rest), console);
    }

    private static CommandLine parse(Command command, Options options, String[] arguments) throws ParseException {
        try {
            return new DefaultParser(false).parse(options, arguments);
        } catch (UnrecognizedOptionException e) {
            List<String> known = options.getOptions().stream().map(option -> "--" + option.getLongOpt()).toList();
            throw new InputException("unknown option " + e.getOption() + "; did you mean " + Nearest.of(e.getOption(), known) + "? './ionforge "
                    + command.name() + " --help' lists all", e);
        }
    }

    private static Command find(String[] arguments) {
        String line = String.join(" ", arguments) + " ";
        return COMMANDS.stream().filter(c -> line.startsWith(c.name() + " ")).findFirst().orElseThrow(() -> {
            List<String> names = COMMANDS.stream().map(Command::name).toList();
            List<String> longer = names.stream().filter(n -> n.startsWith(arguments[0] + " ")).toList();
            return new InputException("unknown command '" + arguments[0] + "'; did you mean '"
                    + (longer.isEmpty() ? Nearest.of(arguments[0], names) : String.join("' or '", longer))
                    + "'? './ionforge help' lists all");
        });
    }
}
