package org.ionforge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.vault.Consistency;
import org.ionforge.vault.Vault;

/// `./ionforge vault check`.
final class VaultCheckCommand implements Command {

    @Override
    public String name() {
        return "vault check";
    }

    @Override
    public String arguments() {
        return "--vault WHERE [--json]";
    }

    @Override
    public String summary() {
        return "Check that the vault's tables agree with each other; exit code 1 if they do not.";
    }

    @Override
    public Options options() {
        return new Options().addOption(Arguments.vault()).addOption(null, "json", false, "print the result as JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws JsonProcessingException {
        try (Vault vault = Arguments.existingVault(line, console)) {
            List<Consistency.Finding> findings = Consistency.check(vault);
            long broken = findings.stream().filter(finding -> !finding.holds()).count();
            if (line.hasOption("json")) {
                console.out().println(new ObjectMapper().writeValueAsString(
                        Map.of("vault", vault.description(), "consistent", broken == 0, "checks", findings)));
            } else {
                for (Consistency.Finding finding : findings) {
                    console.out().println((finding.holds() ? "ok     " : "WRONG  ") + finding.name()
                            + (finding.holds() ? "" : ": " + finding.wrong() + " times, for example " + finding.example()));
                }
            }
            if (broken > 0) {
                console.err().println("ionforge: " + broken + " of " + findings.size()
                        + " checks failed; 'refine' finishes what was interrupted, and makes a month anew from its files");
            }
            return broken == 0 ? 0 : 1;
        }
    }
}
