package org.ionforge.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PhaseLogTest {

    @Test
    void goesTheWholeWayInOrderAndRecordsIt() {
        PhaseLog log = new PhaseLog();
        for (Phase phase : Phase.values()) {
            log.enter(phase, phase == Phase.WARM_UP ? "32" : "8", "", 0);
            log.leave(1, Map.of("accuracy", 0.5));
        }
        assertEquals(List.of(Phase.values()), log.records().stream().map(PhaseRecord::phase).toList());
        assertEquals(0.5, log.records().getLast().figures().get("accuracy"));
    }

    @Test
    void refusesWhatMayNotFollow() {
        assertThrows(IllegalStateException.class, () -> new PhaseLog().enter(Phase.QAT_OBSERVING, "8", "", 0));
        PhaseLog log = new PhaseLog();
        log.enter(Phase.WARM_UP, "32", "", 0);
        assertThrows(IllegalStateException.class, () -> log.enter(Phase.QAT_OBSERVING, "8", "", 0));
        log.leave(1, Map.of());
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> log.enter(Phase.CONVERSION, "8", "", 0));
        assertTrue(refused.getMessage().contains("WARM_UP"), refused.getMessage());
        assertThrows(IllegalStateException.class, () -> log.leave(1, Map.of()));
    }

    @Test
    void goesOnWithTheTimeThatWasSpent() {
        PhaseLog log = new PhaseLog(List.of(new PhaseRecord(Phase.WARM_UP, "32", "floats", 2, 10, Map.of())));
        log.enter(Phase.QAT_OBSERVING, "8", "weights", 100);
        assertTrue(log.leave(1, Map.of()).seconds() >= 100);
        assertEquals(2, log.records().size());
    }

    @Test
    void aLadderGoesBackToTheObserversAndAPhaseMayGoOn() {
        assertTrue(Phase.CALIBRATION.next().contains(Phase.QAT_OBSERVING));
        assertTrue(Phase.WARM_UP.next().contains(Phase.WARM_UP));
        assertTrue(Phase.EXPORT.next().isEmpty());
    }
}
