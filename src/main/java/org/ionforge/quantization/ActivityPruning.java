package org.ionforge.quantization;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Which neurons of a layer stay when the least active ones go, with their rows of weights here and their columns in the next layer.
///
/// @param share of the neurons that goes at most, in [0, 1)
/// @param rate  neurons that fire more often than this stay whatever the share; 0 lets only silent ones go, which changes no output
public record ActivityPruning(double share, double rate) {

    public ActivityPruning {
        if (!(share >= 0 && share < 1) || !(rate >= 0)) {
            throw new IllegalArgumentException("a share of " + share + " of the neurons that fire at most at " + rate);
        }
    }

    /// The neurons that stay, in order; at least one. Of equally active neurons the later ones go first.
    ///
    /// @param rates share of steps with a spike of each neuron
    public int[] staying(double[] rates) {
        int most = Math.min((int) (share * rates.length), rates.length - 1);
        int[] going = IntStream.range(0, rates.length).filter(i -> rates[i] <= rate).boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> rates[i]).thenComparing(Comparator.reverseOrder())).limit(most)
                .mapToInt(i -> i).sorted().toArray();
        return IntStream.range(0, rates.length).filter(i -> Arrays.binarySearch(going, i) < 0).toArray();
    }

    /// The rows that stay of a matrix.
    ///
    /// @param values  `[rows, columns]`
    /// @param staying rows
    public static float[] rows(float[] values, int columns, int[] staying) {
        float[] kept = new float[staying.length * columns];
        for (int row = 0; row < staying.length; row++) {
            System.arraycopy(values, staying[row] * columns, kept, row * columns, columns);
        }
        return kept;
    }

    /// The columns that stay of a matrix whose columns are ordered by (position, channel), channel fastest: kernels and flattened maps
    /// alike, and with a single position a fully connected layer.
    ///
    /// @param values   `[rows, positions·channels]`
    /// @param channels of the layer before, as many as it had neurons
    /// @param staying  of these channels
    public static float[] columns(float[] values, int columns, int channels, int[] staying) {
        int rows = values.length / columns;
        int positions = columns / channels;
        float[] kept = new float[rows * positions * staying.length];
        int at = 0;
        for (int run = 0; run < rows * positions; run++) {
            for (int channel : staying) {
                kept[at++] = values[run * channels + channel];
            }
        }
        return kept;
    }
}
