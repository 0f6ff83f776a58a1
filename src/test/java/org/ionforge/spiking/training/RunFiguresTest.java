package org.ionforge.spiking.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.JavaArrays;
import org.ionforge.export.JsonFiles;
import org.ionforge.quantization.BitAllocation;
import org.ionforge.quantization.LayerSensitivity;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.data.LinearBaseline;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.report.SpikingReport;
import org.ionforge.training.Recipe;
import org.ionforge.training.health.HealthLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a training tells of itself, and the bits that it finds for its layers.
class RunFiguresTest {

    private static final int FEATURES = 20;
    private static final int STEPS = 8;
    private static final BooleanSupplier NEVER = () -> false;

    @TempDir
    private Path folder;

    private static NetworkOptions network() {
        return NetworkOptions.of(NetworkShape.dense(FEATURES, 32, PlantedSamples.CLASSES), STEPS);
    }

    private static TrainingPlan plan(List<String> rungs, WidthSearch widths) {
        List<QuantisationPlan> plans = rungs.stream().map(bits -> QuantisationPlan.named(bits, 2)).toList();
        Recipe recipe = Recipe.named("adamw-cosine");
        List<Stage> stages = TrainingPlan.stages(recipe, 1e-3, new TrainingPlan.Phases(4, 5e-3, plans, 2, 1, true, false), 2);
        return new TrainingPlan(stages, recipe.method(), 25, 7, 1, 0.1, 0.01f, 8, LossWeights.NONE, HealthLimits.DEFAULT, widths);
    }

    private SpikingTraining.Result train(TrainingPlan plan, String name, BooleanSupplier stop, boolean resume) {
        try (Backend backend = Backends.named("cpu"); Arena arena = Arena.ofShared()) {
            DataSet data = PlantedSamples.set(400, 200, FEATURES, arena);
            SpikingTraining.Order order = new SpikingTraining.Order(network(), Presentation.of(data, "direct", 5, STEPS), plan, new LinkedHashMap<>(Map.of()), resume);
            SpikingTraining.Result result = SpikingTraining.run(order, data, backend, folder.resolve(name), Progress.SILENT, stop);
            assertEquals(0, backend.liveBuffers());
            return result;
        }
    }

    @Test
    void aTrainingTellsEverythingThatAReportShows() throws Exception {
        SpikingTraining.Result result = train(plan(List.of("8", "4"), null), "run", NEVER, false);
        TrainingReport report = result.report().orElseThrow();
        SpikingReport figures = result.figures().orElseThrow();
        assertEquals(report.history().size(), figures.epochs().size());
        assertEquals(List.of("FP32", "INT8", "INT4"), figures.models().stream().map(SpikingReport.Model::name).toList());
        SpikingReport.Model floats = figures.models().getFirst();
        assertEquals(report.floatAccuracy(), floats.accuracy(), 1e-9);
        assertTrue(floats.low() < floats.accuracy() && floats.accuracy() <= floats.high());
        assertEquals(4L * (20 * 32 + 32 + 32 * PlantedSamples.CLASSES + PlantedSamples.CLASSES), floats.bytes());
        assertEquals(report.accuracy(), figures.models().getLast().accuracy(), 1e-9);
        assertNull(figures.epochs().getFirst().layers().getFirst().currentScale(), "floats have no scale");
        assertTrue(figures.epochs().getLast().layers().getFirst().currentScale() > 0);
        assertEquals(5, figures.encoders().size());
        for (int layer = 0; layer < 2; layer++) {
            SpikingReport.Histogram membranes = figures.layers().get(layer).membranes();
            long cells = membranes.counts().stream().mapToLong(n -> n).sum() + membranes.below() + membranes.above();
            assertEquals(25L * STEPS * (layer == 0 ? 32 : PlantedSamples.CLASSES), cells, "every membrane of the batch");
            assertTrue(membranes.from() <= 0 && membranes.from() + membranes.width() * membranes.counts().size() >= 1, "0 and θ are in the picture");
            assertEquals("4", figures.layers().get(layer).bits());
        }
        Path page = figures.ofRun(List.of("./ionforge train spiking"), Map.of("seed", "7")).write(folder.resolve("run"), "0");
        assertTrue(Files.size(page) > 100_000);
        assertEquals(List.of("./ionforge train spiking"), SpikingReport.read(folder.resolve("run")).commands());
    }

    /// The raster's spikes are those that the network counts.
    @Test
    void aRasterHoldsTheSpikesOfItsSample() {
        SpikingReport figures = train(plan(List.of("8"), null), "raster", NEVER, false).figures().orElseThrow();
        try (Backend backend = Backends.named("cpu"); Arena arena = Arena.ofShared()) {
            DataSet data = PlantedSamples.set(400, 200, FEATURES, arena);
            try (SpikingNetwork network = NetworkFile.read(folder.resolve("raster").resolve(SpikingTraining.MODEL)).load(backend, 4);
                 Batches testing = Batches.of(backend, data.testing(), Presentation.of(data, "direct", 5, STEPS), network.options().shape(), 4)) {
                testing.take(new int[] {0}, 0);
                network.forward(testing.load(0, 1), 1);
                for (int layer = 0; layer < 2; layer++) {
                    float[] counts = JavaArrays.floats(network.counts(layer));
                    SpikingReport.Raster raster = figures.rasters().get(layer);
                    int[] found = new int[raster.neurons()];
                    raster.spikes().forEach(spike -> found[spike[1]]++);
                    assertArrayEquals(IntStream.range(0, found.length).map(i -> (int) counts[i]).toArray(), found);
                }
            }
        }
    }

