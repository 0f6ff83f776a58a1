package org.ionforge.compute.cuda;

import static org.ionforge.compute.cuda.CudaSgd.at;

import java.util.List;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.OptimizerArguments;
import org.ionforge.compute.RmsProp;

/// `kernels/optimizers.cu`: one launch a group.
final class CudaRmsProp implements RmsProp {

    private final Device device;

    CudaRmsProp(Device device) {
        this.device = device;
    }

    @Override
    public void step(Buffer parameters, Buffer gradients, State state, List<AdamW.Group> groups, Options options) {
        OptimizerArguments.check(parameters, gradients, state, groups, options);
        for (AdamW.Group group : groups) {
            device.launchEach("rms_prop_step_f32", group.length(), at(parameters, group), at(gradients, group),
                    at(state.square(), group), options.centred() ? at(state.mean(), group) : DevicePointer.NULL,
                    options.momentum() > 0 ? at(state.velocity(), group) : DevicePointer.NULL, group.length(), group.learningRate(),
                    (float) options.weightDecay(), (float) options.smoothing(), (float) (1 - options.smoothing()),
                    (float) options.epsilon(), (float) options.momentum(), group.minimum(), group.maximum());
        }
    }
}
