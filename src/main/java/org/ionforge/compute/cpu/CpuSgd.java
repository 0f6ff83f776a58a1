package org.ionforge.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ionforge.bindings.cpu.ionforge_optimizers_h;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.OptimizerArguments;
import org.ionforge.compute.Sgd;

/// `native/src/optimizers.cpp`.
final class CpuSgd implements Sgd {

    @Override
    public void step(Buffer parameters, Buffer gradients, Buffer velocity, List<AdamW.Group> groups, Options options, long step) {
        OptimizerArguments.check(parameters, gradients, velocity, groups, options, step);
        for (AdamW.Group group : groups) {
            ionforge_optimizers_h.ionforge_sgd_step_f32(run(parameters, group), run(gradients, group),
                    options.momentum() > 0 ? run(velocity, group) : MemorySegment.NULL, group.length(), group.learningRate(),
                    options.momentum(), options.dampening(), options.weightDecay(), options.nesterov() ? 1 : 0, step == 1 ? 1 : 0,
                    group.minimum(), group.maximum());
        }
    }

    /// Memory from the group's first element on.
    static MemorySegment run(Buffer buffer, AdamW.Group group) {
        return buffer.host().asSlice(group.offset() * Float.BYTES);
    }
}
