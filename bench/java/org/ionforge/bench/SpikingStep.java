package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.BatchRows;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.CrossEntropy;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.Surrogate;
import org.ionforge.quantization.LayerPlan;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;

/// One training step of a spiking network, as its training does it: the next samples of the epoch's order are gathered, forward over T
/// steps, cross entropy of the spike counts, backward through time, clipping, AdamW. Neurons and initial weights are as in
/// [SpikingPass], so that the first step's spikes are the same in every library.
///
/// @param steps     T
/// @param quantised with INT8 fake-quantised weights; no peer does that
public record SpikingStep(Net net, int steps, boolean quantised) implements Workload {

    /// A network that is trained.
    public enum Net {
        DENSE("784-1000-10", 128, 0x1p-10f, 0x1p-11f),
        CONVOLUTIONAL("28x28x1-c12k5-p2-c32k5-p2-10", 64, 0x1p-8f, 0x1p-10f, 0x1p-11f);

        private final NetworkShape shape;
        private final int batch;
        private final float[] units;

        /// @param units of the weights of each layer, so that some 10 to 20 % of the steps spike
        Net(String shape, int batch, float... units) {
            this.shape = NetworkShape.parse(shape);
            this.batch = batch;
            this.units = units;
        }

        public NetworkShape shape() {
            return shape;
        }

        public int batch() {
            return batch;
        }

        public int samples() {
            return 64 * batch;
        }

        public List<SpikingPass.Values> layers() {
            return IntStream.range(0, units.length).mapToObj(layer -> SpikingPass.values(2 + layer, shape.layer(layer).neurons(),
                    shape.layer(layer).inputs(), units[layer])).toList();
        }
    }

    public static final float SCORE_SCALE = 0.4f;
    public static final float CLIP = 1;
    public static final float RATE = 1e-3f;
    public static final AdamW.Options OPTIONS = new AdamW.Options(0.9, 0.999, 1e-8, 1e-5);

    @Override
    public String operation() {
        return "spikingNetwork.step";
    }

    @Override
    public String shape() {
        return net.shape + " T=" + steps + " B=" + net.batch + (quantised ? " INT8" : "");
    }

    /// Products as if every input were dense, counted as in [SpikingPass]: forward, the weights' gradient, and from the second layer on the
    /// way through the weights; then 14 operations a parameter.
    @Override
    public Cost cost() {
        long operations = 0;
        for (int i = 0; i < net.units.length; i++) {
            NetworkShape.Layer layer = net.shape.layer(i);
            long rows = (long) net.batch * layer.out().positions() * (i == 0 ? 1 : steps);
            operations += (i == 0 ? 2 : 3) * 2 * rows * layer.weights() + 14L * (layer.weights() + layer.neurons());
        }
        return Cost.bytes(0).fma(operations);
    }

    /// `[samples, inputs]`: a fifth of the pixels are lit.
    public float[] values() {
        SplittableRandom random = new SplittableRandom(5);
        float[] values = new float[net.samples() * net.shape.inputs()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(5) == 0 ? random.nextInt(17) / 16f : 0;
        }
        return values;
    }

    public int[] labels() {
        return new SplittableRandom(6).ints(net.samples(), 0, net.shape.outputs()).toArray();
    }

    /// Of the batches.
    public int[] order() {
        int[] order = IntStream.range(0, net.samples()).toArray();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
        return order;
    }

    /// First position of a step's batch.
    public int first(long step) {
        return (int) (step % (net.samples() / net.batch)) * net.batch;
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, operands -> {
            Run run = new Run(this, operands);
            return operands.running(run::step, run.network.gradients());
        });
    }

    /// The buffers of a training, and its next step.
    private static final class Run {
        private final SpikingStep workload;
        private final Backend backend;
        private final int batch;
        private final SpikingNetwork network;
        private final Buffer values;
        private final Buffer labels;
        private final Buffer order;
        private final Buffer input;
        private final Buffer totals;
        private final Buffer norm;
        private final Buffer m;
        private final Buffer v;
        private final List<AdamW.Group> groups;
        private long done;

        Run(SpikingStep workload, Operands operands) {
            this.workload = workload;
            backend = operands.backend();
            NetworkOptions options = new NetworkOptions(workload.net.shape, workload.steps, LifDialect.SNNTORCH_LEAKY, SpikingPass.BETA,
                    SpikingPass.THRESHOLD, false, false, Surrogate.arctan(2), NetworkOptions.Readout.COUNT, SCORE_SCALE);
            batch = workload.net.batch;
            network = new SpikingNetwork(backend, options, batch);
            operands.atClose(network::close);
            ParameterTable table = network.table();
            List<SpikingPass.Values> layers = workload.net.layers();
            for (int layer = 0; layer < layers.size(); layer++) {
                network.parameters().upload(MemorySegment.ofArray(layers.get(layer).weights()), table.entry(ParameterTable.Kind.WEIGHT, layer).offset());
                network.parameters().upload(MemorySegment.ofArray(layers.get(layer).biases()), table.entry(ParameterTable.Kind.BIAS, layer).offset());
            }
            if (workload.quantised) {
                network.quantise(QuantisationPlan.uniform(LayerPlan.named("8"), layers.size()).weightsOnly());
            }
            groups = table.entries().stream().filter(entry -> entry.kind() == ParameterTable.Kind.WEIGHT || entry.kind() == ParameterTable.Kind.BIAS)
                    .map(entry -> new AdamW.Group(entry.offset(), entry.length(), RATE, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY)).toList();
            values = operands.floats(workload.values());
            labels = operands.copy(ElementType.U8, bytes(workload.labels()));
            order = operands.copy(ElementType.S32, MemorySegment.ofArray(workload.order()));
            input = operands.allocate(ElementType.F32, (long) batch * options.shape().inputs());
            totals = operands.copy(ElementType.F64, MemorySegment.ofArray(new double[CrossEntropy.TOTALS]));
            norm = operands.allocate(ElementType.F32, 2);
            m = operands.floats(new float[Math.toIntExact(table.length())]);
            v = operands.floats(new float[Math.toIntExact(table.length())]);
        }

        private static MemorySegment bytes(int[] labels) {
            byte[] bytes = new byte[labels.length];
            for (int i = 0; i < labels.length; i++) {
                bytes[i] = (byte) labels[i];
            }
            return MemorySegment.ofArray(bytes);
        }

        void step() {
            int first = workload.first(done++);
            if (workload.quantised) {
                network.observeWeights();
            }
            backend.batchRows().gather(new BatchRows.Shape(1, batch, workload.net.shape.inputs()), values, order, first, input);
            Input in = Input.constant(input);
            network.forward(in, batch);
            backend.crossEntropy().add(new CrossEntropy.Shape(batch, workload.net.shape.outputs()), network.scores(), SCORE_SCALE,
                    new CrossEntropy.Targets(labels, order, first), network.scoreGradient(), totals);
            network.backward(in, batch);
            backend.gradientNorm().clip(List.of(network.gradients()), CLIP, norm);
            backend.adamW().step(network.parameters(), network.gradients(), m, v, groups, OPTIONS, done);
        }
    }
}
