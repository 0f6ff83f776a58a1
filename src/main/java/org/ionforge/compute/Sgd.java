package org.ionforge.compute;

import java.util.List;

/// One step of stochastic gradient descent with momentum, as torch.optim.SGD defines it.
public interface Sgd {

    /// @param momentum    μ, 0 for none
    /// @param dampening   of what momentum takes in
    /// @param weightDecay not decoupled: added to the gradient
    /// @param nesterov    whether the step looks ahead along the momentum (Sutskever and others 2013); wants μ > 0 and no dampening
    record Options(double momentum, double dampening, double weightDecay, boolean nesterov) {

        /// Plain descent.
        public static final Options DEFAULT = new Options(0, 0, 0, false);

        public Options {
            if (!(momentum >= 0) || !(weightDecay >= 0) || Double.isNaN(dampening)) {
                throw new IllegalArgumentException("momentum and weight decay are 0 or more, got " + momentum + " and " + weightDecay
                        + " with dampening " + dampening);
            }
            if (nesterov && (momentum == 0 || dampening != 0)) {
                throw new IllegalArgumentException("Nesterov's momentum is above 0 and not dampened, got " + momentum + " and " + dampening);
            }
        }
    }

    /// For each element of each group: `g ← g + wd·p`; with momentum `b ← g` at step 1, `b ← μb + (1 − d)g` after it, and `g ← g + μb`
    /// for Nesterov's, `g ← b` else; `p ← p − lr·g`; then the group's clamp. The gradients themselves stay as they are. Bytes an
    /// element: 12 read and 8 written, 8 and 4 without momentum.
    ///
    /// @param parameters F32 `[P]`, updated
    /// @param gradients  F32 `[P]`
    /// @param velocity   F32 `[P]`: b, updated; null without momentum. What it held before step 1 does not matter
    /// @param step       1 or more. Bound against the reference, for each step: 2e-6 relative plus 2e-7 of the largest term
    void step(Buffer parameters, Buffer gradients, Buffer velocity, List<AdamW.Group> groups, Options options, long step);
}
