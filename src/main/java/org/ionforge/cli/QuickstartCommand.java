package org.ionforge.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.ionforge.compute.Backend;
import org.ionforge.errors.InputException;
import org.ionforge.ionis.IonisGateTraining;
import org.ionforge.ionis.TrainingOptions;
import org.ionforge.ionis.Variant;
import org.ionforge.refinery.RefineRequest;
import org.ionforge.refinery.RefineResult;
import org.ionforge.refinery.Refinery;
import org.ionforge.refinery.simulation.Dirt;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.refinery.simulation.Truth;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.RunRecord;
import org.ionforge.telemetry.report.Report;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// `./ionforge quickstart`: the main job from spots to report in one folder.
///
/// A second run on the same folder goes on where the first one ended: what is simulated and refined stays, and a training of the
/// same files with the same options is resumed.
final class QuickstartCommand implements Command {

    private static final int DAYS = 60;
    private static final int EVERY = 61;
    private static final long SPOTS_PER_DAY = 25_000;
    private static final String TRAINING_OF = "training of";

    @Override
    public String name() {
        return "quickstart";
    }

    @Override
    public String arguments() {
        return "[FILE|DIR…] [--solar FILE…]";
    }

    @Override
    public String summary() {
        return "Run the whole job: refine, train, judge, report; on files given, IONFORGE_DATA or simulated spots.";
    }

    @Override
    public Options options() {
        TrainingOptions usual = TrainingOptions.DEFAULT;
        return new Options()
                .addOption(Option.builder().longOpt("solar").hasArgs().argName("FILE…").desc("solar indices that go with the files").get())
                .addOption(Arguments.value("out", "DIR", "folder for vault, model and report (default ./run)"))
                .addOption(Arguments.value("seed", "S", "of simulation, samples and training (default " + usual.seed() + ")"))
                .addOption(Arguments.value("epochs", "N", "of the training (default " + usual.epochs() + ")"))
                .addOption(Arguments.value("days", "N", "simulated days, " + EVERY + " days apart (default " + DAYS + ")"))
                .addOption(Arguments.value("spots-per-day", "M", "simulated spots on each (default " + SPOTS_PER_DAY + ")"))
                .addOption(Arguments.backend())
                .addOption(null, "simulate", false, "use the simulator even if IONFORGE_DATA is set");
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        Path out = Path.of(line.getOptionValue("out", "run"));
        long seed = Arguments.whole(line, "seed", TrainingOptions.DEFAULT.seed());
        Optional<RunRecord.Run> before = RunRecord.read(out);
        try (Interruption interruption = new Interruption(console); Progress progress = console.progress();
             Backend backend = Arguments.backend(line, console)) {
            RunRecord record = Recording.begin(out, this, line, backend);
            record.fact("seed", Long.toString(seed));
            QuickstartInput input = input(line, out, seed, record, progress);
            record.fact("data source", input.source());
            progress.note("data: " + input.source());
            try (Vault vault = Vaults.open(out.resolve("vault").toString(), progress::note)) {
                return refineAndTrain(line, console, out, input, before, new Tools(vault, backend, record, progress, interruption));
            }
        }
    }

    private record Tools(Vault vault, Backend backend, RunRecord record, Progress progress, Interruption interruption) {
    }

    private static int refineAndTrain(CommandLine line, Console console, Path out, QuickstartInput input, Optional<RunRecord.Run> before,
                                      Tools tools) throws Exception {
        RunRecord record = tools.record;
        RefineRequest usual = RefineRequest.of(input.spots(), input.solar());
        RefineRequest.Gold gold = usual.gold();
        long seed = Arguments.whole(line, "seed", TrainingOptions.DEFAULT.seed());
        RefineRequest request = usual.with(new RefineRequest.Gold(seed, gold.stratified(), gold.continuous(), gold.density()));
        RefineResult refined = record.stage("refine", () -> Refinery.run(request, tools.vault, tools.backend, tools.progress));
        tools.progress.note(String.format(Locale.ROOT, "refined: %,d rows read, %,d kept, %,d duplicates, %,d refused; %,.0f rows/s",
                refined.rowsRead(), refined.rowsKept(), refined.rowsDuplicate(), refined.rowsQuarantined(), refined.rowsPerSecond()));
        Path training = out.resolve("train");
        TrainingOptions options = options(line, seed, tools, training, before);
        IonisGateTraining.Result trained = record.stage("train and evaluate", () -> IonisGateTraining.run(tools.vault, Variant.V20, tools.backend,
                options, training, new IonisGateTraining.Provenance(Version.NUMBER, Version.commit()), tools.progress, tools.interruption::asked));
        if (trained.report().isEmpty()) {
            console.err().println("ionforge: stopped after " + trained.epochs() + " of " + options.epochs() + " epochs; the same command goes on");
            return 1;
        }
        Path report = record.stage("report", () -> Report.write(tools.vault,
                new Report.Sources(Optional.of(training), Optional.of(record.run()), Version.NUMBER), out, tools.progress));
        refined.incompleteFiles().forEach((file, why) -> console.err().println("ionforge: " + file + " is incomplete: " + why));
        tools.progress.close();
        console.out().print(TrainIonisGateCommand.table(trained.report().get()));
        console.out().println("model:  " + training.resolve(IonisGateTraining.MODEL));
        console.out().println("report: " + report.toAbsolutePath());
        return refined.incompleteFiles().isEmpty() ? 0 : 1;
    }

