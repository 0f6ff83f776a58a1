package org.ionforge.compute;

import java.util.Objects;

/// What a leaky integrate-and-fire neuron does in one step: the choices in which simulators differ, as data for one kernel.
///
/// Every operation below is one float operation, rounded to nearest, in this order; nothing is contracted to a fused
/// multiply-add. V is the state, 0 spikes before the first step, λ the leak parameter and θ the threshold (of the layer or of
/// the neuron, see [LifNeurons]), x the current that comes in:
///
/// ```
/// J = x                                                   synapse NONE
///     i = α·i + x;  J = i                                 synapse DECAY_THEN_ADD      α = synapseDecay, i = 0 at first
///     i = α·(i + x);  J = i                               synapse ADD_THEN_DECAY
///     i = i + x;  J = i;  i = i − α·i  (after this step)  synapse DECAY_AFTER_USE
/// J = resistance·J
/// U = λ·V + J                    or  λ·V + (1 − λ)·J      charge LEAK             without or with decayInput, λ is β
///     (V + (rest − V)/λ) + J     or  V + ((rest − V) + J)/λ      DIVIDE           λ is τ, in steps
///     (V + λ·(rest − V)) + J     or  V + λ·((rest − V) + J)      MULTIPLY         λ is dt/τ
/// U = U − θ  if the step before spiked                    reset SUBTRACT with resetDelay only
/// s = U ≥ θ  or  U > θ                                    comparison; a NaN never spikes
/// V = U                                                   reset NONE, and SUBTRACT with resetDelay
///     resetValue if s, else U                             reset TO_VALUE
///     U − θ if s, else U                                  reset SUBTRACT
/// ```
///
/// The spike given out at step t is s, or with `spikeDelay` the s of step t − 1 (no spike at step 0). U is what is called the
/// membrane everywhere: before the reset. With `detachReset` no gradient passes from V to s; the θ that is subtracted keeps its
/// own. Sources of the orders: the code of each simulator, as its preset says. [StateLevels] may round the membrane on its way: U, once
/// it is there, or λ·V of charge LEAK.
///
/// @param charge       how state and current combine
/// @param decayInput   whether the current, too, is scaled by the leak
/// @param synapse      filter of the current before the membrane
/// @param synapseDecay α of the synapse, 0 without one
/// @param resistance   factor on the current behind the synapse, 1 for none
/// @param rest         where the membrane leaks to; 0 with LEAK
/// @param initial      V before the first step
/// @param comparison   what counts as reaching θ
/// @param reset        what a spike does to the membrane
/// @param resetValue   where TO_VALUE resets to, 0 otherwise
/// @param resetDelay   SUBTRACT only: the reset is part of the next step's charge
/// @param spikeDelay   the spike leaves one step late
/// @param detachReset  the reset is a constant to the gradient
public record LifDialect(Charge charge, boolean decayInput, Synapse synapse, float synapseDecay, float resistance, float rest,
                         float initial, Comparison comparison, Reset reset, float resetValue, boolean resetDelay,
                         boolean spikeDelay, boolean detachReset) {

    public enum Charge { LEAK, DIVIDE, MULTIPLY }

    public enum Synapse { NONE, DECAY_THEN_ADD, ADD_THEN_DECAY, DECAY_AFTER_USE }

    public enum Comparison { AT_LEAST, ABOVE }

    public enum Reset { TO_VALUE, SUBTRACT, NONE }

    /// Ours: `U = β·V + I`, `U ≥ θ`, reset to 0, gradients through the reset.
    public static final LifDialect IONFORGE = new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0, 0, Comparison.AT_LEAST,
            Reset.TO_VALUE, 0, false, false, false);

    /// snnTorch `Leaky` with its default, `reset_mechanism="subtract"`: one step late and detached. λ = β in [0, 1].
    public static final LifDialect SNNTORCH_LEAKY = new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0, 0, Comparison.ABOVE,
            Reset.SUBTRACT, 0, true, false, true);

    /// snnTorch `Leaky` with `reset_mechanism="zero"`; resetting at the spike or before the next charge is the same.
    public static final LifDialect SNNTORCH_LEAKY_ZERO = new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0, 0,
            Comparison.ABOVE, Reset.TO_VALUE, 0, false, false, true);

    /// SpikingJelly `LIFNode` (torch backend): `h = v + ((v_reset − v) + x)/τ`, `h ≥ v_th`, reset to v_reset = 0. λ = τ = 2.
    public static final LifDialect SPIKINGJELLY_LIF_NODE = new LifDialect(Charge.DIVIDE, true, Synapse.NONE, 0, 1, 0, 0,
            Comparison.AT_LEAST, Reset.TO_VALUE, 0, false, false, false);

    /// Norse `lif_feed_forward_step`: a synaptic current that decays after use, forward Euler, strict, reset to v_reset = 0.
    /// dt = 0.001, tau_syn_inv = 200; λ = dt·tau_mem_inv = 0.1.
    public static final LifDialect NORSE_LIF = new LifDialect(Charge.MULTIPLY, true, Synapse.DECAY_AFTER_USE, 0.001f * 200f, 1, 0, 0,
            Comparison.ABOVE, Reset.TO_VALUE, 0, false, false, false);

    /// Sinabs `LIF` with `norm_input` and single spikes: `v = α·v + (1 − α)·x`, `v ≥ θ`, reset by subtraction.
    /// λ = α = exp(−1/τ).
    public static final LifDialect SINABS_LIF = new LifDialect(Charge.LEAK, true, Synapse.NONE, 0, 1, 0, 0, Comparison.AT_LEAST,
            Reset.SUBTRACT, 0, false, false, false);

    /// Spyx `LIF`: spike and reset both come from the state before the charge. λ = β in [0, 1].
    public static final LifDialect SPYX_LIF = new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0, 0, Comparison.ABOVE,
            Reset.SUBTRACT, 0, true, true, false);

    /// MINT (arXiv 2305.09850): `H = s + u; s = H > θ; U = (H − s·θ)·leak`, with U rounded as [StateLevels#mint] has it. λ is its leak.
    public static final LifDialect MINT = new LifDialect(Charge.LEAK, false, Synapse.NONE, 0, 1, 0, 0, Comparison.ABOVE, Reset.SUBTRACT, 0,
            false, false, false);

    public LifDialect {
        Objects.requireNonNull(charge, "charge");
        Objects.requireNonNull(synapse, "synapse");
        Objects.requireNonNull(comparison, "comparison");
        Objects.requireNonNull(reset, "reset");
        if (resetDelay && reset != Reset.SUBTRACT) {
            throw new IllegalArgumentException("only a reset by subtraction can come a step late, not " + reset);
        }
        if (charge == Charge.LEAK && rest != 0) {
            throw new IllegalArgumentException("with LEAK the membrane rests at 0, not " + rest);
        }
        if (synapse == Synapse.NONE && synapseDecay != 0 || reset != Reset.TO_VALUE && resetValue != 0) {
            throw new IllegalArgumentException("a decay of " + synapseDecay + " and a reset value of " + resetValue
                    + " for synapse " + synapse + " and reset " + reset);
        }
        for (float number : new float[] {synapseDecay, resistance, rest, initial, resetValue}) {
            if (!Float.isFinite(number)) {
                throw new IllegalArgumentException("a dialect is made of finite numbers, not " + number);
            }
        }
    }

    /// NIR `LIF` by forward Euler: `v = v + λ·((v_leak − v) + r·I)`, `v > θ`, reset to v_reset. λ = dt/τ.
    public static LifDialect nir(float r, float vLeak, float vReset) {
        return new LifDialect(Charge.MULTIPLY, true, Synapse.NONE, 0, r, vLeak, vLeak, Comparison.ABOVE, Reset.TO_VALUE, vReset,
                false, false, false);
    }

    /// Sinabs `LIF` with `tau_syn`: the current is `i = α·(i + x)`, α = exp(−1/tau_syn).
    public static LifDialect sinabsWithSynapse(float decay) {
        return new LifDialect(Charge.LEAK, true, Synapse.ADD_THEN_DECAY, decay, 1, 0, 0, Comparison.AT_LEAST, Reset.SUBTRACT, 0,
                false, false, false);
    }

    /// snnTorch `Synaptic`: `syn = α·syn + x; mem = β·mem + syn`, otherwise as `Leaky`.
    public static LifDialect snnTorchSynaptic(float alpha) {
        return new LifDialect(Charge.LEAK, false, Synapse.DECAY_THEN_ADD, alpha, 1, 0, 0, Comparison.ABOVE, Reset.SUBTRACT, 0, true,
                false, true);
    }

    /// The same with a reset to that value at the spike.
    public LifDialect resettingTo(float value) {
        return with(Reset.TO_VALUE, value, detachReset);
    }

    /// The same with a reset by subtraction at the spike.
    public LifDialect subtracting() {
        return with(Reset.SUBTRACT, 0, detachReset);
    }

    /// The same without a reset: a membrane to read out.
    public LifDialect withoutReset() {
        return with(Reset.NONE, 0, detachReset);
    }

    /// The same with the gradient kept out of the reset, or let into it.
    public LifDialect detached(boolean detach) {
        return new LifDialect(charge, decayInput, synapse, synapseDecay, resistance, rest, initial, comparison, reset, resetValue,
                resetDelay, spikeDelay, detach);
    }

    private LifDialect with(Reset other, float value, boolean detach) {
        return new LifDialect(charge, decayInput, synapse, synapseDecay, resistance, rest, initial, comparison, other, value,
                false, spikeDelay, detach);
    }

    /// Floats of state that a neuron carries from step to step: V, and the synapse's i.
    public int states() {
        return synapse == Synapse.NONE ? 1 : 2;
    }

    /// The choices as kernels and native code read them (`kernels/lif_step.cuh`, `native/src/lif_step.h`): bits 0–1 charge, 2
    /// decayInput, 3–4 synapse, 5 strict comparison, 6–7 reset, 8 resetDelay, 9 spikeDelay, 10 detachReset; enums by ordinal. Above them are those of [StateLevels#code].
    public int code() {
        return charge.ordinal() | (decayInput ? 1 << 2 : 0) | synapse.ordinal() << 3 | comparison.ordinal() << 5
                | reset.ordinal() << 6 | (resetDelay ? 1 << 8 : 0) | (spikeDelay ? 1 << 9 : 0) | (detachReset ? 1 << 10 : 0);
    }
}
