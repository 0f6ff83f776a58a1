package org.ionforge.compute.reference;

import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.OptimizerArguments;
import org.ionforge.compute.Sgd;

/// The definition: element by element in double, rounded to float where it is stored.
final class ReferenceSgd implements Sgd {

    @Override
    public void step(Buffer parameters, Buffer gradients, Buffer velocity, List<AdamW.Group> groups, Options options, long step) {
        OptimizerArguments.check(parameters, gradients, velocity, groups, options, step);
        for (AdamW.Group group : groups) {
            for (long i = group.offset(); i < group.offset() + group.length(); i++) {
                double p = HostArrays.floatAt(parameters, i);
                double g = HostArrays.floatAt(gradients, i) + options.weightDecay() * p;
                double u = g;
                if (options.momentum() > 0) {
                    double b = step == 1 ? g : options.momentum() * HostArrays.floatAt(velocity, i) + (1 - options.dampening()) * g;
                    HostArrays.setFloat(velocity, i, b);
                    u = options.nesterov() ? g + options.momentum() * b : b;
                }
                HostArrays.setFloat(parameters, i, Math.min(Math.max(p - group.learningRate() * u, group.minimum()), group.maximum()));
            }
        }
    }
}
