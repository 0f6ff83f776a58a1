package org.ionforge.compute.cuda;

import static org.ionforge.compute.cuda.CudaSgd.at;

import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.AdamWArguments;
import org.ionforge.compute.Buffer;

/// `kernels/adamw.cu`: one launch a group.
final class CudaAdamW implements AdamW {

    private final Device device;

    CudaAdamW(Device device) {
        this.device = device;
    }

    @Override
    public void step(Buffer parameters, Buffer gradients, Buffer m, Buffer v, List<Group> groups, Options options, long step) {
        AdamWArguments.check(parameters, gradients, m, v, groups, step);
        for (Group group : groups) {
            adamwStepF32(parameters, gradients, m, v, group, options, step);
        }
    }

    private void adamwStepF32(Buffer parameters, Buffer gradients, Buffer m, Buffer v, Group group, Options options, long step) {
        double rate = group.learningRate();
        device.launchEach("adamw_step_f32", group.length(), at(parameters, group), at(gradients, group), at(m, group),
                at(v, group), group.length(), (float) (1 - rate * options.weightDecay()), (float) options.beta1(),
                (float) (1 - options.beta1()), (float) options.beta2(), (float) (1 - options.beta2()),
                (float) (rate / (1 - Math.pow(options.beta1(), step))), (float) (1 / Math.sqrt(1 - Math.pow(options.beta2(), step))),
                (float) options.epsilon(), group.minimum(), group.maximum());
    }
}
