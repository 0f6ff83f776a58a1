package org.ionforge.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ionforge.compute.Bf16;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifDialect.Charge;
import org.ionforge.compute.LifDialect.Comparison;
import org.ionforge.compute.LifDialect.Reset;
import org.ionforge.compute.LifDialect.Synapse;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;
import org.ionforge.compute.reference.LifShares;

/// Neurons, their parameters (one or one for each), the currents into them, and gradients of all their outputs.
///
/// @param bf16     currents and gradients of the spikes, all of them BF16 values, go in as such
/// @param constant `currents` are `[B, N]`
/// @param levels   of a rounded membrane, null for none
record LifCase(String name, Lif.Shape shape, LifDialect dialect, Surrogate surrogate, float[] leak, float[] threshold, float[] slope,
               float[] offset, float[] currents, boolean bf16, boolean constant, Gradients upstream, StateLevels levels) {

    /// By the outputs of forward, null where nothing comes.
    record Gradients(float[] spikes, float[] counts, float[] membrane, float[] last) {
    }

    record Forward(int[] spikes, float[] counts, float[] membrane, float[] last) {
    }

    record Backward(float[] currents, float[] leak, float[] threshold, float[] slope, float[] offset) {
    }

    static final List<LifDialect> PRESETS = List.of(LifDialect.IONFORGE, LifDialect.IONFORGE.subtracting(),
            LifDialect.IONFORGE.withoutReset(), LifDialect.IONFORGE.resettingTo(-0.25f).detached(true), LifDialect.SNNTORCH_LEAKY,
            LifDialect.SNNTORCH_LEAKY.detached(false), LifDialect.SNNTORCH_LEAKY_ZERO, LifDialect.SPIKINGJELLY_LIF_NODE,
            LifDialect.NORSE_LIF, LifDialect.SINABS_LIF, LifDialect.SPYX_LIF, LifDialect.nir(1.5f, 0.125f, -0.25f),
            LifDialect.sinabsWithSynapse(0.75f), LifDialect.snnTorchSynaptic(0.5f));

    /// Currents around the threshold, some of them multiples of ¼ that meet it exactly; mixed gradients of every output.
    static LifCase random(String name, Lif.Shape shape, LifDialect dialect, Surrogate surrogate, boolean each, boolean bf16,
                          boolean constant, long seed) {
        Random random = new Random(seed);
        float[] currents = new float[Math.toIntExact(constant ? shape.cells() : shape.elements())];
        for (int i = 0; i < currents.length; i++) {
            currents[i] = rounded(random.nextInt(3) == 0 ? random.nextInt(-2, 6) * 0.25f : random.nextFloat() * 1.6f - 0.4f, bf16);
        }
        int parameters = each ? shape.neurons() : 1;
        boolean learnable = surrogate.shape() == Surrogate.Shape.LEARNABLE;
        float[] leak = switch (dialect.charge()) {
            case LEAK -> uniform(random, parameters, 0.5f, 0.98f);
            case DIVIDE -> uniform(random, parameters, 1.2f, 4);
            case MULTIPLY -> uniform(random, parameters, 0.1f, 0.9f);
        };
        float[] threshold = random.nextBoolean() ? uniform(random, parameters, 0.4f, 1.2f) : new float[] {1};
        float[] spikes = uniform(random, (int) shape.elements(), -1, 1);
        for (int i = 0; i < spikes.length; i++) {
            spikes[i] = rounded(spikes[i], bf16);
        }
        Gradients upstream = new Gradients(spikes, uniform(random, (int) shape.cells(), -1, 1), uniform(random, (int) shape.elements(), -1, 1),
                uniform(random, (int) shape.cells(), -1, 1));
        return new LifCase(name, shape, dialect, surrogate, leak, threshold, learnable ? uniform(random, parameters, 1, 3) : null,
                learnable ? uniform(random, parameters, -0.2f, 0.2f) : null, currents, bf16, constant, upstream, null);
    }

    /// Any of the dialects that can be written down.
    static LifDialect anyDialect(Random random) {
        Charge charge = Charge.values()[random.nextInt(3)];
        Synapse synapse = Synapse.values()[random.nextInt(4)];
        Reset reset = Reset.values()[random.nextInt(3)];
        return new LifDialect(charge, random.nextBoolean(), synapse, synapse == Synapse.NONE ? 0 : 0.4f,
                random.nextBoolean() ? 1 : 1.3f, charge == Charge.LEAK ? 0 : 0.2f, random.nextInt(2) * 0.1f,
                Comparison.values()[random.nextInt(2)], reset, reset == Reset.TO_VALUE ? random.nextInt(2) * -0.3f : 0,
                reset == Reset.SUBTRACT && random.nextBoolean(), random.nextBoolean(), random.nextBoolean());
    }

    LifCase with(Gradients gradients) {
        return new LifCase(name, shape, dialect, surrogate, leak, threshold, slope, offset, currents, bf16, constant, gradients, levels);
    }

    LifCase withThreshold(float[] other) {
        return new LifCase(name, shape, dialect, surrogate, leak, other, slope, offset, currents, bf16, constant, upstream, levels);
    }

    LifCase withCurrents(float[] others) {
        return new LifCase(name, shape, dialect, surrogate, leak, threshold, slope, offset, others, bf16, constant, upstream, levels);
    }

    LifCase withLevels(StateLevels others) {
        return new LifCase(name, shape, dialect, surrogate, leak, threshold, slope, offset, currents, bf16, constant, upstream, others);
    }

    Forward forward(Room room) {
        return Trial.on(room, trial -> {
            int elements = (int) shape.elements();
            int cells = (int) shape.cells();
            Buffer spikes = trial.output(ElementType.U32, (int) shape.spikeWords());
            Buffer counts = trial.output(ElementType.F32, cells);
            Buffer membrane = trial.output(ElementType.F32, elements);
            Buffer last = trial.output(ElementType.F32, cells);
            trial.backend().lif().forward(shape, neurons(trial), new Lif.Currents(values(trial, currents), constant),
                    new Lif.Outputs(spikes, counts, membrane, last));
            return new Forward(trial.ints(spikes, (int) shape.spikeWords()), trial.floats(counts, cells),
                    trial.floats(membrane, elements), trial.floats(last, cells));
        });
    }

    Backward backward(Room room) {
        return Trial.on(room, trial -> {
            Buffer byCurrents = trial.output(bf16 && !constant ? ElementType.BF16 : ElementType.F32, currents.length);
            Buffer byLeak = trial.output(ElementType.F32, leak.length);
            Buffer byThreshold = trial.output(ElementType.F32, threshold.length);
            Buffer bySlope = slope == null ? null : trial.output(ElementType.F32, slope.length);
            Buffer byOffset = offset == null ? null : trial.output(ElementType.F32, offset.length);
            trial.backend().lif().backward(shape, neurons(trial), new Lif.Currents(values(trial, currents), constant),
                    new Lif.Upstream(values(trial, upstream.spikes), floats(trial, upstream.counts), floats(trial, upstream.membrane),
                            floats(trial, upstream.last)), byCurrents, new Lif.Gradients(byLeak, byThreshold, bySlope, byOffset));
            return new Backward(read(trial, byCurrents, currents.length), trial.floats(byLeak, leak.length),
                    trial.floats(byThreshold, threshold.length), slope == null ? null : trial.floats(bySlope, slope.length),
                    offset == null ? null : trial.floats(byOffset, offset.length));
        });
    }

    LifNeurons neurons(Trial trial) {
        LifNeurons neurons = new LifNeurons(dialect, trial.input(leak), trial.input(threshold), surrogate, floats(trial, slope),
                floats(trial, offset));
        return levels == null ? neurons : neurons.rounded(levels, trial.input(levels.table()));
    }

    LifShares shares() {
        int cells = (int) shape.cells();
        float[] all = new float[(int) shape.elements()];
        double[] bySpike = new double[all.length];
        double[] byMembrane = new double[all.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = currents[constant ? i % cells : i];
            bySpike[i] = at(upstream.spikes, i) + at(upstream.counts, i % cells);
            byMembrane[i] = at(upstream.membrane, i) + (i >= all.length - cells ? at(upstream.last, i % cells) : 0);
        }
        return LifShares.of(shape, dialect, levels, surrogate, leak, threshold, slope, offset, all, bySpike, byMembrane);
    }

    private static double at(float[] gradient, int i) {
        return gradient == null ? 0 : gradient[i];
    }

    private Buffer values(Trial trial, float[] values) {
        if (values == null || !bf16) {
            return floats(trial, values);
        }
        short[] bits = new short[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Bf16.of(values[i]);
        }
        return trial.input(ElementType.BF16, bits);
    }

    private static Buffer floats(Trial trial, float[] values) {
        return values == null ? null : trial.input(values);
    }

    private static float[] read(Trial trial, Buffer buffer, int n) {
        if (buffer.type() == ElementType.F32) {
            return trial.floats(buffer, n);
        }
        short[] bits = trial.shorts(buffer, n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = Bf16.toFloat(bits[i]);
        }
        return values;
    }

    private static float rounded(float value, boolean bf16) {
        return bf16 ? Bf16.toFloat(Bf16.of(value)) : value;
    }

    static float[] uniform(Random random, int n, float low, float high) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }

    /// Some of each: dialects of every preset and any others.
    static List<LifDialect> dialects(int others, long seed) {
        List<LifDialect> dialects = new ArrayList<>(PRESETS);
        Random random = new Random(seed);
        for (int i = 0; i < others; i++) {
            dialects.add(anyDialect(random));
        }
        return dialects;
    }
}
