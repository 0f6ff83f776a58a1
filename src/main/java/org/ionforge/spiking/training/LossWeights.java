package org.ionforge.spiking.training;

/// Losses beside the cross entropy of the answer, each with its weight; 0 for none. What they are stands in
/// [org.ionforge.compute.ActivityLosses].
///
/// @param rate         spike rate of each hidden neuron near the target
/// @param target       spikes a step
/// @param consistency  membranes that change little from step to step
/// @param energy       small membranes
/// @param latency      an early first spike of the right output
/// @param distillation membranes of all layers as those of the network in floats, while quantised
public record LossWeights(double rate, double target, double consistency, double energy, double latency, double distillation) {

    public static final LossWeights NONE = new LossWeights(0, 0.1, 0, 0, 0, 0);

    /// Whether membranes are needed.
    public boolean ofMembranes() {
        return consistency > 0 || energy > 0 || latency > 0 || distillation > 0;
    }
}
