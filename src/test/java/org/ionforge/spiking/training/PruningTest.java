package org.ionforge.spiking.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.JavaArrays;
import org.ionforge.quantization.ActivityPruning;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.ParameterTable;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.DataSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PruningTest {

    /// Neurons that never fire are no part of the answer, wherever they stand.
    @ParameterizedTest
    @CsvSource({"20-30-12-4,20-20-8-4", "5x4x1-c9k2-p2-c6k1-4,5x4x1-c6k2-p2-c4k1-4"})
    void silentNeuronsGoAndNoAnswerChanges(String before, String after) {
        NetworkOptions options = NetworkOptions.of(NetworkShape.parse(before), 6);
        try (Backend backend = Backends.named("cpu"); Arena arena = Arena.ofShared(); SpikingNetwork network = new SpikingNetwork(backend, options, 40)) {
            DataSet data = PlantedSamples.set(40, 40, 20, arena);
            network.initialise(2);
            silence(network);
            try (Batches batches = Batches.of(backend, data.training(), Presentation.of(data, "direct", 1, 6), options.shape(), 40)) {
                batches.take(IntStream.range(0, 40).toArray(), 0);
                Judge.Score score = Judge.of(backend, network, batches);
                float[] scores = JavaArrays.floats(network.scores());
                float sum = 0;
                for (float value : scores) {
                    sum += value;
                }
                assertTrue(sum > 0, "the outputs spike");
                NetworkFile pruned = Pruning.of(NetworkFile.of(network), new ActivityPruning(0.34, 0), score.activity());
                assertEquals(NetworkShape.parse(after), pruned.options().shape());
                try (SpikingNetwork smaller = pruned.load(backend, 40)) {
                    smaller.forward(batches.load(0, 40), 40);
                    assertArrayEquals(scores, JavaArrays.floats(smaller.scores()));
                }
            }
        }
    }

    /// Every third neuron of the hidden layers never fires, the others readily.
    private static void silence(SpikingNetwork network) {
        float[] parameters = JavaArrays.floats(network.parameters());
        for (ParameterTable.Entry entry : network.table().entries()) {
            boolean hidden = entry.layer() < network.options().shape().layers().size() - 1;
            for (int n = 0; hidden && n < entry.rows(); n++) {
                int at = (int) entry.offset() + n * entry.columns();
                if (entry.kind() == ParameterTable.Kind.WEIGHT && n % 3 == 1) {
                    Arrays.fill(parameters, at, at + entry.columns(), 0);
                } else if (entry.kind() == ParameterTable.Kind.BIAS) {
                    parameters[at] = n % 3 == 1 ? -1 : 0.5f;
                }
            }
            if (!hidden && entry.kind() == ParameterTable.Kind.BIAS) {
                Arrays.fill(parameters, (int) entry.offset(), (int) entry.offset() + entry.rows(), 0.2f);
            }
        }
        JavaArrays.replace(network.parameters(), parameters);
    }
}
