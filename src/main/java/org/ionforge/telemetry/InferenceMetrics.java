package org.ionforge.telemetry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.ionforge.telemetry.energy.EnergyReading;

/// What a spiking network in integers did on a data set, all of it measured there. One schema wherever it stands: what `infer --json`
/// prints, `inference` in a run's `metrics.json` and `verification.json`.
///
/// Steps count from 1. Operations are those of NeuroBench (Nature Communications 16:1545, 2025), of one sample in the mean: effective ones
/// have neither an input nor a weight of 0, on spikes they are accumulates (ACs), on other inputs multiply-accumulates (MACs); dense
/// ones are those on all inputs and weights. An input that stays the same over all steps is multiplied once, and counted once.
///
/// @param accuracy           share of the samples whose class has the largest score
/// @param accuracyLow        lower end of its 95 % interval (Wilson)
/// @param accuracyHigh       upper end
/// @param samples            looked at
/// @param samplesPerSecond   of the timed calls
/// @param batch              samples of a call
/// @param p50Ms              median of a timed call, from input in host memory to scores in host memory, after warm-up
/// @param p95Ms              likewise
/// @param p99Ms              likewise
/// @param timedCalls         number of them
/// @param modelBytes         of the model's file
/// @param weightBytes        of the weights as they lie in the backend's memory
/// @param peakDeviceBytes    most bytes of the backend's memory that it took at a time
/// @param spikeRate          share of (sample, step, neuron) with a spike
/// @param sparsity           1 − spikeRate
/// @param spikeRates         of each layer
/// @param firstSpikeStep     mean step of the first spike of the last layer, over samples with one; null without any
/// @param silentSamples      share of the samples for which the last layer has no spike
/// @param firstSpikeSteps    of each layer: mean step of a neuron's first spike for a sample, over those that fired; null if none did
/// @param effectiveAcs       of a sample
/// @param effectiveMacs      of a sample
/// @param denseOperations    of a sample
/// @param connectionSparsity share of the weights that are 0
/// @param energy             of the timed calls, a reading of each of the machine's counters
/// @param network            its shape, as text
/// @param steps              T
/// @param bits               of the weights, as `8` or `8,4`
/// @param backend            it ran on
public record InferenceMetrics(double accuracy, double accuracyLow, double accuracyHigh, long samples, double samplesPerSecond, int batch, double p50Ms,
                               double p95Ms, double p99Ms, int timedCalls, long modelBytes, long weightBytes, long peakDeviceBytes, double spikeRate,
                               double sparsity, List<Double> spikeRates, Double firstSpikeStep, double silentSamples, List<Double> firstSpikeSteps,
                               double effectiveAcs, double effectiveMacs, double denseOperations, double connectionSparsity,
                               List<EnergyReading> energy, String network, int steps, String bits, String backend) {

    public InferenceMetrics {
        spikeRates = List.copyOf(spikeRates);
        firstSpikeSteps = Collections.unmodifiableList(new ArrayList<>(firstSpikeSteps));
        energy = List.copyOf(energy);
    }
}
