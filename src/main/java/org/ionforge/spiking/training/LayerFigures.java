package org.ionforge.spiking.training;

/// What one layer is like after an epoch.
///
/// @param spikeRate    share of (sample, step, neuron) with a spike, on the samples that judged
/// @param silent       share of neurons (at all positions) that never fired on them
/// @param weightScale  mean scale of the weights' codes, 1 before there are any
/// @param currentScale of the current's codes, 1 before there are any
/// @param currentLow   smallest current of the observed range, null before one was
/// @param currentHigh  largest
/// @param gradientNorm of its parameters in the last step, after clipping
/// @param leak         λ of its neurons
/// @param threshold    θ
/// @param slope        of a learnable surrogate, else null
public record LayerFigures(double spikeRate, double silent, double weightScale, double currentScale, Double currentLow, Double currentHigh,
                           double gradientNorm, double leak, double threshold, Double slope) {
}
