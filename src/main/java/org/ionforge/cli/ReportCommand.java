package org.ionforge.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.RunRecord;
import org.ionforge.telemetry.report.Report;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// `./ionforge report`.
final class ReportCommand implements Command {

    @Override
    public String name() {
        return "report";
    }

    @Override
    public String arguments() {
        return "--vault WHERE [--train DIR] --out DIR";
    }

    @Override
    public String summary() {
        return "Write one HTML file on what was refined, trained and how good it is; it opens offline.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Arguments.required("vault", "WHERE", "folder, or http://user:password@host:port/database"))
                .addOption(Arguments.value("train", "DIR", "folder of a training"))
                .addOption(Arguments.required("out", "DIR", "folder for report.html"));
    }

    @Override
    public int run(CommandLine line, Console console) {
        Path out = Path.of(line.getOptionValue("out"));
        Optional<Path> training = Optional.ofNullable(line.getOptionValue("train")).map(Path::of);
        Optional<RunRecord.Run> run = RunRecord.read(out).or(() -> RunRecord.read(
                Stream.of(Vaults.folder(line.getOptionValue("vault")), training).flatMap(Optional::stream).toList()));
        try (Vault vault = Vaults.open(line.getOptionValue("vault"), note -> console.err().println("ionforge: " + note));
             Progress progress = console.progress()) {
            Path file = Report.write(vault, new Report.Sources(training, run, Version.NUMBER), out, progress);
            console.out().println(file);
        }
        return 0;
    }
}
