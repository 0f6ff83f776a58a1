package org.ionforge.compute;

/// Integer matrix product with a fused epilogue: `acc[r, n] = Σ_k a[r, k]·q[n, k]` in signed 32 bits, exact, and what the
/// [Epilogue] makes of it.
///
/// Activations are row-major and of the type of their buffer:
///
/// | buffer | shape | a[r, k] |
/// |---|---|---|
/// | S8 | [M, K] | −128 … 127 |
/// | U8 | [M, K] | 0 … 255 (pixels) |
/// | U32 | [M, ⌈K/32⌉] | 0 or 1: bit `k mod 32` of word `k div 32` (spikes); the bits past K of a row's last word may be anything |
///
/// Spikes over T steps are folded into the rows: r = t·B + b for sample b of B at step t.
///
/// Weights q are codes of 8, 4 or 2 bits in two's complement, all codes of the format allowed. In the canonical form a row of K
/// codes starts at a whole byte, low bits first: INT8 one code a byte, INT4 two (code k in bits `4·(k mod 2)` up), INT2 four
/// (`2·(k mod 4)` up); the unused high bits of a row's last byte may be anything.
///
/// The sum never overflows and no step on the way to it saturates: K is limited so that K times the largest product fits
/// ([#maxInputs]). Every result is equal to the bit in every room and for any number of threads: float
/// epilogues are written operation by operation, each rounded to the nearest float, and none may be contracted or reordered.
public interface QuantizedGemm {

    /// How wide a weight's code is.
    enum Format {
        INT8(8), INT4(4), INT2(2);

        private final int bits;

        Format(int bits) {
            this.bits = bits;
        }

        public int bits() {
            return bits;
        }

        /// Smallest code: −128, −8 or −2.
        public int minimum() {
            return -(1 << bits - 1);
        }

        /// Largest code: 127, 7 or 1.
        public int maximum() {
            return (1 << bits - 1) - 1;
        }

        /// Element type of canonical codes: S8 for INT8, U8 for the packed ones.
        public ElementType element() {
            return this == INT8 ? ElementType.S8 : ElementType.U8;
        }

        /// Bytes of one canonical row of `inputs` codes.
        public long rowBytes(int inputs) {
            return ((long) inputs * bits + 7) / 8;
        }
    }

    /// What becomes of acc[r, n].
    sealed interface Epilogue permits Elementwise, Spiking {
    }

    /// One result for each sum.
    sealed interface Elementwise extends Epilogue permits Sums, Dequantized, Requantized {
    }

    /// The sums as they are.
    ///
    /// @param out S32 `[M, N]`
    record Sums(Buffer out) implements Elementwise {
    }

    /// `out[r, n] = float(acc[r, n])·scale[n] + bias[n]`: acc rounded to the nearest float (half to even), the product rounded,
    /// then the sum rounded. Without a bias nothing is added. Infinities and NaN in scale or bias propagate.
    ///
    /// @param scale F32 `[N]`
    /// @param bias  F32 `[N]`; null for none
    /// @param out   F32 `[M, N]`
    record Dequantized(Buffer scale, Buffer bias, Buffer out) implements Elementwise {
    }

    /// The value of [Dequantized], quantised: `out[r, n] = rint(min(max(v·inverse, minimum), maximum))` with
    /// `v = float(acc)·scale[n] + bias[n]`, `inverse = 1.0f / outputScale` rounded once, the product rounded, rint half to even.
    /// A NaN gives `minimum`. This is torch's per-tensor rule with zero point 0.
    ///
    /// @param scale       F32 `[N]`
    /// @param bias        F32 `[N]`; null for none
    /// @param outputScale s of the output's codes, finite and normal, with a finite inverse
    /// @param minimum     smallest code, −128 … maximum
    /// @param maximum     largest code, minimum … 127
    /// @param out         S8 `[M, N]`
    record Requantized(Buffer scale, Buffer bias, float outputScale, int minimum, int maximum, Buffer out) implements Elementwise {

        /// The factor that every room multiplies by.
        public float inverse() {
            return 1.0f / outputScale;
        }
    }

    /// The value of [Dequantized] as the current I of a layer of neurons, over all T steps in one call: J = I, or its fake
    /// quantisation, and what [Lif] makes of it, state starting anew. That is [SpikingLinear] on integers, equal to it to the bit
    /// where its sums are exact. Neither sums nor currents are stored.
    ///
    /// The rows are (t, b), row t·B + b; of a constant input they are the samples, multiplied once for all steps.
    ///
    /// @param scale    F32 `[N]`
    /// @param bias     F32 `[N]`; null for none
    /// @param current  the current's fake quantisation, null for none
    /// @param neurons  parameters of `[N]` or `[1]`
    /// @param steps    T, 1 or more, a divisor of the number of rows unless the input is constant
    /// @param constant the same input at every step: B rows, else T·B
    /// @param out      see [Lif.Outputs]
    record Spiking(Buffer scale, Buffer bias, SpikingLinear.Quantisation current, LifNeurons neurons, int steps, boolean constant,
                   Lif.Outputs out) implements Epilogue {

        /// The neurons behind a product of so many rows and outputs, at least one row.
        ///
        /// @throws IllegalArgumentException if the rows are no whole number of steps
        public Lif.Shape shape(int rows, int outputs) {
            if (steps < 1 || !constant && rows % steps != 0) {
                throw new IllegalArgumentException(rows + " rows are no whole number of " + steps + " steps");
            }
            return new Lif.Shape(steps, constant ? rows : rows / steps, outputs);
        }
    }

    /// Largest K: 2¹⁷ − 1 for S8 and spikes, 65,793 for U8. K times the activation's largest absolute value times 128 is then
    /// below 2³¹, whatever the format: a room may work on codes moved up to the top of their byte.
    ///
    /// @param activations S8, U8 or U32
    static int maxInputs(ElementType activations) {
        return switch (activations) {
            case S8, U32 -> (1 << 17) - 1;
            case U8 -> Integer.MAX_VALUE / (255 * 128);
            default -> throw new IllegalArgumentException("activations are S8, U8 or spikes in U32, not " + activations);
        };
    }

    /// Puts canonical weights into this backend's layout. The codes are read once and not kept.
    ///
    /// @param codes   [Format#element()] `[outputs·rowBytes(inputs)]`, row n holding q[n, ·]
    /// @param outputs N ≥ 1
    /// @param inputs  K, 1 … 2¹⁷ − 1
    /// @throws IllegalArgumentException naming what does not fit
    PackedWeights pack(Format format, Buffer codes, int outputs, int inputs);

    /// Multiplies `rows` rows of activations by the weights. Outputs must not overlap inputs.
    ///
    /// @param activations S8, U8 or U32 as above, of this backend
    /// @param rows        M ≥ 0
    /// @param weights     packed by this backend
    /// @throws IllegalArgumentException naming what does not fit: an operand that is too short or of a wrong type, weights of
    ///                                  another backend, K beyond [#maxInputs]
    /// @throws IllegalStateException    if a buffer or the weights were closed
    void multiply(Buffer activations, int rows, PackedWeights weights, Epilogue epilogue);
}
