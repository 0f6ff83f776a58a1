package org.ionforge.spiking.training;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Observers;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.errors.JobException;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.Optimiser;
import org.ionforge.training.Phase;
import org.ionforge.training.PhaseRecord;
import org.ionforge.training.Schedule;
import org.ionforge.training.Shuffle;

/// Trains a network through the stages of a plan: gather, forward, cross entropy, backward through time, clip, optimiser, with fake
/// quantisation as the stage has it. Data, parameters and gradients stay on the backend; the loss comes back a few times a second, for
/// display. The same data, plan and backend give the same bits, in one go or with interruptions.
public final class SpikingTrainer implements AutoCloseable {

    /// Epochs of the shuffles that choose what is held out, and what calibrates.
    private static final long HOLDING_OUT = -1;
    private static final long CALIBRATING = -2;

    /// Between two looks at the losses.
    private static final long DISPLAY_NANOS = 200_000_000;

    private final Backend backend;
    private final SpikingNetwork network;
    private final Batches samples;
    private final TrainingPlan plan;
    private final int[] training;
    private final int[] judging;
    private final Optimiser optimiser;
    private final ParameterGroups groups;
    private final Buffer totals;
    private final Buffer norm;
    private Position position = Position.START;

    /// A training at its start.
    ///
    /// @param network made for the plan's batches; its parameters become those of the plan's seed
    /// @param samples of the data set for training
    public SpikingTrainer(Backend backend, SpikingNetwork network, Batches samples, TrainingPlan plan) {
        this.backend = backend;
        this.network = network;
        this.samples = samples;
        this.plan = plan;
        int[] all = new Shuffle(samples.size(), plan.seed(), HOLDING_OUT).apply(IntStream.range(0, samples.size()).toArray());
        int held = (int) Math.round(plan.validation() * samples.size());
        judging = IntStream.range(0, held).map(i -> all[i]).sorted().toArray();
        training = IntStream.range(held, all.length).map(i -> all[i]).sorted().toArray();
        optimiser = new Optimiser(backend, plan.method(), network.table().length());
        groups = new ParameterGroups(network);
        totals = backend.allocate(ElementType.F64, CrossEntropy.TOTALS);
        norm = backend.allocate(ElementType.F32, 2);
        network.initialise(plan.seed());
    }

    public Position position() {
        return position;
    }

    /// Samples that a pass trains on.
    public int trainingSamples() {
        return training.length;
    }

    /// Everything on the backend that a training which goes on needs, by name.
    public SequencedMap<String, Buffer> state() {
        SequencedMap<String, Buffer> state = new LinkedHashMap<>();
        state.put("parameters", network.parameters());
        optimiser.state().forEach((name, buffer) -> state.put("optimiser." + name, buffer));
        return state;
    }

    /// Goes on where another stood; what [#state] names has been restored.
    public void resume(Position from) {
        position = from;
        if (!finished() && !from.atStart()) {
            Stage stage = stage();
            network.quantise(stage.plan());
            network.freeze(stage.frozenLayers());
        }
    }

    public boolean finished() {
        return position.stage() == plan.stages().size();
    }

    /// The stage under way.
    public Stage stage() {
        return plan.stages().get(position.stage());
    }

    /// The stage is over; the next one begins.
    ///
    /// @param phases with that of the stage that has ended
    public void next(List<PhaseRecord> phases) {
        long step = position.stage() + 1 < plan.stages().size() && plan.stages().get(position.stage() + 1).before() > 0 ? position.step() : 0;
        position = new Position(position.stage() + 1, 0, 0, step, 0, 0, 0, position.history(), phases);
    }

    /// Enters the stage under way at its start: plan, scales and ranges to begin with.
    public void enter() {
        Stage stage = stage();
        if (stage.before() == 0) {
            optimiser.reset();
        }
        network.freeze(stage.frozenLayers());
        network.quantise(stage.plan().weightsOnly());
        if (stage.before() == 0) {
            network.beginScales();
            network.observeWeights();
        }
        if (stage.findsRanges()) {
            findRanges(TrainingPlan.FIRST_RANGES);
        }
        network.quantise(stage.plan());
    }

    /// Ranges of the currents as plain means over batches of training data, the same for the same plan; then their scales.
    public void findRanges(int batches) {
        network.resetCurrentRanges();
        samples.take(new Shuffle(training.length, plan.seed(), CALIBRATING).apply(training), 0);
        for (int i = 0; i < batches; i++) {
            int first = (int) ((long) i * plan.batch() % samples.taken());
            int count = Math.min(plan.batch(), samples.taken() - first);
            network.forward(samples.load(first, count), count);
            network.observeCurrents(Observers.Tracking.movingAverage(1f / (i + 1)));
        }
        network.scaleCurrents();
    }

    /// Trains through the rest of the stage's epochs.
    ///
    /// @param ended told of every epoch that has ended
    /// @param stop  asked after every step
    /// @return false if stopped; [#position] then says where
    /// @throws JobException if the loss or a parameter is no finite number; names the tensor
    public boolean epochs(Progress progress, Runnable ended, BooleanSupplier stop) {
        while (position.epoch() < stage().epochs()) {
            long start = System.nanoTime();
            if (!epoch(progress, stop)) {
                return false;
            }
            endEpoch(progress, start);
            ended.run();
        }
        return true;
    }

    private int epochNumber() {
        return plan.stages().subList(0, position.stage()).stream().mapToInt(Stage::epochs).sum() + position.epoch();
    }

