package org.ionforge.training;

import org.ionforge.compute.AdamW;
import org.ionforge.compute.RmsProp;
import org.ionforge.compute.Sgd;

/// Which optimiser, with its figures.
public sealed interface Method {

    record Adam(AdamW.Options options) implements Method {
    }

    record Descent(Sgd.Options options) implements Method {
    }

    record MeanSquare(RmsProp.Options options) implements Method {
    }

    /// The same without weight decay, for parameters that are no weights.
    default Method withoutDecay() {
        return switch (this) {
            case Adam(AdamW.Options o) -> new Adam(new AdamW.Options(o.beta1(), o.beta2(), o.epsilon(), 0));
            case Descent(Sgd.Options o) -> new Descent(new Sgd.Options(o.momentum(), o.dampening(), 0, o.nesterov()));
            case MeanSquare(RmsProp.Options o) -> new MeanSquare(new RmsProp.Options(o.smoothing(), o.epsilon(), o.momentum(), 0, o.centred()));
        };
    }
}
