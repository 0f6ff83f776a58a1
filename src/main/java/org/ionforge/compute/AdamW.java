package org.ionforge.compute;

import java.util.List;

/// One step of AdamW (Loshchilov and Hutter 2019) with decoupled weight decay, as torch.optim.AdamW defines it.
public interface AdamW {

    /// A run of parameters that share a learning rate; runs may not overlap. Parameters in no run are frozen.
    ///
    /// @param offset first element
    /// @param length number of elements
    /// @param learningRate for this step, > 0
    /// @param minimum lower clamp applied after the step, −infinity for none
    /// @param maximum upper clamp applied after the step, +infinity for none
    record Group(long offset, long length, float learningRate, float minimum, float maximum) {
    }

    /// In double, as in torch: 1 − 0.999f would be off by 1e-5.
    ///
    /// @param beta1 decay of the first moment
    /// @param beta2 decay of the second moment
    /// @param epsilon added to √v̂
    /// @param weightDecay decoupled: `p ← p·(1 − lr·wd)` before the update
    record Options(double beta1, double beta2, double epsilon, double weightDecay) {
        public static final Options DEFAULT = new Options(0.9, 0.999, 1e-8, 1e-2);
    }

    /// For each element of each group: `p ← p − lr·wd·p`; `m ← β₁m + (1−β₁)g`; `v ← β₂v + (1−β₂)g²`;
    /// `p ← p − lr·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε)`; then the clamp.
    ///
    /// @param parameters F32 `[P]`, updated
    /// @param gradients  F32 `[P]`
    /// @param m          F32 `[P]`, first moment, updated; zero before step 1
    /// @param v          F32 `[P]`, second moment, updated; zero before step 1
    /// @param step       t ≥ 1. Bound against the reference, for each step: 2e-6 relative plus
    ///                   2e-7 of the largest term (terms that cancel leave their rounding behind).
    void step(Buffer parameters, Buffer gradients, Buffer m, Buffer v, List<Group> groups, Options options, long step);
}
