package org.ionforge.compute;

/// [Quantiser] on arrays: fake-quantised values, integer codes, and the gradients of both ways to train through a rounding, the
/// straight-through estimator and the learned step size. Values and codes are equal to the bit in every room.
public interface FakeQuantisation {

    /// Scale and zero point of each channel.
    ///
    /// @param scale     F32 `[channels]`
    /// @param zeroPoint S32 `[channels]`, lowest … highest; null where all are 0
    record Scales(Buffer scale, Buffer zeroPoint) {

        /// Zero points of 0, as symmetric schemes have them.
        public static Scales symmetric(Buffer scale) {
            return new Scales(scale, null);
        }
    }

    /// Where [#quantise] writes; null for what is not wanted.
    ///
    /// @param values F32, laid out as x and possibly x itself: y
    /// @param codes  of the scheme's [QuantisationScheme#codeType()], `[channels, length]` without gaps; where codes fit a byte
    /// @param packed U8 `[channels, packedBytes(length)]`: the same, 8/bits a byte
    /// @param mask   U32 `[channels, ⌈length/32⌉]`: bit i of word w is 1 where the gradient passes at value 32·w + i; bits past the
    ///               last value are 0
    record Outputs(Buffer values, Buffer codes, Buffer packed, Buffer mask) {

        /// Fake-quantised values and nothing else.
        public static Outputs values(Buffer values) {
            return new Outputs(values, null, null, null);
        }
    }

    /// What a value adds to the gradient of its scale, and where its own gradient passes. g is the gradient by y, i = 1/s, k =
    /// code − z, q not yet clamped as in [Quantiser], f the factor; operations from left to right, each rounded.
    enum StepRule {
        /// `torch._fake_quantize_learnable_per_channel_affine` and `…_per_tensor_…`: where lowest ≤ q ≤ highest `gx = g`, `gs =
        /// g·fma(k, s, −x)·i·f` and `gz = 0`; elsewhere `gx = 0·g`, `gs = g·k·f` and `gz = −g·s·f`.
        LEARNABLE,
        /// LSQ (Esser and others 2020), symmetric: with t = x·i, where lowest ≤ t ≤ highest `gx = g` and `gs = g·(k − t)·f`, elsewhere
        /// `gx = 0·g` and `gs = g·k·f`. A value between the last code and half a step beyond it is outside.
        LSQ
    }

    /// Where [#stepGradients] writes; null for what is not wanted.
    ///
    /// @param x         F32, laid out as x, possibly the gradient itself
    /// @param scale     F32 `[channels]`: the sum of gs over a channel
    /// @param zeroPoint F32 `[channels]`: the sum of gz over a channel
    record StepGradients(Buffer x, Buffer scale, Buffer zeroPoint) {
    }

    /// y, codes and mask of x. Bytes a value: 4 read; 4, 1, bits/8 and ⅛ written.
    ///
    /// @param x F32, [Channels#span()] elements
    /// @throws IllegalArgumentException naming what is too short, of a wrong type or does not fit the scheme
    void quantise(Buffer x, Channels channels, QuantisationScheme scheme, Scales scales, Outputs outputs);

    /// The straight-through gradient: `gx = g·1` where the mask has a bit and `g·0` elsewhere, so that a NaN in g stays one. Bytes
    /// a value: 4⅛ read, 4 written.
    ///
    /// @param gradient F32, laid out as x: g
    /// @param mask     what [#quantise] wrote
    /// @param result   F32, the same layout, possibly the gradient itself
    void straightThrough(Buffer gradient, Channels channels, Buffer mask, Buffer result);

    /// Gradients of a quantisation whose scale is learned. gx is equal to the bit in every room; a channel's sums are taken in
    /// double in an order fixed by the layout, within 1e-12 of the sum of absolute values, and rounded once. Bytes a value: 8 read, 4
    /// written.
    ///
    /// @param factor f, usually [#stepFactor]
    /// @throws IllegalArgumentException also if LSQ is to have zero points, or their gradient
    void stepGradients(Buffer x, Buffer gradient, Channels channels, QuantisationScheme scheme, Scales scales, StepRule rule,
                       float factor, StepGradients gradients);

    /// LSQ's first scales: `s = 2·mean(|x|)/√highest`, the mean of each channel in double in an order fixed by the layout, within
    /// 1e-12 of the sum, rounded once.
    ///
    /// @param scales F32 `[channels]`
    void initialSteps(Buffer x, Channels channels, QuantisationScheme scheme, Buffer scales);

    /// LSQ's gradient scale `1/√(n·highest)` for a step shared by n values.
    static float stepFactor(long n, QuantisationScheme scheme) {
        return (float) (1 / Math.sqrt((double) n * scheme.highest()));
    }
}
