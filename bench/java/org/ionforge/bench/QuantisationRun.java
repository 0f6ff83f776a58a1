package org.ionforge.bench;

import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.FakeQuantisation.StepRule;
import org.ionforge.compute.Observers;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantisationScheme.ScaleRule;

/// One call of a quantisation to eight bits, on values in [−1, 1).
///
/// @param rows 1: one scale for all
public record QuantisationRun(Kind kind, int rows, int columns) implements Workload {

    /// What a run does, with the bytes of a value counted from the contract: reads, writes, mask bits.
    public enum Kind {
        /// Values and mask.
        QUANTISE("fakeQuantisation.quantise", 4 + 4 + 0.125),
        /// By the scale of this tensor: a row is in the cache for its second reading, a tensor has to be read twice.
        OBSERVE_AND_QUANTISE("observers.observeAndQuantise", 4 + 4 + 0.125),
        /// By the scale before this tensor.
        OBSERVE_AND_QUANTISE_DELAYED("observers.observeAndQuantise delayed", 4 + 4 + 0.125),
        /// The state alone.
        OBSERVE("observers.observe", 4),
        /// The gradient behind the mask.
        STRAIGHT_THROUGH("fakeQuantisation.straightThrough", 4 + 0.125 + 4),
        /// Gradients by values and scale.
        STEP_GRADIENTS("fakeQuantisation.stepGradients", 4 + 4 + 4);

        private final String operation;
        private final double bytes;

        Kind(String operation, double bytes) {
            this.operation = operation;
            this.bytes = bytes;
        }
    }

    public static final float SCALE = 0.01f;
    public static final float AVERAGING = 0.01f;

    @Override
    public String operation() {
        return kind.operation;
    }

    @Override
    public String shape() {
        return rows == 1 ? columns + " values, one scale" : rows + "×" + columns + ", a scale a row";
    }

    /// A tensor quantised by its own range is read twice; eight operations a value otherwise, and what the gradients take.
    @Override
    public Cost cost() {
        boolean twice = kind == Kind.OBSERVE_AND_QUANTISE && rows == 1;
        return Cost.bytes(Math.round((kind.bytes + (twice ? 4 : 0)) * rows * columns)).fma(8L * rows * columns);
    }

    /// A sum in float of that many terms is good for no more.
    @Override
    public double tolerance() {
        return kind == Kind.STEP_GRADIENTS ? 1e-3 : 1e-5;
    }

    public float[] values() {
        return Operands.uniform(1, Math.multiplyExact(rows, columns), -1, 1);
    }

    public float[] gradients() {
        return Operands.uniform(2, Math.multiplyExact(rows, columns), -1, 1);
    }

    /// The scales of a run that does not work them out.
    public float[] scales() {
        float[] scales = new float[rows];
        for (int i = 0; i < rows; i++) {
            scales[i] = SCALE * (1 + i % 7);
        }
        return scales;
    }

    /// As libtorch's fused observer has it on the CPU, so that both do the same.
    public QuantisationScheme scheme() {
        QuantisationScheme scheme = QuantisationScheme.int8().with(ScaleRule.FUSED_OBSERVER_FBGEMM);
        return rows == 1 ? scheme : scheme.perChannel();
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, this::ours);
    }

    private Contender ours(Operands operands) {
        int n = rows * columns;
        Channels channels = new Channels(rows, columns, columns);
        Buffer x = operands.floats(values());
        Buffer out = operands.allocate(ElementType.F32, n);
        FakeQuantisation.Scales scales = new FakeQuantisation.Scales(operands.floats(scales()), operands.allocate(ElementType.S32, rows));
        scales.zeroPoint().fill((byte) 0);
        Buffer mask = operands.allocate(ElementType.U32, rows * channels.maskWords());
        FakeQuantisation quantisation = operands.backend().fakeQuantisation();
        FakeQuantisation.Outputs outputs = new FakeQuantisation.Outputs(out, null, null, mask);
        return switch (kind) {
            case QUANTISE -> operands.running(() -> quantisation.quantise(x, channels, scheme(), scales, outputs), out);
            case OBSERVE_AND_QUANTISE -> observing(operands, x, channels, Observers.Order.UPDATED, scales, outputs);
            case OBSERVE_AND_QUANTISE_DELAYED -> observing(operands, x, channels, Observers.Order.DELAYED, scales, outputs);
            case OBSERVE -> {
                Buffer state = state(operands);
                yield operands.running(() -> operands.backend().observers().observe(x, channels, Observers.Tracking.movingAverage(AVERAGING),
                        state), state);
            }
            case STRAIGHT_THROUGH -> {
                quantisation.quantise(x, channels, scheme(), scales, outputs);
                Buffer gradient = operands.floats(gradients());
                yield operands.running(() -> quantisation.straightThrough(gradient, channels, mask, out), out);
            }
            case STEP_GRADIENTS -> {
                Buffer gradient = operands.floats(gradients());
                Buffer ofScale = operands.allocate(ElementType.F32, rows);
                FakeQuantisation.Scales symmetric = FakeQuantisation.Scales.symmetric(scales.scale());
                FakeQuantisation.StepGradients gradients = new FakeQuantisation.StepGradients(out, ofScale, null);
                yield operands.running(() -> quantisation.stepGradients(x, gradient, channels, scheme(), symmetric, StepRule.LEARNABLE, 1,
                        gradients), out, ofScale);
            }
        };
    }

    private Contender observing(Operands operands, Buffer x, Channels channels, Observers.Order order, FakeQuantisation.Scales scales,
                                FakeQuantisation.Outputs outputs) {
        Observers observers = operands.backend().observers();
        Buffer state = state(operands);
        Observers.Tracking tracking = Observers.Tracking.movingAverage(AVERAGING);
        observers.observe(x, channels, tracking, state);
        observers.scales(state, rows, scheme(), scales);
        return operands.running(() -> observers.observeAndQuantise(x, channels, scheme(), tracking, order, state, scales, outputs),
                outputs.values());
    }

    private Buffer state(Operands operands) {
        Buffer state = operands.allocate(ElementType.F32, 2L * rows);
        operands.backend().observers().reset(state, rows);
        return state;
    }
}
