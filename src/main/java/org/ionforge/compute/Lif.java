package org.ionforge.compute;

/// Leaky integrate-and-fire neurons over all T steps: forward, and backward through time. [LifDialect] says what a step does.
///
/// Time-major: row t·B + b of a `[T, B, N]` array is sample b at step t. Spikes are bits: `[T, B, W]` U32 with W = ⌈N/32⌉, bit
/// i of word w is neuron 32·w + i, bits past N are 0. State starts anew with every call. Any length of T, B, N from 1 on, and
/// products of them past 2³¹; no operand needs an alignment beyond that of its type.
///
/// Spikes, counts, and the membrane are equal to the bit in every room (NaN to NaN, the sign of a zero left open). ±∞ and NaN
/// in a current go through the float operations of the dialect and stay in their neuron and sample.
public interface Lif {

    /// @param steps T, 1 or more
    /// @param batch B, 1 or more
    /// @param neurons N, 1 or more
    record Shape(int steps, int batch, int neurons) {

        public Shape {
            if (steps < 1 || batch < 1 || neurons < 1) {
                throw new IllegalArgumentException("no spikes of " + steps + " steps, " + batch + " samples, " + neurons + " neurons");
            }
        }

        /// Words of a row of spikes.
        public int words() {
            return (neurons + 31) >>> 5;
        }

        /// B·N.
        public long cells() {
            return (long) batch * neurons;
        }

        /// T·B·N.
        public long elements() {
            return Math.multiplyExact(steps, cells());
        }

        /// T·B·W.
        public long spikeWords() {
            return Math.multiplyExact(steps, (long) batch * words());
        }
    }

    /// What flows into the neurons.
    ///
    /// @param values   F32 or BF16 `[T, B, N]`; `[B, N]` if constant
    /// @param constant the same current at every step
    record Currents(Buffer values, boolean constant) {
    }

    /// Where forward writes; any may be null, but not all. Both membranes are U, before the reset.
    ///
    /// @param spikes       U32 `[T, B, W]`
    /// @param counts       F32 `[B, N]`: spikes given out over all steps
    /// @param membrane     F32 `[T, B, N]`
    /// @param lastMembrane F32 `[B, N]`: that of the last step
    record Outputs(Buffer spikes, Buffer counts, Buffer membrane, Buffer lastMembrane) {
    }

    /// Gradients of the loss by what forward wrote; their effects add up. Any may be null, but not all.
    ///
    /// @param spikes       of the type of the currents, `[T, B, N]`
    /// @param counts       F32 `[B, N]`: the same for each step's spike
    /// @param membrane     F32 `[T, B, N]`
    /// @param lastMembrane F32 `[B, N]`
    record Upstream(Buffer spikes, Buffer counts, Buffer membrane, Buffer lastMembrane) {
    }

    /// Where backward writes the gradients of the neurons' parameters, F32 `[1]` or `[N]` as the parameter is; null where a
    /// parameter is fixed.
    record Gradients(Buffer leak, Buffer threshold, Buffer slope, Buffer offset) {

        /// All parameters fixed.
        public static final Gradients NONE = new Gradients(null, null, null, null);
    }

    /// T steps of every neuron. Reads 4 (2) bytes an element and writes ⅛: bound by memory.
    ///
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or missing
    void forward(Shape shape, LifNeurons neurons, Currents currents, Outputs outputs);

    /// Backpropagation through time. The membrane is computed again from the currents: nothing of forward is kept. Gradients
    /// are overwritten; the sums of shared parameters run in an order fixed by the shape alone.
    ///
    /// With g(·) the gradient from outside, descending in t, and S the whole gradient of the spike s:
    ///
    /// ```
    /// S = g(s) + [∂V/∂s·gV, unless detached]          ∂V/∂s = resetValue − U, or −θ, or 0
    /// gU = S·σ′(U − θ) + g(U) + ∂V/∂U·gV              ∂V/∂U = 1 − s for TO_VALUE, else 1
    /// gθ = Σ −S·σ′ − [s·gV for SUBTRACT],  gk = Σ S·∂s/∂k,  go = Σ S·∂s/∂o
    /// gV ← ∂U/∂V·gU,  gλ = Σ ∂U/∂λ·gU,  gx = ∂U/∂x·gU
    /// ```
    ///
    /// where with resetDelay the V of the reset's terms is the next step's U, and a synapse carries its own gradient back. Bound
    /// against the reference: 1e-5 of the largest element of the tensor, and one step of BF16 where it is BF16; for parameters
    /// 1e-5 of the largest sum that an element's shares have without their signs. Reads 8 (4) bytes an element and writes 4 (2),
    /// the currents once more where T > 32: bound by memory.
    ///
    /// @param currentGradient of the type of the currents, `[T, B, N]`; F32 `[B, N]`, the sum over the steps, if the currents
    ///                        are constant; null if not wanted
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or missing
    void backward(Shape shape, LifNeurons neurons, Currents currents, Upstream upstream, Buffer currentGradient, Gradients gradients);
}
