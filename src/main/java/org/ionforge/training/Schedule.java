package org.ionforge.training;

import java.util.List;

/// The learning rate at every moment of a run, as a pure function of what has happened: a run that goes on from a checkpoint needs
/// nothing but its record.
public sealed interface Schedule {

    /// Where a run stands.
    ///
    /// @param step   optimiser step from 0
    /// @param steps  of the whole run
    /// @param epoch  from 0
    /// @param epochs of the whole run
    /// @param losses validation loss of each epoch that has ended
    record Moment(long step, long steps, int epoch, int epochs, List<Double> losses) {

        public Moment {
            losses = List.copyOf(losses);
        }
    }

    /// The rate to use.
    ///
    /// @param initial rate of the recipe
    double rate(double initial, Moment at);

    /// The same all the time.
    record Constant() implements Schedule {
        @Override
        public double rate(double initial, Moment at) {
            return initial;
        }
    }

    /// Cosine annealing to `minimum` after the last epoch, stepped once an epoch (Loshchilov and Hutter 2017).
    record Cosine(double minimum) implements Schedule {
        @Override
        public double rate(double initial, Moment at) {
            return CosineSchedule.between(initial, minimum, (double) at.epoch() / at.epochs());
        }
    }

    /// Times `factor` every so many epochs (torch's StepLR).
    record Steps(double factor, int every) implements Schedule {
        @Override
        public double rate(double initial, Moment at) {
            return initial * Math.pow(factor, at.epoch() / every);
        }
    }

    /// Times `factor` when the validation loss has not become smaller by a ten thousandth for more than `patience` epochs, down to
    /// `minimum` (torch's ReduceLROnPlateau with its usual threshold; a NaN is no improvement).
    record Plateau(double factor, int patience, double minimum) implements Schedule {

        private static final double THRESHOLD = 1e-4;

        @Override
        public double rate(double initial, Moment at) {
            double rate = initial;
            double best = Double.POSITIVE_INFINITY;
            int bad = 0;
            for (double loss : at.losses()) {
                if (loss < best * (1 - THRESHOLD) || best == Double.POSITIVE_INFINITY && loss < best) {
                    best = loss;
                    bad = 0;
                } else if (++bad > patience) {
                    rate = Math.max(minimum, rate * factor);
                    bad = 0;
                }
            }
            return rate;
        }
    }

    /// Linear from 0 over the first share of the steps, then a cosine to `minimum` at the last step; stepped every step.
    record WarmupCosine(double share, double minimum) implements Schedule {
        @Override
        public double rate(double initial, Moment at) {
            double warm = Math.max(1, Math.rint(share * at.steps()));
            if (at.step() < warm) {
                return initial * (at.step() + 1) / warm;
            }
            double passed = (at.step() - warm) / Math.max(1, at.steps() - warm);
            return CosineSchedule.between(initial, minimum, passed);
        }
    }
}
