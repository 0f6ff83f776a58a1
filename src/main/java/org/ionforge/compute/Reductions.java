package org.ionforge.compute;

/// Sums and extremes of an F32 array in a fixed order.
///
/// The order is part of the contract, so that a result does not depend on threads or launch geometry: the array is cut
/// into blocks of 4096 elements; block sums are taken in double, then added in ascending order. Within a block the order is
/// the backend's own but fixed. Bound against the reference: 1e-12 of the sum of absolute values.
public interface Reductions {

    /// Elements of one block.
    int BLOCK = 4096;

    /// @param count number of elements that are not NaN
    /// @param sum   their sum
    /// @param sumOfSquares sum of squares about zero
    /// @param min   smallest, +infinity if none
    /// @param max   largest, −infinity if none
    record Moments(long count, double sum, double sumOfSquares, float min, float max) {

        public double mean() {
            return sum / count;
        }

        /// Population variance, never below zero.
        public double variance() {
            double mean = mean();
            return Math.max(0, sumOfSquares / count - mean * mean);
        }
    }

    /// @param values F32 `[≥ n]`; NaN elements are left out and so counted
    Moments moments(Buffer values, long n);

    /// Product-moment sums of pairs, for a correlation without bringing the arrays to the host.
    ///
    /// @return {Σx, Σy, Σx², Σy², Σxy} over `n` pairs; a NaN propagates
    double[] products(Buffer x, Buffer y, long n);
}
