package org.ionforge.ionis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Reductions;
import org.ionforge.errors.JobException;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.CosineSchedule;
import org.ionforge.training.EpochRecord;
import org.ionforge.training.RegressionMetrics;
import org.ionforge.training.Shuffle;

/// Trains an [IonisGate] on one backend: Huber loss times spot weight, less the variance of the gates; AdamW; a cosine
/// schedule stepped once an epoch; sidecar weights held in their bounds. Data, weights and moments lie on the backend for the
/// whole run, and a step asks nothing of the host: losses come back a few times a second, for display, and at the end of an epoch.
/// The same data, options and backend give the same bits, in one go or with interruptions.
final class IonisGateTrainer implements AutoCloseable {

    /// How a run ended.
    ///
    /// @param finished  false if it was stopped; the checkpoint then says where
    /// @param position  where it stands
    /// @param last      weights after the last step
    /// @param best      weights of the epoch with the smallest validation loss
    /// @param samples   rows trained on in this call
    record Outcome(boolean finished, TrainingCheckpoint.Position position, float[] last, float[] best, long samples) {
    }

    private static final AdamW.Options ADAMW = new AdamW.Options(0.9f, 0.999f, 1e-8f, TrainingOptions.WEIGHT_DECAY);
    private static final GatedMlp.LossOptions LOSS =
            new GatedMlp.LossOptions(TrainingOptions.HUBER_DELTA, TrainingOptions.GATE_VARIANCE);

    /// Epoch of the shuffle that picks the rows to centre on.
    private static final long CENTRING = -1;

    /// Between two looks at the losses.
    private static final long DISPLAY_NANOS = 200_000_000;

    private final TrainingData data;
    private final Split split;
    private final TrainingOptions options;
    private final Backend backend;
    private final Path checkpointFile;
    private final Map<String, String> configuration;
    private final int batch;
    private final TrainingData.OnBackend rows;
    private final Buffer parameters;
    private final Buffer gradients;
    private final Buffer m;
    private final Buffer v;
    private final Buffer order;
    private final Buffer validation;
    private final GatedMlpTraining training;
    private float[] best;
    private TrainingCheckpoint.Position position = TrainingCheckpoint.Position.START;

    /// A run at its start.
    ///
    /// @param checkpointFile written after every epoch and when stopped
    IonisGateTrainer(TrainingData data, Split split, TrainingOptions options, Backend backend, Path checkpointFile) {
        this.data = data;
        this.split = split;
        this.options = options;
        this.backend = backend;
        this.checkpointFile = checkpointFile;
        this.batch = options.batchFor(split.training().length);
        this.configuration = describe();
        int size = data.variant().shape().parameters();
        best = IonisGate.initialise(data.variant(), options.seed()).parameters();
        rows = data.load(backend);
        parameters = JavaArrays.upload(best, backend);
        gradients = backend.allocate(ElementType.F32, size);
        m = JavaArrays.upload(new float[size], backend);
        v = JavaArrays.upload(new float[size], backend);
        order = backend.allocate(ElementType.S32, split.training().length);
        validation = JavaArrays.upload(split.validation(), backend);
        training = backend.gatedMlp(options.precision()).training(new GatedMlpTraining.Setup(data.variant().shape(), parameters, gradients, m, v,
                rows.features(), rows.targets(), rows.weights(), order, batch, LOSS, ADAMW));
        if (options.centred()) {
            centre();
        }
    }

    /// What must be the same for the same bits.
    Map<String, String> configuration() {
        return configuration;
    }

    /// Of the run: the same configuration gives the same one.
    String name() {
        String all = configuration.toString();
        return "ionisgate-" + data.variant().name() + "-" + configuration.get("data").substring(0, 12) + "-"
                + Integer.toHexString(all.hashCode());
    }

    int batch() {
        return batch;
    }

    /// Scores of the validation rows under some weights.
    Scorer.Scores score(Buffer weights) {
        return Scorer.of(data.variant(), backend, weights, rows.features(), validation, split.validation().length);
    }

