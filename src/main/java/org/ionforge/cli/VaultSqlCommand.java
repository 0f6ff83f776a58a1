package org.ionforge.cli;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.errors.InputException;
import org.ionforge.vault.Vault;

/// `./ionforge vault sql`.
final class VaultSqlCommand implements Command {

    @Override
    public String name() {
        return "vault sql";
    }

    @Override
    public String arguments() {
        return "\"QUERY\" --vault WHERE [--format F | --json]";
    }

    @Override
    public String summary() {
        return "Run a ClickHouse SQL statement on the vault and print its answer.";
    }

    @Override
    public Options options() {
        return new Options().addOption(Arguments.vault())
                .addOption(Arguments.value("format", "F", "any of ClickHouse's formats (default: PrettyCompact on a terminal, else TSV)"))
                .addOption(null, "json", false, "the same as --format JSON");
    }

    @Override
    public int run(CommandLine line, Console console) {
        if (line.getArgs().length != 1) {
            throw new InputException("vault sql takes one statement in quotes, not " + line.getArgs().length + " arguments");
        }
        String format = line.getOptionValue("format", line.hasOption("json") ? "JSON" : console.terminal() ? "PrettyCompact" : "TSV");
        try (Vault vault = Arguments.existingVault(line, console)) {
            console.out().print(vault.text(line.getArgs()[0], format));
            console.out().flush();
            return 0;
        }
    }
}
