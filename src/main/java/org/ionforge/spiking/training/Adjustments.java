package org.ionforge.spiking.training;

import java.util.Collections;
import java.util.List;
import org.ionforge.training.health.HealthRecord;

/// What the health control has changed in a training so far, and what it has seen.
///
/// @param gains    weight of the rate loss of each layer
/// @param held     whether a layer's observers are held until the stage is over
/// @param extended positions in the list of stages at which one was put in that trains longer as the one before it
/// @param seen     measurements of all epochs, those that were taken back too
public record Adjustments(List<Double> gains, List<Boolean> held, List<Extension> extended, List<HealthRecord> seen) {

    /// @param stage  position of the stage that was put in
    /// @param epochs of it
    public record Extension(int stage, int epochs) {
    }

    public Adjustments {
        gains = List.copyOf(gains);
        held = List.copyOf(held);
        extended = List.copyOf(extended);
        seen = List.copyOf(seen);
    }

    /// Nothing changed.
    static Adjustments none(LossWeights weights, int layers) {
        return new Adjustments(Collections.nCopies(layers, weights.rate()), Collections.nCopies(layers, false), List.of(), List.of());
    }
}
