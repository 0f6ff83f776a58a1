package org.ionforge.compute.reference;

import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifDialect.Reset;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.StateLevels.Place;

/// One neuron of one sample over all steps, float operation by float operation as [LifDialect] lists them.
final class LifNeuron {

    interface Current {
        float at(int step);
    }

    /// V before the step.
    final float[] state;
    /// J: the current behind synapse and resistance.
    final float[] current;
    /// U.
    final float[] membrane;
    /// s, as decided in the step: with spikeDelay it leaves one step later.
    final boolean[] fired;

    private final LifDialect dialect;
    /// What the membrane is rounded to, null for nothing.
    private final StateLevels levels;
    private final float[] table;

    LifNeuron(LifDialect dialect, StateLevels levels, int steps) {
        this.dialect = dialect;
        this.levels = levels;
        this.table = levels == null ? null : levels.table();
        state = new float[steps];
        current = new float[steps];
        membrane = new float[steps];
        fired = new boolean[steps];
    }

    void run(float leak, float threshold, Current x) {
        float v = dialect.initial();
        float i = 0;
        boolean before = false;
        for (int t = 0; t < membrane.length; t++) {
            i = switch (dialect.synapse()) {
                case NONE -> x.at(t);
                case DECAY_THEN_ADD -> dialect.synapseDecay() * i + x.at(t);
                case ADD_THEN_DECAY -> dialect.synapseDecay() * (i + x.at(t));
                case DECAY_AFTER_USE -> i + x.at(t);
            };
            state[t] = v;
            current[t] = dialect.resistance() * i;
            float u = charge(leak, threshold, v, current[t]);
            if (dialect.resetDelay() && before) {
                u = u - threshold;
            }
            u = rounded(Place.MEMBRANE, u, threshold);
            membrane[t] = u;
            fired[t] = switch (dialect.comparison()) {
                case AT_LEAST -> u >= threshold;
                case ABOVE -> u > threshold;
            };
            v = reset(u, fired[t], threshold);
            before = fired[t];
            if (dialect.synapse() == LifDialect.Synapse.DECAY_AFTER_USE) {
                i = i - dialect.synapseDecay() * i;
            }
        }
    }

    /// The nearest level, if that is what is rounded.
    private float rounded(Place place, float x, float threshold) {
        if (levels == null || levels.place() != place || Float.isNaN(x)) {
            return x;
        }
        float unit = levels.ofThreshold() ? threshold : 1;
        int codes = table.length / 2;
        int code = 0;
        while (code < codes - 1 && x >= unit * table[code]) {
            code++;
        }
        return unit * table[codes + code];
    }

    private float charge(float leak, float threshold, float v, float j) {
        boolean decayInput = dialect.decayInput();
        return switch (dialect.charge()) {
            case LEAK -> rounded(Place.LEAKED, leak * v, threshold) + (decayInput ? (1 - leak) * j : j);
            case DIVIDE -> decayInput ? v + (dialect.rest() - v + j) / leak : v + (dialect.rest() - v) / leak + j;
            case MULTIPLY -> decayInput ? v + leak * (dialect.rest() - v + j) : v + leak * (dialect.rest() - v) + j;
        };
    }

    private float reset(float u, boolean spike, float threshold) {
        if (!spike || dialect.resetDelay() || dialect.reset() == Reset.NONE) {
            return u;
        }
        return dialect.reset() == Reset.SUBTRACT ? u - threshold : dialect.resetValue();
    }

    /// Whether a spike is given out at that step.
    boolean spike(int step) {
        return dialect.spikeDelay() ? step > 0 && fired[step - 1] : fired[step];
    }
}
