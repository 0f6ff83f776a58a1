package org.ionforge.bench.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.RMSprop;
import org.bytedeco.pytorch.RMSpropOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ionforge.bench.Contender;
import org.ionforge.bench.OptimizerStep;
import org.ionforge.bench.OptimizerStep.Kind;

/// [OptimizerStep] with torch::optim and clip_grad_norm_.
final class TorchOptimizerStep implements Contender {

    private final OptimizerStep step;
    private final Tensor parameters;
    private final TensorVector list;
    private final Optimizer optimizer;
    private long done;

    TorchOptimizerStep(OptimizerStep step) {
        this.step = step;
        parameters = Tensor.create(step.start(), step.parameters()).set_requires_grad(true);
        list = new TensorVector(parameters);
        optimizer = switch (step.kind()) {
            case ADAM_W -> new AdamW(list, adamW());
            case RMS_PROP -> new RMSprop(list, new RMSpropOptions(OptimizerStep.RATE));
            case SGD_NESTEROV, CLIP -> new SGD(list, nesterov());
        };
        try (PointerScope _ = new PointerScope()) {
            parameters.mul(Tensor.create(step.gradients(), step.parameters())).sum().backward();
        }
    }

    private static AdamWOptions adamW() {
        AdamWOptions options = new AdamWOptions(OptimizerStep.RATE);
        options.weight_decay().put(org.ionforge.compute.AdamW.Options.DEFAULT.weightDecay());
        return options;
    }

    private static SGDOptions nesterov() {
        SGDOptions options = new SGDOptions(OptimizerStep.RATE);
        options.momentum().put(OptimizerStep.NESTEROV.momentum());
        options.weight_decay().put(OptimizerStep.NESTEROV.weightDecay());
        options.nesterov().put(true);
        return options;
    }

    @Override
    public void run() {
        try (PointerScope _ = new PointerScope()) {
            if (step.kind() == Kind.CLIP) {
                torch.clip_grad_norm_(list, step.limit() / ++done);
            } else {
                optimizer.step();
            }
        }
    }

    @Override
    public double sum() {
        try (PointerScope _ = new PointerScope()) {
            Tensor output = step.kind() == Kind.CLIP ? parameters.grad() : parameters.detach();
            return torch.abs(output).to(torch.ScalarType.Double).sum().item_double();
        }
    }
}
