package org.ionforge.spiking.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.errors.EnvironmentException;
import org.ionforge.errors.InputException;
import org.ionforge.export.Checkpoint;
import org.ionforge.export.JsonFiles;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LinearBaseline;
import org.ionforge.spiking.integer.Conversion;
import org.ionforge.spiking.integer.Inference;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.integer.QuantisedModel;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.report.SpikingReport;
import org.ionforge.training.Phase;
import org.ionforge.training.PhaseLog;
import org.ionforge.training.PhaseRecord;

/// The whole job from a data set to a trained network: all stages of a plan, checkpoints, and what was measured.
///
/// Into the output folder go `float.safetensors` (the network after its warm-up), `model.safetensors` (in the end, floats with the
/// scales of their codes), `model.ionq` (in integers, if all weights are quantised), `checkpoint/checkpoint.safetensors`, and
/// `checkpoint/good.safetensors`, where the last stage ended that trained.
public final class SpikingTraining {

    public static final String MODEL = "model.safetensors";
    public static final String FLOAT_MODEL = "float.safetensors";
    /// The bits of the layers and how sensitive each is, where they were looked for.
    public static final String WIDTHS = "bits.json";
    /// The network in floats after its pruning.
    public static final String PRUNED_MODEL = "pruned.safetensors";
    public static final String INTEGER_MODEL = "model.ionq";
    public static final Path CHECKPOINT = Path.of("checkpoint", "checkpoint.safetensors");

    private static final Path GOOD = Path.of("checkpoint", "good.safetensors");
    private static final String PARAMETERS = "parameters";
    private static final String FORMAT = "ionforge spiking checkpoint 1";

    /// What is asked for.
    ///
    /// @param settings value and origin of every setting, by name, for the report
    /// @param resume   goes on from the checkpoint in the folder
    public record Order(NetworkOptions network, Presentation presentation, TrainingPlan plan, SequencedMap<String, ?> settings, boolean resume) {
    }

    /// How a run ended.
    ///
    /// @param epochs ended so far, in all
    /// @param report empty if the run was stopped; the checkpoint then has everything to go on
    /// @param figures for the report, likewise; without commands and facts
    public record Result(int epochs, Optional<TrainingReport> report, Optional<SpikingReport> figures) {
    }

    private final Order order;
    private final DataSet data;
    private final Backend backend;
    private final Path out;
    private final Progress progress;
    private final Map<String, String> configuration;
    private PhaseLog log = new PhaseLog();

    private SpikingTraining(Order order, DataSet data, Backend backend, Path out, Progress progress) {
        this.order = order;
        this.data = data;
        this.backend = backend;
        this.out = out;
        this.progress = progress;
        this.configuration = describe();
    }

    /// Trains.
    ///
    /// @param out  folder for the results, created if missing
    /// @param stop asked after every step; once true, the run is saved and ends
    /// @throws InputException if data and network do not fit, or what is in the folder does not fit `order.resume()`
    /// @throws org.ionforge.errors.JobException if training left the finite numbers
    public static Result run(Order order, DataSet data, Backend backend, Path out, Progress progress, BooleanSupplier stop) {
        return new SpikingTraining(order, data, backend, out, progress).run(stop);
    }

    private Map<String, String> describe() {
        Map<String, String> values = new TreeMap<>();
        values.put("data", data.name() + " " + Fingerprint.of(data.training()));
        values.put("backend", backend.name());
        values.put("network", order.network().toString());
        values.put("presentation", order.presentation().toString());
        values.put("plan", order.plan().toString());
        return values;
    }

    private Result run(BooleanSupplier stop) {
        check();
        boolean resume = order.resume();
        if (!resume) {
            clear();
        }
        while (true) {
            Position from = resume ? position(CHECKPOINT) : null;
            NetworkOptions options = resume ? order.network().with(from.network()) : order.network();
            try (SpikingNetwork network = new SpikingNetwork(backend, options, order.plan().batch());
                 Batches training = Batches.of(backend, data.training(), order.presentation(), options.shape(), order.plan().batch());
                 Batches testing = Batches.of(backend, data.testing(), order.presentation(), options.shape(), order.plan().batch());
                 SpikingTrainer trainer = new SpikingTrainer(backend, network, training, order.plan())) {
                testing.take(IntStream.range(0, testing.size()).toArray(), 0);
                if (resume) {
                    resume(trainer);
                }
                Optional<Result> result = stages(network, trainer, testing, stop);
                if (result.isPresent()) {
                    return result.get();
                }
                resume = true;
            }
        }
    }

