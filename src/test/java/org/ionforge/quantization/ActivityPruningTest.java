package org.ionforge.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ActivityPruningTest {

    private static final double[] RATES = {0.2, 0, 0.01, 0.3, 0, 0.01};

    @Test
    void theLeastActiveGoFirst() {
        assertArrayEquals(new int[] {0, 1, 2, 3, 5}, new ActivityPruning(0.2, 1).staying(RATES), "one of two silent ones: the later");
        assertArrayEquals(new int[] {0, 2, 3, 5}, new ActivityPruning(0.34, 1).staying(RATES));
        assertArrayEquals(new int[] {0, 2, 3}, new ActivityPruning(0.5, 1).staying(RATES));
        assertArrayEquals(new int[] {3}, new ActivityPruning(0.99, 1).staying(RATES), "one stays");
    }

    @Test
    void whoeverFiresEnoughStays() {
        assertArrayEquals(new int[] {0, 2, 3, 5}, new ActivityPruning(0.9, 0).staying(RATES), "only silent ones go");
        assertArrayEquals(new int[] {0, 3}, new ActivityPruning(0.9, 0.05).staying(RATES));
        assertArrayEquals(new int[] {0}, new ActivityPruning(0.5, 1).staying(new double[] {0}));
    }

    @Test
    void rowsAndColumnsGoTogether() {
        float[] matrix = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26};
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 21, 22, 23, 24, 25, 26}, ActivityPruning.rows(matrix, 6, new int[] {0, 2}));
        assertArrayEquals(new float[] {1, 3, 11, 13, 21, 23}, ActivityPruning.columns(matrix, 6, 6, new int[] {0, 2}));
        assertArrayEquals(new float[] {2, 3, 5, 6, 12, 13, 15, 16, 22, 23, 25, 26}, ActivityPruning.columns(matrix, 6, 3, new int[] {1, 2}),
                "two positions of three channels");
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ActivityPruning(1, 0));
        assertThrows(IllegalArgumentException.class, () -> new ActivityPruning(0.5, -1));
    }
}
