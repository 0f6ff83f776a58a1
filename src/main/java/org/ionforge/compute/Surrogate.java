package org.ionforge.compute;

import java.util.Objects;

/// The derivative that stands in for that of the hard threshold: ds/dU = σ′(u) with u = U − θ, rounded to float.
///
/// ```
/// FAST_SIGMOID  1/(1 + k·|u|)²                    k = 25
/// ARCTAN        (k/2)/(1 + (π/2·k·u)²)            k = 2
/// SIGMOID       k·σ(k·u)·(1 − σ(k·u))             k = 25
/// TRIANGULAR    max(0, 1 − k·|u|)                 k = 1
/// RECTANGULAR   1/k if |u| < k/2, else 0          k = 0.5, the width
/// LEARNABLE     1/(1 + k·|u − o|)²                k and o trained, one of each for the layer or for every neuron
/// ```
///
/// The gradients by k and o are those of the primitive p(u) = (u − o)/(1 + k·|u − o|) of LEARNABLE in the spike's place:
/// ∂s/∂k = −(u − o)·|u − o|/(1 + k·|u − o|)², ∂s/∂o = −σ′.
///
/// @param shape which curve
/// @param slope k; for LEARNABLE what training starts from: the values in use are those of [LifNeurons]
public record Surrogate(Shape shape, float slope) {

    public enum Shape { FAST_SIGMOID, ARCTAN, SIGMOID, TRIANGULAR, RECTANGULAR, LEARNABLE }

    /// Bounds of a trained slope: the optimiser's clamp keeps it there.
    public static final float MINIMUM_SLOPE = 1;
    public static final float MAXIMUM_SLOPE = 100;

    public Surrogate {
        Objects.requireNonNull(shape, "shape");
        if (!(slope > 0) || Float.isInfinite(slope)) {
            throw new IllegalArgumentException("the slope of a surrogate is positive and finite, not " + slope);
        }
    }

    public static Surrogate fastSigmoid(float slope) {
        return new Surrogate(Shape.FAST_SIGMOID, slope);
    }

    public static Surrogate arctan(float alpha) {
        return new Surrogate(Shape.ARCTAN, alpha);
    }

    public static Surrogate sigmoid(float slope) {
        return new Surrogate(Shape.SIGMOID, slope);
    }

    public static Surrogate triangular(float slope) {
        return new Surrogate(Shape.TRIANGULAR, slope);
    }

    public static Surrogate rectangular(float width) {
        return new Surrogate(Shape.RECTANGULAR, width);
    }

    public static Surrogate learnable(float slope) {
        return new Surrogate(Shape.LEARNABLE, slope);
    }

    /// The shape as kernels and native code read it: its ordinal.
    public int code() {
        return shape.ordinal();
    }
}
