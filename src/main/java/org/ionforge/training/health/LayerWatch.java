package org.ionforge.training.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The rules about one layer, and what they remember of it.
final class LayerWatch {

    private final int layer;
    private final HealthLimits limits;
    private final Alarm rate;
    private final Alarm saturation;
    private final Alarm gradient;
    private Alarm drift;
    private ScaleSwings swings;
    private double firstScale = Double.NaN;
    private boolean frozen;
    private boolean still;
    private boolean unhealthy;
    /// Epochs since the last action on the spike rate, and how many there were since the alarm was raised.
    private int since;
    private int tries;

    LayerWatch(int layer, HealthLimits limits) {
        this.layer = layer;
        this.limits = limits;
        rate = new Alarm(limits.deadRate(), limits.healthyLow(), limits.healthyHigh(), limits.explodedRate());
        saturation = Alarm.above(limits.saturation());
        gradient = Alarm.above(limits.gradient());
        beginPhase();
    }

    /// Scales of another phase are not compared with those of the one before, and observers are on again.
    void beginPhase() {
        drift = Alarm.above(limits.drift());
        swings = new ScaleSwings(limits.oscillation());
        firstScale = Double.NaN;
        frozen = false;
        unhealthy = false;
    }

    /// What the measurements of an epoch ask for; none of them is a NaN.
    List<HealthAction> judge(LayerHealth health) {
        List<HealthAction> actions = new ArrayList<>();
        if (health.spikeRate() != null) {
            judgeRate(health.spikeRate(), actions);
        }
        if (health.membraneDeviation() != null) {
            if (!still && health.membraneDeviation() == 0) {
                actions.add(new HealthAction.Warn(layer, name() + ": the membranes do not move"));
            }
            still = health.membraneDeviation() == 0;
        }
        if (health.scale() != null) {
            judgeScale(health.scale(), actions);
        }
        if (health.saturation() != null && saturation.update(health.saturation())) {
            actions.add(new HealthAction.Warn(layer, text("%s: %.1f %% of the currents are clamped, more than %.1f %%", name(), 100 * health.saturation(),
                    100 * limits.saturation())));
        }
        if (health.gradientNorm() != null && gradient.update(health.gradientNorm())) {
            actions.add(new HealthAction.Warn(layer, text("%s: a gradient norm of %.3g, above %.3g", name(), health.gradientNorm(), limits.gradient())));
        }
        return actions;
    }

    private void judgeRate(double spikeRate, List<HealthAction> actions) {
        boolean raised = rate.update(spikeRate);
        if (raised) {
            tries = 0;
        }
        since++;
        if (rate.state() == Alarm.State.QUIET && !unhealthy && (spikeRate < limits.healthyLow() || spikeRate > limits.healthyHigh())) {
            unhealthy = true;
            actions.add(new HealthAction.Warn(layer, text("%s fires at %.2f %%, outside of the healthy %.0f to %.0f %%; a rate loss would bring it there", name(),
                    100 * spikeRate, 100 * limits.healthyLow(), 100 * limits.healthyHigh())));
        }
        if (!rate.outside() || !raised && since < limits.patience()) {
            return;
        }
        since = 0;
        if (rate.state() == Alarm.State.HIGH) {
            actions.add(new HealthAction.RaiseThreshold(layer, 1 / limits.thresholdFactor(), text("%s fires at %.1f %%, above %.1f %%", name(),
                    100 * spikeRate, 100 * limits.explodedRate())));
        } else {
            String why = text("%s fires at %.2f %%, below %.2f %%", name(), 100 * spikeRate, 100 * limits.deadRate());
            actions.add(tries % 2 == 0 ? new HealthAction.LowerThreshold(layer, limits.thresholdFactor(), why)
                    : new HealthAction.RaiseRateGain(layer, limits.gainFactor(), why));
        }
        tries++;
    }

    private void judgeScale(double scale, List<HealthAction> actions) {
        if (Double.isNaN(firstScale)) {
            firstScale = scale;
        }
        int reversals = swings.update(scale);
        if (!frozen && reversals >= limits.reversals()) {
            frozen = true;
            actions.add(new HealthAction.FreezeObservers(layer, text("%s: its scale swung up and down %d times by %.0f %% or more", name(), reversals,
                    100 * limits.oscillation())));
        }
        double distance = Math.abs(scale / firstScale - 1);
        if (drift.update(distance)) {
            actions.add(new HealthAction.Warn(layer, text("%s: its scale has drifted by %.0f %% since the phase began, more than %.0f %%", name(),
                    100 * distance, 100 * limits.drift())));
        }
    }

    private String name() {
        return "layer " + (layer + 1);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
