package org.ionforge.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.errors.InputException;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// Options that several commands have, and their values read with errors that name them.
final class Arguments {

    private Arguments() {
    }

    static Option value(String name, String argument, String description) {
        return Option.builder().longOpt(name).hasArg().argName(argument).desc(description).get();
    }

    static Option required(String name, String argument, String description) {
        return Option.builder().longOpt(name).hasArg().argName(argument).desc(description).required().get();
    }

    static Option vault() {
        return required("vault", "WHERE", "folder, or http://user:password@host:port/database");
    }

    /// The vault that the user named, to look into it.
    static Vault existingVault(CommandLine line, Console console) {
        return Vaults.openExisting(line.getOptionValue("vault"), note -> console.err().println("ionforge: " + note));
    }

    static Option backend() {
        return value("backend", "NAME", "cuda, cpu or reference (default: the best one here, or IONFORGE_BACKEND)");
    }

    /// The backend that the user named, else the best one, which is said on `err`.
    static Backend backend(CommandLine line, Console console) {
        String name = line.getOptionValue("backend");
        return name == null ? Backends.best(text -> console.err().println("ionforge: " + text)) : Backends.named(name);
    }

    static long whole(CommandLine line, String option, long otherwise) {
        String text = line.getOptionValue(option);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new InputException("--" + option + " wants a whole number, not '" + text + "'", e);
        }
    }

    static int integer(CommandLine line, String option, int otherwise) {
        long value = whole(line, option, otherwise);
        if (value != (int) value) {
            throw new InputException("--" + option + " " + value + " is out of range");
        }
        return (int) value;
    }

    /// One of an enum's names, in lower case.
    static <E extends Enum<E>> E choice(CommandLine line, String option, E otherwise) {
        String text = line.getOptionValue(option);
        List<E> all = List.of(otherwise.getDeclaringClass().getEnumConstants());
        return text == null ? otherwise : all.stream().filter(each -> each.name().equalsIgnoreCase(text)).findFirst()
                .orElseThrow(() -> new InputException("--" + option + " '" + text + "' is none of "
                        + all.stream().map(each -> each.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "))));
    }

    static double number(CommandLine line, String option, double otherwise) {
        String text = line.getOptionValue(option);
        try {
            return text == null ? otherwise : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new InputException("--" + option + " wants a number, not '" + text + "'", e);
        }
    }
}
