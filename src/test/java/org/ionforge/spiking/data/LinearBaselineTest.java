package org.ionforge.spiking.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

class LinearBaselineTest {

    /// Each class has addresses that fire twice as often as the others.
    private static EventSamples recordings(int size, long seed, double clarity) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Integer> addresses = new ArrayList<>();
        int[] starts = new int[size + 1];
        byte[] labels = new byte[size];
        for (int i = 0; i < size; i++) {
            labels[i] = (byte) random.nextInt(3);
            for (int e = 0; e < 60; e++) {
                addresses.add(random.nextDouble() < clarity ? 6 * labels[i] + random.nextInt(6) : random.nextInt(18));
            }
            starts[i + 1] = addresses.size();
        }
        int[] all = addresses.stream().mapToInt(a -> a).toArray();
        return new EventSamples("simulated", starts, all, new int[all.length], labels, 3, 2, 3, 3);
    }

    @Test
    void countsThatTellTheClassAreLearned() {
        LinearBaseline.Result result = LinearBaseline.of(new DataSet("simulated", recordings(300, 1, 0.4), recordings(200, 2, 0.4)));
        assertTrue(result.accuracy() > 0.97, result.toString());
        assertEquals(200, result.samples());
    }

    @Test
    void countsThatTellNothingAreGuessed() {
        LinearBaseline.Result result = LinearBaseline.of(new DataSet("simulated", recordings(300, 1, 0), recordings(400, 2, 0)));
        assertTrue(result.accuracy() > 0.2 && result.accuracy() < 0.47, result.toString());
    }

    @Test
    void theSameSamplesGiveTheSame() {
        DataSet data = new DataSet("simulated", recordings(100, 1, 0.2), recordings(100, 2, 0.2));
        assertEquals(LinearBaseline.of(data), LinearBaseline.of(data));
    }

    @Test
    void otherFeaturesAreRefused() {
        EventSamples wide = new EventSamples("wide", new int[] {0, 1}, new int[] {0}, new int[1], new byte[1], 3, 2, 4, 4);
        assertThrows(InputException.class, () -> LinearBaseline.of(new DataSet("simulated", recordings(9, 1, 0.4), wide)));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with nmnist/")
    void onRecordedDigits() {
        try (Arena arena = Arena.ofConfined()) {
            LinearBaseline.Result result = LinearBaseline.of(DataSet.read("nmnist", List.of(Path.of(System.getenv("IONFORGE_DATA"))), arena, note -> { }));
            assertTrue(result.accuracy() >= 0.82 && result.accuracy() <= 0.94, result.toString());
            assertEquals(100, result.samples());
        }
    }
}
