package org.ionforge.compute.reference;

import org.ionforge.compute.Quantiser;
import org.ionforge.compute.SpikingLinear.Quantisation;
import org.ionforge.compute.SpikingLinear.Weights;

/// Fake-quantised weights of a layer, computed once.
final class LinearWeights {

    private final int columns;
    private final float[] codes;
    private final float[] scales;
    private final boolean[] passes;

    LinearWeights(Weights weights, int rows, int columns) {
        this.columns = columns;
        codes = new float[rows * columns];
        scales = new float[rows];
        passes = new boolean[rows * columns];
        HostArrays.Floats values = HostArrays.anyFloats(weights.values());
        for (int n = 0; n < rows; n++) {
            Quantiser row = weights.quantisation() == null ? null : quantiser(weights.quantisation(), n);
            scales[n] = row == null ? 1 : row.scale();
            for (int k = 0; k < columns; k++) {
                float w = values.get((long) n * columns + k);
                codes[n * columns + k] = row == null ? w : row.code(w);
                passes[n * columns + k] = row == null || !weights.quantisation().mask() || row.passes(w);
            }
        }
    }

    static Quantiser quantiser(Quantisation quantisation, long element) {
        return new Quantiser(quantisation.scheme(), HostArrays.anyFloats(quantisation.scale()).get(element), 0);
    }

    float code(int n, int k) {
        return codes[n * columns + k];
    }

    float scale(int n) {
        return scales[n];
    }

    /// s·q.
    double value(int n, int k) {
        return (double) scales[n] * codes[n * columns + k];
    }

    /// Whether the gradient passes to the float weight.
    boolean passes(int n, int k) {
        return passes[n * columns + k];
    }
}
