package org.ionforge.spiking.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.spiking.NetworkOptions.Readout;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SynapticOperationsTest {

    private static QuantisedLayer layer(int inputs, int... codes) {
        byte[] packed = new byte[codes.length];
        for (int i = 0; i < codes.length; i++) {
            packed[i] = (byte) codes[i];
        }
        float[] scales = new float[codes.length / inputs];
        Arrays.fill(scales, 1);
        return new QuantisedLayer(scales.length, inputs, QuantisationScheme.int8().perChannel(), packed, scales, null, null, LifDialect.IONFORGE,
                new float[] {0}, new float[] {1});
    }

    /// By hand. Of the inputs (255, 0, 128) two are not 0; of the weights (1, 0, −2) of the first neuron they meet both, of (0, 0, 3) of
    /// the second one: 3 multiply-accumulates, once, of 6. Currents are (255 − 256)/256 and 384/256: the second neuron fires at all four
    /// steps and meets one weight of (5, 0), (7, −1) that is not 0: 4 accumulates, of 4 · 4. The other sample has no input but 0.
    @Test
    void aTinyNetworkByHand() {
        QuantisedModel model = new QuantisedModel(NetworkShape.parse("3-2-2"), 4, Readout.COUNT, new InputForm.Codes(),
                List.of(layer(3, 1, 0, -2, 0, 0, 3), layer(2, 5, 0, 7, -1)), Map.of());
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            MemorySegment values = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 0, 128 / 255f, 0, 0, 0);
            ValueSamples samples = new ValueSamples("two", values, new byte[2], 2, 1, 1, 3);
            InferenceMetrics metrics = Inference.run(backend, model, samples, 2, Progress.SILENT);
            assertEquals(3 / 2.0, metrics.effectiveMacs());
            assertEquals(4 / 2.0, metrics.effectiveAcs());
            assertEquals(6 + 16, metrics.denseOperations());
            assertEquals(4 / 10.0, metrics.connectionSparsity());
            assertEquals(4 / (2.0 * 4 * 4), metrics.spikeRate());
            assertEquals(1, metrics.firstSpikeSteps().getFirst());
            assertEquals(1, metrics.silentSamples());
            assertEquals("8", metrics.bits());
        }
    }

    /// Beside a count by the definition, element by element: stride, padding, pools that leave a rest, words that end within a
    /// position, plain rows.
    @ParameterizedTest
    @ValueSource(strings = {"5x7x2-c3k2", "5x7x3-c2k3s2z1", "5x7x2-p2-c4k2z1", "5x7x33-p2-4", "5x7x2-6"})
    void operationsOfSpikes(String network) {
        NetworkShape shape = NetworkShape.parse(network);
        QuantisedModel model = RandomModels.of(network, QuantisationScheme.ternary(), new InputForm.Events(1), 3);
        SynapticOperations counted = new SynapticOperations(model, 0);
        NetworkShape.Layer layer = shape.layer(0);
        boolean rows = network.equals("5x7x2-6");
        int place = rows ? (70 + 31) / 32 : (layer.in().channels() + 31) / 32;
        int images = 5 * 2;
        boolean[][] spikes = new boolean[images][layer.in().size()];
        int[] words = new int[images * (rows ? place : 35 * place)];
        Random random = new Random(2);
        for (int image = 0; image < images; image++) {
            for (int i = 0; i < spikes[image].length; i++) {
                spikes[image][i] = random.nextInt(3) == 0;
                if (spikes[image][i]) {
                    int channel = rows ? i : i % layer.in().channels();
                    int position = rows ? image : image * 35 + i / layer.in().channels();
                    words[position * place + channel / 32] |= 1 << channel % 32;
                }
            }
        }
        counted.add(words, 2);
        long effective = 0;
        long dense = 0;
        for (boolean[] image : spikes) {
            long[] found = plain(layer, model.layers().getFirst(), image);
            effective += found[0];
            dense += found[1];
        }
        assertTrue(effective > 0 && effective < dense);
        assertEquals(effective, counted.effective());
        assertEquals(dense, counted.dense());
        assertEquals(layer.pool() == 1, counted.accumulates());
    }

    /// Effective and dense operations of one image.
    private static long[] plain(NetworkShape.Layer layer, QuantisedLayer weights, boolean[] image) {
        int kernelHeight = layer.convolutional() ? layer.kernel() : layer.pooled().height();
        int kernelWidth = layer.convolutional() ? layer.kernel() : layer.pooled().width();
        int channels = layer.in().channels();
        long[] found = new long[2];
        for (int p = 0; p < layer.out().positions(); p++) {
            for (int k = 0; k < layer.inputs(); k++) {
                int y = p / layer.out().width() * layer.stride() + k / channels / kernelWidth - layer.padding();
                int x = p % layer.out().width() * layer.stride() + k / channels % kernelWidth - layer.padding();
                if (y >= 0 && y < layer.pooled().height() && x >= 0 && x < layer.pooled().width()) {
                    boolean any = false;
                    for (int square = 0; square < layer.pool() * layer.pool(); square++) {
                        int at = (y * layer.pool() + square / layer.pool()) * layer.in().width() + x * layer.pool() + square % layer.pool();
                        any |= image[at * channels + k % channels];
                    }
                    for (int n = 0; n < weights.neurons(); n++) {
                        found[0] += any && weights.code(n, k) != 0 ? 1 : 0;
                        found[1]++;
                    }
                }
            }
        }
        assertEquals(kernelHeight * kernelWidth * channels, layer.inputs());
        return found;
    }
}
