package org.ionforge.compute;

import java.util.List;

/// One step of RMSprop (Tieleman and Hinton 2012), as torch.optim.RMSprop defines it: ε outside the root, centred if asked for
/// (Graves 2013), momentum on the scaled gradient.
public interface RmsProp {

    /// @param smoothing   α, decay of the mean square
    /// @param epsilon     added to the root
    /// @param momentum    μ, 0 for none
    /// @param weightDecay not decoupled: added to the gradient
    /// @param centred     whether the variance takes the place of the mean square
    record Options(double smoothing, double epsilon, double momentum, double weightDecay, boolean centred) {

        public static final Options DEFAULT = new Options(0.99, 1e-8, 0, 0, false);

        public Options {
            if (!(smoothing >= 0) || !(epsilon >= 0) || !(momentum >= 0) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException("none may be below 0: smoothing " + smoothing + ", epsilon " + epsilon + ", momentum "
                        + momentum + ", weight decay " + weightDecay);
            }
        }
    }

    /// What is kept from step to step, all zero before the first.
    ///
    /// @param square   F32 `[P]`: v, updated
    /// @param mean     F32 `[P]`: m, updated; null unless centred
    /// @param velocity F32 `[P]`: b, updated; null without momentum
    record State(Buffer square, Buffer mean, Buffer velocity) {
    }

    /// For each element of each group: `g ← g + wd·p`; `v ← αv + (1 − α)g²`; `r = √v + ε`, or centred `m ← αm + (1 − α)g`, `r = √max(v −
    /// m², 0) + ε`; `u = g/r`, with momentum `b ← μb + g/r`, `u = b`; `p ← p − lr·u`; then the group's clamp. Bytes an element: 12 read
    /// and 8 written, and 8 more each for momentum and mean.
    ///
    /// @param parameters F32 `[P]`, updated
    /// @param gradients  F32 `[P]`. Bound against the reference, for each step: 2e-6 relative plus 2e-7 of the largest term; centred, what
    ///                   v − m² cancels leaves 2e-7 of v behind
    void step(Buffer parameters, Buffer gradients, State state, List<AdamW.Group> groups, Options options);
}
