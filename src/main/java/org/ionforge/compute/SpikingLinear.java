package org.ionforge.compute;

/// A linear layer with fake-quantised weights and the LIF neurons behind it, over all T steps in one call.
///
/// ```
/// q[n,k] = code of W[n,k] at scale s[n]                       see Quantiser; q = W, s = 1 if not quantised
/// I[t,b,n] = s[n]·(Σ_k x[t,b,k]·q[n,k]) + b[n]                scale after the sum; product and sum rounded each for itself
/// J = a·code of I at scale a                                  the current's fake quantisation, per tensor; J = I without it
/// spikes = LIF(J)                                             see Lif, LifDialect
/// ```
///
/// With spikes or small integers as input and quantised weights the sum is exact in float below 2²⁴, and so equal to the
/// integer engine's. Else the order of the sum is the room's own, fixed by the shape: |I − exact| ≤ 1e-6·(Σ|x·q|·s + |b|), and
/// spikes are those of the currents so computed. A constant input is multiplied once, not T times.
///
/// Layouts as in [Lif]; weights `[N, K]` row-major. Nothing of size T·B·N is stored but what the outputs ask for: a room that
/// needs it for itself works through the batch in slices, and keeps that scratch from call to call.
public interface SpikingLinear {

    /// @param steps   T, 1 or more
    /// @param batch   B, 1 or more
    /// @param inputs  K, 1 or more
    /// @param neurons N, 1 or more
    record Shape(int steps, int batch, int inputs, int neurons) {

        public Shape {
            if (inputs < 1) {
                throw new IllegalArgumentException("a layer of " + inputs + " inputs");
            }
            new Lif.Shape(steps, batch, neurons);
        }

        /// The neurons' side.
        public Lif.Shape lif() {
            return new Lif.Shape(steps, batch, neurons);
        }

        /// Words of a row of input spikes.
        public int inputWords() {
            return (inputs + 31) >>> 5;
        }

        /// Rows of the product: B for a constant input, T·B else.
        public long rows(Input input) {
            return input.kind() == Input.Kind.CONSTANT ? batch : Math.multiplyExact((long) steps, batch);
        }
    }

    /// What comes into the layer.
    ///
    /// @param kind   how `values` are to be read
    /// @param values F32 or BF16 `[B, K]` if constant over the steps, F32 or BF16 `[T, B, K]`, or U32 `[T, B, ⌈K/32⌉]` spikes
    ///               (bits past K may be anything)
    record Input(Kind kind, Buffer values) {

        public enum Kind { CONSTANT, SEQUENCE, SPIKES }

        public static Input constant(Buffer values) {
            return new Input(Kind.CONSTANT, values);
        }

        public static Input sequence(Buffer values) {
            return new Input(Kind.SEQUENCE, values);
        }

        public static Input spikes(Buffer values) {
            return new Input(Kind.SPIKES, values);
        }
    }

    /// A fake quantisation whose scale is known, as [Quantiser] has it with zero point 0. Gradients pass where its definition says
    /// so; with `mask` false they pass everywhere, for a rule of the caller's own (learned steps).
    ///
    /// @param scheme symmetric, with negative codes; its granularity is that of the operand here
    /// @param scale  F32, finite and > 0: `[N]` for weights, `[1]` for the current
    /// @param mask   whether backward masks
    record Quantisation(QuantisationScheme scheme, Buffer scale, boolean mask) {

        public Quantisation {
            if (scheme.range() != QuantisationScheme.Range.SYMMETRIC || scheme.lowest() == 0) {
                throw new IllegalArgumentException("weights and currents have codes around 0, not " + scheme);
            }
        }
    }

    /// @param values       F32 `[N, K]`, the float weights, finite
    /// @param bias         F32 `[N]`, null for none (then nothing is added)
    /// @param quantisation null for none: float weights
    record Weights(Buffer values, Buffer bias, Quantisation quantisation) {
    }

    /// @param current the current's fake quantisation, null for none
    record Layer(Weights weights, Quantisation current, LifNeurons neurons) {
    }

    /// Where forward writes: what the neurons give, and if not null
    ///
    /// @param currents     F32 `[T, B, N]`, `[B, N]` of a constant input: I, before its fake quantisation
    /// @param currentRange F32 `[2]`: smallest and largest I; a NaN makes both NaN. [Observers#observe] takes it as a tensor of two
    record Outputs(Lif.Outputs lif, Buffer currents, Buffer currentRange) {
    }

    /// The way back through the next layer, which these spikes were the input of: adds `Σ_m gI[t,b,m]·s[m]·q[m,n]` to the
    /// gradient of spike (t, b, n), without that gradient ever being stored.
    ///
    /// @param currentGradient F32 `[T, B, M]`: what the next layer's backward wrote
    /// @param neurons         M
    /// @param weights         those of the next layer, `[M, N]`; the bias is not looked at
    record Through(Buffer currentGradient, int neurons, Weights weights) {
    }

    /// Gradients of the loss by what forward wrote; their effects add up. Either may be null, but not both.
    ///
    /// @param lif  from outside; its `spikes` are F32
    /// @param next from the next layer
    record Upstream(Lif.Upstream lif, Through next) {
    }

    /// Where backward writes, all F32; null for what is not wanted.
    ///
    /// @param weights `[N, K]`
    /// @param bias    `[N]`
    /// @param lif     of the neurons' parameters
    /// @param current `[T, B, N]`, `[B, N]` of a constant input (the sum over the steps): by I, masked by its quantisation. What
    ///                [Through] wants
    /// @param input   `[T, B, K]`, `[B, K]` of a constant input
    record Gradients(Buffer weights, Buffer bias, Lif.Gradients lif, Buffer current, Buffer input) {
    }

    /// Operations: 2·K·N a row of the product, and the neurons'. Bytes: the weights, the input, ⅛ a spike.
    ///
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or missing
    void forward(Shape shape, Layer layer, Input input, Outputs outputs);

    /// Backward through time and through the product. The weight gradient is `gW[n,k] = Σ_rows gI[row,n]·x[row,k]` times the
    /// mask (the scale's factor s cancels against that of W/s); that of the input `gx[row,k] = Σ_n gI[row,n]·s[n]·q[n,k]`. With a
    /// constant input gI is summed over the steps first. Sums run in an order fixed by the shape. Bound against the reference
    /// where the currents are the same: 1e-5 of the largest sum of absolute values of the shares of an element of the tensor.
    ///
    /// @param currents what forward wrote, F32; null to have the product computed again, to the same bits
    /// @throws IllegalArgumentException naming the argument that is too short, of a wrong type or missing
    void backward(Shape shape, Layer layer, Input input, Buffer currents, Upstream upstream, Gradients gradients);
}
