package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Observers;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.errors.JobException;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.Optimiser;
import org.ionforge.training.Phase;
import org.ionforge.training.PhaseRecord;
import org.ionforge.training.Schedule;
import org.ionforge.training.Shuffle;
import org.ionforge.training.health.HealthEvent;

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
    private final TrainingLoss loss;
    private final HealthControl health;
    private final Buffer norm;
    private List<Stage> stages;
    private QuantisationPlan found;
    private Position position;

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
        loss = new TrainingLoss(backend, network, plan.losses());
        health = plan.health() == null ? null : new HealthControl(network, loss, plan.health());
        stages = plan.stages();
        position = new Position(0, 0, 0, 0, 0, 0, 0, List.of(), List.of(), Adjustments.none(plan.losses(), network.options().shape().layers().size()),
                network.options().shape());
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

    /// Where this one stood when its last stage ended that trained: goes back there, and trains on as in that stage for some epochs more.
    ///
    /// @param good what [#position] was then; what [#state] names has been restored
    public void back(Position good, int epochs) {
        List<Adjustments.Extension> extended = new ArrayList<>(position.health().extended());
        extended.add(new Adjustments.Extension(good.stage(), epochs));
        Adjustments now = position.health();
        resume(new Position(good.stage(), 0, 0, good.step(), 0, 0, 0, good.history(), good.phases(),
                new Adjustments(now.gains(), now.held(), extended, now.seen()), good.network()));
    }

    /// Of the health control, in order; empty without one.
    public List<HealthEvent> healthLog() {
        return health == null ? List.of() : health.log();
    }

    /// A network in floats to follow in the stages that quantise.
    public void follow(float[] parameters) {
        loss.follow(parameters);
    }

    /// Looks for the bits of the layers as the plan says, in the network as it is now: floats after their warm-up. Later stages then have
    /// them.
    ///
    /// @param others to judge the network on whose weights are rounded to the bits found, and to 8 and 4 everywhere, without training
    public WidthSearch.Found findWidths(Batches others) {
        WidthSearch.Found widths = plan.widths().find(backend, network, samples, training, plan.seed());
        List<Double> rounded = widths.allocations().stream().map(allocation -> rounded(allocation.plan(), others)).toList();
        network.quantise(stage().plan());
        useWidths(widths.choice().plan());
        return widths.withRounded(rounded);
    }

    /// Accuracy of the network as it is with its weights rounded, and nothing else.
    private double rounded(QuantisationPlan bits, Batches others) {
        network.quantise(bits.weightsOnly());
        network.beginScales();
        network.observeWeights();
        return Judge.of(backend, network, others).accuracy();
    }

    /// Later stages have these bits from now on, and those that are resumed.
    public void useWidths(QuantisationPlan bits) {
        found = bits;
        stages = plan.extended(position.health().extended(), found);
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
        stages = plan.extended(from.health().extended(), found);
        if (health != null) {
            health.restore(from.health());
        }
        if (!finished() && !from.atStart()) {
            Stage stage = stage();
            network.quantise(stage.plan());
            network.freeze(stage.frozenLayers());
        }
    }

    public boolean finished() {
        return position.stage() == stages.size();
    }

    /// The stage under way.
    public Stage stage() {
        return stages.get(position.stage());
    }

    /// The stage is over; the next one begins.
    ///
    /// @param phases with that of the stage that has ended
    public void next(List<PhaseRecord> phases) {
        boolean same = position.stage() + 1 < stages.size() && stages.get(position.stage() + 1).before() > 0;
        position = new Position(position.stage() + 1, 0, 0, same ? position.step() : 0, 0, 0, 0, position.history(), phases, position.health(), position.network());
    }

    /// Enters the stage under way at its start: plan, scales and ranges to begin with.
    public void enter() {
        Stage stage = stage();
        if (stage.before() == 0) {
            optimiser.reset();
        }
        if (health != null) {
            health.beginStage();
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

    /// How a stage's epochs ended.
    ///
    /// @param stopped  it was asked to; [#position] then says where
    /// @param goBackBy epochs to train longer from the last good checkpoint on, 0 to go on
    public record Outcome(boolean stopped, int goBackBy) {
    }

    /// Trains through the rest of the stage's epochs.
    ///
    /// @param ended told of every epoch that has ended
    /// @param stop  asked after every step
    /// @throws JobException if the loss or a parameter is no finite number, naming the tensor, or the training is not well
    public Outcome epochs(Progress progress, Runnable ended, BooleanSupplier stop) {
        while (position.epoch() < stage().epochs()) {
            long start = System.nanoTime();
            if (!epoch(progress, stop)) {
                return new Outcome(true, 0);
            }
            int back = endEpoch(progress, start);
            if (back > 0) {
                return new Outcome(false, back);
            }
            ended.run();
        }
        return new Outcome(false, 0);
    }

    private int epochNumber() {
        return stages.subList(0, position.stage()).stream().mapToInt(Stage::epochs).sum() + position.epoch();
    }

    private boolean epoch(Progress progress, BooleanSupplier stop) {
        int number = epochNumber();
        samples.take(new Shuffle(training.length, plan.seed(), number).apply(training), number);
        loss.begin(position.loss(), position.right(), position.samples());
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
        loss.add(samples, input, first, count, stage.plan().quantises());
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
        double[] sums = loss.totals();
        position = new Position(position.stage(), position.epoch(), done, step, sums[0], sums[1], position.spent(), position.history(), position.phases(),
                position.health(), position.network());
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

    /// @return epochs to go back and train longer, 0 to go on
    private int endEpoch(Progress progress, long start) {
        if (stage().phase() != Phase.QAT_FROZEN) {
            network.observeWeights();
        }
        float[] clipping = JavaArrays.floats(norm);
        float[] parameters = JavaArrays.floats(network.parameters());
        if (firstNotFinite(parameters).isPresent()) {
            throw notFinite("a parameter is no finite number after step " + position.step());
        }
        samples.take(judging.length == 0 ? training : judging, 0);
        Judge.Score score = Judge.of(backend, network, samples);
        progress.value("judged", score.accuracy());
        int probed = Math.min(plan.batch(), samples.taken());
        Input input = samples.load(0, probed);
        network.forward(input, probed);
        List<EpochFigures> history = new ArrayList<>(position.history());
        double n = training.length;
        boolean held = judging.length > 0;
        EpochFigures figures = new EpochFigures(epochNumber() + 1, stage().phase(), stage().plan().name(), rate(position.step() - 1), position.loss() / n,
                position.right() / n, held ? score.loss() : null, held ? score.accuracy() : null, loss.activity(), clipping[0],
                new LayerReport(backend, network).figures(score, parameters, clipping[1], input, probed), (System.nanoTime() - start) * 1e-9);
        history.add(figures);
        int back = health == null ? 0 : health.judge(figures, position.stage() + ": " + stage().title(), position.epoch(), progress);
        position = new Position(position.stage(), position.epoch() + 1, 0, position.step(), 0, 0, position.spent(), history, position.phases(),
                health == null ? position.health() : health.adjustments(position.health().extended()), position.network());
        return back;
    }

    /// The network without the neurons that the stage's pruning takes, by what they do on the samples that judge.
    public NetworkFile pruned() {
        samples.take(judging.length == 0 ? training : judging, 0);
        return Pruning.of(NetworkFile.of(network), stage().pruning(), Judge.of(backend, network, samples).activity());
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
        loss.close();
        norm.close();
    }
}