    private boolean epoch(Progress progress, BooleanSupplier stop) {
        int number = epochNumber();
        samples.take(new Shuffle(training.length, plan.seed(), number).apply(training), number);
        try (Arena arena = Arena.ofConfined()) {
            totals.upload(arena.allocateFrom(ValueLayout.JAVA_DOUBLE, position.loss(), position.right(), position.samples()));
        }
        int done = position.samples();
        long step = position.step();
        long shown = System.nanoTime();
        boolean stopped = false;
        while (done < training.length && !stopped) {
            stopped = stop.getAsBoolean();
            if (!stopped) {
                int count = Math.min(plan.batch(), training.length - done);
                step(done, count, rate(step), ++step);
                done += count;
                progress.advance(count);
            }
            if (stopped || done == training.length || System.nanoTime() - shown > DISPLAY_NANOS) {
                show(done, step, progress);
                shown = System.nanoTime();
            }
        }
        return !stopped;
    }

    private void step(int first, int count, double rate, long step) {
        Stage stage = stage();
        boolean observing = stage.phase() != Phase.QAT_FROZEN;
        if (observing) {
            network.observeWeights();
        }
        Input input = samples.load(first, count);
        network.forward(input, count);
        if (observing && stage.plan().quantises()) {
            network.observeCurrents(Observers.Tracking.movingAverage(plan.averaging()));
        }
        backend.crossEntropy().add(new CrossEntropy.Shape(count, network.options().shape().outputs()), network.scores(),
                network.options().scoreScale(), samples.targets(first), network.scoreGradient(), totals);
        network.backward(input, count);
        if (observing) {
            network.scaleCurrents();
        }
        backend.gradientNorm().clip(List.of(network.gradients()), plan.clip(), norm);
        optimiser.step(network.parameters(), network.gradients(), groups.decaying(rate), groups.others(rate), step);
    }

    private double rate(long step) {
        Stage stage = stage();
        long each = Math.ceilDiv(training.length, plan.batch());
        List<Double> losses = new ArrayList<>();
        int rungEpochs = stage.before() + position.epoch();
        position.history().subList(Math.max(0, position.history().size() - rungEpochs), position.history().size())
                .forEach(epoch -> losses.add(epoch.judgedLoss() == null ? epoch.loss() : epoch.judgedLoss()));
        return stage.schedule().rate(stage.rate(), new Schedule.Moment(step, each * stage.span(), rungEpochs, stage.span(), losses));
    }

    private void show(int done, long step, Progress progress) {
        double[] sums = Judge.totals(totals);
        position = new Position(position.stage(), position.epoch(), done, step, sums[0], sums[1], position.spent(), position.history(), position.phases());
        if (!Double.isFinite(sums[0])) {
            throw notFinite("the loss is " + sums[0] + " at or before step " + step);
        }
        if (sums[2] > 0) {
            progress.value("loss", sums[0] / sums[2]);
            progress.value("accuracy", sums[1] / sums[2]);
            double chances = (double) network.options().steps() * Math.min(plan.batch(), done) * network.options().shape().layer(0).out().size();
            long cells = Math.round(chances / network.options().steps());
            progress.value("spike rate", backend.reductions().moments(network.counts(0), cells).sum() / chances);
        }
    }

    private void endEpoch(Progress progress, long start) {
        if (stage().phase() != Phase.QAT_FROZEN) {
            network.observeWeights();
        }
        float before = JavaArrays.floats(norm)[0];
        float[] parameters = JavaArrays.floats(network.parameters());
        if (firstNotFinite(parameters).isPresent()) {
            throw notFinite("a parameter is no finite number after step " + position.step());
        }
        samples.take(judging.length == 0 ? training : judging, 0);
        Judge.Score score = Judge.of(backend, network, samples);
        progress.value("judged", score.accuracy());
        List<EpochFigures> history = new ArrayList<>(position.history());
        double n = training.length;
        boolean held = judging.length > 0;
        history.add(new EpochFigures(epochNumber() + 1, stage().phase(), stage().plan().name(), rate(position.step() - 1), position.loss() / n,
                position.right() / n, held ? score.loss() : null, held ? score.accuracy() : null, before, new LayerReport(backend, network).figures(score, parameters),
                (System.nanoTime() - start) * 1e-9));
        position = new Position(position.stage(), position.epoch() + 1, 0, position.step(), 0, 0, position.spent(), history, position.phases());
    }

    /// Judges other samples with the network as it is.
    public Judge.Score judge(Batches others) {
        return Judge.of(backend, network, others);
    }

    private JobException notFinite(String what) {
        return new JobException(what + " of " + stage().phase() + ", epoch " + (epochNumber() + 1) + ": " + firstNotFinite(JavaArrays.floats(network.parameters()))
                .orElse("all parameters are finite, the loss overflowed") + "; a smaller learning rate may help, and the last checkpoint is untouched");
    }

    /// The first parameter that is no finite number; a range of which nothing was observed is none.
    private Optional<String> firstNotFinite(float[] parameters) {
        for (ParameterTable.Entry entry : network.table().entries()) {
            for (long i = entry.offset(); entry.kind() != ParameterTable.Kind.CURRENT_RANGE && i < entry.offset() + entry.length(); i++) {
                if (!Float.isFinite(parameters[(int) i])) {
                    return Optional.of("the parameter " + entry.name() + " holds " + parameters[(int) i] + " at element " + (i - entry.offset()));
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        optimiser.close();
        totals.close();
        norm.close();
    }
}
