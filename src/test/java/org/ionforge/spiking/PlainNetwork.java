package org.ionforge.spiking;

import java.util.List;

/// The network written down in plain double arithmetic, one sample at a time, for our own dialect, fast sigmoid and spike counts: what
/// the passes of [SpikingNetwork] are held against.
final class PlainNetwork {

    private final NetworkOptions options;
    private final float[] parameters;
    private final ParameterTable table;

    PlainNetwork(NetworkOptions options, float[] parameters) {
        this.options = options;
        this.parameters = parameters;
        this.table = new ParameterTable(options);
    }

    private int at(ParameterTable.Kind kind, int layer) {
        return (int) table.entry(kind, layer).offset();
    }

    /// Adds the gradients of `Σ_c upstream[c]·count[c]` for one sample with constant input.
    ///
    /// @return spikes of each layer `[T][N]`
    double[][][] addGradients(float[] input, float[] upstream, double[] gradients) {
        List<NetworkShape.Layer> layers = options.shape().layers();
        int steps = options.steps();
        double[][][] membrane = new double[layers.size()][steps][];
        double[][][] spikes = new double[layers.size()][steps][];
        for (int l = 0; l < layers.size(); l++) {
            double[] state = new double[layers.get(l).neurons()];
            for (int t = 0; t < steps; t++) {
                step(l, l == 0 ? widened(input) : spikes[l - 1][t], state, membrane[l], spikes[l], t);
            }
        }
        double[][] fromAbove = new double[steps][upstream.length];
        for (int t = 0; t < steps; t++) {
            for (int c = 0; c < upstream.length; c++) {
                fromAbove[t][c] = upstream[c];
            }
        }
        for (int l = layers.size() - 1; l >= 0; l--) {
            fromAbove = back(l, l, input, membrane, spikes, fromAbove, gradients);
        }
        return spikes;
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private void step(int l, double[] in, double[] state, double[][] membrane, double[][] spikes, int t) {
        int n = state.length;
        membrane[t] = new double[n];
        spikes[t] = new double[n];
        for (int i = 0; i < n; i++) {
            double current = parameters[at(ParameterTable.Kind.BIAS, l) + i];
            for (int k = 0; k < in.length; k++) {
                current += in[k] * parameters[at(ParameterTable.Kind.WEIGHT, l) + i * in.length + k];
            }
            membrane[t][i] = options.leak() * state[i] + current;
            spikes[t][i] = membrane[t][i] >= options.threshold() ? 1 : 0;
            state[i] = spikes[t][i] == 1 ? 0 : membrane[t][i];
        }
    }

    /// @return gradient by the spikes that came in, `[T][K]`
    private double[][] back(int layer, int l, float[] input, double[][][] membrane, double[][][] spikes, double[][] byspike, double[] gradients) {
        int n = membrane[l][0].length;
        int k = options.shape().layer(layer).inputs();
        double[][] below = new double[options.steps()][k];
        double[] byState = new double[n];
        for (int t = options.steps() - 1; t >= 0; t--) {
            double[] in = l == 0 ? widened(input) : spikes[l - 1][t];
            for (int i = 0; i < n; i++) {
                double u = membrane[l][t][i];
                double s = spikes[l][t][i];
                double away = 1 + options.surrogate().slope() * Math.abs(u - options.threshold());
                double bySpike = byspike[t][i] - u * byState[i];
                double byMembrane = bySpike / (away * away) + (1 - s) * byState[i];
                byState[i] = options.leak() * byMembrane;
                gradients[at(ParameterTable.Kind.BIAS, layer) + i] += byMembrane;
                for (int j = 0; j < k; j++) {
                    gradients[at(ParameterTable.Kind.WEIGHT, layer) + i * k + j] += byMembrane * in[j];
                    below[t][j] += byMembrane * parameters[at(ParameterTable.Kind.WEIGHT, layer) + i * k + j];
                }
            }
        }
        return below;
    }
}
