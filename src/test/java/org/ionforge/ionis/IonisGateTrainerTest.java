package org.ionforge.ionis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.compute.Precision;
import org.ionforge.compute.GatedMlp;
import org.ionforge.errors.InputException;
import org.ionforge.errors.JobException;
import org.ionforge.telemetry.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IonisGateTrainerTest {

    private static final TrainingOptions OPTIONS = new TrainingOptions(4, 100, 42, 0, 0.2, 1, true, false, Precision.FP32);
    private static final BooleanSupplier NEVER = () -> false;

    @TempDir
    Path folder;

    static Stream<String> backends() {
        return Backends.available().stream().filter(Backends.Availability::available).map(Backends.Availability::name);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void anInterruptedRunEndsWithTheBitsOfOneThatWasNot(String backend) {
        IonisGateTrainer.Outcome whole = train(backend, OPTIONS, "whole", NEVER, false);
        assertTrue(whole.finished());
        // 750 rows are about 500 for training, 5 steps an epoch: stops in the middle of epochs 1 and 3, and before any step.
        int[] stops = {3, 0, 11};
        for (int i = 0; i < stops.length; i++) {
            assertFalse(train(backend, OPTIONS, "parts", after(stops[i]), i > 0).finished());
        }
        IonisGateTrainer.Outcome last = train(backend, OPTIONS, "parts", NEVER, true);
        assertTrue(last.finished());
        assertTrue(last.samples() < whole.samples());
        assertArrayEquals(whole.last(), last.last());
        assertArrayEquals(whole.best(), last.best());
        assertEquals(whole.position().step(), last.position().step());
        assertEquals(whole.position().bestHuber(), last.position().bestHuber());
        for (int e = 0; e < OPTIONS.epochs(); e++) {
            assertEquals(whole.position().history().get(e).trainLoss(), last.position().history().get(e).trainLoss());
            assertEquals(whole.position().history().get(e).validationHuber(), last.position().history().get(e).validationHuber());
        }
    }

    private static BooleanSupplier after(int steps) {
        int[] asked = {0};
        return () -> asked[0]++ >= steps;
    }

    @Test
    void trainingLowersTheLossAndKeepsTheBestEpoch() {
        IonisGateTrainer.Outcome outcome = train("reference", new TrainingOptions(20, 64, 42, 0, 0.2, 1, true, false, Precision.FP32), "run", NEVER, false);
        var history = outcome.position().history();
        assertEquals(20, history.size());
        assertTrue(history.getLast().validationHuber() < 0.6 * history.getFirst().validationHuber(), history.toString());
        double smallest = history.stream().mapToDouble(e -> e.validationHuber()).min().orElseThrow();
        assertEquals(smallest, outcome.position().bestHuber());
        assertEquals(smallest, history.get(outcome.position().bestEpoch() - 1).validationHuber());
        assertTrue(history.getFirst().learningRate() > history.getLast().learningRate());
    }

    @Test
    void everythingLearnsButTheFirstSidecarBiases() {
        float[] parameters = train("reference", OPTIONS, "run", after(3), false).last();
        float[] start = IonisGate.initialise(PlantedSignatures.SMALL, 42).parameters();
        for (GatedMlp.Tensor tensor : PlantedSignatures.SMALL.shape().tensors()) {
            float[] before = Arrays.copyOfRange(start, tensor.offset(), tensor.offset() + tensor.length());
            float[] after = Arrays.copyOfRange(parameters, tensor.offset(), tensor.offset() + tensor.length());
            assertEquals(tensor.name().endsWith("Side.1.bias"), Arrays.equals(before, after), tensor.name());
        }
    }

    /// Huge first moments push two weights of a sidecar past both bounds in one step, and its last bias as far.
    @Test
    void sidecarWeightsKeepTheirBounds() {
        assertFalse(train("reference", OPTIONS, "run", after(1), false).finished());
        int weights = PlantedSignatures.SMALL.shape().tensor("sunSide.2.weight").offset();
        int bias = PlantedSignatures.SMALL.shape().tensor("sunSide.2.bias").offset();
        spoil("reference", "run", checkpoint -> {
            checkpoint.m()[weights] = 1e6f;
            checkpoint.m()[weights + 1] = -1e6f;
            checkpoint.m()[bias] = -1e6f;
        });
        float[] parameters = train("reference", OPTIONS, "run", after(1), true).last();
        assertEquals(0.5f, parameters[weights]);
        assertEquals(2, parameters[weights + 1]);
        assertTrue(parameters[bias] > 2, "the bias is free: " + parameters[bias]);
    }

    @Test
    void aCheckpointOfAnotherTrainingIsRefusedByWhatDiffers() {
        assertFalse(train("reference", OPTIONS, "run", after(3), false).finished());
        refused(new TrainingOptions(5, 100, 42, 0, 0.2, 1, true, true, Precision.FP32), "its epochs is 4, asked for is 5");
        refused(new TrainingOptions(4, 100, 43, 0, 0.2, 1, true, true, Precision.FP32), "its seed is 42, asked for is 43");
        refused(new TrainingOptions(4, 99, 42, 0, 0.2, 1, true, true, Precision.FP32), "its batch is 100, asked for is 99");
        refused(new TrainingOptions(4, 100, 42, 2, 0.2, 1, true, true, Precision.FP32), "its gate and sidecar learning rate is 10.0, asked for is 2.0");
        refused(new TrainingOptions(4, 100, 42, 0, 0.2, 1, true, true, Precision.BF16), "its precision is fp32, asked for is bf16");
        refused(new TrainingOptions(4, 100, 42, 0, 0.3, 1, true, true, Precision.FP32), "its held-out path share is 0.2, asked for is 0.3");
        try (Backend backend = Backends.named("reference");
             TrainingData data = TrainingData.of(PlantedSignatures.of(750, 8), PlantedSignatures.SMALL, backend);
             IonisGateTrainer trainer = trainer(data, OPTIONS, backend, "run")) {
            assertTrue(assertThrows(InputException.class, trainer::resume).getMessage().contains("its data is "));
        }
    }

    private void refused(TrainingOptions options, String message) {
        String said = assertThrows(InputException.class, () -> train("reference", options, "run", NEVER, true)).getMessage();
        assertTrue(said.contains(message) && said.contains("run"), said);
    }

    /// Rounded products lead elsewhere, but not far: the loss falls as it does in FP32.
    @ParameterizedTest
    @MethodSource("backends")
    void learnsInEveryPrecision(String backend) {
        Map<Precision, IonisGateTrainer.Outcome> outcomes = new EnumMap<>(Precision.class);
        for (Precision precision : Precision.values()) {
            TrainingOptions options = new TrainingOptions(4, 100, 42, 0, 0.2, 1, true, false, precision);
            outcomes.put(precision, train(backend, options, "run " + precision, NEVER, false));
        }
        double start = outcomes.get(Precision.FP32).position().history().getFirst().validationHuber();
        double reached = outcomes.get(Precision.FP32).position().history().getLast().validationHuber();
        assertTrue(reached < start);
        for (Precision precision : List.of(Precision.TF32, Precision.BF16)) {
            assertFalse(Arrays.equals(outcomes.get(Precision.FP32).last(), outcomes.get(precision).last()), precision.toString());
            assertEquals(reached, outcomes.get(precision).position().history().getLast().validationHuber(), 0.02 * (start - reached),
                    precision.toString());
        }
    }

    @Test
    void aModelIsNoCheckpoint() {
        IonisGate.initialise(PlantedSignatures.SMALL, 1).write(folder.resolve("run"), Map.of());
        assertTrue(assertThrows(InputException.class, () -> train("reference", OPTIONS, "run", NEVER, true)).getMessage()
                .contains("not a training checkpoint"));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aWeightThatIsNoNumberStopsWithStepAndTensor(String backend) {
        // The weight is read by the first step after the resumption, the 9th of all, in epoch 2 of 5 steps each.
        String said = failureAfterSpoiling(backend, 8, checkpoint -> checkpoint.parameters()[3] = Float.NaN);
        assertTrue(said.contains("at step 9 (epoch 2): the weight trunk.0.weight holds NaN at element 3"), said);
        assertTrue(said.contains("holds the end of epoch 1"), said);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aWeightLostInTheLastStepOfAnEpochIsFoundBeforeTheCheckpoint(String backend) {
        // With an infinite moment the 5th step, the last of the epoch, writes a weight that no step reads any more.
        int bias = PlantedSignatures.SMALL.shape().tensor("base.2.bias").offset();
        String said = failureAfterSpoiling(backend, 4, checkpoint -> checkpoint.m()[bias] = Float.POSITIVE_INFINITY);
        assertTrue(said.contains("after step 5 (epoch 1): the weight base_head.2.bias holds -Infinity at element 0"), said);
        assertTrue(said.contains("No epoch had ended yet"), said);
    }

    private void spoil(String name, String file, Consumer<TrainingCheckpoint> spoil) {
        try (Backend backend = Backends.named(name);
             TrainingData data = TrainingData.of(PlantedSignatures.of(750, 7), PlantedSignatures.SMALL, backend);
             IonisGateTrainer trainer = trainer(data, OPTIONS, backend, file)) {
            TrainingCheckpoint checkpoint = TrainingCheckpoint.read(folder.resolve(file), trainer.configuration(), data.variant().shape().parameters());
            spoil.accept(checkpoint);
            checkpoint.write(folder.resolve(file));
        }
    }

    /// Stops after some steps, spoils the checkpoint, goes on, and makes sure that the checkpoint is left as it was.
    private String failureAfterSpoiling(String name, int steps, Consumer<TrainingCheckpoint> spoil) {
        IonisGateTrainer.Outcome stopped = train(name, OPTIONS, "run", after(steps), false);
        assertEquals(steps, stopped.position().step());
        Path file = folder.resolve("run");
        try (Backend backend = Backends.named(name);
             TrainingData data = TrainingData.of(PlantedSignatures.of(750, 7), PlantedSignatures.SMALL, backend);
             IonisGateTrainer trainer = trainer(data, OPTIONS, backend, "run")) {
            spoil(name, "run", spoil);
            byte[] kept = Files.readAllBytes(file);
            trainer.resume();
            String said = assertThrows(JobException.class, () -> trainer.train(Progress.SILENT, NEVER)).getMessage();
            assertArrayEquals(kept, Files.readAllBytes(file));
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IonisGateTrainer.Outcome train(String name, TrainingOptions options, String file, BooleanSupplier stop, boolean resume) {
        try (Backend backend = Backends.named(name)) {
            IonisGateTrainer.Outcome outcome;
            try (TrainingData data = TrainingData.of(PlantedSignatures.of(750, 7), PlantedSignatures.SMALL, backend);
                 IonisGateTrainer trainer = trainer(data, options, backend, file)) {
                if (resume) {
                    trainer.resume();
                }
                outcome = trainer.train(Progress.SILENT, stop);
            }
            assertEquals(0, backend.liveBuffers());
            return outcome;
        }
    }

    private IonisGateTrainer trainer(TrainingData data, TrainingOptions options, Backend backend, String file) {
        Split split = Split.of(data, options.holdoutPaths(), options.holdoutMonths(), options.seed());
        return new IonisGateTrainer(data, split, options, backend, folder.resolve(file));
    }
}
