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

    /// Runs `work` `warmups` times without and `runs` times with the clock.
    static Samples of(int warmups, int runs, Runnable work) {
        for (int i = 0; i < warmups; i++) {
            work.run();
        }
        double[] ms = new double[runs];
        for (int i = 0; i < runs; i++) {
            ms[i] = time(work);
        }
        return new Samples(ms);
    }

    /// Two candidates in turn, ours then theirs, so that a drift of the machine meets both.
    ///
    /// @return ours, theirs
    static Samples[] alternating(int warmups, int runs, Runnable ours, Runnable theirs) {
        double[] a = new double[runs];
        double[] b = new double[runs];
        for (int i = -warmups; i < runs; i++) {
            double first = time(ours);
            double second = time(theirs);
            if (i >= 0) {
                a[i] = first;
                b[i] = second;
            }
        }
        return new Samples[] {new Samples(a), new Samples(b)};
    }

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
