package org.ionforge.compute.reference;

import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.OptimizerArguments;
import org.ionforge.compute.RmsProp;

/// The definition: element by element in double, rounded to float where it is stored.
final class ReferenceRmsProp implements RmsProp {

    @Override
    public void step(Buffer parameters, Buffer gradients, State state, List<AdamW.Group> groups, Options options) {
        OptimizerArguments.check(parameters, gradients, state, groups, options);
        for (AdamW.Group group : groups) {
            for (long i = group.offset(); i < group.offset() + group.length(); i++) {
                double p = HostArrays.floatAt(parameters, i);
                double g = HostArrays.floatAt(gradients, i) + options.weightDecay() * p;
                double u = g / (Math.sqrt(spread(state, i, g, options)) + options.epsilon());
                if (options.momentum() > 0) {
                    u += options.momentum() * HostArrays.floatAt(state.velocity(), i);
                    HostArrays.setFloat(state.velocity(), i, u);
                }
                HostArrays.setFloat(parameters, i, Math.min(Math.max(p - group.learningRate() * u, group.minimum()), group.maximum()));
            }
        }
    }

    /// The mean square, or the variance, after this gradient.
    private static double spread(State state, long i, double g, Options options) {
        double square = options.smoothing() * HostArrays.floatAt(state.square(), i) + (1 - options.smoothing()) * g * g;
        HostArrays.setFloat(state.square(), i, square);
        if (!options.centred()) {
            return square;
        }
        double mean = options.smoothing() * HostArrays.floatAt(state.mean(), i) + (1 - options.smoothing()) * g;
        HostArrays.setFloat(state.mean(), i, mean);
        return Math.max(square - mean * mean, 0);
    }
}
