package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Bf16;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.Surrogate;

/// LIF neurons alone, snnTorch's `Leaky` with its defaults: from currents to spikes, from the spikes' gradients to the currents'.
///
/// @param type F32, or BF16 of currents and gradients
public record LifPass(int steps, int batch, int neurons, Way way, ElementType type) implements Workload {

    /// What is run.
    public enum Way { FORWARD, BACKWARD, BOTH }

    public static final float BETA = 0.95f;
    public static final float THRESHOLD = 1;

    private static final Surrogate ARCTAN = Surrogate.arctan(2);

    @Override
    public String operation() {
        return switch (way) {
            case FORWARD -> "lif.forward";
            case BACKWARD -> "lif.backward";
            case BOTH -> "lif.forwardBackward";
        };
    }

    @Override
    public String shape() {
        return type + " T=" + steps + " B=" + batch + " N=" + neurons;
    }

    /// Forward: currents in, bits out. Backward: currents and gradients in, gradients out.
    @Override
    public Cost cost() {
        long elements = (long) steps * batch * neurons;
        long forward = elements * type.bytes() + elements / 8;
        long backward = 3 * elements * type.bytes();
        return switch (way) {
            case FORWARD -> Cost.bytes(forward).fma(4 * elements);
            case BACKWARD -> Cost.bytes(backward).fma(16 * elements);
            case BOTH -> Cost.bytes(forward + backward).fma(20 * elements);
        };
    }

    /// `[T, B, N]`; some 15 % of the steps spike.
    public float[] currents() {
        return values(1, 0, 0.4);
    }

    /// The loss's gradient by each spike, `[T, B, N]`.
    public float[] bySpike() {
        return values(2, -1, 1);
    }

    private float[] values(long seed, double from, double to) {
        float[] values = new float[steps * batch * neurons];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(from, to);
        }
        return values;
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, this::ours);
    }

    private Contender ours(Operands operands) {
        Lif lif = operands.backend().lif();
        Lif.Shape shape = new Lif.Shape(steps, batch, neurons);
        LifNeurons leaky = new LifNeurons(LifDialect.SNNTORCH_LEAKY, operands.floats(new float[] {BETA}),
                operands.floats(new float[] {THRESHOLD}), ARCTAN);
        Lif.Currents currents = new Lif.Currents(buffer(operands, currents()), false);
        Buffer spikes = operands.allocate(ElementType.U32, shape.spikeWords());
        Lif.Outputs outputs = new Lif.Outputs(spikes, null, null, null);
        if (way == Way.FORWARD) {
            return operands.running(() -> lif.forward(shape, leaky, currents, outputs), spikes);
        }
        Lif.Upstream upstream = new Lif.Upstream(buffer(operands, bySpike()), null, null, null);
        Buffer gradient = operands.allocate(type, shape.elements());
        return operands.running(() -> {
            if (way == Way.BOTH) {
                lif.forward(shape, leaky, currents, outputs);
            }
            lif.backward(shape, leaky, currents, upstream, gradient, Lif.Gradients.NONE);
        }, gradient);
    }

    private Buffer buffer(Operands operands, float[] values) {
        if (type == ElementType.F32) {
            return operands.floats(values);
        }
        short[] halves = new short[values.length];
        for (int i = 0; i < values.length; i++) {
            halves[i] = Bf16.of(values[i]);
        }
        return operands.copy(ElementType.BF16, MemorySegment.ofArray(halves));
    }
}
