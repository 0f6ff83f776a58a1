package org.ionforge.bench.peers;

import java.util.Optional;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.bench.Contender;
import org.ionforge.bench.IntegerPass;
import org.ionforge.bench.IonisGateStep;
import org.ionforge.bench.LifPass;
import org.ionforge.bench.OptimizerStep;
import org.ionforge.bench.Peer;
import org.ionforge.bench.QuantisationRun;
import org.ionforge.bench.SpikingPass;
import org.ionforge.bench.SpikingStep;
import org.ionforge.bench.Workload;
import org.ionforge.compute.ElementType;

/// libtorch on the CPU, as bytedeco's presets bring it.
final class Libtorch implements Peer {

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public String backend() {
        return "cpu";
    }

    @Override
    public void setThreads(int threads) {
        torch.set_num_threads(threads);
        openblas.blas_set_num_threads(threads);
    }

    @Override
    public Optional<Contender> contender(Workload workload) {
        return switch (workload) {
            case IonisGateStep step -> Optional.of(new TorchIonisGateStep(step));
            case QuantisationRun run -> TorchQuantisationRun.of(run);
            case OptimizerStep step -> Optional.of(new TorchOptimizerStep(step));
            case SpikingPass pass when !pass.quantised() ->
                    Optional.of(new TorchSpikingPass(pass, TorchSpikingNetwork.FirstProduct.EVERY_STEP));
            case SpikingStep step when !step.quantised() -> Optional.of(new TorchSpikingStep(step));
            case IntegerPass pass -> Optional.of(new TorchIntegerPass(pass, TorchSpikingNetwork.FirstProduct.EVERY_STEP));
            case LifPass pass when pass.way() == LifPass.Way.BOTH && pass.type() == ElementType.F32 -> Optional.of(new TorchLifPass(pass));
            default -> Optional.empty();
        };
    }
}