    /// What another run left here and this one may not make.
    private void clear() {
        try {
            for (String name : List.of(PRUNED_MODEL, INTEGER_MODEL, MODEL)) {
                Files.deleteIfExists(out.resolve(name));
            }
        } catch (IOException e) {
            throw new EnvironmentException("cannot clear " + out + " of what another run left: " + e, e);
        }
    }

    /// @return empty if the training goes on with the smaller network of the checkpoint
    private Optional<Result> stages(SpikingNetwork network, SpikingTrainer trainer, Batches testing, BooleanSupplier stop) {
        while (!trainer.finished()) {
            if (trainer.stage().phase() == Phase.PRUNING) {
                prune(network, trainer);
                return Optional.empty();
            }
            if (!stage(network, trainer, testing, stop)) {
                return Optional.of(new Result(trainer.position().history().size(), Optional.empty(), Optional.empty()));
            }
        }
        Finished finished = finish(network, trainer, testing);
        TrainingReport report = report(trainer, finished);
        SpikingReport figures = new RunFigures(backend, network, testing, data.testing(), order.network().shape()).of(report,
                widths(trainer.position()).map(WidthSearch.Found::figures).orElse(List.of()), finished.inference());
        return Optional.of(new Result(report.epochs(), Optional.of(report), Optional.of(figures)));
    }

    /// Leaves a checkpoint of the network without its least active neurons, from which the next stage begins.
    private void prune(SpikingNetwork network, SpikingTrainer trainer) {
        log.enter(Phase.PRUNING, "32", "by activity", 0);
        NetworkFile pruned = trainer.pruned();
        pruned.write(out.resolve(PRUNED_MODEL), configuration);
        NetworkShape shape = pruned.options().shape();
        log.leave(0, Map.of("weights", (double) weights(shape), "weightsBefore", (double) weights(network.options().shape())));
        progress.note("pruned to " + shape);
        trainer.next(log.records());
        SequencedMap<String, float[]> arrays = new LinkedHashMap<>();
        trainer.state().forEach((name, buffer) -> arrays.put(name, new float[pruned.parameters().length]));
        arrays.put(PARAMETERS, pruned.parameters());
        new Checkpoint<>(configuration, trainer.position().with(shape), arrays).write(out.resolve(CHECKPOINT), FORMAT);
        new Checkpoint<>(configuration, trainer.position().with(shape), arrays).write(out.resolve(GOOD), FORMAT);
    }

    private static long weights(NetworkShape shape) {
        return shape.layers().stream().mapToLong(NetworkShape.Layer::weights).sum();
    }

    private void check() {
        if (order.resume() && !Files.exists(out.resolve(CHECKPOINT))) {
            throw new InputException("nothing to resume: there is no " + out.resolve(CHECKPOINT) + "; start without --resume");
        }
        Consistency.check(order.network(), order.presentation(), order.plan());
        int inputs = order.presentation().inputs(data.training().features());
        if (inputs != order.network().shape().inputs()) {
            throw new InputException("the network " + order.network().shape() + " has " + order.network().shape().inputs() + " inputs, samples of "
                    + data.name() + " give " + inputs);
        }
        if (order.network().shape().outputs() < data.training().classes()) {
            throw new InputException("the network " + order.network().shape() + " has " + order.network().shape().outputs() + " outputs for "
                    + data.training().classes() + " classes");
        }
    }

    /// One stage, or what is left of it.
    ///
    /// @return false if stopped
    private boolean stage(SpikingNetwork network, SpikingTrainer trainer, Batches testing, BooleanSupplier stop) {
        Stage stage = trainer.stage();
        if (trainer.position().atStart()) {
            trainer.enter();
        }
        log.enter(stage.phase(), stage.plan().name(), stage.detail(), trainer.position().spent());
        progress.begin(stage.title(), stage.phase().trains() ? (long) stage.epochs() * trainer.trainingSamples() - done(trainer)
                : (long) order.plan().calibration() * order.plan().batch(), "samples");
        if (stage.phase() == Phase.CALIBRATION) {
            trainer.findRanges(order.plan().calibration());
            progress.advance((long) order.plan().calibration() * order.plan().batch());
        } else {
            SpikingTrainer.Outcome outcome = trainer.epochs(progress, () -> checkpoint(trainer, CHECKPOINT), stop);
            if (outcome.goBackBy() > 0) {
                goBack(trainer, outcome.goBackBy());
                return true;
            }
            if (outcome.stopped()) {
                checkpoint(trainer, CHECKPOINT);
                return false;
            }
        }
        endStage(stage, network, trainer, testing);
        return true;
    }

