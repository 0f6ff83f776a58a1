package org.ionforge.compute.reference;

import java.util.Arrays;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;

/// How much the steps and samples together put into a parameter's gradient before they cancel: the largest sum of absolute values
/// that an element of it has. What the bounds of [Lif] are measured by.
public record LifShares(double leak, double threshold, double slope, double offset) {

    /// Parameters as arrays of one, or of one for each neuron; slope and offset null unless the surrogate is learnable.
    ///
    /// @param levels     of a rounded membrane, null for none
    /// @param currents   that reach the neurons, `[T, B, N]`
    /// @param bySpike    by the spikes given out, `[T, B, N]`
    /// @param byMembrane by U, `[T, B, N]`
    public static LifShares of(Lif.Shape shape, LifDialect dialect, StateLevels levels, Surrogate surrogate, float[] leak, float[] threshold, float[] slope,
                               float[] offset, float[] currents, double[] bySpike, double[] byMembrane) {
        double[][] sums = new double[4][shape.neurons()];
        int cells = (int) shape.cells();
        LifNeuron neuron = new LifNeuron(dialect, levels, shape.steps());
        for (int cell = 0; cell < cells; cell++) {
            int at = cell;
            int n = cell % shape.neurons();
            float own = of(threshold, n);
            neuron.run(of(leak, n), own, t -> currents[t * cells + at]);
            LifBackward backward = new LifBackward(dialect, of(leak, n), own, new SurrogateCurve(surrogate.shape(),
                    slope == null ? surrogate.slope() : of(slope, n), offset == null ? 0 : of(offset, n)), shape.steps());
            double[] spikes = new double[shape.steps()];
            double[] membranes = new double[shape.steps()];
            for (int t = 0; t < spikes.length; t++) {
                spikes[t] = bySpike[t * cells + cell];
                membranes[t] = byMembrane[t * cells + cell];
            }
            backward.run(LifBackward.Path.of(neuron, own), spikes, membranes);
            sums[0][n] += absolute(backward.byLeak);
            sums[1][n] += absolute(backward.byThreshold);
            sums[2][n] += absolute(backward.bySlope);
            sums[3][n] += absolute(backward.byOffset);
        }
        return new LifShares(largest(sums[0], leak), largest(sums[1], threshold), largest(sums[2], slope), largest(sums[3], offset));
    }

    private static float of(float[] parameter, int n) {
        return parameter[parameter.length == 1 ? 0 : n];
    }

    private static double absolute(double[] shares) {
        return Arrays.stream(shares).map(Math::abs).sum();
    }

    private static double largest(double[] sums, float[] parameter) {
        return parameter == null ? 0 : parameter.length == 1 ? Arrays.stream(sums).sum() : Arrays.stream(sums).max().orElse(0);
    }
}
