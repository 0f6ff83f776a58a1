package org.ionforge.spiking.data;

import java.util.Arrays;

/// How many samples each class has.
///
/// @param counts by class
public record ClassBalance(int[] counts) {

    public ClassBalance {
        counts = counts.clone();
    }

    @Override
    public int[] counts() {
        return counts.clone();
    }

    /// Accuracy of always answering with the largest class.
    public double largestShare() {
        long all = Arrays.stream(counts).asLongStream().sum();
        return all == 0 ? Double.NaN : (double) Arrays.stream(counts).max().orElse(0) / all;
    }

    /// Smallest class over the largest: 1 is perfectly balanced, 0 has a class without samples.
    public double evenness() {
        int max = Arrays.stream(counts).max().orElse(0);
        return max == 0 ? Double.NaN : (double) Arrays.stream(counts).min().orElse(0) / max;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClassBalance balance && Arrays.equals(counts, balance.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "ClassBalance" + Arrays.toString(counts);
    }
}
