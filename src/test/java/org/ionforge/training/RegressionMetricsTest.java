package org.ionforge.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RegressionMetricsTest {

    /// Worked out by hand: errors 0.5, −1, 3 with δ = 1 give Huber 0.125, 0.5, 2.5.
    @Test
    void valuesByHand() {
        RegressionMetrics.Sums sums = new RegressionMetrics.Sums(1);
        sums.add(1.5, 1);
        sums.add(1, 2);
        sums.add(6, 3);
        RegressionMetrics metrics = sums.metrics();
        assertEquals(3, metrics.n());
        assertEquals(Math.sqrt((0.25 + 1 + 9) / 3), metrics.rmse(), 1e-15);
        assertEquals(1.5, metrics.mae(), 1e-15);
        assertEquals(2.5 / 3, metrics.bias(), 1e-15);
        assertEquals(3.125 / 3, metrics.huber(), 1e-15);
        // Predictions 1.5, 1, 6 about 17/6, targets 1, 2, 3 about 2: cov 4.5, squares 107/6 − … worked out exactly below.
        double sxx = 1.5 * 1.5 + 1 + 36 - 8.5 * 8.5 / 3;
        assertEquals(4.5 / Math.sqrt(sxx * 2), metrics.pearson(), 1e-14);
    }

    @Test
    void smallSpreadOnALargeMeanKeepsItsCorrelation() {
        RegressionMetrics.Sums sums = new RegressionMetrics.Sums(1);
        for (int i = 0; i < 1000; i++) {
            sums.add(1e9 + i * 1e-3, -1e9 - i * 1e-3);
        }
        assertEquals(-1, sums.metrics().pearson(), 1e-6);
    }

    @Test
    void nothingAndConstantsHaveNoCorrelation() {
        assertTrue(Double.isNaN(new RegressionMetrics.Sums(1).metrics().rmse()));
        RegressionMetrics.Sums sums = new RegressionMetrics.Sums(1);
        sums.add(1, 1);
        sums.add(1, 2);
        assertTrue(Double.isNaN(sums.metrics().pearson()));
    }

    @Test
    void skillComparesSquaredErrors() {
        RegressionMetrics model = new RegressionMetrics(1, 1, 1, 0, 1, 1);
        assertEquals(0.75, model.skillOver(new RegressionMetrics(1, 2, 1, 0, 1, 1)), 1e-15);
        assertEquals(-3, model.skillOver(new RegressionMetrics(1, 0.5, 1, 0, 1, 1)), 1e-15);
    }
}
