package org.ionforge.spiking.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.ionforge.errors.InputException;

/// What a model without neurons makes of a data set: multinomial logistic regression on the values of a sample, or on the root of how
/// many events each address had, times and order left out. (The root of a count spreads alike for many and few; counts as they are do
/// worse.) A spiking network that is no better has learned nothing from time.
///
/// Minimised is the mean cross entropy plus λ/2 times the squared weights, λ = 1e-4, by 300 steps of Nesterov's accelerated gradient
/// (1983) of the size that the data's norm allows. The same samples give the same bits for any number of threads.
public final class LinearBaseline {

    /// @param accuracy         share of right answers on the testing samples
    /// @param trainingAccuracy on the training samples
    /// @param samples          of the testing part
    public record Result(double accuracy, double trainingAccuracy, int samples) {
    }

    private static final double PENALTY = 1e-4;
    private static final int ITERATIONS = 300;
    private static final int PARTS = 8;

    private final Sparse rows;
    private final int[] labels;
    private final int classes;

    /// Samples as their values that are not 0.
    ///
    /// @param features  and one more, the constant
    /// @param indices   of each sample, ascending
    /// @param values    at these indices
    private record Sparse(int features, int[][] indices, float[][] values) {

        int size() {
            return indices.length;
        }

        double meanSquare() {
            return IntStream.range(0, size()).mapToDouble(i -> squares(values[i])).average().orElse(1);
        }

        private static double squares(float[] values) {
            double sum = 0;
            for (float value : values) {
                sum += (double) value * value;
            }
            return sum;
        }

        Sparse times(double factor) {
            float[][] scaled = new float[size()][];
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] = new float[values[i].length];
                for (int k = 0; k < scaled[i].length; k++) {
                    scaled[i][k] = (float) (values[i][k] * factor);
                }
            }
            return new Sparse(features, indices, scaled);
        }
    }

    private LinearBaseline(Sparse rows, int[] labels, int classes) {
        this.rows = rows;
        this.labels = labels;
        this.classes = classes;
    }

    /// Fits and judges.
    ///
    /// @throws InputException if both parts have not the same features
    public static Result of(DataSet data) {
        if (data.training().features() != data.testing().features()) {
            throw new InputException(data.name() + ": no linear baseline from samples of " + data.training().features() + " features for samples of "
                    + data.testing().features());
        }
        Sparse training = sparse(data.training());
        double factor = 1 / Math.sqrt(Math.max(training.meanSquare(), Double.MIN_NORMAL));
        Sparse scaled = training.times(factor);
        int[] labels = labels(data.training());
        int classes = Math.max(data.training().classes(), data.testing().classes());
        LinearBaseline whole = new LinearBaseline(scaled, labels, classes);
        double[] weights = whole.fit();
        return new Result(whole.accuracy(weights, sparse(data.testing()).times(factor), labels(data.testing())),
                whole.accuracy(weights, scaled, labels), data.testing().size());
    }

    private static int[] labels(LabelledSamples samples) {
        return IntStream.range(0, samples.size()).map(samples::label).toArray();
    }

    private static Sparse sparse(LabelledSamples samples) {
        int[][] indices = new int[samples.size()][];
        float[][] values = new float[samples.size()][];
        float[] dense = new float[samples.features()];
        for (int i = 0; i < samples.size(); i++) {
            Arrays.fill(dense, 0);
            switch (samples) {
                case EventSamples events -> {
                    for (int e = events.starts()[i]; e < events.starts()[i + 1]; e++) {
                        dense[events.addresses()[e]]++;
                    }
                    for (int k = 0; k < dense.length; k++) {
                        dense[k] = (float) Math.sqrt(dense[k]);
                    }
                }
                case ValueSamples all -> {
                    for (int k = 0; k < dense.length; k++) {
                        dense[k] = all.value(i, k);
                    }
                }
            }
            indices[i] = IntStream.range(0, dense.length).filter(k -> dense[k] != 0).toArray();
            values[i] = new float[indices[i].length];
            for (int k = 0; k < values[i].length; k++) {
                values[i][k] = dense[indices[i][k]];
            }
        }
        return new Sparse(samples.features(), indices, values);
    }

    /// Weights `[features + 1, classes]`, the constant last.
    private double[] fit() {
        // The Hessian of the cross entropy is at most half the mean squared norm of a sample, here 1 and 1 for the constant.
        double step = 1 / (0.5 * (rows.meanSquare() + 1) + PENALTY);
        double[] weights = new double[(rows.features() + 1) * classes];
        double[] ahead = weights.clone();
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double momentum = iteration / (iteration + 3.0);
            double[] gradient = gradient(ahead);
            for (int k = 0; k < weights.length; k++) {
                double decay = k < rows.features() * classes ? PENALTY * ahead[k] : 0;
                double next = ahead[k] - step * (gradient[k] + decay);
                ahead[k] = next + momentum * (next - weights[k]);
                weights[k] = next;
            }
        }
        return weights;
    }

    /// Of the mean cross entropy. Parts of the samples are summed each for itself, then one after the other.
    private double[] gradient(double[] weights) {
        double[][] parts = new double[PARTS][];
        IntStream.range(0, PARTS).parallel().forEach(part -> {
            double[] sum = new double[weights.length];
            for (int i = part * rows.size() / PARTS; i < (part + 1) * rows.size() / PARTS; i++) {
                addGradient(weights, i, sum);
            }
            parts[part] = sum;
        });
        double[] gradient = parts[0];
        for (int part = 1; part < PARTS; part++) {
            for (int k = 0; k < gradient.length; k++) {
                gradient[k] += parts[part][k];
            }
        }
        return gradient;
    }

    /// `(softmax − one-hot)·x/N` of one sample.
    private void addGradient(double[] weights, int i, double[] sum) {
        double[] residual = scores(weights, rows, i);
        double largest = Arrays.stream(residual).max().orElseThrow();
        double total = 0;
        for (int c = 0; c < classes; c++) {
            residual[c] = Math.exp(residual[c] - largest);
            total += residual[c];
        }
        for (int c = 0; c < classes; c++) {
            residual[c] = (residual[c] / total - (labels[i] == c ? 1 : 0)) / rows.size();
            sum[rows.features() * classes + c] += residual[c];
        }
        int[] at = rows.indices()[i];
        float[] values = rows.values()[i];
        for (int k = 0; k < at.length; k++) {
            for (int c = 0; c < classes; c++) {
                sum[at[k] * classes + c] += residual[c] * values[k];
            }
        }
    }

    private double[] scores(double[] weights, Sparse samples, int i) {
        double[] scores = Arrays.copyOfRange(weights, samples.features() * classes, weights.length);
        int[] at = samples.indices()[i];
        float[] values = samples.values()[i];
        for (int k = 0; k < at.length; k++) {
            for (int c = 0; c < classes; c++) {
                scores[c] += weights[at[k] * classes + c] * values[k];
            }
        }
        return scores;
    }

    private double accuracy(double[] weights, Sparse samples, int[] answers) {
        return IntStream.range(0, samples.size()).parallel().filter(i -> {
            double[] scores = scores(weights, samples, i);
            int first = IntStream.range(0, classes).reduce(0, (a, b) -> scores[b] > scores[a] ? b : a);
            return first == answers[i];
        }).count() / (double) samples.size();
    }
}
