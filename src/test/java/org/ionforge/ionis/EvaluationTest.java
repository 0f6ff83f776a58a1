package org.ionforge.ionis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.ionforge.compute.reference.ReferenceBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Figures worked out by hand on a handful of rows.
class EvaluationTest {

    private final ReferenceBackend backend = new ReferenceBackend();

    @AfterEach
    void close() {
        assertEquals(0, backend.liveBuffers());
        backend.close();
    }

    /// Ten rows on 20 m (−17.53, 6.7), the first six train. All share hour, month and distance class but for row 9.
    private TrainingData data(float... snr) {
        Signatures s = PlantedSignatures.of(snr.length, 1);
        Arrays.fill(s.band(), (short) 107);
        Arrays.fill(s.hour(), (byte) 12);
        Arrays.fill(s.period(), 202306);
        Arrays.fill(s.distanceKm(), 5000);
        System.arraycopy(snr, 0, s.medianSnr(), 0, snr.length);
        return TrainingData.of(s, PlantedSignatures.SMALL, backend);
    }

    private static Split firstTrain(int training, int rows) {
        return new Split(IntStream.range(0, training).toArray(), IntStream.range(training, rows).toArray(), new TreeSet<>(), 1, 1);
    }

    @Test
    void targetsAndWeightsAreNormalised() {
        try (TrainingData data = data(-17.53f, -10.83f)) {
            assertEquals(0, data.target(0), 1e-6);
            assertEquals(1, data.target(1), 1e-6);
            double a = data.signatures().spotCount()[0];
            double b = data.signatures().spotCount()[1];
            assertEquals(2 * a / (a + b), data.weights().getAtIndex(ValueLayout.JAVA_FLOAT, 0), 1e-6);
        }
    }

    @Test
    void errorsAreInDecibelsOfTheBand() {
        try (TrainingData data = data(-20, -20, -20, -16, -24)) {
            // Predictions of rows 3 and 4: −18 and −21 dB, so errors −2 and +3 dB.
            float[] sigma = {(float) ((-18 + 17.53) / 6.7), (float) ((-21 + 17.53) / 6.7)};
            Evaluation.Figures all = Evaluation.of(data, firstTrain(3, 5), sigma).of("validation", "all");
            assertEquals(2, all.n());
            assertEquals(Math.sqrt((4 + 9) / 2.0), all.rmseDb(), 1e-5);
            assertEquals(2.5, all.maeDb(), 1e-5);
            assertEquals(0.5, all.biasDb(), 1e-5);
            assertEquals(Math.sqrt(6.5) / 6.7, all.rmseSigma(), 1e-6);
            assertEquals((4 + 9) / 2.0 / 2 / (6.7 * 6.7), all.huberSigma(), 1e-6);
            assertEquals(1, all.pearson(), 1e-9);
            // Both baselines say −20: errors −4 and +4.
            assertEquals(4, all.bandMean().rmseDb(), 1e-5);
            assertEquals(1 - 6.5 / 16, all.bandMean().skill(), 1e-5);
            assertEquals(1 - 6.5 / 16, all.climatology().skill(), 1e-5);
        }
    }

    @Test
    void bandsAndPartsAreKeptApart() {
        Signatures s = PlantedSignatures.of(6, 1);
        for (int i = 0; i < 6; i++) {
            s.band()[i] = (short) (i % 2 == 0 ? 107 : 102);
            s.period()[i] = i < 4 ? 202301 : 202302;
        }
        try (TrainingData data = TrainingData.of(s, PlantedSignatures.SMALL, backend)) {
            Split split = new Split(new int[] {0, 1}, new int[] {2, 3, 4, 5}, new TreeSet<>(Set.of(202302)), 0, 1);
            Evaluation evaluation = Evaluation.of(data, split, new float[4]);
            assertEquals(4, evaluation.of("validation", "all").n());
            assertEquals(2, evaluation.of("validation", "20m").n());
            assertEquals(2, evaluation.of("validation", "160m").n());
            assertEquals(0, evaluation.of("validation", "40m").n());
            assertTrue(Double.isNaN(evaluation.of("validation", "40m").rmseDb()));
            assertEquals(2, evaluation.of("validation-month", "all").n());
            // No path is held out, so rows 2 and 3 judge for no reason that could be one: they count as such by path.
            assertEquals(2, evaluation.of("validation-path", "all").n());
            assertEquals(0, evaluation.of("validation-both", "all").n());
        }
    }

    @Test
    void climatologyTakesTheFinestBucketWithEnoughRows() {
        Signatures s = PlantedSignatures.of(8, 1);
        Arrays.fill(s.band(), (short) 107);
        Arrays.fill(s.period(), 202306);
        Arrays.fill(s.distanceKm(), 5000);
        float[] snr = {-10, -10, -10, -30, -30, -30, -20, -20};
        System.arraycopy(snr, 0, s.medianSnr(), 0, 8);
        for (int i = 0; i < 8; i++) {
            s.hour()[i] = (byte) (i < 3 || i == 6 ? 12 : i < 6 ? 0 : 23);
        }
        try (TrainingData data = TrainingData.of(s, PlantedSignatures.SMALL, backend)) {
            Baselines baselines = new Baselines(data, IntStream.range(0, 6).toArray());
            Normalisation.Scale scale = data.variant().normalisation().of(107);
            assertEquals(-10, scale.toDb(baselines.climatology(6)), 1e-5);
            // No training row at 23 UTC: the band's mean.
            assertEquals(-20, scale.toDb(baselines.climatology(7)), 1e-5);
            assertEquals(-20, scale.toDb(baselines.bandMean(6)), 1e-5);
            // Two rows are too few for a bucket of its own.
            Baselines fewer = new Baselines(data, new int[] {0, 1, 3, 4, 5});
            assertEquals(-22, scale.toDb(fewer.climatology(6)), 1e-5);
        }
    }
}
