package org.ionforge.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffleTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 16, 17, 64, 65, 1009, 65_536, 65_537, 100_003})
    void everyElementComesOnce(int n) {
        int[] elements = IntStream.range(0, n).map(i -> i * 3 + 5).toArray();
        int[] shuffled = new Shuffle(n, 42, 7).apply(elements);
        if (n > 100) {
            assertFalse(Arrays.equals(elements, shuffled));
        }
        Arrays.sort(shuffled);
        assertArrayEquals(elements, shuffled);
    }

    @Test
    void seedsAndEpochsDiffer() {
        int[] elements = IntStream.range(0, 1000).toArray();
        int[] first = new Shuffle(1000, 42, 0).apply(elements);
        assertArrayEquals(first, new Shuffle(1000, 42, 0).apply(elements));
        assertFalse(Arrays.equals(first, new Shuffle(1000, 42, 1).apply(elements)));
        assertFalse(Arrays.equals(first, new Shuffle(1000, 43, 0).apply(elements)));
    }

    /// In a random order, neighbours are on average a third of the range apart, and a tenth of the positions holds elements
    /// of every tenth alike.
    @Test
    void theOrderIsWellMixed() {
        int n = 100_000;
        int[] shuffled = new Shuffle(n, 1, 0).apply(IntStream.range(0, n).toArray());
        double apart = IntStream.range(1, n).mapToDouble(i -> Math.abs(shuffled[i] - shuffled[i - 1])).average().orElseThrow();
        assertEquals(n / 3.0, apart, n * 0.005);
        int[][] counts = new int[10][10];
        for (int i = 0; i < n; i++) {
            counts[i * 10 / n][(int) (shuffled[i] * 10L / n)]++;
        }
        for (int[] row : counts) {
            for (int count : row) {
                // Mean 1000, standard deviation about 27.
                assertTrue(Math.abs(count - 1000) < 6 * 27, Arrays.toString(row));
            }
        }
    }
}
