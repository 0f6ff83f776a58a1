package org.ionforge.training.health;

/// What was measured of one layer of spiking neurons in one epoch. Null where something is not measured in this layer or phase; a NaN is
/// a measurement that failed, and stops the run.
///
/// @param spikeRate         share of (sample, step, neuron) with a spike; null for a layer that is read by its membrane
/// @param membraneMean      of V over samples, steps and neurons
/// @param membraneDeviation standard deviation of the same
/// @param scale             of the current's codes; null while nothing is quantised
/// @param saturation        share of currents that were clamped; null while nothing is quantised
/// @param gradientNorm      of the layer's parameters, before clipping
public record LayerHealth(Double spikeRate, Double membraneMean, Double membraneDeviation, Double scale, Double saturation,
                          Double gradientNorm) {
}
