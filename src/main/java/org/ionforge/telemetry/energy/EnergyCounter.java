package org.ionforge.telemetry.energy;

/// A counter of energy that runs by itself.
sealed interface EnergyCounter extends AutoCloseable permits RaplCounter, NvmlCounter {

    /// Why a counter cannot be read.
    final class NotMeasured extends Exception {
        private static final long serialVersionUID = 1;

        NotMeasured(String why) {
            super(why);
        }
    }

    /// What it counts, in a few words.
    String counted();

    /// Joules since a moment of its own, the same at every call.
    double joules() throws NotMeasured;

    @Override
    void close();
}
