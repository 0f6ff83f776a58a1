package org.ionforge.compute.reference;

import org.ionforge.compute.Surrogate;

/// A [Surrogate] with its slope and offset in use.
record SurrogateCurve(Surrogate.Shape shape, double slope, double offset) {

    /// σ′(u).
    double derivative(double u) {
        double k = slope;
        return switch (shape) {
            case FAST_SIGMOID, LEARNABLE -> 1 / square(1 + k * Math.abs(u - offset));
            case ARCTAN -> k / 2 / (1 + square(Math.PI / 2 * k * u));
            case SIGMOID -> {
                double small = Math.exp(-k * Math.abs(u));
                yield k * small / square(1 + small);
            }
            case TRIANGULAR -> Math.max(0, 1 - k * Math.abs(u));
            case RECTANGULAR -> Math.abs(u) < k / 2 ? 1 / k : 0;
        };
    }

    /// ∂s/∂k of LEARNABLE.
    double bySlope(double u) {
        double x = u - offset;
        return -x * Math.abs(x) / square(1 + slope * Math.abs(x));
    }

    private static double square(double x) {
        return x * x;
    }
}
