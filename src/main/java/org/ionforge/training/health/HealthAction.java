package org.ionforge.training.health;

/// What is to be done about a layer or a run. `why` is one sentence with the measurement and the limit in it.
public sealed interface HealthAction {

    String why();

    /// What is to be done to one layer, from 0.
    sealed interface OfLayer extends HealthAction {
        int layer();
    }

    /// The layer has collapsed: multiply its θ.
    ///
    /// @param factor below 1
    record LowerThreshold(int layer, double factor, String why) implements OfLayer {
    }

    /// The layer has collapsed and a lower θ did not help: multiply the weight of its rate loss.
    ///
    /// @param factor above 1
    record RaiseRateGain(int layer, double factor, String why) implements OfLayer {
    }

    /// The layer has exploded: multiply its θ.
    ///
    /// @param factor above 1
    record RaiseThreshold(int layer, double factor, String why) implements OfLayer {
    }

    /// The layer's scale swings: keep it as it is until the phase is over.
    record FreezeObservers(int layer, String why) implements OfLayer {
    }

    /// Nothing is done, but somebody should know.
    record Warn(int layer, String why) implements OfLayer {
    }

    /// Back to the last good checkpoint, and train longer before the phase begins again.
    ///
    /// @param extraEpochs of the phase before
    record RollBack(int extraEpochs, String why) implements HealthAction {
    }

    /// The run is not to go on: what it would yield cannot be trusted.
    record Stop(String why) implements HealthAction {
    }
}
