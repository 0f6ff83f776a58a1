package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ionforge.compute.StateLevels.Place;
import org.junit.jupiter.api.Test;

class StateLevelsTest {

    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @Test
    void uniformLevelsAreEquallyFarApart() {
        StateLevels levels = StateLevels.uniform(4, 0, 0.2f);
        assertEquals(16, levels.levels().size());
        assertEquals(-1f, levels.levels().getFirst());
        assertEquals(1.2f, levels.levels().getLast());
        for (int i = 1; i < 16; i++) {
            assertEquals(2.2 / 15, levels.levels().get(i) - levels.levels().get(i - 1), 1e-6);
        }
        assertEquals(List.of(-1.5f, -0.5f, 0.5f, 1.5f), StateLevels.uniform(2, 0.5f, 0.5f).levels());
    }

    /// The warning of the class: of 16 uniform levels none is left by the leak alone; of 256 most are.
    @Test
    void fewUniformLevelsNeverLeak() {
        assertEquals(16, keptByALeak(StateLevels.uniform(4, 0, 0.2f)));
        assertTrue(keptByALeak(StateLevels.uniform(8, 0, 0.2f)) < 60);
        assertTrue(keptByALeak(StateLevels.thresholdCentred(4, 0, 0.2f)) < 16);
    }

    private static long keptByALeak(StateLevels levels) {
        float[] table = levels.table();
        int codes = table.length / 2;
        return levels.levels().stream().filter(level -> {
            int code = 0;
            while (0.95f * level >= table[code]) {
                code++;
            }
            return table[codes + code] == level;
        }).count();
    }

    @Test
    void centredLevelsCrowdAtTheThreshold() {
        assertEquals(List.of(-1f, (float) (1 - 8.0 / 9), (float) (1 - 2.0 / 9), 1f), StateLevels.thresholdCentred(2, 0, 0.2f).levels());
        List<Float> levels = StateLevels.thresholdCentred(6, 0.5f, 0.25f).levels();
        assertEquals(64, levels.size());
        assertEquals(-1.5f, levels.getFirst());
        assertEquals(1.25f, levels.getLast());
        assertEquals(1f, levels.get(48));
        for (int i = 1; i < 48; i++) {
            assertTrue(levels.get(i + 1) - levels.get(i) < levels.get(i) - levels.get(i - 1), "closer to θ, closer to each other: " + i);
        }
    }

    @Test
    void theTableIsOfWholeCodes() {
        assertArrayEquals(new float[] {-1, 1, INFINITY, INFINITY, -2, 0, 2, 2}, StateLevels.mint(2, 2).table());
        StateLevels three = new StateLevels(Place.MEMBRANE, true, List.of(0f, 1f, 4f, 5f, 6f));
        assertEquals(3, three.bits());
        assertArrayEquals(new float[] {0.5f, 2.5f, 4.5f, 5.5f, INFINITY, INFINITY, INFINITY, INFINITY, 0, 1, 4, 5, 6, 6, 6, 6}, three.table());
        assertEquals(8, StateLevels.uniform(8, 0, 0).bits());
    }

    @Test
    void codesTellThemApart() {
        LifNeurons plain = new LifNeurons(LifDialect.SNNTORCH_LEAKY, null, null, Surrogate.arctan(2));
        assertEquals(LifDialect.SNNTORCH_LEAKY.code(), plain.code());
        assertEquals(LifDialect.SNNTORCH_LEAKY.code() | 1 << 11 | 1 << 13 | 4 << 14, plain.rounded(StateLevels.uniform(4, 0, 0), null).code());
        assertEquals(2 << 11 | 8 << 14, StateLevels.mint(8, 1).code());
    }

    @Test
    void refusesWhatIsNone() {
        assertThrows(IllegalArgumentException.class, () -> new StateLevels(Place.MEMBRANE, true, List.of(1f)));
        assertThrows(IllegalArgumentException.class, () -> new StateLevels(Place.MEMBRANE, true, List.of(1f, 1f)));
        assertThrows(IllegalArgumentException.class, () -> new StateLevels(Place.MEMBRANE, true, List.of(0f, Float.NaN)));
        assertThrows(IllegalArgumentException.class, () -> StateLevels.uniform(9, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> StateLevels.thresholdCentred(1, 0, 0.2f));
        assertThrows(IllegalArgumentException.class, () -> StateLevels.thresholdCentred(4, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> StateLevels.mint(4, 0));
    }
}
