package org.ionforge.bench;

import java.util.Map;

/// One side of a comparison, ours or a peer's, ready to run.
public interface Contender extends AutoCloseable {

    /// What the clock does not count, such as making an empty folder; before each sample, of which a short run's is many runs.
    default void prepare() {
    }

    /// The work, once.
    void run();

    /// Waits for the runs asked for, where they go on without the caller.
    default void finish() {
    }

    /// A number that every element of the last run's output goes into, so that two sides can be held to each other; read after the
    /// first run. Magnitudes rather than values, which may cancel.
    double sum();

    /// What else it measured, for the results; names end with their unit.
    default Map<String, Double> figures() {
        return Map.of();
    }

    @Override
    default void close() {
    }
}
