package org.ionforge.training.health;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Judges a training epoch by epoch, remembers what the limits' hysteresis needs, and keeps the log of everything it asked for.
///
/// | measured | asked for |
/// |---|---|
/// | spike rate below 0.01 | a lower threshold; if that does not help in 2 epochs, more weight on the rate loss; and so on in turn |
/// | spike rate above 0.5 | a higher threshold, again every 2 epochs |
/// | spike rate outside of 0.05 to 0.3, and no alarm | a warning, once a phase |
/// | a scale that swings | observers of the layer frozen until the phase is over |
/// | a loss that jumps as a phase begins | back to the last good checkpoint, with a longer phase before it |
/// | anything that is NaN, or a loss or scale that cannot be | stop |
/// | saturation, drift, gradient too large, membranes that do not move | a warning |
///
/// The answers depend on the records alone: a run that goes on from a checkpoint shows the records again ([#replay]).
public final class HealthMonitor {

    private final HealthLimits limits;
    private final List<LayerWatch> watches = new ArrayList<>();
    private final List<HealthEvent> log = new ArrayList<>();
    private String phase = "";
    private double lossBefore = Double.NaN;
    private double lastLoss = Double.NaN;
    private int rollBacks;
    private boolean stopped;

    public HealthMonitor(HealthLimits limits) {
        this.limits = limits;
    }

    /// A monitor that has seen these records.
    public static HealthMonitor replay(HealthLimits limits, List<HealthRecord> records) {
        HealthMonitor monitor = new HealthMonitor(limits);
        records.forEach(monitor::judge);
        return monitor;
    }

    /// What is to be done after an epoch. After a [HealthAction.RollBack] or [HealthAction.Stop] nothing else is in the list.
    ///
    /// @throws IllegalArgumentException if the number of layers has changed
    public List<HealthAction> judge(HealthRecord record) {
        if (watches.isEmpty()) {
            for (int layer = 0; layer < record.layers().size(); layer++) {
                watches.add(new LayerWatch(layer, limits));
            }
        }
        if (watches.size() != record.layers().size()) {
            throw new IllegalArgumentException(record.layers().size() + " layers in epoch " + record.epoch() + ", " + watches.size() + " before");
        }
        if (!record.phase().equals(phase)) {
            phase = record.phase();
            lossBefore = lastLoss;
            watches.forEach(LayerWatch::beginPhase);
        }
        List<HealthAction> actions = actions(record);
        actions.forEach(action -> log.add(HealthEvent.of(record, action)));
        return actions;
    }

    private List<HealthAction> actions(HealthRecord record) {
        Optional<String> impossible = impossible(record);
        if (stopped || impossible.isPresent()) {
            stopped = true;
            return List.of(new HealthAction.Stop(impossible.orElse("the run was stopped before")));
        }
        if (record.phaseEpoch() < limits.spikeEpochs() && record.loss() > lossBefore * limits.lossSpike() + limits.lossMargin()) {
            return List.of(spike(record));
        }
        lastLoss = record.loss();
        List<HealthAction> actions = new ArrayList<>();
        for (int layer = 0; layer < watches.size(); layer++) {
            actions.addAll(watches.get(layer).judge(record.layers().get(layer)));
        }
        return List.copyOf(actions);
    }

    /// The bad epochs are forgotten: the last loss is that of the checkpoint again.
    private HealthAction spike(HealthRecord record) {
        String why = String.format(Locale.ROOT, "the loss is %.4g in epoch %d of %s, more than %.3g times the %.4g before it and %.3g",
                record.loss(), record.phaseEpoch() + 1, record.phase(), limits.lossSpike(), lossBefore, limits.lossMargin());
        phase = "";
        lastLoss = lossBefore;
        rollBacks++;
        stopped = rollBacks > limits.rollBacks();
        return stopped ? new HealthAction.Stop(why + ", after " + limits.rollBacks() + " steps back") : new HealthAction.RollBack(limits.extraEpochs(), why);
    }

    /// What no training that is well can have measured.
    private static Optional<String> impossible(HealthRecord record) {
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put("the loss", record.loss());
        for (int layer = 0; layer < record.layers().size(); layer++) {
            LayerHealth health = record.layers().get(layer);
            String of = " of layer " + (layer + 1);
            measured.put("the spike rate" + of, health.spikeRate());
            measured.put("the mean membrane" + of, health.membraneMean());
            measured.put("the membrane's deviation" + of, health.membraneDeviation());
            measured.put("the scale" + of, health.scale());
            measured.put("the saturation" + of, health.saturation());
            measured.put("the gradient norm" + of, health.gradientNorm());
            if (health.scale() != null && health.scale() <= 0) {
                return Optional.of("the scale" + of + " is " + health.scale() + ", and not above 0");
            }
        }
        return measured.entrySet().stream().filter(entry -> entry.getValue() != null && !Double.isFinite(entry.getValue()))
                .map(entry -> entry.getKey() + " is " + entry.getValue() + " in epoch " + record.epoch()).findFirst();
    }

    /// Everything that was asked for, in order.
    public List<HealthEvent> log() {
        return List.copyOf(log);
    }
}
