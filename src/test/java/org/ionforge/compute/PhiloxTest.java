package org.ionforge.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PhiloxTest {

    /// The three known answers that the generator's authors publish with their library (Random123, kat_vectors).
    @Test
    void knownAnswers() {
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, Philox.words(0, 0, 0));
        assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, Philox.words(-1, -1, -1));
        assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                Philox.words(0x299f31d0_a4093822L, 0x85a308d3_243f6a88L, 0x03707344_13198a2eL));
    }

    @Test
    void bitsTakeTheFirstWordLow() {
        assertEquals(0xe169c58d_6627e8d5L, Philox.bits(0, 0, 0));
    }

    @Test
    void uniformsFillTheOpenUnitInterval() {
        double sum = 0;
        double squares = 0;
        int n = 10_000;
        for (int i = 0; i < n; i++) {
            double u = Philox.uniform(7, i, 3);
            assertTrue(u > 0 && u < 1);
            sum += u;
            squares += u * u;
        }
        // Five standard errors of the mean (1/√12n) and of the mean square (√(4/45)/√n).
        assertEquals(0.5, sum / n, 5 / Math.sqrt(12.0 * n));
        assertEquals(1.0 / 3, squares / n, 5 * Math.sqrt(4.0 / 45 / n));
    }
}
