package org.ionforge.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyTest {

    @Test
    void quantilesAreNearestRanks() {
        double[] hundred = IntStream.range(0, 100).mapToDouble(i -> i * 37 % 100 + 1).toArray();
        assertEquals(new Latency(100, 50, 95, 99), Latency.of(hundred));
        assertEquals(38, hundred[1], "the calls stay in their order");
        assertEquals(new Latency(1, 7, 7, 7), Latency.of(new double[] {7}));
        assertEquals(new Latency(3, 2, 3, 3), Latency.of(new double[] {3, 1, 2}));
        assertThrows(IllegalArgumentException.class, () -> Latency.of(new double[0]));
    }
}
