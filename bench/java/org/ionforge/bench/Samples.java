package org.ionforge.bench;

import java.util.Arrays;

/// Durations of one thing measured several times, in milliseconds.
record Samples(double[] sortedMs) {

    Samples {
        if (sortedMs.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        sortedMs = sortedMs.clone();
        Arrays.sort(sortedMs);
    }

    /// How long `work` takes, once.
    static double time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    double median() {
        return quantile(0.5);
    }

    double p10() {
        return quantile(0.1);
    }

    double p90() {
        return quantile(0.9);
    }

    /// Linear interpolation between the closest ranks.
    double quantile(double q) {
        double rank = q * (sortedMs.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sortedMs.length - 1);
        return sortedMs[below] + (rank - below) * (sortedMs[above] - sortedMs[below]);
    }
}
