package org.ionforge.spiking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.Lif;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.Philox;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.Surrogate;
import org.ionforge.quantization.QuantisationPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpikingNetworkTest {

    private static final int BATCH = 5;

    static Stream<String> backends() {
        return Backends.available().stream().filter(Backends.Availability::available).map(Backends.Availability::name);
    }

    private static float[] random(int n, double low, double high, long stream) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (low + (high - low) * Philox.uniform(9, i, stream));
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("backends")
    void spikesAndGradientsAreThoseOfThePlainNetwork(String name) {
        NetworkOptions options = new NetworkOptions(NetworkShape.dense(13, 37, 11, 3), 9, LifDialect.IONFORGE, 0.9f, 0.4f, false, false,
                Surrogate.fastSigmoid(5), NetworkOptions.Readout.COUNT, 1);
        float[] input = random(BATCH * 13, 0, 1, 1);
        float[] upstream = random(BATCH * 3, -1, 1, 2);
        try (Backend backend = Backends.named(name); SpikingNetwork network = new SpikingNetwork(backend, options, BATCH);
             Buffer values = JavaArrays.upload(input, backend)) {
            network.initialise(3);
            PlainNetwork plain = new PlainNetwork(options, JavaArrays.floats(network.parameters()));
            double[] wanted = new double[(int) network.table().length()];
            double[] counts = new double[BATCH * 3];
            for (int b = 0; b < BATCH; b++) {
                double[][][] spikes = plain.addGradients(slice(input, b, 13), slice(upstream, b, 3), wanted);
                for (double[] step : spikes[2]) {
                    for (int c = 0; c < 3; c++) {
                        counts[b * 3 + c] += step[c];
                    }
                }
            }
            JavaArrays.replace(network.scoreGradient(), upstream);
            network.forward(SpikingLinear.Input.constant(values), BATCH);
            network.backward(SpikingLinear.Input.constant(values), BATCH);
            float[] scores = JavaArrays.floats(network.scores());
            double most = 0;
            for (int i = 0; i < counts.length; i++) {
                assertEquals(counts[i], scores[i], "count " + i);
                most = Math.max(most, counts[i]);
            }
            assertTrue(most > 0, "the outputs spike");
            float[] gradients = JavaArrays.floats(network.gradients());
            for (ParameterTable.Entry entry : network.table().entries()) {
                assertNear(entry, wanted, gradients);
            }
        }
    }

    private static float[] slice(float[] values, int row, int width) {
        return Arrays.copyOfRange(values, row * width, (row + 1) * width);
    }

    private static void assertNear(ParameterTable.Entry entry, double[] wanted, float[] got) {
        double largest = 0;
        for (long i = entry.offset(); i < entry.offset() + entry.length(); i++) {
            largest = Math.max(largest, Math.abs(wanted[(int) i]));
        }
        for (long i = entry.offset(); i < entry.offset() + entry.length(); i++) {
            assertEquals(wanted[(int) i], got[(int) i], 1e-4 * largest, entry.name() + " " + (i - entry.offset()));
        }
        if (entry.kind() == ParameterTable.Kind.WEIGHT) {
            assertTrue(largest > 0, entry.name() + " has a gradient");
        }
    }

    /// A membrane without a reset is linear in the weights: its gradient is what finite differences say.
    @ParameterizedTest
    @MethodSource("backends")
    void aMembraneReadOutHasTheGradientOfFiniteDifferences(String name) {
        NetworkOptions options = new NetworkOptions(NetworkShape.dense(7, 2), 6, LifDialect.IONFORGE, 0.9f, 1, true, false,
                Surrogate.fastSigmoid(5), NetworkOptions.Readout.MEMBRANE, 1);
        try (Backend backend = Backends.named(name); SpikingNetwork network = new SpikingNetwork(backend, options, 1);
             Buffer values = JavaArrays.upload(random(7, 0, 1, 4), backend)) {
            SpikingLinear.Input input = SpikingLinear.Input.constant(values);
            JavaArrays.replace(network.scoreGradient(), new float[] {1, -2});
            network.forward(input, 1);
            network.backward(input, 1);
            float[] gradients = JavaArrays.floats(network.gradients());
            float[] parameters = JavaArrays.floats(network.parameters());
            for (ParameterTable.Kind kind : List.of(ParameterTable.Kind.WEIGHT, ParameterTable.Kind.BIAS, ParameterTable.Kind.LEAK)) {
                int at = (int) network.table().entry(kind, 0).offset();
                double difference = (value(network, input, parameters, at, 1e-2f) - value(network, input, parameters, at, -1e-2f)) / 2e-2;
                assertEquals(difference, gradients[at], 2e-2 * Math.abs(difference), kind.toString());
                assertTrue(Math.abs(difference) > 1e-3, kind.toString());
            }
        }
    }

    private static double value(SpikingNetwork network, SpikingLinear.Input input, float[] parameters, int at, float by) {
        float[] moved = parameters.clone();
        moved[at] += by;
        JavaArrays.replace(network.parameters(), moved);
        network.forward(input, 1);
        float[] scores = JavaArrays.floats(network.scores(), 2);
        return scores[0] - 2.0 * scores[1];
    }

    /// What forward multiplies by is read through inputs of which one is 1 and the others 0.
    @ParameterizedTest
    @MethodSource("backends")
    void weightsTakeAsManyValuesAsTheirBitsAllow(String name) {
        NetworkOptions options = NetworkOptions.of(NetworkShape.dense(400, 6), 2);
        try (Backend backend = Backends.named(name); SpikingNetwork network = new SpikingNetwork(backend, options, 400)) {
            clearBias(network);
            assertEquals(400, distinct(backend, network), 2, "floats");
            int[] most = {256, 16, 4, 3};
            String[] bits = {"8", "4", "2", "ternary"};
            for (int i = 0; i < bits.length; i++) {
                network.quantise(QuantisationPlan.named(bits[i], 1).weightsOnly());
                network.beginScales();
                network.observeWeights();
                int found = distinct(backend, network);
                assertTrue(found <= most[i] && found > most[i] / 2, bits[i] + " bits: " + found + " values");
            }
            network.quantise(QuantisationPlan.named("32", 1));
            assertEquals(400, distinct(backend, network), 2, "floats again");
        }
    }

    private static void clearBias(SpikingNetwork network) {
        ParameterTable.Entry bias = network.table().entry(ParameterTable.Kind.BIAS, 0);
        network.parameters().slice(bias.offset(), bias.length()).fill((byte) 0);
    }

    /// Most distinct weights of one output channel.
    private static int distinct(Backend backend, SpikingNetwork network) {
        SpikingLinear.Shape shape = network.shape(0, 400);
        float[] unit = new float[400 * 400];
        for (int i = 0; i < 400; i++) {
            unit[i * 400 + i] = 1;
        }
        try (Buffer input = JavaArrays.upload(unit, backend); Buffer currents = backend.allocate(ElementType.F32, 400L * 6)) {
            backend.spikingLinear().forward(shape, network.layer(0), SpikingLinear.Input.constant(input),
                    new SpikingLinear.Outputs(new Lif.Outputs(null, null, null, null), currents, null));
            float[] weights = JavaArrays.floats(currents);
            int most = 0;
            for (int n = 0; n < 6; n++) {
                Set<Float> values = new HashSet<>();
                for (int k = 0; k < 400; k++) {
                    values.add(weights[k * 6 + n]);
                }
                most = Math.max(most, values.size());
            }
            return most;
        }
    }

    @Test
    void aFrozenLayerKeepsNoGradientAndPassesThemOn() {
        NetworkOptions options = NetworkOptions.of(NetworkShape.dense(6, 20, 8, 2), 5);
        try (Backend backend = Backends.named("reference"); SpikingNetwork network = new SpikingNetwork(backend, options, 2);
             Buffer values = JavaArrays.upload(random(12, 0, 4, 5), backend)) {
            SpikingLinear.Input input = SpikingLinear.Input.constant(values);
            network.scoreGradient().fill((byte) 0);
            JavaArrays.replace(network.scoreGradient(), new float[] {1, 1, 1, 1});
            network.forward(input, 2);
            network.backward(input, 2);
            float[] before = weightGradient(network, 0);
            network.freeze(2);
            network.backward(input, 2);
            assertEquals(0, sum(weightGradient(network, 0)) + sum(weightGradient(network, 1)));
            assertTrue(sum(weightGradient(network, 2)) > 0);
            network.freeze(0);
            network.backward(input, 2);
            assertArrayEquals(before, weightGradient(network, 0));
        }
    }

    private static float[] weightGradient(SpikingNetwork network, int layer) {
        ParameterTable.Entry entry = network.table().entry(ParameterTable.Kind.WEIGHT, layer);
        return JavaArrays.floats(network.gradients().slice(entry.offset(), entry.length()));
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (Backend backend = Backends.named("reference")) {
            try (SpikingNetwork network = new SpikingNetwork(backend, NetworkOptions.of(NetworkShape.dense(3, 2), 2), 4);
                 Buffer values = backend.allocate(ElementType.F32, 15)) {
                assertThrows(IllegalArgumentException.class, () -> network.forward(SpikingLinear.Input.constant(values), 5));
                assertThrows(IllegalArgumentException.class, () -> network.quantise(QuantisationPlan.named("8", 2)));
            }
            assertEquals(0, backend.liveBuffers());
        }
    }
}
