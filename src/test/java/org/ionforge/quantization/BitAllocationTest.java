package org.ionforge.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.Quantiser;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;

class BitAllocationTest {

    private static LayerSensitivity layer(String name, long bytesAtEight, double omegaAtEight) {
        return new LayerSensitivity(name, bytesAtEight, 1, List.of(new LayerSensitivity.Choice(8, omegaAtEight, bytesAtEight),
                new LayerSensitivity.Choice(4, 16 * omegaAtEight, bytesAtEight / 2), new LayerSensitivity.Choice(2, 300 * omegaAtEight, bytesAtEight / 4)));
    }

    @Test
    void bitsGoWhereTheyHelpMost() {
        List<LayerSensitivity> layers = List.of(layer("large", 800, 1), layer("small and sensitive", 16, 50), layer("small", 16, 0.001));
        assertEquals(List.of(8, 8, 8), BitAllocation.within(layers, 832).bits());
        assertEquals(List.of(8, 8, 4), BitAllocation.within(layers, 831).bits());
        BitAllocation tight = BitAllocation.within(layers, 430);
        assertEquals("4,8,4", tight.toString());
        assertEquals(424, tight.bytes());
        assertEquals(16 + 50 + 0.016, tight.omega(), 1e-12);
        assertEquals(List.of(2, 2, 2), BitAllocation.within(layers, 208).bits());
        assertTrue(assertThrows(InputException.class, () -> BitAllocation.within(layers, 207)).getMessage().contains("the narrowest take 208"));
        assertEquals(416, BitAllocation.uniform(layers, 4).bytes());
    }

    /// Beside every combination there is.
    @Test
    void theChoiceIsExact() {
        SplittableRandom random = new SplittableRandom(5);
        for (int trial = 0; trial < 60; trial++) {
            List<LayerSensitivity> layers = new ArrayList<>();
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                layers.add(layer("layer " + i, 4 * (1 + random.nextInt(60)), random.nextDouble()));
            }
            long budget = BitAllocation.uniform(layers, 2).bytes() + random.nextInt(200);
            double best = Double.POSITIVE_INFINITY;
            for (int code = 0; code < Math.pow(3, count); code++) {
                List<LayerSensitivity.Choice> choices = new ArrayList<>();
                for (int i = 0, rest = code; i < count; i++, rest /= 3) {
                    choices.add(layers.get(i).choices().get(rest % 3));
                }
                BitAllocation each = new BitAllocation(choices);
                best = each.bytes() <= budget ? Math.min(best, each.omega()) : best;
            }
            BitAllocation found = BitAllocation.within(layers, budget);
            assertTrue(found.bytes() <= budget);
            assertEquals(best, found.omega(), 1e-12 * best);
        }
    }

    @Test
    void omegaIsCurvatureTimesRoundingError() {
        Random random = new Random(8);
        float[] values = new float[6 * 50];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * (1 + i / 50);
        }
        LayerSensitivity sensitivity = LayerSensitivity.of("layer 1", values, 50, 600);
        double error = 0;
        for (int row = 0; row < 6; row++) {
            float low = 0;
            float high = 0;
            for (int k = 0; k < 50; k++) {
                low = Math.min(low, values[row * 50 + k]);
                high = Math.max(high, values[row * 50 + k]);
            }
            Quantiser quantiser = Quantiser.of(QuantisationScheme.int4(), low, high);
            for (int k = 0; k < 50; k++) {
                error += Math.pow(values[row * 50 + k] - quantiser.fakeQuantised(values[row * 50 + k]), 2);
            }
        }
        assertEquals(600 / 300.0 * error, sensitivity.at(4).omega(), 1e-9 * error);
        assertEquals(6 * (25 + 4), sensitivity.at(4).bytes());
        assertEquals(6 * (13 + 4), sensitivity.at(2).bytes());
        assertTrue(sensitivity.at(8).omega() < sensitivity.at(4).omega() / 100 && sensitivity.at(4).omega() < sensitivity.at(2).omega() / 3,
                "each halving of the bits costs: " + sensitivity);
    }

    @Test
    void theBitsArriveInThePlan() {
        BitAllocation allocation = BitAllocation.within(List.of(layer("a", 800, 1), layer("b", 16, 50)), 420);
        assertEquals("4,8", allocation.plan().name());
        assertEquals(LayerPlan.named("4"), allocation.plan().layer(0));
    }
}
