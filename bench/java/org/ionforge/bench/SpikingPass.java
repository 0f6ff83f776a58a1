package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.LifNeurons;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.SpikingLinear.Gradients;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.SpikingLinear.Layer;
import org.ionforge.compute.SpikingLinear.Outputs;
import org.ionforge.compute.SpikingLinear.Shape;
import org.ionforge.compute.SpikingLinear.Through;
import org.ionforge.compute.SpikingLinear.Upstream;
import org.ionforge.compute.SpikingLinear.Weights;
import org.ionforge.compute.Surrogate;

/// A batch through the network 784-1000-10 of LIF neurons, snnTorch's `Leaky` with its defaults, on an input that is the same at every
/// step; and back to the gradients of weights and biases.
///
/// Inputs, weights and biases are multiples of powers of two, so small that every sum of products is exact in float: whatever the order
/// of a library's sums, the same neurons spike, and the sums of two sides are held to each other without allowance.
///
/// @param steps     T
/// @param backward  and back
/// @param quantised with INT8 fake-quantised weights; no peer does that
public record SpikingPass(int steps, boolean backward, boolean quantised) implements Workload {

    public static final int BATCH = 128;
    public static final int[] SIZES = {784, 1000, 10};
    public static final float BETA = 0.95f;
    public static final float THRESHOLD = 1;

    private static final Surrogate ARCTAN = Surrogate.arctan(2);
    private static final QuantisationScheme INT8 = QuantisationScheme.int8Narrow().perChannel();
    /// Of the largest weight of a layer: a multiple of the weights' unit.
    private static final int LARGEST = 127;

    /// A layer's parameters.
    ///
    /// @param weights `[N, K]`
    /// @param unit    what all of them are multiples of
    public record Values(float[] weights, float[] biases, float unit) {
    }

    @Override
    public String operation() {
        return backward ? "spikingLinear.forwardBackward" : "spikingLinear.forward";
    }

    @Override
    public String shape() {
        return "784-1000-10 T=" + steps + " B=" + BATCH + (quantised ? " INT8" : "");
    }

    /// Gradients stand for sums of a million products.
    @Override
    public double tolerance() {
        return backward ? 1e-4 : 0;
    }

    /// The products as if every input were dense: once for the constant input, at each step for the spikes; backward a layer's weight
    /// gradient, and the way through the second layer.
    @Override
    public Cost cost() {
        long first = 2L * BATCH * SIZES[0] * SIZES[1];
        long second = 2L * BATCH * steps * SIZES[1] * SIZES[2];
        return Cost.bytes(0).fma(backward ? 2 * first + 3 * second : first + second);
    }

