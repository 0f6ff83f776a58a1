package org.ionforge.compute;

/// A multi-layer perceptron whose two scalar side inputs are gated by the trunk: forward, and loss with gradients.
///
/// For a row x of `inputs` features of which the first `trunkInputs` go to the trunk, and x[sunInput], x[stormInput] to the
/// two sidecars (Mish is `x·tanh(softplus(x))`, σ the logistic function):
///
/// ```
/// h1 = mish(W1 x + b1)                 [hidden1]       h2 = mish(W2 h1 + b2)               [hidden2]
/// base = B2 mish(B1 h2 + c1) + c2      (hidden2 → baseHidden → 1)
/// gate_k = 0.5 + 1.5·σ(S2ₖ mish(S1ₖ h2 + d1ₖ) + d2ₖ)   (hidden2 → gateHidden → 1), k = sun, storm
/// side_k = |V2ₖ|·softplus(|V1ₖ|·xₖ + e1ₖ) + e2ₖ        (1 → sidecarHidden → 1): rises with xₖ for any weights
/// out = base + gate_sun·side_sun + gate_storm·side_storm
/// ```
///
/// With a [Precision] p other than FP32, the operands of the products of trunk.1, trunk.2 and the heads' hidden layers are rounded by
/// it, forward and backward: R(x), R(W), h = R(mish(z)), d = R(mish'(z)), and δ = R(g·d), the loss's derivative by z, from g, its
/// derivative by h (in a head, g is the derivative by its output times the last layer's weight). What follows a rounded number has
/// it rounded: the heads' last layers read R(mish(z)), and a bias's gradient is the sum of the rounded δ. Nothing else is rounded:
/// biases, last layers, sidecars, gates, loss, and the parameters and gradients themselves are FP32.
///
/// Parameters are one flat F32 buffer; [Shape] gives the offset of every tensor, each row-major `[out, in]`, in the order
/// trunk, base, sun gate, storm gate, sun sidecar, storm sidecar, weight before bias.
public interface GatedMlp {

    /// Where one tensor lies in the flat parameter buffer. `columns` is 0 for a bias.
    record Tensor(String name, int offset, int rows, int columns) {
        public int length() {
            return rows * Math.max(1, columns);
        }
    }

    /// Rows of a data set that lies on the backend.
    ///
    /// @param features F32 `[N, inputs]`
    /// @param targets  F32 `[N]`; may be null in a forward pass
    /// @param weights  F32 `[N]`; may be null in a forward pass
    /// @param index    S32 `[≥ first + count]`: which rows; null for rows `first … first + count − 1` themselves
    record Rows(Buffer features, Buffer targets, Buffer weights, Buffer index, long first, int count) {
    }

    /// Where a forward pass writes, each F32 `[≥ count]`; any but `out` may be null. The sides are before their gates.
    record Outputs(Buffer out, Buffer base, Buffer sunGate, Buffer stormGate, Buffer sunSide, Buffer stormSide) {
    }

    /// What the loss is made of.
    ///
    /// @param huberDelta δ of the Huber loss
    /// @param gateVariance λ: the population variance of each gate over the batch is subtracted, times λ
    record LossOptions(float huberDelta, float gateVariance) {
    }

    /// Means over the batch.
    ///
    /// @param loss `huber − λ·(varSunGate + varStormGate)`
    /// @param huber mean of Huber(out − target)·weight
    /// @param squaredError mean of (out − target)², unweighted
    record Loss(double loss, double huber, double squaredError, double varSunGate, double varStormGate) {
    }

    /// Evaluates `rows.count` rows. Bound against the reference: 1e-5 absolute for |out| ≤ 10, else 1e-6 relative. In TF32 and BF16 two
    /// sums that differ in their last bit may round apart; with u their [Precision#roundoff()]: 2u absolute for |out| ≤ 10, else
    /// u/5 relative.
    void forward(GatedMlpShape shape, Buffer parameters, Rows rows, Outputs outputs);

    /// Loss over the rows and its gradient with respect to every parameter (sign(0) = 0 for the absolute values; frozen
    /// tensors get theirs too). Gradients are overwritten. Bound against the reference: 1e-5 of the tensor's largest
    /// gradient plus 1e-7 of the rows' mean |weight·Huber'| (shares that cancel leave their rounding behind); the loss's parts
    /// 1e-5 relative plus 1e-7. In TF32 and BF16: 2u of the largest plus u/16 of the mean, and u relative plus 1e-7. Sums run in an
    /// order fixed by shape and batch size alone.
    ///
    /// @param gradients F32 `[P]`
    /// @throws IllegalArgumentException if an index points outside the data set (host backends) or sizes do not match
    Loss lossAndGradient(GatedMlpShape shape, Buffer parameters, Rows rows, LossOptions options, Buffer gradients);

    /// A training on rows that lie on the backend; the caller closes it, before the backend and the buffers.
    ///
    /// @throws IllegalArgumentException if sizes do not match
    GatedMlpTraining training(GatedMlpTraining.Setup setup);
}
