package org.ionforge.bench.peers;

import java.util.Optional;
import org.ionforge.bench.Contender;
import org.ionforge.bench.IntegerPass;
import org.ionforge.bench.Peer;
import org.ionforge.bench.SpikingPass;
import org.ionforge.bench.Workload;

/// libtorch once more, by a user who has seen that the product of an input which is the same at every step need be computed only once.
final class LibtorchOnce implements Peer {

    @Override
    public String name() {
        return "libtorch, product hoisted";
    }

    @Override
    public String backend() {
        return "cpu";
    }

    @Override
    public void setThreads(int threads) {
        new Libtorch().setThreads(threads);
    }

    @Override
    public Optional<Contender> contender(Workload workload) {
        return switch (workload) {
            case SpikingPass pass when !pass.quantised() -> Optional.of(new TorchSpikingPass(pass, TorchSpikingNetwork.FirstProduct.ONCE));
            case IntegerPass pass -> Optional.of(new TorchIntegerPass(pass, TorchSpikingNetwork.FirstProduct.ONCE));
            default -> Optional.empty();
        };
    }
}
