package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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

/// One training step of the spiking network 784-1000-10, as its training does it: the next samples of the epoch's order are gathered,
/// forward over T steps, cross entropy of the spike counts, backward through time, clipping, AdamW. Neurons and initial weights are
/// those of [SpikingPass], so that the first step's spikes are the same in every library.
///
/// @param steps     T
/// @param quantised with INT8 fake-quantised weights; no peer does that
public record SpikingStep(int steps, boolean quantised) implements Workload {

    public static final int BATCH = SpikingPass.BATCH;
    public static final int SAMPLES = 64 * BATCH;
    public static final float SCORE_SCALE = 0.4f;
    public static final float CLIP = 1;
    public static final float RATE = 1e-3f;
    public static final AdamW.Options OPTIONS = new AdamW.Options(0.9, 0.999, 1e-8, 1e-5);

    private static final int INPUTS = SpikingPass.SIZES[0];
    private static final int CLASSES = SpikingPass.SIZES[2];

    @Override
    public String operation() {
        return "spikingNetwork.step";
    }

    @Override
    public String shape() {
        return "784-1000-10 T=" + steps + " B=" + BATCH + (quantised ? " INT8" : "");
    }

    /// The products of [SpikingPass], and 14 operations a parameter.
    @Override
    public Cost cost() {
        long parameters = Arrays.stream(new int[] {785 * 1000, 1001 * 10}).sum();
        return Cost.bytes(0).fma(new SpikingPass(steps, true, quantised).cost().operations() + 14 * parameters);
    }

    /// `[SAMPLES, 784]`: a fifth of the pixels are lit.
    public float[] values() {
        SplittableRandom random = new SplittableRandom(5);
        float[] values = new float[SAMPLES * INPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(5) == 0 ? random.nextInt(17) / 16f : 0;
        }
        return values;
    }

    public int[] labels() {
        return new SplittableRandom(6).ints(SAMPLES, 0, CLASSES).toArray();
    }

    /// Of the batches.
    public int[] order() {
        int[] order = IntStream.range(0, SAMPLES).toArray();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = SAMPLES - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
        return order;
    }

    /// First position of a step's batch.
    public static int first(long step) {
        return (int) (step % (SAMPLES / BATCH)) * BATCH;
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
            NetworkOptions options = new NetworkOptions(NetworkShape.dense(SpikingPass.SIZES), workload.steps, LifDialect.SNNTORCH_LEAKY, SpikingPass.BETA,
                    SpikingPass.THRESHOLD, false, false, Surrogate.arctan(2), NetworkOptions.Readout.COUNT, SCORE_SCALE);
            network = new SpikingNetwork(backend, options, BATCH);
            operands.atClose(network::close);
            ParameterTable table = network.table();
            List<SpikingPass.Values> layers = new SpikingPass(workload.steps, true, false).layers();
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
            input = operands.allocate(ElementType.F32, (long) BATCH * INPUTS);
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
            int first = first(done++);
            if (workload.quantised) {
                network.observeWeights();
            }
            backend.batchRows().gather(new BatchRows.Shape(1, BATCH, INPUTS), values, order, first, input);
            Input in = Input.constant(input);
            network.forward(in, BATCH);
            backend.crossEntropy().add(new CrossEntropy.Shape(BATCH, CLASSES), network.scores(), SCORE_SCALE,
                    new CrossEntropy.Targets(labels, order, first), network.scoreGradient(), totals);
            network.backward(in, BATCH);
            backend.gradientNorm().clip(List.of(network.gradients()), CLIP, norm);
            backend.adamW().step(network.parameters(), network.gradients(), m, v, groups, OPTIONS, done);
        }
    }
}
