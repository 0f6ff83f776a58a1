package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ionforge.errors.JobException;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.health.HealthAction;
import org.ionforge.training.health.HealthEvent;
import org.ionforge.training.health.HealthLimits;
import org.ionforge.training.health.HealthMonitor;
import org.ionforge.training.health.HealthRecord;
import org.ionforge.training.health.LayerHealth;

/// Shows the measurements of every epoch to a [HealthMonitor] and does what it asks for.
final class HealthControl {

    /// Weight that a rate loss begins with where it had none.
    private static final double FIRST_GAIN = 0.1;

    private final SpikingNetwork network;
    private final TrainingLoss loss;
    private final HealthLimits limits;
    private HealthMonitor monitor;
    private final List<HealthRecord> seen = new ArrayList<>();
    private final boolean[] held;

    HealthControl(SpikingNetwork network, TrainingLoss loss, HealthLimits limits) {
        this.network = network;
        this.loss = loss;
        this.limits = limits;
        monitor = new HealthMonitor(limits);
        held = new boolean[network.options().shape().layers().size()];
    }

    /// Goes on as another that has changed and seen this.
    void restore(Adjustments adjustments) {
        monitor = HealthMonitor.replay(limits, adjustments.seen());
        seen.clear();
        seen.addAll(adjustments.seen());
        for (int layer = 0; layer < held.length; layer++) {
            loss.gain(layer, adjustments.gains().get(layer));
            hold(layer, adjustments.held().get(layer));
        }
    }

    /// As they are now.
    Adjustments adjustments(List<Adjustments.Extension> extended) {
        List<Boolean> holding = new ArrayList<>();
        for (boolean each : held) {
            holding.add(each);
        }
        return new Adjustments(loss.gains(), holding, extended, seen);
    }

    /// Everything that was asked for, in order.
    List<HealthEvent> log() {
        return monitor.log();
    }

    /// A stage begins: observers are on again.
    void beginStage() {
        for (int layer = 0; layer < held.length; layer++) {
            hold(layer, false);
        }
    }

    private void hold(int layer, boolean on) {
        held[layer] = on;
        network.observe(layer, !on);
    }

    /// @param stage whose epoch it was, in words that differ from stage to stage
    /// @param at    epochs of the stage before it
    /// @return epochs to train longer, if the training is to go back to the last good checkpoint; else 0
    /// @throws JobException if the run is not to go on
    int judge(EpochFigures figures, String stage, int at, Progress progress) {
        List<LayerHealth> layers = new ArrayList<>();
        for (int layer = 0; layer < held.length; layer++) {
            LayerFigures of = figures.layers().get(layer);
            boolean membrane = layer == held.length - 1 && network.options().readout() == Readout.MEMBRANE;
            layers.add(new LayerHealth(membrane ? null : of.spikeRate(), of.membraneMean(), of.membraneDeviation(),
                    of.saturation() == null ? null : of.currentScale(), of.saturation(), of.gradientNorm()));
        }
        HealthRecord record = new HealthRecord(figures.epoch(), stage, at, figures.loss(), layers);
        seen.add(record);
        int back = 0;
        for (HealthAction action : monitor.judge(record)) {
            progress.note("health: " + action.getClass().getSimpleName() + ": " + action.why());
            back += apply(action);
        }
        return back;
    }

    private int apply(HealthAction action) {
        switch (action) {
            case HealthAction.LowerThreshold(int layer, double factor, String why) -> network.scaleThreshold(layer, factor);
            case HealthAction.RaiseThreshold(int layer, double factor, String why) -> network.scaleThreshold(layer, factor);
            case HealthAction.RaiseRateGain(int layer, double factor, String why) ->
                    loss.gain(layer, loss.gains().get(layer) == 0 ? FIRST_GAIN : loss.gains().get(layer) * factor);
            case HealthAction.FreezeObservers(int layer, String why) -> hold(layer, true);
            case HealthAction.Warn warn -> {
                // said, and in the log
            }
            case HealthAction.RollBack(int extraEpochs, String why) -> {
                return extraEpochs;
            }
            case HealthAction.Stop(String why) -> throw new JobException(String.format(Locale.ROOT, "the training is not well: %s; the last good "
                    + "checkpoint is kept, and a smaller learning rate may help", why));
        }
        return 0;
    }
}
