package org.ionforge.bench;

import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.ionis.Variant;

/// The pieces of a training step of IonisGate, each by itself; the whole step is in the suite `train`.
final class GatedMlpBenchmark implements Benchmark {

    private static final GatedMlpShape SHAPE = Variant.V20.shape();

    @Override
    public Suite suite() {
        return Suite.KERNELS;
    }

    @Override
    public List<Workload> workloads(Size size) {
        int batch = size == Size.SMALL ? 64 : 8192;
        int parameters = SHAPE.parameters();
        return List.of(forward(batch),
                Workload.of("gatedMlp.lossAndGradient", shape(batch), Cost.bytes(8L * parameters + 60L * batch).fma(2L * batch * weights(3, true)),
                        operands -> gradient(operands, batch)),
                Workload.of("adamW.step", "IonisGate, " + parameters + " parameters", Cost.bytes(28L * parameters).fma(14L * parameters),
                        operands -> step(operands, parameters)));
    }

    static Workload forward(int batch) {
        return Workload.of("gatedMlp.forward", shape(batch), Cost.bytes(4L * SHAPE.parameters() + 56L * batch).fma(2L * batch * weights(1, false)),
                operands -> forward(operands, batch));
    }

    private static String shape(int batch) {
        return "IonisGate, " + PointwiseBenchmark.rows(batch);
    }

    /// Multiply-adds of matrix products for a row: every weight of a dense layer once forward and twice backward, but the gradient by
    /// the first layer's input is nobody's.
    static long weights(int passes, boolean backward) {
        long weights = SHAPE.tensors().stream().filter(t -> t.columns() > 1).mapToLong(GatedMlp.Tensor::length).sum();
        return passes * weights - (backward ? SHAPE.tensor("trunk.1.weight").length() : 0);
    }

    private static Contender forward(Operands operands, int batch) {
        Buffer parameters = operands.floats(SHAPE.parameters(), -0.05, 0.05);
        Buffer out = operands.allocate(ElementType.F32, batch);
        GatedMlp.Rows rows = new GatedMlp.Rows(operands.floats(batch * SHAPE.inputs(), -1, 1), null, null, null, 0, batch);
        GatedMlp.Outputs outputs = new GatedMlp.Outputs(out, null, null, null, null, null);
        return operands.running(() -> operands.backend().gatedMlp().forward(SHAPE, parameters, rows, outputs), out);
    }

    private static Contender gradient(Operands operands, int batch) {
        Buffer parameters = operands.floats(SHAPE.parameters(), -0.05, 0.05);
        Buffer gradients = operands.allocate(ElementType.F32, SHAPE.parameters());
        GatedMlp.Rows rows = new GatedMlp.Rows(operands.floats(batch * SHAPE.inputs(), -1, 1), operands.floats(batch, -2, 2),
                operands.floats(batch, 0.5, 1.5), null, 0, batch);
        GatedMlp.LossOptions loss = new GatedMlp.LossOptions(1, 0.001f);
        return operands.running(() -> operands.backend().gatedMlp().lossAndGradient(SHAPE, parameters, rows, loss, gradients), gradients);
    }

    private static Contender step(Operands operands, int n) {
        Buffer parameters = operands.floats(n, -0.05, 0.05);
        Buffer gradients = operands.floats(n, -0.01, 0.01);
        Buffer m = operands.floats(new float[n]);
        Buffer v = operands.floats(new float[n]);
        List<AdamW.Group> groups = List.of(new AdamW.Group(0, n, 1e-3f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY));
        return operands.running(() -> operands.backend().adamW().step(parameters, gradients, m, v, groups, AdamW.Options.DEFAULT, 1),
                parameters);
    }
}
