package org.ionforge.refinery.simulation;

/// The standard normal distribution.
final class Normal {

    private Normal() {
    }

    static double density(double x) {
        return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }

    /// P(X ≤ x), by the series `½ + φ(x)·Σ x^(2k+1)/(1·3·5…)` within ±6 (Marsaglia 2004), absolute error below 1e-14.
    static double cumulative(double x) {
        if (x < -6) {
            return tail(-x);
        }
        if (x > 6) {
            return 1 - tail(x);
        }
        double term = x;
        double sum = x;
        for (int k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
            term *= x * x / k;
            sum += term;
        }
        return 0.5 + sum * density(x);
    }

    /// `E[X | X ≥ a]`, the mean of what is left above a threshold.
    static double meanAbove(double a) {
        double tail = a > 5 ? tail(a) : 1 - cumulative(a);
        return density(a) / tail;
    }

    /// P(X ≥ x) for x ≥ 5 by the asymptotic continued fraction.
    private static double tail(double x) {
        double fraction = x;
        for (int k = 40; k >= 1; k--) {
            fraction = x + k / fraction;
        }
        return density(x) / fraction;
    }
}
