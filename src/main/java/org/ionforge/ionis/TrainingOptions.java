package org.ionforge.ionis;

import org.ionforge.compute.Precision;
import org.ionforge.errors.InputException;

/// What a user may choose about a training.
///
/// @param epochs         of the cosine schedule, and so of the run
/// @param batch          rows a step; 0 to choose: 65,536, or for small data the power of two that gives at least 128 steps an
///                       epoch, but not under 64
/// @param seed           of initial weights, split and shuffles
/// @param learningRate   factor on the reference's rates (trunk and base 1e-5, gates 5e-5, sidecars 1e-3, the last two at
///                       most times 10); 0 to choose. Those rates suit tens of thousands of steps; chosen is the factor that makes
///                       steps × factor 250,000, within 1 to 100: five times the reference's own 47,200, at which the network was
///                       still far from the end of what it can learn from simulated signatures
/// @param holdoutPaths   share of paths that only judge
/// @param holdoutMonths  newest months that only judge; −1 to choose
/// @param centred        start with the base head's last bias where the mean error is zero, not where the reference starts
/// @param resume         go on with the checkpoint in the output folder
/// @param precision      of the products in a training step; weights, moments and validation are FP32
public record TrainingOptions(int epochs, int batch, long seed, double learningRate, double holdoutPaths, int holdoutMonths,
                              boolean centred, boolean resume, Precision precision) {

    public static final TrainingOptions DEFAULT = new TrainingOptions(30, 0, 42, 0, 0.15, -1, true, false, Precision.FP32);

    static final int LARGEST_BATCH = 65_536;
    static final int SMALLEST_BATCH = 64;
    static final int STEPS_AN_EPOCH = 128;

    /// Steps times factor; the reference's own run has 47,200 (100 epochs of 30,902,535 rows in batches of 65,536).
    static final double TRAVEL = 250_000;

    static final double TRUNK_RATE = 1e-5;
    static final double GATE_RATE = 5e-5;
    static final double SIDECAR_RATE = 1e-3;
    static final double FINAL_RATE = 1e-6;
    static final double LARGEST_FACTOR = 100;
    static final double LARGEST_SLOW_FACTOR = 10;
    static final float WEIGHT_DECAY = 1e-5f;
    static final float HUBER_DELTA = 1f;
    static final float GATE_VARIANCE = 1e-3f;

    /// @throws InputException naming the option that is out of range
    public TrainingOptions {
        require(epochs >= 1 && epochs <= 1_000_000, "--epochs", epochs, "1 or more");
        require(batch >= 0 && batch <= 1 << 24, "--batch", batch, "0 (choose) to 16777216");
        require(learningRate >= 0 && learningRate <= 1e6, "--learning-rate", learningRate, "0 (choose) to 1e6");
        require(holdoutPaths >= 0 && holdoutPaths <= 0.9, "--holdout-paths", holdoutPaths, "0 to 0.9");
        require(holdoutMonths >= -1, "--holdout-months", holdoutMonths, "0 or more, or -1 (choose)");
    }

    private static void require(boolean fits, String option, double value, String range) {
        if (!fits) {
            throw new InputException(option + " " + (value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value))
                    + " must be " + range);
        }
    }

    /// The batch for so many training rows; never more than there are.
    int batchFor(int rows) {
        int chosen = batch > 0 ? batch
                : Math.clamp(Integer.highestOneBit(Math.max(1, rows / STEPS_AN_EPOCH)), SMALLEST_BATCH, LARGEST_BATCH);
        return Math.min(chosen, rows);
    }

    /// The factor on the reference's rates for so many training rows.
    double factorFor(int rows) {
        if (learningRate > 0) {
            return learningRate;
        }
        double steps = (double) epochs * Math.ceilDiv(rows, batchFor(rows));
        return Math.clamp(TRAVEL / steps, 1, LARGEST_FACTOR);
    }

    /// The factor for gates and sidecars. Fresh sidecars answer to sun and storms several times too strongly; if the gates learn as fast
    /// as the trunk, they close to make up for it before the sidecars' own weights can, and a closed gate no longer learns.
    double slowFactorFor(int rows) {
        return Math.min(factorFor(rows), LARGEST_SLOW_FACTOR);
    }
}
