package org.ionforge.bench.peers;

import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.bench.Contender;
import org.ionforge.bench.SpikingPass;
import org.ionforge.bench.SpikingStep;

/// [SpikingStep] in libtorch, written the usual snnTorch way: rows by index_select, the loop over the steps, cross entropy of the
/// counts, autograd, clip_grad_norm_, torch::optim::AdamW.
final class TorchSpikingStep implements Contender {

    private final SpikingStep step;
    private final TorchSpikingNetwork network = new TorchSpikingNetwork(SpikingPass.BETA, SpikingPass.THRESHOLD, TorchSpikingNetwork.FirstProduct.EVERY_STEP);
    private final Tensor values;
    private final Tensor labels;
    private final Tensor order;
    private final TensorVector parameters;
    private final AdamW optimizer;
    private long done;

    TorchSpikingStep(SpikingStep step) {
        this.step = step;
        for (SpikingPass.Values layer : new SpikingPass(step.steps(), true, false).layers()) {
            network.add(layer.weights(), layer.biases());
        }
        values = Tensor.create(step.values(), SpikingStep.SAMPLES, SpikingPass.SIZES[0]);
        labels = Tensor.create(longs(step.labels()), SpikingStep.SAMPLES);
        order = Tensor.create(longs(step.order()), SpikingStep.SAMPLES);
        parameters = network.parameters();
        AdamWOptions options = new AdamWOptions(SpikingStep.RATE);
        options.weight_decay().put(SpikingStep.OPTIONS.weightDecay());
        optimizer = new AdamW(parameters, options);
    }

    private static long[] longs(int[] numbers) {
        return Arrays.stream(numbers).asLongStream().toArray();
    }

    @Override
    public void run() {
        try (PointerScope _ = new PointerScope()) {
            Tensor batch = order.narrow(0, SpikingStep.first(done++), SpikingStep.BATCH);
            network.forgetGradients();
            Tensor counts = network.spikes(values.index_select(0, batch), step.steps()).sum(0);
            torch.cross_entropy_loss(counts.mul(new Scalar(SpikingStep.SCORE_SCALE)), labels.index_select(0, batch)).backward();
            torch.clip_grad_norm_(parameters, SpikingStep.CLIP);
            optimizer.step();
        }
    }

    @Override
    public double sum() {
        return network.gradients();
    }
}
