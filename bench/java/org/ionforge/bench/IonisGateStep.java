package org.ionforge.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GatedMlp;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.compute.GatedMlpTraining;
import org.ionforge.ionis.IonisGate;
import org.ionforge.ionis.Variant;

/// One training step of IonisGate, as the training does it: the next `batch` rows of the epoch's order are gathered, forward, loss,
/// backward, AdamW, clamps. A run is a step; the data lies on the backend before the first, and losses come back every 64th step at
/// the latest.
///
/// @param batch rows of a step
public record IonisGateStep(int batch, TrainingData data) implements Workload {

    public static final GatedMlpShape NETWORK = Variant.V20.shape();
    public static final GatedMlp.LossOptions LOSS = new GatedMlp.LossOptions(1, 0.001f);
    public static final AdamW.Options OPTIONS = new AdamW.Options(0.9, 0.999, 1e-8, 1e-5);

    /// Of the reference's learning rates.
    public static List<AdamW.Group> groups() {
        return IonisGate.groups(Variant.V20, 1e-5f, 5e-5f, 1e-3f);
    }

    /// Where the training begins, the same for both sides.
    public static float[] start() {
        return Operands.uniform(4, NETWORK.parameters(), -0.05, 0.05);
    }

    @Override
    public String operation() {
        return "ionisGate.step";
    }

    @Override
    public String shape() {
        return "batch " + batch + " of " + data.size() + " rows";
    }

    /// The rows of a batch with targets, weights and indices; gradients written and read, parameters and two moments read and written.
    @Override
    public Cost cost() {
        return Cost.bytes((NETWORK.inputs() + 3) * 4L * batch + 32L * NETWORK.parameters())
                .fma(2L * batch * GatedMlpBenchmark.weights(3, true) + 14L * NETWORK.parameters());
    }

    @Override
    public Contender on(Backend backend) {
        return Operands.contender(backend, this::ours);
    }

    private Contender ours(Operands operands) {
        Backend backend = operands.backend();
        Buffer features = operands.load(ElementType.F32, data.rows().features());
        Buffer targets = operands.load(ElementType.F32, data.rows().targets());
        Buffer weights = operands.load(ElementType.F32, data.rows().weights());
        Buffer order = operands.copy(ElementType.S32, MemorySegment.ofArray(data.order()));
        Buffer parameters = operands.floats(start());
        Buffer m = operands.floats(new float[NETWORK.parameters()]);
        Buffer v = operands.floats(new float[NETWORK.parameters()]);
        Buffer gradients = operands.allocate(ElementType.F32, NETWORK.parameters());
        GatedMlpTraining training = backend.gatedMlp().training(new GatedMlpTraining.Setup(NETWORK, parameters, gradients, m, v, features,
                targets, weights, order, batch, LOSS, OPTIONS));
        operands.atClose(training::close);
        List<AdamW.Group> groups = groups();
        long[] step = new long[1];
        return operands.running(() -> {
            boolean anew = data.first(step[0], batch) == 0;
            if (anew || step[0] % GatedMlpTraining.MOST_PENDING == 0) {
                training.collect();
            }
            if (anew) {
                training.begin(0, step[0], groups);
            }
            training.step();
            step[0]++;
        }, gradients);
    }
}
