package org.ionforge.bench.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.ionforge.bench.Contender;
import org.ionforge.bench.SpikingPass;

/// [SpikingPass] in libtorch.
final class TorchSpikingPass implements Contender {

    private final SpikingPass pass;
    private final TorchSpikingNetwork network;
    private final Tensor x;
    private final Tensor bySpike;
    private double spikes;

    TorchSpikingPass(SpikingPass pass, TorchSpikingNetwork.FirstProduct first) {
        this.pass = pass;
        network = new TorchSpikingNetwork(SpikingPass.BETA, SpikingPass.THRESHOLD, first);
        for (SpikingPass.Values layer : pass.layers()) {
            network.add(layer.weights(), layer.biases());
        }
        x = Tensor.create(pass.input(), SpikingPass.BATCH, SpikingPass.SIZES[0]);
        bySpike = Tensor.create(pass.bySpike(), pass.steps(), SpikingPass.BATCH, SpikingPass.SIZES[2]);
    }

    @Override
    public void run() {
        try (PointerScope _ = new PointerScope()) {
            if (pass.backward()) {
                network.forgetGradients();
                TorchSpikingNetwork.backward(network.spikes(x, pass.steps()), bySpike);
            } else {
                try (NoGradGuard _ = new NoGradGuard()) {
                    spikes = network.spikes(x, pass.steps()).sum().item_float();
                }
            }
        }
    }

    @Override
    public double sum() {
        return pass.backward() ? network.gradients() : spikes;
    }
}
