package org.ionforge.ionis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.errors.InputException;
import org.ionforge.export.JsonFiles;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.EpochRecord;
import org.ionforge.vault.Vault;

/// The whole job from the vault's signatures to a judged model: reads, splits, trains, evaluates, writes.
///
/// Into the output folder go `model.safetensors` (the epoch with the smallest validation loss), `last.safetensors` (the last
/// epoch), `checkpoint.safetensors`, `history.json` (a list of [EpochRecord]), `metrics.json` ([TrainingReport]) and
/// `evaluation.json` (residuals, samples and response curves for a report). The figures also go to the vault's table
/// `model_results`.
public final class IonisGateTraining {

    public static final String MODEL = "model.safetensors";
    public static final String LAST = "last.safetensors";
    public static final String CHECKPOINT = "checkpoint.safetensors";
    public static final String HISTORY = "history.json";
    public static final String METRICS = "metrics.json";
    public static final String EVALUATION = "evaluation.json";

    private IonisGateTraining() {
    }

    /// Which build makes a model.
    public record Provenance(String version, String commit) {
    }

    /// How a run ended.
    ///
    /// @param epochs ended so far, in all
    /// @param report empty if the run was stopped; `checkpoint.safetensors` then has everything to go on
    public record Result(int epochs, Optional<TrainingReport> report) {
    }

    /// Trains on the vault's signatures.
    ///
    /// @param out  folder for the results, created if missing
    /// @param stop asked after every step; once true, the run is saved and ends
    /// @throws InputException if there is nothing to train on, or what is in the folder does not fit `options.resume()`
    /// @throws org.ionforge.errors.JobException if training left the finite numbers
    public static Result run(Vault vault, Variant variant, Backend backend, TrainingOptions options, Path out, Provenance provenance,
                             Progress progress, BooleanSupplier stop) {
        Path checkpoint = out.resolve(CHECKPOINT);
        if (options.resume() && !Files.exists(checkpoint)) {
            throw new InputException("nothing to resume: there is no " + checkpoint + "; start without --resume");
        }
        progress.begin("reading signatures", -1, "rows");
        Signatures signatures = Signatures.read(vault, variant);
        progress.advance(signatures.rows());
        try (TrainingData data = TrainingData.of(signatures, variant, backend)) {
            Split split = Split.of(data, options.holdoutPaths(), options.holdoutMonths(), options.seed());
            announce(data, split, options, progress);
            try (IonisGateTrainer trainer = new IonisGateTrainer(data, split, options, backend, checkpoint)) {
                if (options.resume()) {
                    trainer.resume();
                }
                long start = System.nanoTime();
                IonisGateTrainer.Outcome outcome = trainer.train(progress, stop);
                double seconds = (System.nanoTime() - start) * 1e-9;
                JsonFiles.write(out.resolve(HISTORY), outcome.position().history());
                if (!outcome.finished()) {
                    return new Result(outcome.position().epoch(), Optional.empty());
                }
                progress.begin("evaluating", -1, "rows");
                TrainingReport.Run run = new TrainingReport.Run(backend.name(), backend.description(), options.seed(), trainer.batch(),
                        outcome.position().step(), options.factorFor(split.training().length), options.slowFactorFor(split.training().length),
                        seconds, outcome.samples() / seconds, provenance.version(), provenance.commit());
                TrainingReport report = judge(vault, data, split, backend, trainer, outcome, run, out);
                ModelResults.store(vault, report, out.resolve(MODEL).toString(), variant);
                return new Result(outcome.position().epoch(), Optional.of(report));
            }
        }
    }

    private static void announce(TrainingData data, Split split, TrainingOptions options, Progress progress) {
        int n = split.training().length;
        progress.note(data.rows() + " signatures: " + n + " train, " + split.validation().length + " judge (" + (int) (100 * split.pathShare())
                + " % of the paths; " + (split.months().isEmpty() ? "no month, there are too few" : "months " + split.months()) + ")");
        progress.note("batch " + options.batchFor(n) + ", learning rates × " + String.format(Locale.ROOT, "%.3g", options.factorFor(n))
                + " of the reference's (gates and sidecars × " + String.format(Locale.ROOT, "%.3g", options.slowFactorFor(n)) + ")");
    }

    private static TrainingReport judge(Vault vault, TrainingData data, Split split, Backend backend, IonisGateTrainer trainer,
                                        IonisGateTrainer.Outcome outcome, TrainingReport.Run run, Path out) {
        IonisGate best = IonisGate.of(data.variant(), outcome.best());
        Map<String, String> metadata = metadata(trainer, split, run);
        best.write(out.resolve(MODEL), with(metadata, outcome.position().bestEpoch()));
        IonisGate.of(data.variant(), outcome.last()).write(out.resolve(LAST), with(metadata, outcome.position().epoch()));
        try (Buffer parameters = best.upload(backend)) {
            Scorer.Scores scores = trainer.score(parameters);
            Evaluation evaluation = Evaluation.of(data, split, scores.sigma());
            Physics physics = Physics.of(data, split, scores, backend, parameters);
            String hash = trainer.configuration().get("data");
            TrainingReport report = new TrainingReport(TrainingReport.SCHEMA, trainer.name(), data.variant().name(),
                    outcome.position().epoch(), outcome.position().bestEpoch(),
                    new TrainingReport.Data(vault.description(), hash, data.rows(), split.training().length, split.validation().length,
                            split.pathShare(), split.months()), run, evaluation, physics);
            JsonFiles.write(out.resolve(METRICS), report);
            JsonFiles.write(out.resolve(EVALUATION), EvaluationData.of(data, split, scores.sigma(), physics));
            return report;
        }
    }

    private static Map<String, String> metadata(IonisGateTrainer trainer, Split split, TrainingReport.Run run) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("run", trainer.name());
        trainer.configuration().forEach((name, value) -> metadata.put(name.replace(' ', '_'), value));
        metadata.put("training_rows", Integer.toString(split.training().length));
        metadata.put("version", run.version());
        metadata.put("commit", run.commit());
        return metadata;
    }

    private static Map<String, String> with(Map<String, String> metadata, int epoch) {
        Map<String, String> texts = new LinkedHashMap<>(metadata);
        texts.put("epoch", Integer.toString(epoch));
        return texts;
    }
}
