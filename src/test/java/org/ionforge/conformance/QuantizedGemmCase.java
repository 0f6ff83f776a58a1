package org.ionforge.conformance;

import java.util.Arrays;
import java.util.Random;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.PackedWeights;
import org.ionforge.compute.QuantizedGemm;
import org.ionforge.compute.QuantizedGemmArguments;

/// One product with canonical operands in plain arrays.
///
/// @param activations S8 and U8: `[M, K]`; U32: the words of the spikes, four bytes each, low first
/// @param codes       canonical weights
record QuantizedGemmCase(ElementType kind, QuantizedGemm.Format format, int rows, int inputs, int outputs, byte[] activations,
                         byte[] codes) {

    static final ElementType[] KINDS = {ElementType.S8, ElementType.U8, ElementType.U32};

    /// Any bytes: all codes, and anything at all in the padding.
    static QuantizedGemmCase random(ElementType kind, QuantizedGemm.Format format, int rows, int inputs, int outputs, long seed) {
        Random random = new Random(seed);
        QuantizedGemmCase made = empty(kind, format, rows, inputs, outputs);
        random.nextBytes(made.activations);
        random.nextBytes(made.codes);
        return made;
    }

    /// Every byte of either operand the same.
    static QuantizedGemmCase of(ElementType kind, QuantizedGemm.Format format, int rows, int inputs, int outputs, int activation,
                                int code) {
        QuantizedGemmCase made = empty(kind, format, rows, inputs, outputs);
        Arrays.fill(made.activations, (byte) activation);
        Arrays.fill(made.codes, (byte) code);
        return made;
    }

    private static QuantizedGemmCase empty(ElementType kind, QuantizedGemm.Format format, int rows, int inputs, int outputs) {
        long row = QuantizedGemmArguments.rowElements(kind, inputs) * kind.bytes();
        return new QuantizedGemmCase(kind, format, rows, inputs, outputs, new byte[(int) (rows * row)],
                new byte[(int) (outputs * format.rowBytes(inputs))]);
    }

    int[] sums(Room room) {
        return Trial.on(room, trial -> {
            Buffer out = trial.output(ElementType.S32, rows * outputs);
            multiply(trial, new QuantizedGemm.Sums(out));
            return trial.ints(out, rows * outputs);
        });
    }

    float[] dequantized(Room room, float[] scale, float[] bias) {
        return Trial.on(room, trial -> {
            Buffer out = trial.output(ElementType.F32, rows * outputs);
            multiply(trial, new QuantizedGemm.Dequantized(trial.input(scale), bias == null ? null : trial.input(bias), out));
            return trial.floats(out, rows * outputs);
        });
    }

    byte[] requantized(Room room, float[] scale, float[] bias, float outputScale, int minimum, int maximum) {
        return Trial.on(room, trial -> {
            Buffer out = trial.output(ElementType.S8, rows * outputs);
            multiply(trial, new QuantizedGemm.Requantized(trial.input(scale), bias == null ? null : trial.input(bias), outputScale,
                    minimum, maximum, out));
            return trial.bytes(out, rows * outputs);
        });
    }

    /// The codes are gone before the product: nothing but the packed weights may be needed.
    void multiply(Trial trial, QuantizedGemm.Epilogue epilogue) {
        QuantizedGemm gemm = trial.backend().quantizedGemm();
        Buffer canonical = trial.input(format.element(), codes);
        try (PackedWeights weights = gemm.pack(format, canonical, outputs, inputs)) {
            canonical.fill((byte) 0x5A);
            gemm.multiply(trial.input(kind, activations), rows, weights, epilogue);
        }
    }

    @Override
    public String toString() {
        return rows + "×" + inputs + "×" + outputs + " " + kind + " by " + format;
    }
}