    private Map<String, String> describe() {
        int n = split.training().length;
        Map<String, String> values = new TreeMap<>();
        values.put("variant", data.variant().name());
        values.put("data", data.hash());
        values.put("backend", backend.name());
        values.put("epochs", Integer.toString(options.epochs()));
        values.put("batch", Integer.toString(batch));
        values.put("precision", options.precision().name().toLowerCase(Locale.ROOT));
        values.put("centred", Boolean.toString(options.centred()));
        values.put("seed", Long.toString(options.seed()));
        values.put("learning rate", Double.toString(options.factorFor(n)));
        values.put("gate and sidecar learning rate", Double.toString(options.slowFactorFor(n)));
        values.put("held-out path share", Double.toString(split.pathShare()));
        values.put("held-out months", split.months().toString());
        return Collections.unmodifiableMap(values);
    }

    /// Moves the base head's last bias so that the untrained network is right on average. Fresh sidecars lie about three σ below
    /// the targets, and the quickest way up from there is to close both gates for good, after which neither depends on the path any
    /// more: that is how the reference's gates collapsed.
    private void centre() {
        int[] sample = new Shuffle(split.training().length, options.seed(), CENTRING).apply(split.training());
        int n = Math.min(sample.length, TrainingOptions.LARGEST_BATCH);
        JavaArrays.replace(order, sample);
        float[] sigma = Scorer.of(data.variant(), backend, parameters, rows.features(), order, n).sigma();
        double error = 0;
        for (int i = 0; i < n; i++) {
            error += (sigma[i] - data.target(sample[i])) / n;
        }
        best[data.variant().shape().tensor("base.2.bias").offset()] -= (float) error;
        JavaArrays.replace(parameters, best);
    }

    /// Goes on where the checkpoint file stands.
    ///
    /// @throws org.ionforge.errors.InputException if the file is no checkpoint of this training
    void resume() {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(checkpointFile, configuration, data.variant().shape().parameters());
        JavaArrays.replace(parameters, checkpoint.parameters());
        JavaArrays.replace(m, checkpoint.m());
        JavaArrays.replace(v, checkpoint.v());
        best = checkpoint.best();
        position = checkpoint.position();
    }

    /// Trains until the last epoch has ended or `stop` says so; it is asked after every step.
    ///
    /// @throws JobException if the loss or a weight is no finite number; the last good checkpoint stays
    Outcome train(Progress progress, BooleanSupplier stop) {
        long before = samples();
        progress.begin("training", (long) options.epochs() * split.training().length - before, "samples");
        while (position.epoch() < options.epochs()) {
            long start = System.nanoTime();
            if (!epoch(progress, stop)) {
                checkpoint();
                return new Outcome(false, position, JavaArrays.floats(parameters), best, samples() - before);
            }
            endEpoch(progress, (System.nanoTime() - start) * 1e-9);
        }
        return new Outcome(true, position, JavaArrays.floats(parameters), best, samples() - before);
    }

    private long samples() {
        return (long) position.epoch() * split.training().length + position.rows();
    }

    @Override
    public void close() {
        training.close();
        for (Buffer buffer : List.of(parameters, gradients, m, v, order, validation)) {
            buffer.close();
        }
        rows.close();
    }

    /// The rest of the epoch under way.
    ///
    /// @return false if stopped
    private boolean epoch(Progress progress, BooleanSupplier stop) {
        int n = split.training().length;
        JavaArrays.replace(order, new Shuffle(n, options.seed(), position.epoch()).apply(split.training()));
        training.begin(position.rows(), position.step(), groups(position.epoch()));
        int asked = position.rows();
        int pending = 0;
        long shown = System.nanoTime();
        boolean stopped = false;
        while (asked < n && !stopped) {
            stopped = stop.getAsBoolean();
            if (!stopped) {
                training.step();
                asked += Math.min(batch, n - asked);
                pending++;
            }
            if (stopped || asked == n || pending == GatedMlpTraining.MOST_PENDING || System.nanoTime() - shown > DISPLAY_NANOS) {
                collect(progress);
                pending = 0;
                shown = System.nanoTime();
            }
        }
        return !stopped;
    }

