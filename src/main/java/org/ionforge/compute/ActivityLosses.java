package org.ionforge.compute;

/// Losses on what the neurons of a layer do, beside that on the answer: on spike counts and on membranes, each with its gradient.
///
/// With T steps, B samples, N neurons, U the membrane `[T, B, N]` that [Lif] writes (before the reset), and w the weight of each:
///
/// ```
/// rate          1/N  Σ_n (r_n − target)²,  r_n = Σ_b counts[b,n]/(B·T)           ∂/∂counts[b,n] = 2·(r_n − target)/(N·B·T)
/// energy        1/(T·B·N)  Σ |U|                                                 sign(U)/(T·B·N), 0 at 0
/// consistency   1/((T−1)·B·N)  Σ_{t>0} (U[t] − U[t−1])²,  0 if T = 1             2·((U[t] − U[t−1]) − (U[t+1] − U[t]))/((T−1)·B·N)
/// latency       1/(B·M·T)  Σ E,  E = Σ_t Π_{τ≤t} (1 − p[τ]),  p = σ(k·(U − θ))   −k·p[t]·(Σ_{j≥t} Π_{τ≤j} (1 − p[τ]))/(B·M·T)
/// distillation  1/(T·B·N)  Σ (U − teacher)²                                      2·(U − teacher)/(T·B·N)
/// ```
///
/// E is the step of the first spike, T for none, as expected of a neuron that spikes at step t with probability p[t]; σ is the
/// logistic function. It is asked of every neuron (M = N), or with targets of the labelled neuron of every sample alone (M = 1).
///
/// Totals are the losses without their weights, so that they can be reported; gradients have the weights in them. A loss of weight
/// 0 is not looked at. Bounds against the reference: gradients 1e-6 of the sum of the absolute values of their terms (the two
/// differences of the consistency are two) and, for latency, 1e-5·w·k/(B·M); totals 1e-6 of their size. Bytes: 4 read and 4 written
/// an element (12 with the teacher or the latency), some ten operations: bound by memory.
public interface ActivityLosses {

    /// Where each loss stands in the totals.
    int RATE = 0;
    int ENERGY = 1;
    int CONSISTENCY = 2;
    int LATENCY = 3;
    int DISTILLATION = 4;
    /// Elements of the totals.
    int TOTALS = 5;

    /// @param weight    w, 0 or more
    /// @param slope     k > 0, that of a spike as the membrane sees it
    /// @param threshold F32 `[1]` or `[N]`: θ
    /// @param targets   whose neuron is asked; null for every neuron. A sample whose index or label lies outside has none
    record Latency(float weight, float slope, Buffer threshold, CrossEntropy.Targets targets) {
    }

    /// @param weight  w, 0 or more
    /// @param teacher F32 `[T, B, N]`: the membranes of the network to follow
    record Distillation(float weight, Buffer teacher) {
    }

    /// The losses on membranes.
    ///
    /// @param energy       weight, 0 or more
    /// @param consistency  weight, 0 or more
    /// @param latency      null for none
    /// @param distillation null for none
    record Terms(float energy, float consistency, Latency latency, Distillation distillation) {

        public Terms {
            if (latency != null && latency.weight() == 0) {
                latency = null;
            }
            if (distillation != null && distillation.weight() == 0) {
                distillation = null;
            }
        }
    }

    /// @param counts   F32 `[B, N]`: spikes of each neuron over all steps
    /// @param target   spikes a step
    /// @param gradient F32 `[B, N]`, overwritten; null if only judged. For [Lif.Upstream#counts]
    /// @param totals   F64 [#TOTALS], to which the batch is added
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or out of range
    void addRate(Lif.Shape shape, Buffer counts, float weight, float target, Buffer gradient, Buffer totals);

    /// @param membrane F32 `[T, B, N]`
    /// @param gradient F32 `[T, B, N]`, overwritten; null if only judged. For [Lif.Upstream#membrane]
    /// @param totals   F64 [#TOTALS], to which the batch is added
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or out of range
    void addMembrane(Lif.Shape shape, Buffer membrane, Terms terms, Buffer gradient, Buffer totals);

    /// The checks that every room makes before it touches memory.
    static void checkRate(Lif.Shape shape, Buffer counts, float weight, float target, Buffer gradient, Buffer totals) {
        requireWeight("rate", weight);
        if (!Float.isFinite(target)) {
            throw new IllegalArgumentException("a target of " + target + " spikes a step");
        }
        Operands.require("counts", counts, ElementType.F32, shape.cells());
        requireResults(gradient, shape.cells(), totals);
    }

    /// The checks that every room makes before it touches memory.
    static void checkMembrane(Lif.Shape shape, Buffer membrane, Terms terms, Buffer gradient, Buffer totals) {
        requireWeight("energy", terms.energy());
        requireWeight("consistency", terms.consistency());
        Operands.require("membrane", membrane, ElementType.F32, shape.elements());
        Latency latency = terms.latency();
        if (latency != null) {
            requireWeight("latency", latency.weight());
            if (!(latency.slope() > 0) || latency.slope() == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("a latency of slope " + latency.slope());
            }
            Operands.require("threshold", latency.threshold(), ElementType.F32, latency.threshold().length() == 1 ? 1 : shape.neurons());
            CrossEntropy.Targets targets = latency.targets();
            if (targets != null) {
                Operands.require("labels", targets.labels(), ElementType.U8, 0);
                Operands.require("index", targets.index(), ElementType.S32, targets.first() + shape.batch());
            }
        }
        if (terms.distillation() != null) {
            requireWeight("distillation", terms.distillation().weight());
            Operands.require("teacher", terms.distillation().teacher(), ElementType.F32, shape.elements());
        }
        requireResults(gradient, shape.elements(), totals);
    }

    private static void requireWeight(String name, float weight) {
        if (!(weight >= 0) || weight == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("a weight of " + weight + " for " + name);
        }
    }

    private static void requireResults(Buffer gradient, long n, Buffer totals) {
        if (gradient != null) {
            Operands.require("gradient", gradient, ElementType.F32, n);
        }
        Operands.require("totals", totals, ElementType.F64, TOTALS);
    }
}
