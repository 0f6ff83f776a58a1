package org.ionforge.bench.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.bench.Contender;
import org.ionforge.bench.LifPass;

/// [LifPass], forward and backward, in libtorch.
final class TorchLifPass implements Contender {

    private final LifPass pass;
    private final Tensor currents;
    private final Tensor bySpike;

    TorchLifPass(LifPass pass) {
        this.pass = pass;
        currents = Tensor.create(pass.currents(), pass.steps(), pass.batch(), pass.neurons()).set_requires_grad(true);
        bySpike = Tensor.create(pass.bySpike(), pass.steps(), pass.batch(), pass.neurons());
    }

    @Override
    public void run() {
        try (PointerScope _ = new PointerScope()) {
            if (currents.grad().defined()) {
                currents.mutable_grad().reset();
            }
            Tensor membrane = torch.zeros(pass.batch(), pass.neurons());
            TensorVector spikes = new TensorVector();
            for (int t = 0; t < pass.steps(); t++) {
                membrane = TorchSpikingNetwork.step(membrane, currents.select(0, t), LifPass.BETA, LifPass.THRESHOLD);
                spikes.push_back(TorchSpikingNetwork.fire(membrane, LifPass.THRESHOLD));
            }
            TorchSpikingNetwork.backward(torch.stack(spikes, 0), bySpike);
        }
    }

    @Override
    public double sum() {
        return TorchSpikingNetwork.magnitude(currents.grad());
    }
}
