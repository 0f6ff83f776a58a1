package org.ionforge.training;

import org.ionforge.compute.AdamW;
import org.ionforge.compute.RmsProp;
import org.ionforge.compute.Sgd;

/// How gradients become steps, with everything but the learning rate.
public sealed interface Optimiser {

    /// [AdamW]; Adam itself is it without weight decay.
    record Adam(AdamW.Options options) implements Optimiser {
    }

    /// [Sgd].
    record Descent(Sgd.Options options) implements Optimiser {
    }

    /// [RmsProp].
    record MeanSquare(RmsProp.Options options) implements Optimiser {
    }
}
