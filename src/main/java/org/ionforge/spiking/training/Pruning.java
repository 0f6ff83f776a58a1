package org.ionforge.spiking.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.quantization.ActivityPruning;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.ParameterTable;

/// Takes the least active neurons (channels of a convolution) out of the hidden layers of a network: their rows of weights, and their
/// columns in the layer behind them.
final class Pruning {

    private Pruning() {
    }

    /// @param activity of each layer: spikes a step of each neuron at each position
    /// @return the smaller network
    static NetworkFile of(NetworkFile network, ActivityPruning rule, List<double[]> activity) {
        List<NetworkShape.Layer> layers = network.options().shape().layers();
        List<int[]> staying = new ArrayList<>();
        for (int index = 0; index < layers.size(); index++) {
            int neurons = layers.get(index).neurons();
            staying.add(index == layers.size() - 1 ? IntStream.range(0, neurons).toArray() : rule.staying(channels(activity.get(index), neurons)));
        }
        NetworkShape shape = network.options().shape().withNeurons(staying.stream().map(each -> each.length).toList());
        NetworkOptions options = network.options().with(shape);
        return new NetworkFile(options, network.plan(), parameters(network, options, staying));
    }

    /// Mean over the positions.
    private static double[] channels(double[] rates, int neurons) {
        double[] means = new double[neurons];
        for (int i = 0; i < rates.length; i++) {
            means[i % neurons] += rates[i] * neurons / rates.length;
        }
        return means;
    }

    private static float[] parameters(NetworkFile network, NetworkOptions options, List<int[]> staying) {
        ParameterTable from = new ParameterTable(network.options());
        ParameterTable to = new ParameterTable(options);
        float[] pruned = new float[Math.toIntExact(to.length())];
        for (ParameterTable.Entry entry : from.entries()) {
            float[] values = Arrays.copyOfRange(network.parameters(), (int) entry.offset(), (int) (entry.offset() + entry.length()));
            float[] kept = switch (entry.kind()) {
                case WEIGHT -> weights(values, entry, staying, network.options().shape());
                case BIAS, WEIGHT_SCALE -> ActivityPruning.rows(values, 1, staying.get(entry.layer()));
                case LEAK, THRESHOLD, SLOPE, OFFSET, CURRENT_SCALE, CURRENT_RANGE -> values;
            };
            System.arraycopy(kept, 0, pruned, (int) to.entry(entry.kind(), entry.layer()).offset(), kept.length);
        }
        return pruned;
    }

    private static float[] weights(float[] values, ParameterTable.Entry entry, List<int[]> staying, NetworkShape shape) {
        float[] rows = ActivityPruning.rows(values, entry.columns(), staying.get(entry.layer()));
        return entry.layer() == 0 ? rows
                : ActivityPruning.columns(rows, entry.columns(), shape.layer(entry.layer() - 1).neurons(), staying.get(entry.layer() - 1));
    }
}
