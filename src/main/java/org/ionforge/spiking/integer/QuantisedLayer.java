package org.ionforge.spiking.integer;

import java.util.Arrays;
import java.util.Objects;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.QuantizedGemm.Format;
import org.ionforge.compute.StateLevels;

/// A layer of integers: `I[n] = s[n]·(Σ_k x[k]·q[n,k]) + b[n]`, its fake quantisation if there is one, and the neurons behind.
/// The arrays are not to be changed.
///
/// @param neurons   N
/// @param inputs    K
/// @param weights   lowest and highest code; symmetric, per channel
/// @param codes     `[N, rowBytes]`, packed as [org.ionforge.compute.QuantizedGemm] has its canonical form, unused bits 0
/// @param scales    `[N]`: s, finite and above 0
/// @param bias      `[N]`, finite; null for none
/// @param current   fake quantisation of the current, null for none
/// @param dialect   of the neurons
/// @param leak      `[1]` or `[N]`
/// @param threshold `[1]` or `[N]`
/// @param state     what membranes are rounded to, null for nothing
public record QuantisedLayer(int neurons, int inputs, QuantisationScheme weights, byte[] codes, float[] scales, float[] bias,
                             Current current, LifDialect dialect, float[] leak, float[] threshold, StateLevels state) {

    /// Below it, a scale times the step of the input's codes would lose bits.
    private static final float SMALLEST_SCALE = Float.MIN_NORMAL / InputForm.STEP;

    /// Per tensor, symmetric, zero point 0.
    ///
    /// @param scale finite and above 0
    public record Current(QuantisationScheme scheme, float scale) {
        public Current {
            if (!(scale > 0) || Float.isInfinite(scale)) {
                throw new IllegalArgumentException("the scale of the current is " + scale);
            }
            scheme = QuantisationScheme.symmetric(scheme.lowest(), scheme.highest());
        }
    }

    /// A layer whose membranes are floats.
    public QuantisedLayer(int neurons, int inputs, QuantisationScheme weights, byte[] codes, float[] scales, float[] bias, Current current,
                          LifDialect dialect, float[] leak, float[] threshold) {
        this(neurons, inputs, weights, codes, scales, bias, current, dialect, leak, threshold, null);
    }

    /// @throws IllegalArgumentException naming what does not fit
    public QuantisedLayer {
        if (weights.range() != QuantisationScheme.Range.SYMMETRIC || weights.lowest() == 0) {
            throw new IllegalArgumentException("weights have codes around 0, not " + weights);
        }
        // How scales were found, and where gradients went, is over.
        weights = QuantisationScheme.symmetric(weights.lowest(), weights.highest()).perChannel();
        dialect = dialect.detached(false);
        if (state != null) {
            state.requireFit(dialect);
        }
        checkNumbers(neurons, scales, bias, leak, threshold);
        long row = format(weights).rowBytes(inputs);
        if (codes.length != neurons * row) {
            throw new IllegalArgumentException(codes.length + " bytes of codes, wanted " + neurons + " rows of " + row);
        }
        checkCodes(neurons, inputs, weights, codes, (int) row);
    }

    private static void checkNumbers(int neurons, float[] scales, float[] bias, float[] leak, float[] threshold) {
        if (scales.length != neurons || bias != null && bias.length != neurons || leak.length != 1 && leak.length != neurons
                || threshold.length != 1 && threshold.length != neurons) {
            throw new IllegalArgumentException("scales, bias, leak and threshold of " + neurons + " neurons have " + scales.length + ", "
                    + (bias == null ? "no" : bias.length) + ", " + leak.length + " and " + threshold.length + " values");
        }
        for (int n = 0; n < neurons; n++) {
            if (!(scales[n] >= SMALLEST_SCALE) || Float.isInfinite(scales[n])) {
                throw new IllegalArgumentException("the scale of neuron " + n + " is " + scales[n]);
            }
        }
        checkFinite("bias", bias == null ? new float[0] : bias);
        checkFinite("leak", leak);
        checkFinite("threshold", threshold);
    }

    private static void checkFinite(String name, float[] values) {
        for (int n = 0; n < values.length; n++) {
            if (!Float.isFinite(values[n])) {
                throw new IllegalArgumentException(name + " " + n + " is " + values[n]);
            }
        }
    }

    private static void checkCodes(int neurons, int inputs, QuantisationScheme weights, byte[] codes, int row) {
        int bits = weights.bits();
        for (int n = 0; n < neurons; n++) {
            for (int k = 0; k < inputs; k++) {
                int code = code(codes, bits, row, n, k);
                if (code < weights.lowest() || code > weights.highest()) {
                    throw new IllegalArgumentException("code " + code + " of neuron " + n + ", input " + k + " is outside " + weights.lowest()
                            + " … " + weights.highest());
                }
            }
            int used = inputs * bits % Byte.SIZE;
            if (used != 0 && (codes[(n + 1) * row - 1] & 0xFF) >>> used != 0) {
                throw new IllegalArgumentException("the unused bits after the codes of neuron " + n + " are not 0");
            }
        }
    }

    private static int code(byte[] codes, int bits, int row, int n, int k) {
        int at = k * bits;
        return codes[n * row + at / Byte.SIZE] << Integer.SIZE - bits - at % Byte.SIZE >> Integer.SIZE - bits;
    }

    private static Format format(QuantisationScheme weights) {
        return switch (weights.bits()) {
            case 8 -> Format.INT8;
            case 4 -> Format.INT4;
            default -> Format.INT2;
        };
    }

    /// How wide a code is.
    public Format format() {
        return format(weights);
    }

    /// q[n, k].
    public int code(int n, int k) {
        return code(codes, weights.bits(), (int) format().rowBytes(inputs), n, k);
    }

    /// The largest that a sum of absolute products can be: `max_n Σ_k largest·|q[n, k]|`. Below 2²⁴ every partial sum is exact in
    /// float, in whatever order, so that fake quantisation gives the same sums as integers.
    ///
    /// @param largest input
    public long largestSum(int largest) {
        long most = 0;
        for (int n = 0; n < neurons; n++) {
            long sum = 0;
            for (int k = 0; k < inputs; k++) {
                sum += Math.abs(code(n, k));
            }
            most = Math.max(most, sum);
        }
        return most * largest;
    }

    /// All values equal; floats by their bits.
    @Override
    public boolean equals(Object other) {
        return other instanceof QuantisedLayer that && neurons == that.neurons && inputs == that.inputs && weights.equals(that.weights)
                && Arrays.equals(codes, that.codes) && Arrays.equals(scales, that.scales) && Arrays.equals(bias, that.bias)
                && Objects.equals(current, that.current) && Objects.equals(state, that.state) && dialect.equals(that.dialect)
                && Arrays.equals(leak, that.leak) && Arrays.equals(threshold, that.threshold);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(codes) + Arrays.hashCode(scales);
    }
}
