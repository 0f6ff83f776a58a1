package org.ionforge.compute.cpu;

import static org.ionforge.compute.cpu.CpuSgd.run;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ionforge.bindings.cpu.ionforge_optimizers_h;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.OptimizerArguments;
import org.ionforge.compute.RmsProp;

/// `native/src/optimizers.cpp`.
final class CpuRmsProp implements RmsProp {

    @Override
    public void step(Buffer parameters, Buffer gradients, State state, List<AdamW.Group> groups, Options options) {
        OptimizerArguments.check(parameters, gradients, state, groups, options);
        for (AdamW.Group group : groups) {
            ionforge_optimizers_h.ionforge_rms_prop_step_f32(run(parameters, group), run(gradients, group), run(state.square(), group),
                    options.centred() ? run(state.mean(), group) : MemorySegment.NULL,
                    options.momentum() > 0 ? run(state.velocity(), group) : MemorySegment.NULL, group.length(), group.learningRate(),
                    options.smoothing(), options.epsilon(), options.momentum(), options.weightDecay(), group.minimum(), group.maximum());
        }
    }
}
