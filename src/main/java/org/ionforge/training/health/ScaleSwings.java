package org.ionforge.training.health;

/// Whether a scale swings up and down instead of settling: changes of some size, one after the other, each against the one before.
final class ScaleSwings {

    private final double smallest;
    private double last = Double.NaN;
    private int direction;
    private int reversals;

    /// @param smallest relative change that counts
    ScaleSwings(double smallest) {
        this.smallest = smallest;
    }

    /// @return swings one after the other that went against the one before, this one included
    int update(double scale) {
        double change = scale / last - 1;
        last = scale;
        if (!(Math.abs(change) >= smallest)) {
            direction = 0;
            reversals = 0;
            return 0;
        }
        int now = change > 0 ? 1 : -1;
        reversals = direction == 0 ? 1 : now == -direction ? reversals + 1 : 1;
        direction = now;
        return reversals;
    }
}
