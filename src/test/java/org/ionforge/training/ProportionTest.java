package org.ionforge.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {

    /// The two p with (x/n − p)² = z²·p·(1 − p)/n.
    @ParameterizedTest
    @CsvSource({"8, 10, 0.4901625, 0.9433178", "0, 10, 0, 0.2775328", "10, 10, 0.7224672, 1", "9800, 10000, 0.9770661, 0.9825652"})
    void intervalsAreWilsons(long hits, long of, double low, double high) {
        Proportion share = new Proportion(hits, of);
        assertEquals((double) hits / of, share.share());
        assertEquals(low, share.low(), 1e-6);
        assertEquals(high, share.high(), 1e-6);
    }

    @Test
    void countsMakeSense() {
        assertThrows(IllegalArgumentException.class, () -> new Proportion(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Proportion(3, 2));
        assertThrows(IllegalArgumentException.class, () -> new Proportion(-1, 2));
    }
}
