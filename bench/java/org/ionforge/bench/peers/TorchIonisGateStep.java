package org.ionforge.bench.peers;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.bench.Contender;
import org.ionforge.bench.IonisGateStep;
import org.ionforge.compute.GatedMlp;

/// [IonisGateStep] in libtorch, written the usual way: rows by index_select, operators, autograd, torch::optim::AdamW, clamp. The data
/// is the same memory as ours.
final class TorchIonisGateStep implements Contender {

    private final IonisGateStep step;
    private final TorchGatedMlp network = new TorchGatedMlp(IonisGateStep.NETWORK);
    private final Tensor features;
    private final Tensor targets;
    private final Tensor weights;
    private final Tensor order;
    private final AdamW optimizer;
    private final List<String> clamped = new ArrayList<>();
    private long done;

    TorchIonisGateStep(IonisGateStep step) {
        this.step = step;
        int rows = step.data().rows().rows();
        features = over(step.data().rows().features(), rows, IonisGateStep.NETWORK.inputs());
        targets = over(step.data().rows().targets(), rows);
        weights = over(step.data().rows().weights(), rows);
        order = Tensor.create(Arrays.stream(step.data().order()).asLongStream().toArray(), rows);
        network.load(IonisGateStep.start());
        List<TorchGatedMlp.Group> groups = new ArrayList<>();
        for (org.ionforge.compute.AdamW.Group group : IonisGateStep.groups()) {
            String tensor = IonisGateStep.NETWORK.tensors().stream().filter(each -> each.offset() == group.offset()).map(GatedMlp.Tensor::name)
                    .findFirst().orElseThrow();
            groups.add(new TorchGatedMlp.Group(List.of(tensor), group.learningRate()));
            if (Float.isFinite(group.minimum())) {
                clamped.add(tensor);
            }
        }
        optimizer = network.adamW(groups, IonisGateStep.OPTIONS.weightDecay());
    }

    @Override
    public void run() {
        try (PointerScope _ = new PointerScope()) {
            Tensor batch = order.narrow(0, step.data().first(done++, step.batch()), step.batch());
            network.lossAndGradient(features, targets, weights, batch, IonisGateStep.LOSS);
            optimizer.step();
            for (String name : clamped) {
                network.clamp(name, 0.5, 2);
            }
        }
    }

    @Override
    public double sum() {
        double sum = 0;
        for (float gradient : network.gradients()) {
            sum += Math.abs(gradient);
        }
        return sum;
    }

    /// A tensor over memory of ours.
    private static Tensor over(MemorySegment values, long... sizes) {
        return torch.from_blob(new FloatPointer(values.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer()), sizes);
    }
}
