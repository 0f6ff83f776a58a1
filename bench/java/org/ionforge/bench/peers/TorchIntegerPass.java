package org.ionforge.bench.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.ionforge.bench.Contender;
import org.ionforge.bench.IntegerPass;

/// [IntegerPass]'s network in FP32 by libtorch.
final class TorchIntegerPass implements Contender {

    private final TorchSpikingNetwork network;
    private final Tensor x;
    private double spikes;

    TorchIntegerPass(IntegerPass pass, TorchSpikingNetwork.FirstProduct first) {
        network = new TorchSpikingNetwork(IntegerPass.BETA, IntegerPass.THRESHOLD, first);
        for (IntegerPass.Values layer : pass.layers()) {
            network.add(layer.weights(), layer.biases());
        }
        x = Tensor.create(pass.input(), pass.batch(), IntegerPass.SIZES[0]);
    }

    @Override
    public void run() {
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            spikes = network.spikes(x, IntegerPass.STEPS).sum().item_float();
        }
    }

    @Override
    public double sum() {
        return spikes;
    }
}
