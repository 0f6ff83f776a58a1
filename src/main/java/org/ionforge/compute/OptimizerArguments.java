package org.ionforge.compute;

import java.util.List;

/// The checks on the arguments of [Sgd], [RmsProp] and [GradientNorm] that every room makes before it touches memory. All throw
/// [IllegalArgumentException] and name what does not fit.
public final class OptimizerArguments {

    private OptimizerArguments() {
    }

    /// Of [Sgd#step].
    public static void check(Buffer parameters, Buffer gradients, Buffer velocity, List<AdamW.Group> groups, Sgd.Options options,
                             long step) {
        if (step < 1) {
            throw new IllegalArgumentException("steps count from 1, got " + step);
        }
        long end = AdamWArguments.end(parameters, groups);
        Operands.require("parameters", parameters, ElementType.F32, end);
        Operands.require("gradients", gradients, ElementType.F32, end);
        requireIf(options.momentum() > 0, "velocity", velocity, end);
    }

    /// Of [RmsProp#step].
    public static void check(Buffer parameters, Buffer gradients, RmsProp.State state, List<AdamW.Group> groups, RmsProp.Options options) {
        long end = AdamWArguments.end(parameters, groups);
        Operands.require("parameters", parameters, ElementType.F32, end);
        Operands.require("gradients", gradients, ElementType.F32, end);
        Operands.require("square", state.square(), ElementType.F32, end);
        requireIf(options.centred(), "mean", state.mean(), end);
        requireIf(options.momentum() > 0, "velocity", state.velocity(), end);
    }

    /// Of [GradientNorm#norm].
    public static void check(List<Buffer> gradients, Buffer norm) {
        checkGradients(gradients);
        Operands.require("norm", norm, ElementType.F32, 1);
    }

    /// Of [GradientNorm#clip].
    public static void check(List<Buffer> gradients, float limit, Buffer result) {
        checkGradients(gradients);
        Operands.require("result", result, ElementType.F32, 2);
        if (!(limit > 0)) {
            throw new IllegalArgumentException("gradients clipped to a norm of " + limit);
        }
    }

    private static void checkGradients(List<Buffer> gradients) {
        if (gradients.isEmpty()) {
            throw new IllegalArgumentException("the norm of no gradients");
        }
        gradients.forEach(gradient -> Operands.require("gradients", gradient, ElementType.F32, 0));
    }

    private static void requireIf(boolean wanted, String name, Buffer buffer, long n) {
        if (wanted && buffer == null) {
            throw new IllegalArgumentException("these options want " + name);
        }
        if (wanted) {
            Operands.require(name, buffer, ElementType.F32, n);
        }
    }
}
