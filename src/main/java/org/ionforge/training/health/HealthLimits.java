package org.ionforge.training.health;

/// When something is wrong, and how strongly it is answered. An alarm is raised at one limit and falls silent at another, nearer to
/// what is healthy, so that a layer that hovers about a limit is not pushed back and forth.
///
/// @param deadRate        spike rate below which a layer has collapsed
/// @param healthyLow      where a collapse is over
/// @param healthyHigh     where an explosion is over
/// @param explodedRate    spike rate above which a layer has exploded
/// @param patience        epochs that an action is given to show an effect before the next in the same layer
/// @param thresholdFactor θ is multiplied by it, or divided, in (0, 1)
/// @param gainFactor      the weight of the rate loss is multiplied by it, above 1
/// @param oscillation     smallest relative change of a scale that counts as a swing
/// @param reversals       swings in alternating directions, one after the other, that are an oscillation
/// @param drift           relative distance from a phase's first scale that is worth a warning; half of it ends the warning
/// @param saturation      share of clamped currents that is worth a warning; half of it ends the warning
/// @param gradient        gradient norm that is worth a warning; half of it ends the warning
/// @param lossSpike       a loss soon after a phase began is a spike if it is above this multiple of the last loss before it …
/// @param lossMargin      … plus this, since small losses jump easily
/// @param spikeEpochs     first epochs of a phase in which a spike counts
/// @param rollBacks       steps back before the run is given up
/// @param extraEpochs     by which the phase before is longer after a step back
public record HealthLimits(double deadRate, double healthyLow, double healthyHigh, double explodedRate, int patience, double thresholdFactor,
                           double gainFactor, double oscillation, int reversals, double drift, double saturation, double gradient,
                           double lossSpike, double lossMargin, int spikeEpochs, int rollBacks, int extraEpochs) {

    public static final HealthLimits DEFAULT = new HealthLimits(0.01, 0.05, 0.3, 0.5, 2, 0.8, 2, 0.1, 3, 1, 0.1, 100, 1.5, 0.2, 2, 2, 1);

    public HealthLimits {
        boolean ordered = 0 <= deadRate && deadRate <= healthyLow && healthyLow <= healthyHigh && healthyHigh <= explodedRate && explodedRate <= 1;
        if (!ordered) {
            throw new IllegalArgumentException("rates of a dead, a healthy and an exploded layer do not rise: " + deadRate + ", " + healthyLow
                    + ", " + healthyHigh + ", " + explodedRate);
        }
        if (patience < 1 || !(thresholdFactor > 0 && thresholdFactor < 1) || !(gainFactor > 1) || !(lossSpike > 1) || !(lossMargin >= 0) || reversals < 2
                || !(oscillation > 0) || !(drift > 0) || !(saturation > 0) || !(gradient > 0) || spikeEpochs < 1 || rollBacks < 0 || extraEpochs < 1) {
            throw new IllegalArgumentException("limits out of their range: a patience of " + patience + ", factors " + thresholdFactor + " and "
                    + gainFactor + ", " + reversals + " reversals of " + oscillation + ", a drift of " + drift + ", a saturation of " + saturation
                    + ", a gradient of " + gradient + ", a loss spike of " + lossSpike + " and " + lossMargin + " in " + spikeEpochs + " epochs, " + rollBacks
                    + " steps back of " + extraEpochs + " epochs");
        }
    }
}