    private void endStage(Stage stage, SpikingNetwork network, SpikingTrainer trainer, Batches testing) {
        Judge.Score score = trainer.judge(testing);
        log.leave(stage.epochs(), figures(score));
        progress.note(String.format(Locale.ROOT, "%s: %.2f %% of the testing samples", stage.title(), 100 * score.accuracy()));
        if (stage.phase() == Phase.WARM_UP) {
            NetworkFile file = NetworkFile.of(network);
            file.write(out.resolve(FLOAT_MODEL), configuration);
            trainer.follow(file.parameters());
            if (order.plan().widths() != null) {
                WidthSearch.Found found = trainer.findWidths(testing);
                JsonFiles.write(out.resolve(WIDTHS), found);
                progress.note("bits of the layers: " + found.choice());
            }
        }
        trainer.next(log.records());
        if (stage.phase().trains()) {
            checkpoint(trainer, GOOD);
        }
        checkpoint(trainer, CHECKPOINT);
    }

    private static Map<String, Double> figures(Judge.Score score) {
        return Map.of("accuracy", score.accuracy(), "loss", score.loss(), "spikeRate",
                score.spikeRates().stream().mapToDouble(rate -> rate).average().orElseThrow());
    }

    /// Back to where the last stage ended that trained, and longer from there.
    private void goBack(SpikingTrainer trainer, int epochs) {
        Position good = restore(trainer, GOOD);
        trainer.back(good, epochs);
        log = new PhaseLog(good.phases());
        progress.note("back to the end of " + good.phases().getLast().phase() + ", " + epochs + " epochs more of it");
        checkpoint(trainer, CHECKPOINT);
    }

    /// How it ended; agreement and inference are null if there are no integers.
    ///
    /// @param peak      most bytes of the backend's memory that training took at a time
    /// @param agreement with the fake quantisation
    /// @param inference of the integers alone
    private record Finished(long peak, IntegerAgreement agreement, InferenceMetrics inference) {
    }

    /// Conversion, verification and export.
    private Finished finish(SpikingNetwork network, SpikingTrainer trainer, Batches testing) {
        QuantisationPlan plan = network.plan();
        Finished finished = new Finished(backend.peakBytes(), null, null);
        if (plan.integer()) {
            log.enter(Phase.CONVERSION, plan.name(), "packed codes", 0);
            QuantisedModel model = Conversion.convert(backend, network.options(), order.presentation().inputForm(), layers(network), notes());
            log.leave(0, Map.of("bytes", (double) ModelFile.byteSize(model), "largestSum", (double) largestSum(model)));
            log.enter(Phase.VERIFICATION, plan.name(), "integers beside fake quantisation", 0);
            IntegerAgreement agreement = IntegerAgreement.of(backend, network, model, testing, data.testing(), progress);
            finished = new Finished(finished.peak(), agreement, Inference.run(backend, model, data.testing(), order.plan().batch(), progress));
            log.leave(0, agreement.figures());
            progress.note(String.format(Locale.ROOT, "integers: %.2f %% of the testing samples, %,d of %,d spikes differ from training's",
                    100 * agreement.accuracy(), agreement.different(), agreement.spikes()));
            log.enter(Phase.EXPORT, plan.name(), INTEGER_MODEL, 0);
            ModelFile.write(out.resolve(INTEGER_MODEL), model);
        } else {
            log.enter(Phase.EXPORT, plan.name(), MODEL, 0);
        }
        NetworkFile.of(network).write(out.resolve(MODEL), configuration);
        log.leave(0, Map.of());
        return finished;
    }

    /// Where the integers come from, in words; run.json has every setting.
    private Map<String, String> notes() {
        String phases = log.records().stream().filter(phase -> phase.phase().trains()).map(phase -> phase.bits() + " bits (" + phase.detail() + "), "
                + phase.epochs() + " epochs").collect(Collectors.joining("; "));
        return Map.of("data", configuration.get("data"), "backend", backend.name(), "seed", Long.toString(order.plan().seed()), "phases", phases);
    }

