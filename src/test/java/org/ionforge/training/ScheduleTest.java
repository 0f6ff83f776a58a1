package org.ionforge.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ionforge.training.Schedule.Moment;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static Moment epoch(int epoch, int epochs, Double... losses) {
        return new Moment(epoch * 100L, epochs * 100L, epoch, epochs, List.of(losses));
    }

    @Test
    void stepsFallByTheirFactor() {
        Schedule steps = new Schedule.Steps(0.1, 5);
        assertEquals(1e-3, steps.rate(1e-3, epoch(4, 15)));
        assertEquals(1e-4, steps.rate(1e-3, epoch(5, 15)), 1e-18);
        assertEquals(1e-5, steps.rate(1e-3, epoch(14, 15)), 1e-18);
    }

    /// torch.optim.lr_scheduler.ReduceLROnPlateau(factor=0.5, patience=2, min_lr=1e-7): the third bad epoch in a row halves the rate.
    @Test
    void aPlateauHalvesTheRateAfterItsPatience() {
        Schedule plateau = new Schedule.Plateau(0.5, 2, 1.5e-5);
        assertEquals(5e-5, plateau.rate(5e-5, epoch(0, 10)));
        assertEquals(5e-5, plateau.rate(5e-5, epoch(4, 10, 1.0, 0.9, 0.95, 0.9)), "two bad epochs are borne");
        assertEquals(2.5e-5, plateau.rate(5e-5, epoch(5, 10, 1.0, 0.9, 0.95, 0.9, 0.89995)), "no improvement by a ten thousandth");
        assertEquals(5e-5, plateau.rate(5e-5, epoch(5, 10, 1.0, 0.9, 0.95, 0.9, 0.8)));
        assertEquals(2.5e-5, plateau.rate(5e-5, epoch(4, 10, 1.0, Double.NaN, Double.NaN, Double.NaN)));
        Double[] flat = IntStream.range(0, 9).mapToObj(i -> 1.0).toArray(Double[]::new);
        assertEquals(1.5e-5, plateau.rate(5e-5, epoch(9, 10, flat)), "not below the minimum");
    }

    @Test
    void aWarmUpRisesOverItsShareThenTheCosineFalls() {
        Schedule schedule = new Schedule.WarmupCosine(0.1, 1e-6);
        List<Double> rates = new ArrayList<>();
        for (long step = 0; step < 1000; step++) {
            rates.add(schedule.rate(2e-5, new Moment(step, 1000, (int) (step / 125), 8, List.of())));
        }
        assertEquals(2e-7, rates.get(0), 1e-18);
        assertEquals(2e-5, rates.get(99), 1e-18);
        assertEquals(2e-5, rates.get(100), 1e-18);
        assertEquals((2e-5 + 1e-6) / 2, rates.get(550), 1e-12);
        assertTrue(rates.get(999) > 1e-6 && rates.get(999) < 1.001e-6, "ends at the minimum: " + rates.get(999));
        assertTrue(IntStream.range(1, 1000).allMatch(i -> i < 100 ? rates.get(i) > rates.get(i - 1) : rates.get(i) <= rates.get(i - 1)));
    }

    @Test
    void aCosineIsSteppedOnceAnEpoch() {
        Schedule cosine = new Schedule.Cosine(1e-6);
        assertEquals(1e-4, cosine.rate(1e-4, epoch(0, 12)), 1e-12);
        assertEquals((1e-4 + 1e-6) / 2, cosine.rate(1e-4, epoch(6, 12)), 1e-12);
        assertEquals(cosine.rate(1e-4, epoch(6, 12)), cosine.rate(1e-4, new Moment(699, 1200, 6, 12, List.of())));
    }
}
