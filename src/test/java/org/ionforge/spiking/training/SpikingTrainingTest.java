package org.ionforge.spiking.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.JavaArrays;
import org.ionforge.compute.LifDialect;
import org.ionforge.compute.SpikingLinear;
import org.ionforge.compute.StateLevels;
import org.ionforge.compute.Surrogate;
import org.ionforge.errors.InputException;
import org.ionforge.errors.JobException;
import org.ionforge.export.Checkpoint;
import org.ionforge.quantization.ActivityPruning;
import org.ionforge.quantization.QuantisationPlan;
import org.ionforge.spiking.NetworkOptions;
import org.ionforge.spiking.NetworkShape;
import org.ionforge.spiking.SpikingNetwork;
import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.encoding.Encoder;
import org.ionforge.telemetry.InferenceMetrics;
import org.ionforge.telemetry.Progress;
import org.ionforge.training.Phase;
import org.ionforge.training.PhaseRecord;
import org.ionforge.training.Recipe;
import org.ionforge.training.health.HealthEvent;
import org.ionforge.training.health.HealthLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpikingTrainingTest {

    private static final int FEATURES = 20;
    private static final BooleanSupplier NEVER = () -> false;

    @TempDir
    Path folder;

    static Stream<String> backends() {
        return Backends.available().stream().filter(Backends.Availability::available).map(Backends.Availability::name);
    }

    private static NetworkOptions network() {
        return NetworkOptions.of(NetworkShape.dense(FEATURES, 32, PlantedSamples.CLASSES), 8);
    }

    private static TrainingPlan plan(List<String> rungs, int warmUp, int epochs, double warmUpRate) {
        return plan(rungs, warmUp, epochs, warmUpRate, 1e-3, LossWeights.NONE);
    }

    private static TrainingPlan plan(List<String> rungs, int warmUp, int epochs, double warmUpRate, double rate, LossWeights losses) {
        List<QuantisationPlan> plans = rungs.stream().map(bits -> QuantisationPlan.named(bits, 2)).toList();
        Recipe recipe = Recipe.named("adamw-cosine");
        List<Stage> stages = TrainingPlan.stages(recipe, rate, new TrainingPlan.Phases(warmUp, warmUpRate, plans, epochs, 1, true, true), 2);
        return new TrainingPlan(stages, recipe.method(), 25, 7, 1, 0.1, 0.01f, 32, losses, HealthLimits.DEFAULT, null);
    }

    private SpikingTraining.Result train(String backend, NetworkOptions network, TrainingPlan plan, String encoder, String name, BooleanSupplier stop,
                                         boolean resume, int samples) {
        try (Backend room = Backends.named(backend); Arena arena = Arena.ofShared()) {
            DataSet data = PlantedSamples.set(samples, 200, FEATURES, arena);
            SpikingTraining.Order order = new SpikingTraining.Order(network, Presentation.of(data, encoder, 5, network.steps()), plan, new LinkedHashMap<>(Map.of()), resume);
            SpikingTraining.Result result = SpikingTraining.run(order, data, room, folder.resolve(name), Progress.SILENT, stop);
            assertEquals(0, room.liveBuffers());
            return result;
        }
    }

    private static BooleanSupplier after(int steps) {
        int[] asked = {0};
        return () -> asked[0]++ >= steps;
    }

    @Test
    void learnsAndKeepsWhatItLearnedDownTheLadder() {
        SpikingTraining.Result result = train("cpu", network(), plan(List.of("8", "4", "2"), 6, 2, 5e-3), "direct", "ladder", NEVER, false, 1000);
        TrainingReport report = result.report().orElseThrow();
        assertTrue(report.floatAccuracy() > 0.95, "floats: " + report.floatAccuracy());
        assertTrue(report.accuracy() > 0.9, "2 bits: " + report.accuracy());
        List<EpochFigures> history = report.history();
        assertTrue(history.get(5).loss() < history.getFirst().loss() / 2, "loss " + history.getFirst().loss() + " to " + history.get(5).loss());
        List<Phase> rung = List.of(Phase.QAT_OBSERVING, Phase.QAT_OBSERVING, Phase.QAT_FROZEN, Phase.CALIBRATION);
        List<Phase> wanted = Stream.of(List.of(Phase.WARM_UP), rung, rung, rung, List.of(Phase.CONVERSION, Phase.VERIFICATION, Phase.EXPORT)).flatMap(List::stream).toList();
        assertEquals(wanted, report.phases().stream().map(PhaseRecord::phase).toList());
        assertEquals(List.of("32", "8", "4", "2"), report.phases().stream().map(PhaseRecord::bits).distinct().toList());
        assertEquals(report.accuracy(), report.integerAccuracy());
        Map<String, Double> verified = report.phases().get(report.phases().size() - 2).figures();
        assertEquals(0, verified.get("differentSpikes"));
        assertTrue(verified.get("spikes") > 1000, "spikes " + verified.get("spikes"));
        assertTrue(report.phases().get(5).detail().contains("frozen"), report.phases().get(5).detail());
        InferenceMetrics integers = result.figures().orElseThrow().inference();
        assertEquals(report.integerAccuracy(), integers.accuracy());
        assertEquals(verified.get("spikes"), integers.spikeRate() * 200 * 8 * (32 + PlantedSamples.CLASSES), 1e-6);
        assertTrue(integers.peakDeviceBytes() > 0 && integers.peakDeviceBytes() < report.peakDeviceBytes(), integers.peakDeviceBytes() + " of " + report.peakDeviceBytes());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void anInterruptedRunEndsWithTheBitsOfOneThatWasNot(String backend) {
        NetworkOptions small = new NetworkOptions(NetworkShape.dense(FEATURES, 9, PlantedSamples.CLASSES), 4, LifDialect.IONFORGE, 0.9f, 0.5f, true, true,
                Surrogate.learnable(10), NetworkOptions.Readout.COUNT, 2.5f);
        TrainingPlan plan = plan(List.of("8", "2"), 1, 1, 1e-3);
        train(backend, small, plan, "direct", "whole", NEVER, false, 110);
        int[] stops = {2, 0, 5, 9};
        for (int i = 0; i < stops.length; i++) {
            assertTrue(train(backend, small, plan, "direct", "parts", after(stops[i]), i > 0, 110).report().isEmpty());
        }
        assertTrue(train(backend, small, plan, "direct", "parts", NEVER, true, 110).report().isPresent());
        assertArrayEquals(model("whole"), model("parts"));
        train(backend, small, plan, "direct", "again", NEVER, false, 110);
        assertArrayEquals(model("whole"), model("again"));
    }

    private float[] model(String name) {
        return NetworkFile.read(folder.resolve(name).resolve(SpikingTraining.MODEL)).parameters();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rate", "latency", "population", "burst", "phase"})
    void learnsFromEveryCode(String code) {
        Encoder encoder = Encoder.named(code, 5);
        NetworkOptions network = NetworkOptions.of(NetworkShape.dense(encoder.inputs(FEATURES), 32, PlantedSamples.CLASSES), 8);
        TrainingReport report = train("cpu", network, plan(List.of("8"), 5, 1, 5e-3), code, code, NEVER, false, 800).report().orElseThrow();
        assertTrue(report.accuracy() > 0.8, code + ": " + report.accuracy());
        assertEquals(report.accuracy(), report.integerAccuracy());
        assertEquals(0, report.phases().get(report.phases().size() - 2).figures().get("differentSpikes"));
    }

    @Test
    void aModelIsReadBackWhole() {
        train("cpu", network(), plan(List.of("4"), 1, 1, 1e-3), "direct", "file", NEVER, false, 200);
        NetworkFile file = NetworkFile.read(folder.resolve("file").resolve(SpikingTraining.MODEL));
        assertEquals(network(), file.options());
        assertEquals(QuantisationPlan.named("4", 2), file.plan());
        try (Backend backend = Backends.named("cpu"); Arena arena = Arena.ofShared(); SpikingNetwork network = file.load(backend, 25)) {
            DataSet data = PlantedSamples.set(10, 200, FEATURES, arena);
            try (Batches batches = Batches.of(backend, data.testing(), Presentation.of(data, "direct", 5, 8), file.options().shape(), 25)) {
                batches.take(IntStream.range(0, 200).toArray(), 0);
                double accuracy = Judge.of(backend, network, batches).accuracy();
                assertEquals(train("cpu", network(), plan(List.of("4"), 1, 1, 1e-3), "direct", "file", NEVER, false, 200).report().orElseThrow().accuracy(), accuracy);
            }
        }
    }

    @Test
    void aLossThatIsNoNumberEndsTheRun() throws IOException {
        JobException failed = assertThrows(JobException.class,
                () -> train("cpu", network(), plan(List.of(), 3, 1, 1e38), "direct", "nan", NEVER, false, 200));
        assertTrue(failed.getMessage().contains("layers."), failed.getMessage());
        assertTrue(failed.getMessage().contains("WARM_UP"), failed.getMessage());
        assertFalse(Files.exists(folder.resolve("nan").resolve(SpikingTraining.MODEL)));
    }

    /// The last good state stays where it is, and going on from it ends at the same place.
    @Test
    void aNumberThatIsNoneInALaterPhaseLeavesTheCheckpointsOfTheOneBefore() {
        TrainingPlan plan = plan(List.of("8"), 2, 2, 1e-3, 1e38, LossWeights.NONE);
        for (boolean resume : List.of(false, true)) {
            JobException failed = assertThrows(JobException.class, () -> train("cpu", network(), plan, "direct", "late", NEVER, resume, 200));
            assertTrue(failed.getMessage().contains("QAT_OBSERVING, epoch 3") && failed.getMessage().contains("the last checkpoint is untouched"), failed.getMessage());
            float[] floats = NetworkFile.read(folder.resolve("late").resolve(SpikingTraining.FLOAT_MODEL)).parameters();
            for (Path file : List.of(SpikingTraining.CHECKPOINT, Path.of("checkpoint", "good.safetensors"))) {
                Checkpoint<Position> kept = Checkpoint.read(folder.resolve("late").resolve(file), "ionforge spiking checkpoint 1", Map.of(), Position.class,
                        Map.of("parameters", floats.length));
                assertEquals(List.of(Phase.WARM_UP), kept.position().phases().stream().map(PhaseRecord::phase).toList());
                assertArrayEquals(floats, kept.arrays().get("parameters"));
            }
            assertFalse(Files.exists(folder.resolve("late").resolve(SpikingTraining.MODEL)));
        }
    }

    @Test
    void doesNotGoOnWithOtherDataOrSettings() {
        assertThrows(InputException.class, () -> train("cpu", network(), plan(List.of(), 2, 1, 1e-3), "direct", "resume", NEVER, true, 200));
        train("cpu", network(), plan(List.of(), 2, 1, 1e-3), "direct", "resume", after(3), false, 200);
        InputException data = assertThrows(InputException.class,
                () -> train("cpu", network(), plan(List.of(), 2, 1, 1e-3), "direct", "resume", NEVER, true, 210));
        assertTrue(data.getMessage().contains("its data is"), data.getMessage());
        InputException other = assertThrows(InputException.class,
                () -> train("cpu", network(), plan(List.of(), 2, 1, 2e-3), "direct", "resume", NEVER, true, 200));
        assertTrue(other.getMessage().contains("its plan is"), other.getMessage());
    }

    @Test
    void refusesANetworkThatDoesNotFitTheData() {
        NetworkOptions wrong = NetworkOptions.of(NetworkShape.dense(FEATURES + 1, 4), 3);
        assertTrue(assertThrows(InputException.class, () -> train("cpu", wrong, plan(List.of(), 1, 1, 1e-3), "direct", "wrong", NEVER, false, 50))
                .getMessage().contains("20"));
    }

    /// Before the first epoch: nothing is in the folder afterwards.
    @Test
    void refusesWhatCanBeTrainedButNotBecomeIntegers() {
        NetworkOptions pooled = NetworkOptions.of(NetworkShape.parse("5x4x1-p2-6-4"), 3);
        String said = assertThrows(InputException.class, () -> train("cpu", pooled, plan(List.of("8"), 1, 1, 1e-3), "direct", "pooled", NEVER, false, 50)).getMessage();
        assertTrue(said.contains("5x4x1-p2-6-4") && said.contains("sum-pool before layer 0 gives up to 1020") && said.contains("32 bits"), said);
        assertFalse(Files.exists(folder.resolve("pooled")));
        Consistency.check(pooled, new Presentation(Encoder.named("rate", 1), 1, 3, 0), plan(List.of("8"), 1, 1, 1e-3));
        Consistency.check(pooled, new Presentation(Encoder.named("direct", 1), 1, 3, 0), plan(List.of(), 1, 1, 1e-3));
    }

    @Test
    void refusesNeuronsWhoseChoicesContradictEachOther() {
        NetworkOptions usual = network();
        NetworkOptions jelly = new NetworkOptions(usual.shape(), 8, LifDialect.SPIKINGJELLY_LIF_NODE, 2, 1, false, false, usual.surrogate(), usual.readout(), 1);
        StateLevels leaked = StateLevels.uniform(4, 0, 0).at(StateLevels.Place.LEAKED);
        Presentation values = new Presentation(Encoder.named("direct", 1), 1, 8, 0);
        TrainingPlan rounded = new TrainingPlan(TrainingPlan.stages(Recipe.named("adamw-cosine"), 1e-3, new TrainingPlan.Phases(1, 1e-3,
                List.of(QuantisationPlan.named("4", 2).map(layer -> layer.withState(leaked))), 1, 1, true, false), 2), Recipe.named("adamw-cosine").method(), 25, 7, 1, 0.1,
                0.01f, 1, LossWeights.NONE, null, null);
        Consistency.check(usual, values, rounded);
        refused("charge LEAK only, not DIVIDE", jelly, values, rounded);
        refused("τ in steps of this dialect, is 0.5", new NetworkOptions(usual.shape(), 8, LifDialect.SPIKINGJELLY_LIF_NODE, 0.5f, 1, false, false, usual.surrogate(),
                usual.readout(), 1), values, plan(List.of("8"), 1, 1, 1e-3));
        refused("from 0.0 to 1.0", new NetworkOptions(usual.shape(), 8, LifDialect.IONFORGE, 2, 1, false, false, usual.surrogate(), usual.readout(), 1), values,
                plan(List.of("8"), 1, 1, 1e-3));
        refused("slope of a learnable surrogate is 500.0", new NetworkOptions(usual.shape(), 8, LifDialect.IONFORGE, 0.9f, 1, false, false, Surrogate.learnable(500),
                usual.readout(), 1), values, plan(List.of(), 1, 1, 1e-3));
        refused("spikes already", usual, new Presentation(Encoder.named("rate", 1), 1, 8, 1000), plan(List.of("8"), 1, 1, 1e-3));
        refused("200000 inputs", NetworkOptions.of(NetworkShape.dense(200_000, 4), 3), values, plan(List.of("8"), 1, 1, 1e-3));
    }

    private static void refused(String message, NetworkOptions network, Presentation presentation, TrainingPlan plan) {
        String said = assertThrows(InputException.class, () -> Consistency.check(network, presentation, plan)).getMessage();
        assertTrue(said.contains(message), said);
    }

    private static NetworkOptions withThreshold(float threshold) {
        NetworkOptions usual = network();
        return new NetworkOptions(usual.shape(), usual.steps(), usual.dialect(), usual.leak(), threshold, false, false, usual.surrogate(), usual.readout(),
                usual.scoreScale());
    }

    private static List<String> actions(TrainingReport report, int layer) {
        return report.health().stream().filter(event -> event.layer() != null && event.layer() == layer).map(HealthEvent::action).toList();
    }

    @Test
    void aDeadLayerGetsALowerThresholdThenMoreWeightOnItsRate() {
        TrainingReport report = train("cpu", withThreshold(40), plan(List.of(), 6, 1, 1e-6), "direct", "dead", NEVER, false, 100).report().orElseThrow();
        assertEquals(List.of("LowerThreshold", "RaiseRateGain", "LowerThreshold"), actions(report, 0).stream().filter(action -> !action.equals("Warn")).toList());
        assertEquals(40 * 0.8 * 0.8, report.history().getLast().layers().getFirst().threshold(), 0.01);
        assertTrue(report.history().getLast().activity().containsKey("rate"), "the rate loss is on");
    }

    @Test
    void anExplodingLayerGetsAHigherThreshold() {
        TrainingReport report = train("cpu", withThreshold(1e-3f), plan(List.of(), 3, 1, 1e-6), "direct", "explodes", NEVER, false, 100).report().orElseThrow();
        assertTrue(actions(report, 0).contains("RaiseThreshold"), report.health().toString());
        assertTrue(report.history().getLast().layers().getFirst().threshold() > 1e-3, "a higher threshold");
    }

    @Test
    void aLossThatJumpsAsAPhaseBeginsGoesBackAndTrainsLongerThenGivesUp() {
        TrainingPlan plan = plan(List.of("8"), 5, 2, 5e-3, 3, LossWeights.NONE);
        JobException failed = assertThrows(JobException.class, () -> train("cpu", network(), plan, "direct", "jumps", NEVER, false, 400));
        assertTrue(failed.getMessage().contains("steps back"), failed.getMessage());
        // The run that gave up had gone back twice: its checkpoint stands after two warm-ups more of one epoch each.
        Checkpoint<Position> last = Checkpoint.read(folder.resolve("jumps").resolve(SpikingTraining.CHECKPOINT), "ionforge spiking checkpoint 1", Map.of(),
                Position.class, Map.of());
        assertEquals(2, last.position().health().extended().size());
        assertEquals(List.of(Phase.WARM_UP, Phase.WARM_UP, Phase.WARM_UP), last.position().phases().stream().map(PhaseRecord::phase).toList());
        assertEquals(7, last.position().history().size());
    }

    @Test
    void everyLossHasAnEffectThatIsItsOwn() {
        TrainingReport plain = train("cpu", network(), plan(List.of(), 4, 1, 5e-3), "direct", "plain", NEVER, false, 400).report().orElseThrow();
        LossWeights all = new LossWeights(20, 0.3, 0.1, 0.1, 0.1, 0);
        TrainingReport report = train("cpu", network(), plan(List.of(), 4, 1, 5e-3, 1e-3, all), "direct", "losses", NEVER, false, 400).report().orElseThrow();
        Map<String, Double> first = report.history().getFirst().activity();
        Map<String, Double> last = report.history().getLast().activity();
        assertEquals(Set.of("rate", "energy", "consistency", "latency"), first.keySet());
        assertTrue(last.get("rate") < first.get("rate"), first + " to " + last);
        double wanted = Math.abs(report.history().getLast().layers().getFirst().spikeRate() - 0.3);
        assertTrue(wanted < Math.abs(plain.history().getLast().layers().getFirst().spikeRate() - 0.3), "the rate comes nearer to 0.3");
        assertTrue(plain.history().getLast().activity().isEmpty());
    }

    @Test
    void aQuantisedNetworkFollowsTheMembranesOfTheFloatOne() {
        LossWeights follow = new LossWeights(0, 0.1, 0, 0, 0, 1);
        TrainingReport report = train("cpu", network(), plan(List.of("2"), 4, 4, 5e-3, 2e-3, follow), "direct", "follows", NEVER, false, 400).report().orElseThrow();
        double first = report.history().get(4).activity().get("distillation");
        assertTrue(report.history().getLast().activity().get("distillation") < first, first + " to " + report.history().getLast().activity());
        int[] stop = {0};
        assertTrue(train("cpu", network(), plan(List.of("2"), 4, 4, 5e-3, 2e-3, follow), "direct", "parts", () -> stop[0]++ > 80, false, 400).report().isEmpty());
        train("cpu", network(), plan(List.of("2"), 4, 4, 5e-3, 2e-3, follow), "direct", "parts", NEVER, true, 400);
        assertArrayEquals(model("follows"), model("parts"));
    }

    @Test
    void aConvolutionalNetworkGoesTheWholeWay() {
        NetworkOptions network = NetworkOptions.of(NetworkShape.parse("5x4x1-c6k2-p2-4"), 6);
        TrainingReport report = train("cpu", network, plan(List.of("8", "4"), 6, 2, 1e-2), "direct", "maps", NEVER, false, 600).report().orElseThrow();
        assertTrue(report.accuracy() > 0.6, "accuracy " + report.accuracy());
        assertEquals(0, report.phases().get(report.phases().size() - 2).figures().get("differentSpikes"));
    }

    @Test
    void aPrunedNetworkIsSmallerAndGoesTheRestOfTheWay() {
        Recipe recipe = Recipe.named("adamw-cosine");
        TrainingPlan.Phases phases = new TrainingPlan.Phases(5, 5e-3, List.of(QuantisationPlan.named("4", 2)), 2, 1, true, false, new ActivityPruning(0.5, 1));
        TrainingPlan plan = new TrainingPlan(TrainingPlan.stages(recipe, 2e-3, phases, 2), recipe.method(), 25, 7, 1, 0.1, 0.01f, 32,
                new LossWeights(0, 0.1, 0, 0, 0, 0.1), HealthLimits.DEFAULT, null);
        TrainingReport report = train("cpu", network(), plan, "direct", "pruned", NEVER, false, 600).report().orElseThrow();
        assertEquals("20-16-4", report.network());
        assertTrue(report.accuracy() > 0.85, "accuracy " + report.accuracy());
        assertEquals(report.accuracy(), report.integerAccuracy());
        assertEquals(List.of(Phase.WARM_UP, Phase.PRUNING, Phase.QAT_OBSERVING), report.phases().subList(0, 3).stream().map(PhaseRecord::phase).toList());
        assertTrue(train("cpu", network(), plan, "direct", "parts", after(5 * 22 + 10), false, 600).report().isEmpty());
        train("cpu", network(), plan, "direct", "parts", NEVER, true, 600);
        assertArrayEquals(model("pruned"), model("parts"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "centred", "leaked"})
    void learnsWithMembranesInAFewLevels(String levels) {
        StateLevels state = switch (levels) {
            case "uniform" -> StateLevels.uniform(4, 0, 0.2f);
            case "centred" -> StateLevels.thresholdCentred(4, 0, 0.2f);
            default -> StateLevels.uniform(4, 0, 0).at(StateLevels.Place.LEAKED);
        };
        QuantisationPlan bits = QuantisationPlan.named("4", 2).map(layer -> layer.withState(state));
        Recipe recipe = Recipe.named("adamw-cosine");
        TrainingPlan plan = new TrainingPlan(TrainingPlan.stages(recipe, 2e-3, new TrainingPlan.Phases(5, 5e-3, List.of(bits), 3, 1, true, false), 2),
                recipe.method(), 25, 7, 1, 0.1, 0.01f, 32, LossWeights.NONE, HealthLimits.DEFAULT, null);
        TrainingReport report = train("cpu", network(), plan, "direct", levels, NEVER, false, 600).report().orElseThrow();
        assertTrue(report.accuracy() > 0.8, levels + ": " + report.accuracy());
        assertEquals("weights, currents and membranes", report.phases().get(3).detail());
        assertEquals(report.accuracy(), report.integerAccuracy());
        assertEquals(0, report.phases().get(report.phases().size() - 2).figures().get("differentSpikes"));
        ModelFile.read(folder.resolve(levels).resolve(SpikingTraining.INTEGER_MODEL)).layers().forEach(layer -> assertEquals(state, layer.state()));
        NetworkFile file = NetworkFile.read(folder.resolve(levels).resolve(SpikingTraining.MODEL));
        assertEquals(bits, file.plan());
        try (Backend backend = Backends.named("cpu"); SpikingNetwork network = file.load(backend, 1)) {
            network.keepMembranes();
            try (Buffer input = JavaArrays.upload(new float[FEATURES], backend)) {
                network.forward(SpikingLinear.Input.constant(input), 1);
                Set<Float> values = new HashSet<>();
                for (float value : JavaArrays.floats(network.membrane(0))) {
                    values.add(value);
                }
                assertTrue(levels.equals("leaked") || values.size() <= 16, values.size() + " values of the membranes");
            }
        }
    }
}