    private static List<SpikingLinear.Layer> layers(SpikingNetwork network) {
        return IntStream.range(0, network.options().shape().layers().size()).mapToObj(network::layer).toList();
    }

    private static long largestSum(QuantisedModel model) {
        return IntStream.range(0, model.layers().size()).mapToLong(model::largestSum).max().orElseThrow();
    }

    private static long done(SpikingTrainer trainer) {
        return (long) trainer.position().epoch() * trainer.trainingSamples() + trainer.position().samples();
    }

    private void checkpoint(SpikingTrainer trainer, Path file) {
        SequencedMap<String, float[]> arrays = new LinkedHashMap<>();
        trainer.state().forEach((name, buffer) -> arrays.put(name, JavaArrays.floats(buffer)));
        new Checkpoint<>(configuration, trainer.position().withSpent(log.spent()), arrays).write(out.resolve(file), FORMAT);
    }

    private void resume(SpikingTrainer trainer) {
        Position position = restore(trainer, CHECKPOINT);
        widths(position).ifPresent(found -> trainer.useWidths(found.choice().plan()));
        trainer.resume(position);
        log = new PhaseLog(position.phases());
        boolean warm = position.phases().stream().anyMatch(phase -> phase.phase() == Phase.WARM_UP);
        boolean pruned = position.phases().stream().anyMatch(phase -> phase.phase() == Phase.PRUNING);
        if (order.plan().losses().distillation() > 0 && warm) {
            trainer.follow(NetworkFile.read(out.resolve(pruned ? PRUNED_MODEL : FLOAT_MODEL)).parameters());
        }
    }

    /// The bits that were found, if they were looked for and the warm-up is over.
    private Optional<WidthSearch.Found> widths(Position position) {
        boolean sought = order.plan().widths() != null && position.phases().stream().anyMatch(phase -> phase.phase() == Phase.WARM_UP);
        return sought ? Optional.of(JsonFiles.read(out.resolve(WIDTHS), WidthSearch.Found.class)) : Optional.empty();
    }

    /// Where a checkpoint stands.
    private Position position(Path file) {
        return Checkpoint.read(out.resolve(file), FORMAT, configuration, Position.class, Map.of()).position();
    }

    /// Buffers as a checkpoint has them.
    private Position restore(SpikingTrainer trainer, Path file) {
        SequencedMap<String, Buffer> state = trainer.state();
        Map<String, Integer> lengths = new TreeMap<>();
        state.forEach((name, buffer) -> lengths.put(name, Math.toIntExact(buffer.length())));
        Checkpoint<Position> checkpoint = Checkpoint.read(out.resolve(file), FORMAT, configuration, Position.class, lengths);
        state.forEach((name, buffer) -> JavaArrays.replace(buffer, checkpoint.arrays().get(name)));
        return checkpoint.position();
    }

    private TrainingReport report(SpikingTrainer trainer, Finished finished) {
        Position end = trainer.position();
        List<PhaseRecord> phases = log.records();
        double seconds = phases.stream().mapToDouble(PhaseRecord::seconds).sum();
        double epochSeconds = end.history().stream().mapToDouble(EpochFigures::seconds).sum();
        Map<String, Double> last = end.phases().getLast().figures();
        double floats = end.phases().stream().filter(phase -> phase.phase() == Phase.WARM_UP).reduce((first, second) -> second).orElseThrow()
                .figures().get("accuracy");
        Double linear = data.testing() instanceof EventSamples ? LinearBaseline.of(data).accuracy() : null;
        TrainingReport.Data sizes = new TrainingReport.Data(data.name(), trainer.trainingSamples(), data.training().size() - trainer.trainingSamples(),
                data.testing().size(), configuration.get("data"));
        return new TrainingReport(TrainingReport.SCHEMA, end.network().toString(), order.network().steps(),
                end.phases().getLast().bits(), last.get("accuracy"), floats, finished.agreement() == null ? null : finished.agreement().accuracy(), linear,
                last.get("spikeRate"), finished.peak(), seconds, end.history().size(), end.history().size() * (double) trainer.trainingSamples() / epochSeconds, sizes,
                phases, end.history(), trainer.healthLog(), order.settings());
    }
}