    /// Waits for the steps that were asked for and takes them into the account.
    private void collect(Progress progress) {
        for (GatedMlpTraining.Step step : training.collect()) {
            GatedMlp.Loss loss = step.loss();
            if (!Double.isFinite(loss.loss())) {
                throw notFinite("the loss is " + loss.loss() + " at step " + step.number());
            }
            position = new TrainingCheckpoint.Position(position.epoch(), position.rows() + step.rows(), step.number(),
                    position.loss() + loss.loss() * step.rows(), position.huber() + loss.huber() * step.rows(), position.bestEpoch(),
                    position.bestHuber(), position.history());
            progress.advance(step.rows());
            progress.value("loss", loss.loss());
        }
    }

    private void endEpoch(Progress progress, double seconds) {
        requireFinite();
        RegressionMetrics metrics = validate();
        int epoch = position.epoch() + 1;
        int n = split.training().length;
        boolean better = metrics.huber() < position.bestHuber();
        if (better) {
            best = JavaArrays.floats(parameters);
        }
        List<EpochRecord> history = new ArrayList<>(position.history());
        history.add(new EpochRecord(epoch, position.loss() / n, position.huber() / n, metrics.huber(), metrics.rmse(),
                groups(position.epoch()).getFirst().learningRate(), seconds));
        position = new TrainingCheckpoint.Position(epoch, 0, position.step(), 0, 0, better ? epoch : position.bestEpoch(),
                better ? metrics.huber() : position.bestHuber(), history);
        progress.value("validation", metrics.huber());
        checkpoint();
    }

    private List<AdamW.Group> groups(int epoch) {
        int n = split.training().length;
        double factor = options.factorFor(n);
        CosineSchedule schedule = new CosineSchedule(TrainingOptions.FINAL_RATE, options.epochs());
        return IonisGate.groups(data.variant(), schedule.rate(TrainingOptions.TRUNK_RATE * factor, epoch),
                schedule.rate(TrainingOptions.GATE_RATE * options.slowFactorFor(n), epoch),
                schedule.rate(TrainingOptions.SIDECAR_RATE * options.slowFactorFor(n), epoch));
    }

    private RegressionMetrics validate() {
        int[] judged = split.validation();
        float[] sigma = score(parameters).sigma();
        RegressionMetrics.Sums sums = new RegressionMetrics.Sums(TrainingOptions.HUBER_DELTA);
        for (int i = 0; i < judged.length; i++) {
            sums.add(sigma[i], data.target(judged[i]));
        }
        return sums.metrics();
    }

    private void checkpoint() {
        new TrainingCheckpoint(configuration, position, JavaArrays.floats(parameters), JavaArrays.floats(m), JavaArrays.floats(v), best)
                .write(checkpointFile);
    }

    private void requireFinite() {
        Reductions.Moments moments = backend.reductions().moments(parameters, parameters.length());
        if (moments.count() < parameters.length() || !Float.isFinite(moments.min()) || !Float.isFinite(moments.max())) {
            throw notFinite("a weight is no finite number after step " + position.step());
        }
    }

    private JobException notFinite(String what) {
        String where = firstNotFinite(parameters, "weight").or(() -> firstNotFinite(gradients, "gradient"))
                .orElse("all weights and gradients are finite, the sum overflowed");
        return new JobException(what + " (epoch " + (position.epoch() + 1) + "): " + where + "; try a smaller --learning-rate. "
                + (position.epoch() > 0 ? checkpointFile + " holds the end of epoch " + position.epoch() : "No epoch had ended yet"));
    }

    private Optional<String> firstNotFinite(Buffer buffer, String what) {
        float[] values = JavaArrays.floats(buffer);
        for (GatedMlp.Tensor tensor : data.variant().shape().tensors()) {
            for (int i = 0; i < tensor.length(); i++) {
                if (!Float.isFinite(values[tensor.offset() + i])) {
                    return Optional.of("the " + what + " " + IonisGate.referenceName(tensor) + " holds " + values[tensor.offset() + i]
                            + " at element " + i);
                }
            }
        }
        return Optional.empty();
    }
}
