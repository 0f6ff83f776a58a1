package org.ionforge.ionis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.ionforge.compute.reference.ReferenceBackend;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SplitTest {

    private static final int ROWS = 3000;

    private ReferenceBackend backend;
    private TrainingData data;

    @BeforeEach
    void open() {
        backend = new ReferenceBackend();
        data = TrainingData.of(PlantedSignatures.of(ROWS, 1), PlantedSignatures.SMALL, backend);
    }

    @AfterEach
    void close() {
        data.close();
        assertEquals(0, backend.liveBuffers());
        backend.close();
    }

    @Test
    void noJudgedPathOrMonthTrains() {
        Split split = Split.of(data, 0.2, 1, 42);
        assertEquals(ROWS, split.training().length + split.validation().length);
        Set<String> judgedPaths = new HashSet<>();
        Set<Integer> judgedMonths = new HashSet<>();
        for (int row : split.validation()) {
            switch (split.part(data, row)) {
                case PATH -> judgedPaths.add(pair(row));
                case MONTH -> judgedMonths.add(data.signatures().period()[row]);
                case BOTH -> {
                    judgedPaths.add(pair(row));
                    judgedMonths.add(data.signatures().period()[row]);
                }
            }
        }
        assertEquals(Set.of(202306), judgedMonths);
        assertTrue(judgedPaths.size() > 10, judgedPaths.toString());
        for (int row : split.training()) {
            assertFalse(judgedPaths.contains(pair(row)), "path " + pair(row));
            assertFalse(judgedMonths.contains(data.signatures().period()[row]));
        }
    }

    /// Both directions of a path are one path; written here from the characters, not from the split's own key.
    private String pair(int row) {
        String tx = data.signatures().text(data.signatures().txGrid(), row);
        String rx = data.signatures().text(data.signatures().rxGrid(), row);
        return String.join("-", new TreeSet<>(List.of(tx, rx)));
    }

    @Test
    void theShareOfPathsIsAboutWhatWasAsked() {
        Split split = Split.of(data, 0.25, 0, 3);
        double share = (double) split.validation().length / ROWS;
        assertTrue(share > 0.15 && share < 0.35, "share " + share);
        assertTrue(split.months().isEmpty());
    }

    @Test
    void seedsChooseOtherPathsAndTheSameSeedTheSame() {
        assertArrayEquals(Split.of(data, 0.2, 1, 42).validation(), Split.of(data, 0.2, 1, 42).validation());
        assertFalse(Arrays.equals(Split.of(data, 0.2, 1, 42).validation(), Split.of(data, 0.2, 1, 43).validation()));
    }

    @Test
    void theNewestMonthsThatHoldATenthAreChosen() {
        // Six months of equal size: the newest has a sixth.
        assertEquals(Set.of(202306), Split.of(data, 0.2, -1, 42).months());
    }

    @Test
    void aSingleMonthIsNotHeldOut() {
        Signatures signatures = PlantedSignatures.of(200, 1);
        Arrays.fill(signatures.period(), 202301);
        try (TrainingData single = TrainingData.of(signatures, PlantedSignatures.SMALL, backend)) {
            assertEquals(Set.of(), Split.of(single, 0.2, -1, 42).months());
            assertThrows(InputException.class, () -> Split.of(single, 0.2, 1, 42));
        }
    }

    @Test
    void aSplitThatLeavesNothingIsRefused() {
        assertTrue(assertThrows(InputException.class, () -> Split.of(data, 0, 0, 42)).getMessage().contains("0 would judge"));
        assertTrue(assertThrows(InputException.class, () -> Split.of(data, 0.1, 6, 42)).getMessage().contains("none of the 6 months"));
    }
}
