package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_quantisation_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.Channels;
import org.ionforge.compute.FakeQuantisation;
import org.ionforge.compute.QuantisationArguments;
import org.ionforge.compute.QuantisationScheme;

/// `native/src/quantisation.cpp`.
final class CpuFakeQuantisation implements FakeQuantisation {

    @Override
    public void quantise(Buffer x, Channels channels, QuantisationScheme scheme, Scales scales, Outputs outputs) {
        QuantisationArguments.check(x, channels, scheme, scales, outputs);
        try (QuantisationStructs structs = new QuantisationStructs()) {
            ionforge_quantisation_h.ionforge_quantise_f32(x.host(), structs.of(channels), structs.of(scheme), structs.of(scales),
                    structs.of(outputs));
        }
    }

    @Override
    public void straightThrough(Buffer gradient, Channels channels, Buffer mask, Buffer result) {
        QuantisationArguments.check(gradient, channels, mask, result);
        try (QuantisationStructs structs = new QuantisationStructs()) {
            ionforge_quantisation_h.ionforge_straight_through_f32(gradient.host(), structs.of(channels), mask.host(), result.host());
        }
    }

    @Override
    public void stepGradients(Buffer x, Buffer gradient, Channels channels, QuantisationScheme scheme, Scales scales, StepRule rule,
                              float factor, StepGradients gradients) {
        QuantisationArguments.check(x, gradient, channels, scheme, scales, rule, gradients);
        try (QuantisationStructs structs = new QuantisationStructs()) {
            ionforge_quantisation_h.ionforge_step_gradients_f32(x.host(), gradient.host(), structs.of(channels), structs.of(scheme),
                    structs.of(scales), rule.ordinal(), factor, structs.of(gradients));
        }
    }

    @Override
    public void initialSteps(Buffer x, Channels channels, QuantisationScheme scheme, Buffer scales) {
        QuantisationArguments.check(x, channels, scheme, scales);
        try (QuantisationStructs structs = new QuantisationStructs()) {
            ionforge_quantisation_h.ionforge_initial_steps_f32(x.host(), structs.of(channels), scheme.highest(), scales.host());
        }
    }
}
