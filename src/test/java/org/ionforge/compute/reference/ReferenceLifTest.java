package org.ionforge.compute.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.IntFunction;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifDialect.Charge;
import org.ionforge.compute.LifDialect.Comparison;
import org.ionforge.compute.LifDialect.Reset;
import org.ionforge.compute.LifDialect.Synapse;
import org.junit.jupiter.api.Test;

/// The named dialects against the update that each simulator's source has, written down as it stands there: the same spikes and
/// the same membrane to the bit.
class ReferenceLifTest {

    private static final int STEPS = 200;
    private static final float THRESHOLD = 1;

    /// A simulator's loop over the currents x: fills the membrane before the reset and the spikes given out.
    private interface Simulator {
        void run(float[] x, float[] membrane, boolean[] spikes);
    }

    @Test
    void ionforge() {
        compare(LifDialect.IONFORGE, 0.95f, (x, membrane, spikes) -> {
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                float u = 0.95f * v + x[t];
                float s = u >= THRESHOLD ? 1 : 0;
                v = u * (1 - s);
                membrane[t] = u;
                spikes[t] = s == 1;
            }
        });
        compare(LifDialect.IONFORGE.resettingTo(-0.25f), 0.95f, (x, membrane, spikes) -> {
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                float u = 0.95f * v + x[t];
                float s = u >= THRESHOLD ? 1 : 0;
                v = u * (1 - s) + -0.25f * s;
                membrane[t] = u;
                spikes[t] = s == 1;
            }
        });
        compare(LifDialect.IONFORGE.subtracting(), 0.95f, (x, membrane, spikes) -> {
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                float u = 0.95f * v + x[t];
                float s = u >= THRESHOLD ? 1 : 0;
                v = u - THRESHOLD * s;
                membrane[t] = u;
                spikes[t] = s == 1;
            }
        });
    }

    /// `snntorch/_neurons/leaky.py`: the reset is decided by the membrane of the step before.
    @Test
    void snnTorchLeaky() {
        compare(LifDialect.SNNTORCH_LEAKY, 0.9f, (x, membrane, spikes) -> {
            float mem = 0;
            for (int t = 0; t < STEPS; t++) {
                float reset = mem - THRESHOLD > 0 ? 1 : 0;
                mem = 0.9f * mem + x[t] - reset * THRESHOLD;
                membrane[t] = mem;
                spikes[t] = mem - THRESHOLD > 0;
            }
        });
        compare(LifDialect.SNNTORCH_LEAKY_ZERO, 0.9f, (x, membrane, spikes) -> {
            float mem = 0;
            for (int t = 0; t < STEPS; t++) {
                float reset = mem - THRESHOLD > 0 ? 1 : 0;
                mem = (1 - reset) * mem;
                mem = 0.9f * mem + x[t];
                membrane[t] = mem;
                spikes[t] = mem - THRESHOLD > 0;
            }
        });
        compare(LifDialect.SNNTORCH_LEAKY.withoutReset(), 0.9f, (x, membrane, spikes) -> {
            float mem = 0;
            for (int t = 0; t < STEPS; t++) {
                mem = 0.9f * mem + x[t];
                membrane[t] = mem;
                spikes[t] = mem - THRESHOLD > 0;
            }
        });
        compare(LifDialect.snnTorchSynaptic(0.7f), 0.9f, (x, membrane, spikes) -> {
            float syn = 0;
            float mem = 0;
            for (int t = 0; t < STEPS; t++) {
                float reset = mem - THRESHOLD > 0 ? 1 : 0;
                syn = 0.7f * syn + x[t];
                mem = 0.9f * mem + syn - reset * THRESHOLD;
                membrane[t] = mem;
                spikes[t] = mem - THRESHOLD > 0;
            }
        });
    }

    /// `neuronal_charge_decay_input_reset0` and its three relatives, at a τ that is no power of two.
    @Test
    void spikingJellyLifNode() {
        float tau = 3;
        compare(LifDialect.SPIKINGJELLY_LIF_NODE, tau, (x, membrane, spikes) -> {
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                float h = v + (x[t] - v) / tau;
                float s = h - THRESHOLD >= 0 ? 1 : 0;
                v = s * 0 + (1 - s) * h;
                membrane[t] = h;
                spikes[t] = s == 1;
            }
        });
        float rest = -0.3f;
        LifDialect away = new LifDialect(Charge.DIVIDE, true, Synapse.NONE, 0, 1, rest, rest, Comparison.AT_LEAST, Reset.TO_VALUE, rest,
                false, false, false);
        compare(away, tau, (x, membrane, spikes) -> {
            float v = rest;
            for (int t = 0; t < STEPS; t++) {
                float h = v + (x[t] - (v - rest)) / tau;
                float s = h - THRESHOLD >= 0 ? 1 : 0;
                v = s * rest + (1 - s) * h;
                membrane[t] = h;
                spikes[t] = s == 1;
            }
        });
        LifDialect soft = new LifDialect(Charge.DIVIDE, false, Synapse.NONE, 0, 1, 0, 0, Comparison.AT_LEAST, Reset.SUBTRACT, 0, false,
                false, false);
        compare(soft, tau, (x, membrane, spikes) -> {
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                float h = v - (v - 0) / tau + x[t];
                float s = h - THRESHOLD >= 0 ? 1 : 0;
                v = h - s * THRESHOLD;
                membrane[t] = h;
                spikes[t] = s == 1;
            }
        });
    }

    @Test
    void norse() {
        compare(LifDialect.NORSE_LIF, 0.001f * 100f, (x, membrane, spikes) -> {
            float v = 0;
            float i = 0;
            for (int t = 0; t < STEPS; t++) {
                i = i + x[t];
                v = v + 0.001f * 100f * (0 - v + i);
                i = i - 0.001f * 200f * i;
                membrane[t] = v;
                float z = v - THRESHOLD > 0 ? 1 : 0;
                v = (1 - z) * v + z * 0;
                spikes[t] = z == 1;
            }
        });
    }

    @Test
    void sinabs() {
        float alpha = (float) Math.exp(-1 / 7.0);
        compare(LifDialect.SINABS_LIF, alpha, (x, membrane, spikes) -> {
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                v = alpha * v + (1 - alpha) * x[t];
                float s = v - THRESHOLD >= 0 ? 1 : 0;
                membrane[t] = v;
                v = v - s * THRESHOLD;
                spikes[t] = s == 1;
            }
        });
        float synapse = (float) Math.exp(-1 / 3.0);
        compare(LifDialect.sinabsWithSynapse(synapse), alpha, (x, membrane, spikes) -> {
            float i = 0;
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                i = synapse * (i + x[t]);
                v = alpha * v + (1 - alpha) * i;
                float s = v - THRESHOLD >= 0 ? 1 : 0;
                membrane[t] = v;
                v = v - s * THRESHOLD;
                spikes[t] = s == 1;
            }
        });
    }

    @Test
    void spyx() {
        compare(LifDialect.SPYX_LIF, 0.85f, (x, membrane, spikes) -> {
            float v = 0;
            for (int t = 0; t < STEPS; t++) {
                float s = v - THRESHOLD > 0 ? 1 : 0;
                v = 0.85f * v + x[t] - s * THRESHOLD;
                membrane[t] = v;
                spikes[t] = s == 1;
            }
        });
    }

    @Test
    void nir() {
        float leak = (float) (1e-4 / 2.5e-3);
        compare(LifDialect.nir(30, 0.1f, -0.2f), leak, (x, membrane, spikes) -> {
            float v = 0.1f;
            for (int t = 0; t < STEPS; t++) {
                v = v + leak * (0.1f - v + 30 * x[t]);
                membrane[t] = v;
                spikes[t] = v > THRESHOLD;
                v = spikes[t] ? -0.2f : v;
            }
        });
    }

    /// Two neurons that reach θ exactly: ≥ and > differ in every hit.
    @Test
    void comparisonsDifferAtTheThreshold() {
        LifDialect atLeast = LifDialect.IONFORGE;
        LifDialect above = new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0, 0, Comparison.ABOVE, Reset.TO_VALUE, 0, false, false,
                false);
        float[] x = {1, 0.5f, 0.75f, 0};
        assertEquals("1010", train(atLeast, 0.5f, x));
        assertEquals("0010", train(above, 0.5f, x));
        float[] notANumber = {0.5f, Float.NaN, 5, 5};
        assertEquals("0000", train(atLeast, 0.5f, notANumber), "a NaN stays in the membrane and never spikes");
        assertEquals("0111", train(atLeast.subtracting(), 0.5f, new float[] {0, Float.POSITIVE_INFINITY, 0, 0}));
        assertEquals("0100", train(atLeast, 0.5f, new float[] {0, Float.POSITIVE_INFINITY, 0, 0}));
    }

    @Test
    void refusesDialectsThatMeanNothing() {
        String late = assertThrows(IllegalArgumentException.class, () -> new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0, 0,
                Comparison.ABOVE, Reset.TO_VALUE, 0, true, false, false)).getMessage();
        assertTrue(late.contains("by subtraction"), late);
        assertThrows(IllegalArgumentException.class, () -> LifDialect.nir(Float.NaN, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0.5f, 0,
                Comparison.ABOVE, Reset.NONE, 0, false, false, false));
        assertThrows(IllegalArgumentException.class, () -> new LifDialect(Charge.LEAK, false, Synapse.NONE, 0.5f, 1, 0, 0,
                Comparison.ABOVE, Reset.NONE, 0, false, false, false));
    }

    private static String train(LifDialect dialect, float leak, float[] x) {
        LifNeuron neuron = new LifNeuron(dialect, null, x.length);
        neuron.run(leak, THRESHOLD, t -> x[t]);
        StringBuilder train = new StringBuilder();
        for (int t = 0; t < x.length; t++) {
            train.append(neuron.spike(t) ? 1 : 0);
        }
        return train.toString();
    }

    /// Currents of many sizes, among them such as bring the membrane to θ exactly.
    private static void compare(LifDialect dialect, float leak, Simulator simulator) {
        Random random = new Random(3);
        int spikes = 0;
        for (int run = 0; run < 500; run++) {
            float scale = (float) Math.exp(random.nextDouble(-2, 3));
            float[] x = new float[STEPS];
            for (int t = 0; t < STEPS; t++) {
                x[t] = random.nextInt(4) == 0 ? random.nextInt(-2, 3) : scale * (random.nextFloat() - 0.3f);
            }
            float[] membrane = new float[STEPS];
            boolean[] expected = new boolean[STEPS];
            simulator.run(x, membrane, expected);
            LifNeuron neuron = new LifNeuron(dialect, null, STEPS);
            neuron.run(leak, THRESHOLD, t -> x[t]);
            for (int t = 0; t < STEPS; t++) {
                IntFunction<String> where = step -> dialect + " at step " + step;
                assertEquals(expected[t], neuron.spike(t), where.apply(t));
                assertEquals(membrane[t] + 0f, neuron.membrane[t] + 0f, 0, where.apply(t));
                spikes += expected[t] ? 1 : 0;
            }
        }
        assertTrue(spikes > 1000 && spikes < 500 * STEPS - 1000, "a fair share of spikes: " + spikes);
    }
}
