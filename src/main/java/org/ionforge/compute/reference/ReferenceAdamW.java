package org.ionforge.compute.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.AdamWArguments;
import org.ionforge.compute.Buffer;

/// The definition: element by element in double, rounded to float where it is stored.
final class ReferenceAdamW implements AdamW {

    @Override
    public void step(Buffer parameters, Buffer gradients, Buffer m, Buffer v, List<Group> groups, Options options, long step) {
        AdamWArguments.check(parameters, gradients, m, v, groups, step);
        double meanCorrection = 1 - Math.pow(options.beta1(), step);
        double squareCorrection = 1 - Math.pow(options.beta2(), step);
        for (Group group : groups) {
            double rate = group.learningRate();
            for (long i = group.offset(); i < group.offset() + group.length(); i++) {
                double g = get(gradients, i);
                double mean = options.beta1() * get(m, i) + (1 - options.beta1()) * g;
                double square = options.beta2() * get(v, i) + (1 - options.beta2()) * g * g;
                double p = get(parameters, i) * (1 - rate * options.weightDecay());
                p -= rate * (mean / meanCorrection) / (Math.sqrt(square / squareCorrection) + options.epsilon());
                set(m, i, mean);
                set(v, i, square);
                set(parameters, i, Math.min(Math.max(p, group.minimum()), group.maximum()));
            }
        }
    }

    private static double get(Buffer buffer, long at) {
        MemorySegment memory = buffer.host();
        return memory.getAtIndex(ValueLayout.JAVA_FLOAT, at);
    }

    private static void set(Buffer buffer, long at, double value) {
        buffer.host().setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) value);
    }
}