    /// `[B, 784]`: a fifth of the pixels are lit.
    public float[] input() {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[BATCH * SIZES[0]];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(5) == 0 ? random.nextInt(17) / 16f : 0;
        }
        return values;
    }

    /// The first layer's, and the second's: some 15 % and 10 % of the steps spike.
    public List<Values> layers() {
        return List.of(values(2, SIZES[1], SIZES[0], 0x1p-10f), values(3, SIZES[2], SIZES[1], 0x1p-11f));
    }

    static Values values(long seed, int n, int k, float unit) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] weights = new float[n * k];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextInt(-LARGEST, LARGEST + 1) * unit;
        }
        float[] biases = new float[n];
        for (int i = 0; i < n; i++) {
            biases[i] = random.nextInt(-LARGEST, LARGEST + 1) * unit;
        }
        return new Values(weights, biases, unit);
    }

    /// The loss's gradient by each spike of the last layer, `[T, B, 10]`.
    public float[] bySpike() {
        return Operands.uniform(4, steps * BATCH * SIZES[2], -1, 1);
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, operands -> {
            Buffer x = operands.floats(input());
            Buffer bySpike = operands.floats(bySpike());
            List<Layer> layers = layers().stream().map(values -> layer(operands, values)).toList();
            // What the pass itself makes is made in its first run, which the memory is counted of.
            List<Run> run = new ArrayList<>();
            return operands.running(() -> {
                if (run.isEmpty()) {
                    run.add(new Run(this, operands, x, bySpike, layers));
                }
                run.getFirst().go();
            }, () -> run.getFirst().sum());
        });
    }

    private Layer layer(Operands operands, Values values) {
        float[] scales = new float[values.biases().length];
        Arrays.fill(scales, values.unit());
        SpikingLinear.Quantisation codes = quantised ? new SpikingLinear.Quantisation(INT8, operands.floats(scales), true) : null;
        return new Layer(new Weights(operands.floats(values.weights()), operands.floats(values.biases()), codes), null,
                new LifNeurons(LifDialect.SNNTORCH_LEAKY, operands.floats(new float[] {BETA}), operands.floats(new float[] {THRESHOLD}), ARCTAN));
    }

    /// The buffers of a pass, and the calls.
    private static final class Run {
        private final SpikingPass pass;
        private final SpikingLinear linear;
        private final Shape first;
        private final Shape second;
        private final List<Layer> layers;
        private final Input x;
        private final Input hiddenSpikes;
        private final Outputs hidden;
        private final Outputs out;
        private final Upstream fromLoss;
        private final Upstream fromSecond;
        private final Gradients byFirst;
        private final Gradients bySecond;

        Run(SpikingPass pass, Operands operands, Buffer x, Buffer bySpike, List<Layer> layers) {
            this.pass = pass;
            this.layers = layers;
            this.x = Input.constant(x);
            linear = operands.backend().spikingLinear();
            first = new Shape(pass.steps, BATCH, SIZES[0], SIZES[1]);
            second = new Shape(pass.steps, BATCH, SIZES[1], SIZES[2]);
            hidden = outputs(operands, first, BATCH, pass.backward);
            out = outputs(operands, second, (long) pass.steps * BATCH, pass.backward);
            hiddenSpikes = Input.spikes(hidden.lif().spikes());
            Buffer byCurrent = pass.backward ? operands.allocate(ElementType.F32, (long) pass.steps * BATCH * SIZES[2]) : null;
            fromLoss = new Upstream(new Lif.Upstream(bySpike, null, null, null), null);
            fromSecond = new Upstream(null, new Through(byCurrent, SIZES[2], layers.get(1).weights()));
            bySecond = gradients(operands, pass.backward, second, byCurrent);
            byFirst = gradients(operands, pass.backward, first, null);
        }

        private static Outputs outputs(Operands operands, Shape shape, long rows, boolean backward) {
            Buffer spikes = operands.allocate(ElementType.U32, shape.lif().spikeWords());
            Buffer currents = backward ? operands.allocate(ElementType.F32, rows * shape.neurons()) : null;
            return new Outputs(new Lif.Outputs(spikes, null, null, null), currents, null);
        }

        private static Gradients gradients(Operands operands, boolean wanted, Shape shape, Buffer byCurrent) {
            return !wanted ? null : new Gradients(operands.allocate(ElementType.F32, (long) shape.neurons() * shape.inputs()),
                    operands.allocate(ElementType.F32, shape.neurons()), Lif.Gradients.NONE, byCurrent, null);
        }

        void go() {
            linear.forward(first, layers.get(0), x, hidden);
            linear.forward(second, layers.get(1), hiddenSpikes, out);
            if (pass.backward) {
                linear.backward(second, layers.get(1), hiddenSpikes, out.currents(), fromLoss, bySecond);
                linear.backward(first, layers.get(0), x, hidden.currents(), fromSecond, byFirst);
            }
        }

        double sum() {
            if (!pass.backward) {
                return spikes(out.lif().spikes());
            }
            double sum = 0;
            for (Gradients each : List.of(byFirst, bySecond)) {
                sum += Operands.magnitude(each.weights()) + Operands.magnitude(each.bias());
            }
            return sum;
        }

        private static double spikes(Buffer bits) {
            int[] words = new int[Math.toIntExact(bits.length())];
            bits.download(MemorySegment.ofArray(words));
            return Arrays.stream(words).map(Integer::bitCount).sum();
        }
    }
}
