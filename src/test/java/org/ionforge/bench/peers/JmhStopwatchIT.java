package org.ionforge.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.NoSuchElementException;
import org.ionforge.bench.Bench;
import org.ionforge.bench.Cost;
import org.ionforge.bench.Workload;
import org.junit.jupiter.api.Test;

/// JMH in a JVM of its own finds a workload by its name there.
class JmhStopwatchIT {

    @Test
    void measuresWhatTheListHas() {
        double[] ms = new JmhStopwatch().measure(Bench.workload("gridSquares.decode", "1 row"), "reference");
        assertEquals(11, ms.length);
        assertTrue(Arrays.stream(ms).allMatch(each -> each > 0), Arrays.toString(ms));
    }

    @Test
    void whatTheListHasNotIsAnError() {
        Workload unknown = Workload.of("no.such", "1 row", Cost.UNKNOWN, _ -> null);
        assertThrows(IllegalStateException.class, () -> new JmhStopwatch().measure(unknown, "reference"));
        assertThrows(NoSuchElementException.class, () -> Bench.workload("no.such", "1 row"));
    }
}
