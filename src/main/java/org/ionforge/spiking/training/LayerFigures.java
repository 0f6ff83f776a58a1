package org.ionforge.spiking.training;

/// What one layer is like after an epoch.
///
/// @param spikeRate    share of (sample, step, neuron) with a spike, on the samples that judged
/// @param silent       share of neurons (at all positions) that never fired on them
/// @param weightScale  mean scale of the weights' codes, 1 before there are any
/// @param currentScale of the current's codes, 1 before there are any
/// @param currentLow   smallest current of the observed range, null before one was
/// @param currentHigh  largest
/// @param saturation   share of currents outside their codes in one batch, null while they are not quantised
/// @param membraneMean of U over samples, steps and neurons of one batch
/// @param membraneDeviation standard deviation of the same
/// @param gradientNorm of its parameters in the last step, before clipping
/// @param leak         λ of its neurons
/// @param threshold    θ
/// @param slope        of a learnable surrogate, else null
public record LayerFigures(double spikeRate, double silent, double weightScale, double currentScale, Double currentLow, Double currentHigh,
                           Double saturation, double membraneMean, double membraneDeviation, double gradientNorm, double leak, double threshold, Double slope) {
}
