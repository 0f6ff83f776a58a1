package org.ionforge.spiking.loihi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ionforge.export.netx.NetxLayer;
import org.ionforge.export.netx.NetxLayer.Extent;
import org.ionforge.export.netx.NetxNetwork;

/// Runs a netx network with integer neurons, all its layers in one step, as lava-dl's ground truth does: a spike reaches the next
/// layer in the step in which it was fired.
public final class LoihiNetwork {

    private final NetxNetwork network;

    public LoihiNetwork(NetxNetwork network) {
        this.network = network;
    }

    /// Spikes of every layer.
    ///
    /// @param drive if the network begins with an input layer: one row, the constant current of each of its neurons; else `[steps]`
    ///              rows of spikes, 1 or 0, of each input of the first layer
    /// @param steps how long
    /// @return by layer and step, 1 for each neuron that fired
    /// @throws IllegalArgumentException if the rows do not fit the network
    public List<byte[][]> run(int[][] drive, int steps) {
        boolean driven = network.layers().getFirst() instanceof NetxLayer.Input;
        if (drive.length != (driven ? 1 : steps)) {
            throw new IllegalArgumentException(drive.length + " rows for " + steps + " steps of a network that takes "
                    + (driven ? "one row of currents" : "a row of spikes a step"));
        }
        List<LoihiNeurons> neurons = new ArrayList<>();
        List<byte[][]> fired = new ArrayList<>();
        for (NetxLayer layer : network.layers()) {
            neurons.add(new LoihiNeurons(layer.neuron(), layer instanceof NetxLayer.Input ? sized(drive[0], layer.size()) : biases(layer)));
            fired.add(new byte[steps][layer.size()]);
        }
        for (int t = 0; t < steps; t++) {
            int[] spikes = driven ? new int[0] : drive[t];
            for (int l = 0; l < network.layers().size(); l++) {
                byte[] out = fired.get(l)[t];
                neurons.get(l).step(arriving(network.layers().get(l), spikes), out);
                spikes = new int[out.length];
                for (int i = 0; i < out.length; i++) {
                    spikes[i] = out[i];
                }
            }
        }
        return fired;
    }

    /// Weighted sum of the spikes at each neuron of a layer.
    static int[] arriving(NetxLayer layer, int[] spikes) {
        return switch (layer) {
            case NetxLayer.Input input -> new int[input.size()];
            case NetxLayer.Dense dense -> dense(dense, sized(spikes, dense.inputs()));
            case NetxLayer.Convolution convolution -> convolution(convolution, sized(spikes, convolution.input().size()));
        };
    }

    private static int[] dense(NetxLayer.Dense layer, int[] spikes) {
        int[] sums = new int[layer.size()];
        for (int k = 0; k < spikes.length; k++) {
            if (spikes[k] != 0) {
                for (int n = 0; n < sums.length; n++) {
                    sums[n] += spikes[k] * layer.weights()[n * spikes.length + k];
                }
            }
        }
        return sums;
    }

    private static int[] convolution(NetxLayer.Convolution layer, int[] spikes) {
        Extent in = layer.input();
        Extent out = layer.output();
        int[] sums = new int[out.size()];
        for (int c = 0; c < in.channels(); c++) {
            for (int x = 0; x < in.width(); x++) {
                for (int y = 0; y < in.height(); y++) {
                    int spike = spikes[in.at(c, x, y)];
                    if (spike != 0) {
                        spread(layer, sums, c, x, y, spike);
                    }
                }
            }
        }
        return sums;
    }

    /// Adds what one spike gives to every neuron that sees it.
    private static void spread(NetxLayer.Convolution layer, int[] sums, int channel, int x, int y, int spike) {
        Extent out = layer.output();
        for (int kx = 0; kx < layer.kernelWidth(); kx++) {
            int fromX = x + layer.paddingX() - kx;
            if (fromX % layer.strideX() != 0 || fromX < 0 || fromX / layer.strideX() >= out.width()) {
                continue;
            }
            for (int ky = 0; ky < layer.kernelHeight(); ky++) {
                int fromY = y + layer.paddingY() - ky;
                if (fromY % layer.strideY() == 0 && fromY >= 0 && fromY / layer.strideY() < out.height()) {
                    for (int o = 0; o < out.channels(); o++) {
                        int weight = ((o * layer.input().channels() + channel) * layer.kernelWidth() + kx) * layer.kernelHeight() + ky;
                        sums[out.at(o, fromX / layer.strideX(), fromY / layer.strideY())] += spike * layer.weights()[weight];
                    }
                }
            }
        }
    }

    /// The bias of each neuron: that of its channel.
    private static int[] biases(NetxLayer layer) {
        int[] biases = new int[layer.size()];
        int[] given = layer.bias();
        if (given.length > 0) {
            int each = biases.length / given.length;
            for (int i = 0; i < given.length; i++) {
                Arrays.fill(biases, i * each, (i + 1) * each, given[i]);
            }
        }
        return biases;
    }

    private static int[] sized(int[] row, int size) {
        if (row.length != size) {
            throw new IllegalArgumentException("a row of " + row.length + " for " + size + " neurons");
        }
        return row;
    }
}
