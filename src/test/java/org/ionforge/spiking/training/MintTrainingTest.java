package org.ionforge.spiking.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.integer.InputForm;
import org.ionforge.spiking.integer.IntegerInput;
import org.ionforge.spiking.integer.IntegerNetwork;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.integer.QuantisedLayer;
import org.ionforge.spiking.integer.QuantisedModel;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.Recipe;
import org.ionforge.training.health.HealthLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// MINT from floats to a file, and the file run by a loop that knows nothing but whole numbers, sums, comparisons and shifts.
class MintTrainingTest {

    private static final int FEATURES = 20;
    private static final int STEPS = 8;
    /// No multiple of any scale that weights of this size get: it has to be rounded.
    private static final float THRESHOLD = 0.83f;
    private static final NetworkOptions NETWORK = new NetworkOptions(NetworkShape.dense(FEATURES, 32, PlantedSamples.CLASSES), STEPS, LifDialect.MINT, 0.5f, THRESHOLD,
            false, false, Surrogate.fastSigmoid(10), NetworkOptions.Readout.COUNT, 1.25f);

    @TempDir
    private Path folder;

    private SpikingTraining.Result train(String name, List<String> weightBits, int stateBits, BooleanSupplier stop, boolean resume) {
        List<QuantisationPlan> rungs = weightBits.stream().map(bits -> QuantisationPlan.named(bits, 2).map(layer -> layer.mint(stateBits))).toList();
        Recipe recipe = Recipe.named("adamw-cosine");
        TrainingPlan plan = new TrainingPlan(TrainingPlan.stages(recipe, 2e-3, new TrainingPlan.Phases(5, 5e-3, rungs, 3, 1, true, false), 2), recipe.method(), 25, 7, 1,
                0.1, 0.01f, 8, LossWeights.NONE, HealthLimits.DEFAULT, null);
        try (Backend backend = Backends.named("cpu"); Arena arena = Arena.ofShared()) {
            DataSet data = PlantedSamples.set(600, 200, FEATURES, arena);
            SpikingTraining.Order order = new SpikingTraining.Order(NETWORK, Presentation.of(data, "direct", 1, STEPS), plan, new LinkedHashMap<>(Map.of()), resume);
            SpikingTraining.Result result = SpikingTraining.run(order, data, backend, folder.resolve(name), Progress.SILENT, stop);
            assertEquals(0, backend.liveBuffers());
            return result;
        }
    }

    private QuantisedModel model(String name) {
        return ModelFile.read(folder.resolve(name).resolve(SpikingTraining.INTEGER_MODEL));
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "4, 8", "4, 4", "4/2, 4", "ternary, 2"})
    void learnsAndIsMadeOfIntegers(String rungs, int stateBits) {
        TrainingReport report = train("run", List.of(rungs.split("/")), stateBits, () -> false, false).report().orElseThrow();
        assertTrue(report.accuracy() > 0.8, rungs + " and " + stateBits + " bits: " + report.accuracy());
        assertEquals("weights and membranes", report.phases().get(2).detail());
        assertEquals(report.accuracy(), report.integerAccuracy());
        assertEquals(0, report.phases().get(report.phases().size() - 2).figures().get("differentSpikes"));
        QuantisedModel model = model("run");
        for (QuantisedLayer layer : model.layers()) {
            float scale = layer.scales()[0];
            assertEquals(scale, Math.scalb(1f, Math.getExponent(scale)), "a power of two");
            for (float each : layer.scales()) {
                assertEquals(scale, each);
            }
            assertEquals(StateLevels.mint(stateBits, scale), layer.state());
            assertEquals(THRESHOLD, layer.threshold()[0], scale / 2);
        }
        try (Backend backend = Backends.named("cpu"); Arena arena = Arena.ofShared();
             IntegerInput input = new IntegerInput(backend, model, PlantedSamples.of(200, FEATURES, 2, arena), 200); IntegerNetwork network = new IntegerNetwork(backend, model, 200)) {
            ValueSamples samples = PlantedSamples.of(200, FEATURES, 2, arena);
            network.forward(input.upload(input.prepare(0, 200)), 200);
            float[] counts = JavaArrays.floats(network.scores());
            for (int sample = 0; sample < 200; sample++) {
                int[] values = new int[FEATURES];
                for (int i = 0; i < FEATURES; i++) {
                    values[i] = InputForm.code(samples.value(sample, i));
                }
                assertArrayEquals(wholeCounts(model, values), Arrays.copyOfRange(counts, sample * PlantedSamples.CLASSES, (sample + 1) * PlantedSamples.CLASSES));
            }
        }
    }

    /// Spikes of the outputs of one sample. In the first layer everything is counted in 1/256 of the scale, as its inputs are.
    private static float[] wholeCounts(QuantisedModel model, int[] values) {
        float[] counts = new float[PlantedSamples.CLASSES];
        int[][] membranes = {new int[32], new int[PlantedSamples.CLASSES]};
        for (int t = 0; t < STEPS; t++) {
            int[] in = values;
            for (int layer = 0; layer < 2; layer++) {
                in = wholeStep(model.layers().get(layer), layer == 0 ? 8 : 0, in, membranes[layer]);
            }
            for (int n = 0; n < counts.length; n++) {
                counts[n] += in[n];
            }
        }
        return counts;
    }

    private static int[] wholeStep(QuantisedLayer layer, int shift, int[] in, int[] membranes) {
        float scale = layer.scales()[0];
        int most = layer.state().levels().size() / 2;
        int threshold = whole(layer.threshold()[0] / scale) << shift;
        int[] spikes = new int[membranes.length];
        for (int n = 0; n < spikes.length; n++) {
            int sum = (membranes[n] << shift) + (whole(layer.bias()[n] / scale) << shift);
            for (int k = 0; k < in.length; k++) {
                sum += in[k] * layer.code(n, k);
            }
            spikes[n] = sum > threshold ? 1 : 0;
            int left = sum - spikes[n] * threshold;
            membranes[n] = Math.clamp(left + (1 << shift) >> shift + 1, -most, most);
        }
        return spikes;
    }

    private static int whole(float number) {
        assertEquals(Math.rint(number), number, "a whole number of scales");
        return (int) number;
    }

    /// Through two rungs, each with a scale of its own.
    @Test
    void anInterruptedRunEndsWithTheSameIntegers() {
        List<String> rungs = List.of("8", "4");
        train("whole", rungs, 4, () -> false, false);
        int[] stops = {130, 30, 60};
        for (int i = 0; i < stops.length; i++) {
            int[] left = {stops[i]};
            assertTrue(train("parts", rungs, 4, () -> left[0]-- <= 0, i > 0).report().isEmpty(), "stopped");
        }
        assertTrue(train("parts", rungs, 4, () -> false, true).report().isPresent());
        assertEquals(model("whole").layers(), model("parts").layers());
    }
}
