package org.ionforge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.errors.InputException;

/// `./ionforge bundle`.
final class BundleCommand implements Command {

    @Override
    public String name() {
        return "bundle";
    }

    @Override
    public String arguments() {
        return "DIR [--archive]";
    }

    @Override
    public String summary() {
        return "Make a folder that runs the engine, its conformance tests and benchmarks on a host without Java or a network.";
    }

    @Override
    public Options options() {
        return new Options().addOption(null, "archive", false, "also write DIR.tar.xz");
    }

    @Override
    public int run(CommandLine line, Console console) throws IOException, InterruptedException {
        if (line.getArgList().size() != 1) {
            throw new InputException("bundle takes one folder to make: ./ionforge bundle DIR [--archive]");
        }
        Path folder = Path.of(line.getArgList().getFirst());
        Bundle bundle = new Bundle(Bundle.sourceTree(), folder);
        bundle.make();
        console.out().printf(Locale.ROOT, "%s: %.1f MiB; run %s/ionforge conformance, or bench, or any command%n", folder,
                bundle.size() / 0x1p20, folder);
        if (line.hasOption("archive")) {
            Path archive = bundle.archive();
            console.out().printf(Locale.ROOT, "%s: %.1f MiB%n", archive, Files.size(archive) / 0x1p20);
        }
        return 0;
    }
}
