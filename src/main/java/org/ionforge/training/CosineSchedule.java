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
        if (initial <= minimum) {
            return (float) initial;
        }
        return (float) (minimum + (initial - minimum) * (1 + Math.cos(Math.PI * epoch / epochs)) / 2);
    }
}
