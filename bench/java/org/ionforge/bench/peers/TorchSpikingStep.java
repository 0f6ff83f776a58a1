package org.ionforge.bench.peers;

import java.util.Arrays;
import java.util.List;
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
import org.ionforge.spiking.NetworkShape;

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
        NetworkShape shape = step.net().shape();
        List<SpikingPass.Values> layers = step.net().layers();
        for (int i = 0; i < layers.size(); i++) {
            network.add(shape.layer(i), layers.get(i).weights(), layers.get(i).biases());
        }
        Tensor rows = Tensor.create(step.values(), step.net().samples(), shape.inputs());
        NetworkShape.Image image = shape.input();
        values = shape.convolutional() ? rows.view(-1, image.height(), image.width(), image.channels()).permute(0, 3, 1, 2).contiguous() : rows;
        labels = Tensor.create(longs(step.labels()), step.net().samples());
        order = Tensor.create(longs(step.order()), step.net().samples());
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
            Tensor batch = order.narrow(0, step.first(done++), step.net().batch());
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
