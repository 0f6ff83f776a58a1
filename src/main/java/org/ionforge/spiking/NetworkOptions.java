package org.ionforge.spiking;

import org.ionforge.compute.LifDialect;
import org.ionforge.compute.Surrogate;

/// What a network's neurons do, and how its answer is read.
///
/// @param shape          its layers
/// @param steps          T
/// @param dialect        of all layers; a membrane read-out has its last layer without a reset
/// @param leak           λ of the dialect, what training starts from where it is learned
/// @param threshold      θ, likewise
/// @param learnLeak      one value a layer is trained
/// @param learnThreshold one value a layer is trained
/// @param surrogate      of the backward pass
/// @param readout        what the scores of the classes are
/// @param scoreScale     factor on them in the loss: a count of 25 steps times 0.4 is at most 10
public record NetworkOptions(NetworkShape shape, int steps, LifDialect dialect, float leak, float threshold, boolean learnLeak,
                             boolean learnThreshold, Surrogate surrogate, Readout readout, float scoreScale) {

    /// What the scores of the classes are.
    public enum Readout {
        /// Spikes of each output neuron over all steps.
        COUNT,
        /// The membrane of each output neuron after the last step; it has no reset.
        MEMBRANE
    }

    public NetworkOptions {
        if (steps < 1 || !(threshold > 0) || !(scoreScale > 0)) {
            throw new IllegalArgumentException(steps + " steps, a threshold of " + threshold + ", a score scale of " + scoreScale);
        }
    }

    /// β = 0.95, θ = 1, our dialect, fast sigmoid, spike counts.
    public static NetworkOptions of(NetworkShape shape, int steps) {
        return new NetworkOptions(shape, steps, LifDialect.IONFORGE, 0.95f, 1, false, false, Surrogate.fastSigmoid(25), Readout.COUNT, 10f / steps);
    }

    /// The same for another shape.
    public NetworkOptions with(NetworkShape other) {
        return new NetworkOptions(other, steps, dialect, leak, threshold, learnLeak, learnThreshold, surrogate, readout, scoreScale);
    }

    /// The dialect of a layer, from 0.
    public LifDialect dialect(int layer) {
        return layer == shape.layers().size() - 1 && readout == Readout.MEMBRANE ? dialect.withoutReset() : dialect;
    }
}
