package org.ionforge.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.ionforge.compute.Backend;
import org.ionforge.errors.InputException;
import org.ionforge.refinery.Bands;
import org.ionforge.refinery.RefineRequest;
import org.ionforge.refinery.RefineResult;
import org.ionforge.refinery.Refinery;
import org.ionforge.refinery.Selection;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// `./ionforge refine`.
final class RefineCommand implements Command {

    @Override
    public String name() {
        return "refine";
    }

    @Override
    public String arguments() {
        return "FILE|DIR… --solar FILE… --vault WHERE";
    }

    @Override
    public String summary() {
        return "Refine WSPR archive files and solar indices into bronze, silver, signatures and gold.";
    }

    @Override
    public Options options() {
        RefineRequest.Limits limits = RefineRequest.Limits.DEFAULT;
        RefineRequest.Gold gold = RefineRequest.Gold.DEFAULT;
        return new Options()
                .addOption(Option.builder().longOpt("solar").hasArgs().argName("FILE…")
                        .desc("GFZ's Kp_ap_Ap_SN_F107 file, NOAA's GOES X-ray JSON; later files replace what earlier ones say").get())
                .addOption(Arguments.required("vault", "WHERE", "folder, or http://user:password@host:port/database"))
                .addOption(Arguments.value("bands", "LIST", "only these: names or numbers, such as 20m,40m or 107,105"))
                .addOption(Arguments.value("from", "YYYY-MM-DD", "first day wanted"))
                .addOption(Arguments.value("to", "YYYY-MM-DD", "last day wanted"))
                .addOption(null, "no-gold", false, "leave the gold samples as they are")
                .addOption(Arguments.value("out", "DIR", "folder for the record of the run, run.json (default: the vault's own; none for a server)"))
                .addOption(null, "dry-run", false, "read and count everything, change nothing")
                .addOption(null, "json", false, "print the result as JSON")
                .addOption(Arguments.backend())
                .addOption(Arguments.value("seed", "S", "of the gold samples (default " + gold.seed() + ")"))
                .addOption(Arguments.value("threads", "N", "workers (default: one per core, here " + limits.threads() + ")"))
                .addOption(Arguments.value("memory", "MIB", "rows held in memory before they are spilled (default "
                        + (limits.rowMemory() >> 20) + ")"))
                .addOption(Arguments.value("temp", "DIR", "folder for what is spilled (default " + limits.temp() + ")"));
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        RefineRequest request = request(line);
        RefineResult result;
        try (Progress progress = console.progress();
                Vault vault = Vaults.open(line.getOptionValue("vault"), progress::note);
                Backend backend = Arguments.backend(line, console)) {
            Optional<Path> folder = Optional.ofNullable(line.getOptionValue("out")).map(Path::of).or(() -> Vaults.folder(line.getOptionValue("vault")));
            result = folder.isEmpty() || request.dryRun() ? Refinery.run(request, vault, backend, progress)
                    : Recording.begin(folder.get(), this, line, backend).stage(name(), () -> Refinery.run(request, vault, backend, progress));
        }
        if (line.hasOption("json")) {
            console.out().println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(result));
        } else {
            print(result, console.out());
        }
        result.incompleteFiles().forEach((file, why) -> console.err().println("ionforge: " + file + " is incomplete: " + why));
        return result.incompleteFiles().isEmpty() ? 0 : 1;
    }

    private static RefineRequest request(CommandLine line) {
        List<Path> solar = paths(line.getOptionValues("solar"));
        List<Path> files = line.getArgList().stream().map(Path::of).toList();
        if (files.isEmpty() && solar.isEmpty()) {
            throw new InputException("nothing to refine: give files or folders of spots before --solar");
        }
        for (Path file : solar) {
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new InputException("no such solar file: " + file);
            }
        }
        SortedSet<Integer> bands = line.hasOption("bands") ? Bands.parse(line.getOptionValue("bands")) : new TreeSet<>();
        Selection selection = Selection.of(bands, Selection.day(line.getOptionValue("from", "")), Selection.day(line.getOptionValue("to", "")));
        RefineRequest usual = RefineRequest.of(files, solar);
        RefineRequest.Gold gold = usual.gold();
        return new RefineRequest(files, solar, selection, line.hasOption("dry-run"),
                line.hasOption("no-gold") ? RefineRequest.Gold.NONE : new RefineRequest.Gold(Arguments.whole(line, "seed", gold.seed()), gold.stratified(), gold.continuous(), gold.density()),
                limits(line, usual.limits()));
    }

    private static RefineRequest.Limits limits(CommandLine line, RefineRequest.Limits usual) {
        int threads = Arguments.integer(line, "threads", usual.threads());
        long memory = Arguments.whole(line, "memory", usual.rowMemory() >> 20);
        if (threads < 1 || threads > 1024 || memory < 8 || memory > 1 << 20) {
            throw new InputException("--threads is 1 to 1024 and --memory 8 to 1048576 MiB");
        }
        Path temp = Path.of(line.getOptionValue("temp", usual.temp().toString()));
        if (!Files.isDirectory(temp)) {
            throw new InputException("--temp " + temp + " is no folder");
        }
        return new RefineRequest.Limits(threads, memory << 20, usual.signatureEntries(), usual.waveBytes(), temp);
    }

    private static List<Path> paths(String[] names) {
        return names == null ? List.of() : Arrays.stream(names).map(Path::of).toList();
    }

    private static void print(RefineResult r, PrintStream out) {
        if (r.unchanged()) {
            out.printf("nothing to do: %s unchanged since they were refined%n", files(r.filesSkipped()));
            return;
        }
        out.printf(Locale.ROOT, "%s%s read in %.1f s: %,d rows, %,.0f rows/s, peak memory %,d MiB%n", r.dryRun() ? "dry run: " : "",
                files(r.files()), r.seconds(), r.rowsRead(), r.rowsPerSecond(), r.peakMemoryBytes() >> 20);
        if (r.filesSkipped() > 0) {
            out.printf("  %s unchanged since they were refined, not read again%n", files(r.filesSkipped()));
        }
        out.printf(Locale.ROOT, "  kept         %,14d%n  duplicates   %,14d%n  quarantined  %,14d%n", r.rowsKept(), r.rowsDuplicate(),
                r.rowsQuarantined());
        r.quarantine().forEach((reason, rows) -> out.printf(Locale.ROOT, "    %-16s %,8d%n", reason, rows));
        if (r.rowsOutside() > 0) {
            out.printf(Locale.ROOT, "  not asked for %,13d%n", r.rowsOutside());
        }
        out.printf(Locale.ROOT, "  signatures   %,14d in %d months made anew%n", r.signatures(), r.monthsRefined().size());
        r.goldRows().forEach((table, rows) -> out.printf(Locale.ROOT, "  %-16s %,10d rows%n", table, rows));
        if (r.distanceKm().rows() > 0) {
            print("distance", "km", r.distanceKm(), out);
            print("azimuth", "degrees", r.azimuthDeg(), out);
        }
        out.println("  seconds      " + r.stageSeconds().entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.2f", e.getKey(), e.getValue())).collect(Collectors.joining(", ")));
    }

    private static void print(String what, String unit, RefineResult.Difference d, PrintStream out) {
        out.printf(Locale.ROOT, "  %s, ours − the file's: mean %.2f %s, root mean square %.2f, largest %.2f%n", what, d.mean(), unit,
                d.rootMeanSquare(), d.largest());
    }

    private static String files(int n) {
        return n + (n == 1 ? " file" : " files");
    }
}
