package org.ionforge.compute.cpu;

import java.util.List;
import org.ionforge.bindings.cpu.ionforge_cpu_h;
import org.ionforge.compute.AdamW;
import org.ionforge.compute.AdamWArguments;
import org.ionforge.compute.Buffer;

/// `native/src/isa/adamw.cpp`.
final class CpuAdamW implements AdamW {

    @Override
    public void step(Buffer parameters, Buffer gradients, Buffer m, Buffer v, List<Group> groups, Options options, long step) {
        AdamWArguments.check(parameters, gradients, m, v, groups, step);
        for (Group group : groups) {
            long offset = group.offset() * Float.BYTES;
            ionforge_cpu_h.ionforge_cpu_adamw_step(parameters.host().asSlice(offset), gradients.host().asSlice(offset),
                    m.host().asSlice(offset), v.host().asSlice(offset), group.length(), group.learningRate(), options.beta1(),
                    options.beta2(), options.epsilon(), options.weightDecay(), group.minimum(), group.maximum(), step);
        }
    }
}
