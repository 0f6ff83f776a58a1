package org.ionforge.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.ionforge.compute.Backend;
import org.ionforge.ionis.Evaluation;
import org.ionforge.ionis.IonisGateTraining;
import org.ionforge.ionis.TrainingOptions;
import org.ionforge.ionis.TrainingReport;
import org.ionforge.ionis.Variant;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.RunRecord;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;

/// `./ionforge train ionisgate`.
final class TrainIonisGateCommand implements Command {

    @Override
    public String name() {
        return "train ionisgate";
    }

    @Override
    public String arguments() {
        return "--vault WHERE --out DIR";
    }

    @Override
    public String summary() {
        return "Train the propagation network on the vault's signatures and judge it; Ctrl-C saves, --resume goes on.";
    }

    @Override
    public Options options() {
        TrainingOptions usual = TrainingOptions.DEFAULT;
        return new Options()
                .addOption(Arguments.required("vault", "WHERE", "folder or http://user:password@host:port/database"))
                .addOption(Arguments.required("out", "DIR", "folder for model, checkpoint, metrics, history and evaluation"))
                .addOption(Arguments.value("variant", "NAME", "features and shape of the network (default v20, so far the only one)"))
                .addOption(Arguments.value("epochs", "N", "length of the run and of its cosine schedule (default " + usual.epochs() + ")"))
                .addOption(Arguments.value("batch", "N", "rows a step (default: 65536, less for small data)"))
                .addOption(Arguments.value("seed", "S", "same seed, data and backend: same bits (default " + usual.seed() + ")"))
                .addOption(Arguments.value("learning-rate", "FACTOR", "on the reference's rates, gates and sidecars at most 10 (default: 250,000 over the number of steps, 1 to 100)"))
                .addOption(Arguments.value("holdout-paths", "SHARE", "of the paths that only judge (default " + usual.holdoutPaths() + ")"))
                .addOption(Arguments.value("holdout-months", "N", "newest months that only judge (default: a tenth of the rows)"))
                .addOption(Arguments.value("precision", "NAME", "of the products in a training step: fp32, tf32 or bf16 (default fp32)"))
                .addOption(Arguments.backend())
                .addOption(null, "reference-start", false, "start exactly as the reference does, some three σ below the targets")
                .addOption(null, "resume", false, "go on with the checkpoint in DIR; data and options must be the same")
                .addOption(null, "json", false, "print the metrics as JSON");
    }

    @Override
    public int run(CommandLine line, Console console) throws Exception {
        TrainingOptions usual = TrainingOptions.DEFAULT;
        TrainingOptions options = new TrainingOptions(Arguments.integer(line, "epochs", usual.epochs()),
                Arguments.integer(line, "batch", usual.batch()), Arguments.whole(line, "seed", usual.seed()),
                Arguments.number(line, "learning-rate", usual.learningRate()), Arguments.number(line, "holdout-paths", usual.holdoutPaths()),
                Arguments.integer(line, "holdout-months", usual.holdoutMonths()), !line.hasOption("reference-start"),
                line.hasOption("resume"), Arguments.choice(line, "precision", usual.precision()));
        Variant variant = Variant.named(line.getOptionValue("variant", Variant.V20.name()));
        Path out = Path.of(line.getOptionValue("out"));
        try (Interruption interruption = new Interruption(console)) {
            IonisGateTraining.Result result;
            try (Backend backend = Arguments.backend(line, console);
                 Vault vault = Vaults.open(line.getOptionValue("vault"), note -> console.err().println("ionforge: " + note));
                 Progress progress = console.progress()) {
                RunRecord record = Recording.begin(out, this, line, backend);
                record.fact("seed", Long.toString(options.seed()));
                result = record.stage("train and evaluate", () -> IonisGateTraining.run(vault, variant, backend, options, out,
                        new IonisGateTraining.Provenance(Version.NUMBER, Version.commit()), progress, interruption::asked));
            }
            return tell(result, options, out, line.hasOption("json"), console);
        }
    }

    private static int tell(IonisGateTraining.Result result, TrainingOptions options, Path out, boolean json, Console console) throws Exception {
        Optional<TrainingReport> report = result.report();
        if (report.isEmpty()) {
            console.err().println("ionforge: stopped after " + result.epochs() + " of " + options.epochs() + " epochs; "
                    + out.resolve(IonisGateTraining.CHECKPOINT) + " is saved, the same command with --resume goes on");
            return 1;
        }
        if (json) {
            console.out().print(Files.readString(out.resolve(IonisGateTraining.METRICS)));
            return 0;
        }
        console.out().print(table(report.get()));
        console.out().println("model: " + out.resolve(IonisGateTraining.MODEL));
        return 0;
    }

    static String table(TrainingReport report) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-17s %-5s %9s %8s %8s %8s %8s %11s %12s%n", "rows", "band", "n",
                "RMSE dB", "MAE dB", "bias dB", "Pearson", "band mean", "climatology"));
        for (Evaluation.Figures f : report.evaluation().figures()) {
            if (f.n() > 0) {
                text.append(String.format(Locale.ROOT, "%-17s %-5s %9d %8.2f %8.2f %+8.2f %8.3f %11s %12s%n", f.part(), f.band(), f.n(), f.rmseDb(),
                        f.maeDb(), f.biasDb(), f.pearson(), skill(f.bandMean()), skill(f.climatology())));
            }
        }
        return text.append("(the last two columns: RMSE of the baseline, and in brackets the model's skill over it)\n").toString();
    }

    private static String skill(Evaluation.Baseline baseline) {
        return String.format(Locale.ROOT, "%.2f (%+.2f)", baseline.rmseDb(), baseline.skill());
    }
}
