package org.ionforge.telemetry;

import java.util.Arrays;

/// How long calls took, in milliseconds: quantiles by the nearest rank.
///
/// @param calls that were measured
public record Latency(int calls, double p50Ms, double p95Ms, double p99Ms) {

    /// @param milliseconds of each call, one or more
    public static Latency of(double[] milliseconds) {
        if (milliseconds.length == 0) {
            throw new IllegalArgumentException("no call was measured");
        }
        double[] sorted = milliseconds.clone();
        Arrays.sort(sorted);
        return new Latency(sorted.length, rank(sorted, 0.5), rank(sorted, 0.95), rank(sorted, 0.99));
    }

    private static double rank(double[] sorted, double quantile) {
        return sorted[(int) Math.max(0, Math.ceil(quantile * sorted.length) - 1)];
    }
}
