package org.ionforge.training;

/// Cosine annealing without restarts (Loshchilov and Hutter 2017), stepped once an epoch.
///
/// @param minimum where the rate ends, after the last epoch
/// @param epochs  length of the run
public record CosineSchedule(double minimum, int epochs) {

    /// `minimum + (initial − minimum)·(1 + cos(π·epoch/epochs))/2`; a rate that starts below the minimum stays as it is.
    ///
    /// @param initial rate of epoch 0
    /// @param epoch   from 0
    public float rate(double initial, int epoch) {
        return (float) between(initial, minimum, (double) epoch / epochs);
    }

    /// The rate after that share of the way from `initial` down to `minimum`.
    static double between(double initial, double minimum, double share) {
        return initial <= minimum ? initial : minimum + (initial - minimum) * (1 + Math.cos(Math.PI * share)) / 2;
    }
}
