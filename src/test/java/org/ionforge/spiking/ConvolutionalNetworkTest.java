package org.ionforge.spiking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.Philox;
import org.ionforge.compute.SpikingLinear.Input;
import org.ionforge.compute.Surrogate;
import org.ionforge.spiking.NetworkShape.Image;
import org.ionforge.spiking.NetworkShape.Layer;
import org.ionforge.spiking.ParameterTable.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A convolution and a sum-pool are a full connection whose weights are tied: the fully connected network with those weights has the
/// same spikes, and its gradients, added up over the ties, are those of the kernels.
class ConvolutionalNetworkTest {

    private static final int BATCH = 3;
    private static final int STEPS = 5;

    static Stream<String> backends() {
        return Backends.available().stream().filter(Backends.Availability::available).map(Backends.Availability::name)
                .flatMap(name -> Stream.of("6x5x2-c3k3z1-p2-c4k2-3", "6x6x1-c32k3s2z1-7", "8x8x1-p2-c2k3-p2-3", "4x4x2-24-4").map(shape -> name + " " + shape));
    }

    private static NetworkOptions options(NetworkShape shape) {
        return new NetworkOptions(shape, STEPS, LifDialect.IONFORGE, 0.9f, 0.3f, false, false, Surrogate.fastSigmoid(3), NetworkOptions.Readout.COUNT, 1);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void isAFullConnectionWithTiedWeights(String nameAndShape) {
        NetworkShape shape = NetworkShape.parse(nameAndShape.split(" ")[1]);
        int[] sizes = Stream.concat(Stream.of(shape.inputs()), shape.layers().stream().map(layer -> layer.out().size())).mapToInt(size -> size).toArray();
        try (Backend backend = Backends.named(nameAndShape.split(" ")[0]);
             SpikingNetwork network = new SpikingNetwork(backend, options(shape), BATCH);
             SpikingNetwork dense = new SpikingNetwork(backend, options(NetworkShape.dense(sizes)), BATCH);
             Buffer input = JavaArrays.upload(random(BATCH * shape.inputs(), 3), backend)) {
            network.initialise(5);
            JavaArrays.replace(dense.parameters(), tied(network, dense));
            float[] upstream = random(BATCH * shape.outputs(), 4);
            for (SpikingNetwork each : List.of(network, dense)) {
                JavaArrays.replace(each.scoreGradient(), upstream);
                each.forward(Input.constant(input), BATCH);
                each.backward(Input.constant(input), BATCH);
            }
            float[] scores = JavaArrays.floats(network.scores(), BATCH * shape.outputs());
            assertArrayEquals(JavaArrays.floats(dense.scores(), scores.length), scores);
            float sum = 0;
            for (float score : scores) {
                sum += score;
            }
            assertTrue(sum > 0, "the outputs spike");
            float[] fromDense = JavaArrays.floats(dense.gradients());
            float[] gradients = JavaArrays.floats(network.gradients());
            for (int layer = 0; layer < shape.layers().size(); layer++) {
                compare(network, dense, layer, fromDense, gradients);
            }
        }
    }

    private static void compare(SpikingNetwork network, SpikingNetwork dense, int index, float[] fromDense, float[] gradients) {
        Layer layer = network.options().shape().layer(index);
        double[] sums = new double[layer.weights()];
        int k = layer.in().size();
        int from = (int) dense.table().entry(Kind.WEIGHT, index).offset();
        visit(layer, (row, column, weight) -> sums[weight] += fromDense[from + row * k + column]);
        double largest = Arrays.stream(sums).map(Math::abs).max().orElseThrow();
        assertTrue(largest > 0, "layer " + index + " has a gradient");
        int to = (int) network.table().entry(Kind.WEIGHT, index).offset();
        for (int i = 0; i < sums.length; i++) {
            assertEquals(sums[i], gradients[to + i], 1e-4 * largest, "layer " + index + ", weight " + i);
        }
    }

    /// Parameters of the fully connected network.
    private static float[] tied(SpikingNetwork network, SpikingNetwork dense) {
        float[] own = JavaArrays.floats(network.parameters());
        float[] all = JavaArrays.floats(dense.parameters());
        for (int index = 0; index < network.options().shape().layers().size(); index++) {
            Layer layer = network.options().shape().layer(index);
            int weights = (int) dense.table().entry(Kind.WEIGHT, index).offset();
            int from = (int) network.table().entry(Kind.WEIGHT, index).offset();
            Arrays.fill(all, weights, weights + layer.out().size() * layer.in().size(), 0);
            int k = layer.in().size();
            visit(layer, (row, column, weight) -> all[weights + row * k + column] += own[from + weight]);
            for (int row = 0; row < layer.out().size(); row++) {
                all[(int) dense.table().entry(Kind.BIAS, index).offset() + row] = own[(int) network.table().entry(Kind.BIAS, index).offset() + row % layer.neurons()];
            }
        }
        return all;
    }

    private interface Tie {
        void at(int row, int column, int weight);
    }

    /// Every (output, input, weight) that belongs together.
    private static void visit(Layer layer, Tie tie) {
        Image pooled = layer.pooled();
        int height = layer.convolutional() ? layer.kernel() : pooled.height();
        int width = layer.convolutional() ? layer.kernel() : pooled.width();
        Image out = layer.out();
        for (int place = 0; place < out.positions(); place++) {
            for (int ky = 0; ky < height; ky++) {
                for (int kx = 0; kx < width; kx++) {
                    int y = place / out.width() * layer.stride() + ky - layer.padding();
                    int x = place % out.width() * layer.stride() + kx - layer.padding();
                    if (y >= 0 && y < pooled.height() && x >= 0 && x < pooled.width()) {
                        visit(layer, place, y, x, (ky * width + kx) * layer.in().channels(), tie);
                    }
                }
            }
        }
    }

    private static void visit(Layer layer, int place, int y, int x, int kernel, Tie tie) {
        Image in = layer.in();
        for (int dy = 0; dy < layer.pool(); dy++) {
            for (int dx = 0; dx < layer.pool(); dx++) {
                int position = (y * layer.pool() + dy) * in.width() + x * layer.pool() + dx;
                for (int c = 0; c < in.channels(); c++) {
                    for (int n = 0; n < layer.neurons(); n++) {
                        tie.at(place * layer.neurons() + n, position * in.channels() + c, n * layer.inputs() + kernel + c);
                    }
                }
            }
        }
    }

    private static float[] random(int n, long stream) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) Philox.uniform(9, i, stream);
        }
        return values;
    }
}
