package org.ionforge.spiking.encoding;

import java.util.Arrays;

/// What a spike code is like on some samples.
///
/// @param rate             share of (sample, step, input) with a spike
/// @param sparsity         1 − rate
/// @param meanCount        spikes of an input in one sample, mean over inputs
/// @param countSpread      standard deviation over the inputs of their mean count
/// @param silentInputs     share of inputs that never fired
public record EncodingFigures(double rate, double sparsity, double meanCount, double countSpread, double silentInputs) {

    /// @param counts spikes of each input over all samples and steps
    static EncodingFigures of(long[] counts, int samples, int steps) {
        double[] means = Arrays.stream(counts).mapToDouble(count -> (double) count / samples).toArray();
        double mean = Arrays.stream(means).average().orElse(Double.NaN);
        double variance = Arrays.stream(means).map(m -> (m - mean) * (m - mean)).average().orElse(Double.NaN);
        double silent = Arrays.stream(counts).filter(count -> count == 0).count() / (double) counts.length;
        return new EncodingFigures(mean / steps, 1 - mean / steps, mean, Math.sqrt(variance), silent);
    }
}
