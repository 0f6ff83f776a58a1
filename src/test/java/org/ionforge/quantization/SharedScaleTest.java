package org.ionforge.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ionforge.compute.Philox;
import org.ionforge.compute.QuantisationScheme;
import org.junit.jupiter.api.Test;

class SharedScaleTest {

    private static double error(float[] weights, QuantisationScheme scheme, double scale) {
        double sum = 0;
        for (float weight : weights) {
            sum += Math.pow(weight - scale * Math.clamp(Math.rint(weight / scale), scheme.lowest(), scheme.highest()), 2);
        }
        return sum;
    }

    @Test
    void noOtherPowerOfTwoRoundsTheWeightsBetter() {
        for (QuantisationScheme scheme : new QuantisationScheme[] {QuantisationScheme.int8(), QuantisationScheme.int4(), QuantisationScheme.int2(), QuantisationScheme.ternary()}) {
            for (double spread : new double[] {1e-3, 0.037, 1, 300}) {
                float[] weights = new float[400];
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = (float) (spread * (Philox.uniform(1, i, 0) + Philox.uniform(1, i, 1) + Philox.uniform(1, i, 2) - 1.5));
                }
                float scale = SharedScale.of(weights, scheme);
                assertEquals(scale, Math.scalb(1f, Math.getExponent(scale)));
                for (int exponent = -30; exponent < 30; exponent++) {
                    assertTrue(error(weights, scheme, scale) <= error(weights, scheme, Math.scalb(1.0, exponent)), scheme + ": " + scale + " beside 2^" + exponent);
                }
            }
        }
    }

    @Test
    void weightsThatAreMultiplesKeepTheirScale() {
        assertEquals(0.25f, SharedScale.of(new float[] {1.75f, -0.25f, 0}, QuantisationScheme.int4()));
        assertEquals(4, SharedScale.of(new float[] {4, 0, -8}, QuantisationScheme.int2()));
        assertEquals(1, SharedScale.of(new float[3], QuantisationScheme.int4()));
        assertTrue(SharedScale.of(new float[] {Float.MIN_VALUE}, QuantisationScheme.int8()) * 0x1p-8f >= Float.MIN_NORMAL);
    }

    @Test
    void aThresholdIsAWholeNumberOfScales() {
        assertEquals(0.75f, SharedScale.multiple(0.7f, 0.25f));
        assertEquals(0.25f, SharedScale.multiple(1e-3f, 0.25f));
    }
}
