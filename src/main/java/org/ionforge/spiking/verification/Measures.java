package org.ionforge.spiking.verification;

import java.util.List;
import org.ionforge.telemetry.Latency;
import org.ionforge.training.Proportion;

/// What was measured of a quantised network, beside the same network fake-quantised and the one in floats it comes from.
///
/// @param accuracy         of the integers, on the same samples as the others
/// @param fakeAccuracy     of the fake quantisation
/// @param floatAccuracy    of the floats
/// @param layers           of each layer
/// @param spikeRate        share of (sample, step, neuron) with a spike, of all neurons
/// @param agreement        share in which integers and floats both spike or both do not
/// @param differingSpikes  in which integers and fake quantisation differ
/// @param wrongScales      that are no finite number above 0
/// @param modelBytes       of the file
/// @param integerLatency   of a batch
/// @param floatLatency     of a batch
/// @param batch            its samples
public record Measures(Proportion accuracy, Proportion fakeAccuracy, Proportion floatAccuracy, List<Layer> layers, double spikeRate,
                       double agreement, long differingSpikes, long wrongScales, long modelBytes, Latency integerLatency, Latency floatLatency,
                       int batch) {

    /// What was measured of a layer.
    ///
    /// @param spikeRate  share of (sample, step, position, neuron) with a spike
    /// @param agreement  share in which integers and floats both spike or both do not
    /// @param scaleDrift relative distance of the current's scale found anew from the calibrated one, 0 if currents are float
    /// @param saturation share of the currents beyond the last code, 0 if they are float
    /// @param largestSum of absolute products
    public record Layer(double spikeRate, double agreement, double scaleDrift, double saturation, long largestSum) {
    }

    public Measures {
        layers = List.copyOf(layers);
    }

    /// The value that a gate looks at.
    public double of(Gate gate) {
        return switch (gate) {
            case ACCURACY_DROP -> 100.0 * (floatAccuracy.hits() - accuracy.hits()) / accuracy.of();
            case SPIKE_RATE_LOW, SPIKE_RATE_HIGH -> spikeRate;
            case TEMPORAL_AGREEMENT -> agreement;
            case FINITE_SCALES -> wrongScales;
            case SCALE_DRIFT -> layers.stream().mapToDouble(Layer::scaleDrift).reduce(0, Math::max);
            case SATURATION -> layers.stream().mapToDouble(Layer::saturation).reduce(0, Math::max);
            case INTEGER_SPIKES -> differingSpikes;
            case EXACT_SUMS -> layers.stream().mapToLong(Layer::largestSum).max().orElseThrow();
            case MODEL_BYTES -> modelBytes;
            case LATENCY_RATIO -> integerLatency.p50Ms() / floatLatency.p50Ms();
        };
    }
}
