package org.ionforge.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CosineScheduleTest {

    @Test
    void fromTheRateToTheMinimum() {
        CosineSchedule schedule = new CosineSchedule(1e-6, 100);
        assertEquals(1e-3f, schedule.rate(1e-3, 0));
        assertEquals((1e-3 + 1e-6) / 2, schedule.rate(1e-3, 50), 1e-10);
        assertEquals(1e-6, schedule.rate(1e-3, 100), 1e-12);
        // A quarter of the way: (1 + cos 45°)/2 = 0.85355.
        assertEquals(1e-6 + (1e-3 - 1e-6) * 0.8535533905932737, schedule.rate(1e-3, 25), 1e-10);
        assertEquals(5e-7f, schedule.rate(5e-7, 3));
    }
}