    @Test
    void aHistogramCountsEveryValue() {
        SpikingReport.Histogram histogram = RunFigures.histogram(new float[] {-1, 0, 0.25f, 0.5f, 0.5f, 1.5f}, 1);
        assertEquals(-1, histogram.from(), 1e-6);
        assertEquals(6, histogram.counts().stream().mapToLong(n -> n).sum());
        assertEquals(1, histogram.counts().getFirst());
        assertEquals(1, histogram.counts().getLast());
        float[] far = new float[1000];
        far[0] = 1000;
        assertEquals(1, RunFigures.histogram(far, 1).above(), "far from the others");
    }

    /// Recordings of which each class has addresses of its own.
    private static EventSamples recordings(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] starts = IntStream.rangeClosed(0, size).map(i -> 40 * i).toArray();
        byte[] labels = new byte[size];
        int[] addresses = new int[40 * size];
        int[] times = new int[40 * size];
        for (int i = 0; i < size; i++) {
            labels[i] = (byte) random.nextInt(3);
            for (int e = 0; e < 40; e++) {
                addresses[40 * i + e] = random.nextInt(3) == 0 ? random.nextInt(18) : 6 * labels[i] + random.nextInt(6);
                times[40 * i + e] = 100 * e;
            }
        }
        return new EventSamples("simulated", starts, addresses, times, labels, 3, 2, 3, 3);
    }

    @Test
    void recordingsHaveALinearModelBesideThem() {
        DataSet data = new DataSet("simulated", recordings(200, 1), recordings(100, 2));
        NetworkOptions network = NetworkOptions.of(NetworkShape.parse("3x3x2-16-3"), STEPS);
        try (Backend backend = Backends.named("cpu")) {
            SpikingTraining.Order order = new SpikingTraining.Order(network, Presentation.of(data, "direct", 5, STEPS), plan(List.of("8"), null),
                    new LinkedHashMap<>(Map.of()), false);
            SpikingTraining.Result result = SpikingTraining.run(order, data, backend, folder.resolve("events"), Progress.SILENT, NEVER);
            assertEquals(LinearBaseline.of(data).accuracy(), result.report().orElseThrow().linearAccuracy());
            SpikingReport figures = result.figures().orElseThrow();
            assertEquals(List.of("FP32", "INT8", "linear model"), figures.models().stream().map(SpikingReport.Model::name).toList());
            assertEquals(List.of(), figures.encoders(), "events are spikes already");
        }
    }

    /// The bits that were found are the bits that train, convert and are stored; and a run in two parts finds the same.
    @Test
    void bitsAreFoundAndApplied() {
        WidthSearch search = new WidthSearch(5, 4, 2);
        SpikingTraining.Result result = train(plan(List.of("8"), search), "hessian", NEVER, false);
        WidthSearch.Found found = JsonFiles.read(folder.resolve("hessian").resolve(SpikingTraining.WIDTHS), WidthSearch.Found.class);
        BitAllocation choice = found.choice();
        long budget = 32 * ((long) Math.ceil(20 * 5 / 8.0) + 4) + PlantedSamples.CLASSES * ((long) Math.ceil(32 * 5 / 8.0) + 4);
        assertTrue(choice.bytes() <= budget, choice.bytes() + " of " + budget);
        for (LayerSensitivity layer : found.layers()) {
            assertTrue(layer.trace() > 0 && layer.at(8).omega() < layer.at(4).omega() && layer.at(4).omega() < layer.at(2).omega(), layer.toString());
        }
        NetworkFile file = NetworkFile.read(folder.resolve("hessian").resolve(SpikingTraining.MODEL));
        assertEquals(choice.plan(), file.plan());
        assertEquals(choice.plan().name(), result.report().orElseThrow().bits());
        SpikingReport figures = result.figures().orElseThrow();
        assertEquals(List.of("by sensitivity", "uniform 8", "uniform 4"), figures.bits().stream().map(SpikingReport.Allocation::name).toList());
        assertEquals(choice.bits(), figures.bits().getFirst().bits());
        assertTrue(figures.bits().stream().allMatch(each -> each.accuracy() > 0.5), "rounded, not retrained: " + figures.bits());

        int[] steps = new int[1];
        assertTrue(train(plan(List.of("8"), search), "parts", () -> steps[0]++ > 4 * 15 + 5, false).report().isEmpty());
        train(plan(List.of("8"), search), "parts", NEVER, true);
        NetworkFile parts = NetworkFile.read(folder.resolve("parts").resolve(SpikingTraining.MODEL));
        assertEquals(file.plan(), parts.plan());
        assertArrayEquals(file.parameters(), parts.parameters());
    }
}