    /// The training's options; it resumes if the folder has one of the same files and options.
    private static TrainingOptions options(CommandLine line, long seed, Tools tools, Path training, Optional<RunRecord.Run> before) {
        TrainingOptions usual = TrainingOptions.DEFAULT;
        int epochs = Arguments.integer(line, "epochs", usual.epochs());
        String files = tools.vault.text("SELECT lower(hex(SHA256(arrayStringConcat(arraySort(groupArray(hash)))))) FROM ingest_log", "TSV").strip();
        String key = epochs + " epochs, seed " + seed + ", backend " + tools.backend.name() + ", files " + files;
        boolean resume = Files.exists(training.resolve(IonisGateTraining.CHECKPOINT))
                && before.map(run -> key.equals(run.facts().get(TRAINING_OF))).orElse(false);
        tools.record.fact(TRAINING_OF, key);
        return new TrainingOptions(epochs, usual.batch(), seed, usual.learningRate(), usual.holdoutPaths(), usual.holdoutMonths(), usual.centred(),
                resume, usual.precision());
    }

    private static QuickstartInput input(CommandLine line, Path out, long seed, RunRecord record, Progress progress) throws Exception {
        List<Path> spots = line.getArgList().stream().map(Path::of).toList();
        List<Path> solar = line.hasOption("solar") ? Arrays.stream(line.getOptionValues("solar")).map(Path::of).toList() : List.of();
        Optional<Path> data = Optional.ofNullable(System.getenv("IONFORGE_DATA")).filter(d -> !d.isBlank()).map(Path::of);
        if (!spots.isEmpty()) {
            return QuickstartInput.given(spots, solar, data);
        }
        if (!solar.isEmpty()) {
            throw new InputException("quickstart: --solar goes with files of spots; name them before it");
        }
        return data.isPresent() && !line.hasOption("simulate") ? QuickstartInput.in(data.get()) : simulated(line, out.resolve("data"), seed, record, progress);
    }

    private static QuickstartInput simulated(CommandLine line, Path folder, long seed, RunRecord record, Progress progress) throws Exception {
        SimulationRequest request = SimulationRequest.of(Arguments.integer(line, "days", DAYS),
                Arguments.whole(line, "spots-per-day", SPOTS_PER_DAY), seed, folder).spread(EVERY).dirty();
        if (Files.exists(folder.resolve(Truth.FILE_NAME))) {
            requireSame(Truth.read(folder), request);
            record.skipped("simulate");
        } else {
            record.stage("simulate", () -> Simulator.run(request, progress));
        }
        Truth truth = Truth.read(folder);
        return new QuickstartInput(String.format(Locale.ROOT, "the simulator, not measured (%,d spots on %d days over %.0f years, %d stations, seed %d)",
                truth.spots(), truth.days(), truth.days() * truth.every() / 365.25, truth.stations(), truth.seed()),
                truth.archives().stream().map(folder::resolve).toList(), List.of(folder.resolve(truth.solarFile())));
    }

    private static void requireSame(Truth present, SimulationRequest request) {
        if (present.seed() != request.seed() || present.days() != request.days() || present.every() != request.every()
                || present.stations() != request.stations()
                || present.spots() - present.count(Dirt.DUPLICATE) > request.days() * request.spotsPerDay()) {
            throw new InputException("quickstart: " + request.directory() + " has another simulation (seed " + present.seed() + ", "
                    + present.days() + " days); give another --out");
        }
    }
}
