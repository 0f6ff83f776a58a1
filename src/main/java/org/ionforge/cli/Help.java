package org.ionforge.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/// The help texts: the list of commands, and one command's options in the order they were declared.
final class Help {

    private static final int WIDTH = 100;

    private Help() {
    }

    static String overview(List<Command> commands) {
        StringBuilder text = new StringBuilder("usage: ./ionforge COMMAND [OPTION…] [ARGUMENT…]\n\n");
        for (Command command : commands) {
            entry(text, command.name(), 18, command.summary());
        }
        entry(text, "bench", 18, "Measure every operation against the machine's ceilings and against other libraries.");
        return text.append("\n'./ionforge COMMAND --help' shows a command's options. ")
                .append("Exit codes: 0 done, 1 job failed, 2 wrong usage or input, 3 environment.\n").toString();
    }

    static String of(Command command, Options options) {
        StringBuilder text = new StringBuilder(command.summary()).append("\n\nusage: ./ionforge ").append(command.name());
        text.append(' ').append(command.arguments()).append("\n\n");
        List<String> names = new ArrayList<>();
        for (Option option : options.getOptions()) {
            String name = option.getOpt() == null ? "--" + option.getLongOpt() : "-" + option.getOpt()
                    + (option.getLongOpt() == null ? "" : ", --" + option.getLongOpt());
            names.add(option.hasArg() ? name + " " + (option.getArgName() == null ? "VALUE" : option.getArgName()) : name);
        }
        int column = names.stream().mapToInt(String::length).max().orElse(0);
        int i = 0;
        for (Option option : options.getOptions()) {
            entry(text, names.get(i++), column, option.isRequired() ? option.getDescription() + " (required)" : option.getDescription());
        }
        return text.toString();
    }

    /// `  name   text`, the text wrapped under itself.
    private static void entry(StringBuilder out, String name, int column, String text) {
        int indent = column + 4;
        out.append("  ").append(name).append(" ".repeat(Math.max(0, indent - 2 - name.length())));
        int at = indent;
        for (String word : text.split(" ")) {
            if (at > indent && at + word.length() > WIDTH) {
                out.setLength(out.length() - 1);
                out.append('\n').append(" ".repeat(indent));
                at = indent;
            }
            out.append(word).append(' ');
            at += word.length() + 1;
        }
        out.setLength(out.length() - 1);
        out.append('\n');
    }
}
