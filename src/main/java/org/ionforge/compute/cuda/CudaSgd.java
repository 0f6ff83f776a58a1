package org.ionforge.compute.cuda;

import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.OptimizerArguments;
import org.ionforge.compute.Sgd;

/// `kernels/optimizers.cu`: one launch a group.
final class CudaSgd implements Sgd {

    private final Device device;

    CudaSgd(Device device) {
        this.device = device;
    }

    @Override
    public void step(Buffer parameters, Buffer gradients, Buffer velocity, List<AdamW.Group> groups, Options options, long step) {
        OptimizerArguments.check(parameters, gradients, velocity, groups, options, step);
        for (AdamW.Group group : groups) {
            device.launchEach("sgd_step_f32", group.length(), at(parameters, group), at(gradients, group),
                    options.momentum() > 0 ? at(velocity, group) : DevicePointer.NULL, group.length(), group.learningRate(),
                    (float) options.weightDecay(), (float) options.momentum(), (float) (1 - options.dampening()),
                    options.nesterov() ? 1 : 0, step == 1 ? 1 : 0, group.minimum(), group.maximum());
        }
    }

    /// The group's first element.
    static DevicePointer at(Buffer buffer, AdamW.Group group) {
        return ((DeviceBuffer) buffer).at(group.offset());
    }
}
