package org.ionforge.quantization;

import org.ionforge.compute.QuantisationScheme;

/// The scale that all weights of a layer and its membrane share ([LayerPlan.Scales#SHARED]): a power of two, so that products with it
/// and sums of them are those of integers, to the bit.
public final class SharedScale {

    /// Powers of two that are tried below the one at which no weight is clamped.
    private static final int TRIED = 8;
    private static final int SMALLEST = -100;

    private SharedScale() {
    }

    /// The power of two at which rounding changes the weights least, by the sum of squares; of equals the larger.
    ///
    /// @param weights finite; if all are 0, the scale is 1
    public static float of(float[] weights, QuantisationScheme scheme) {
        float largest = 0;
        for (float weight : weights) {
            largest = Math.max(largest, Math.abs(weight));
        }
        if (largest == 0) {
            return 1;
        }
        int top = Math.max(SMALLEST, Math.getExponent(largest / Math.max(1, scheme.highest())) + 1);
        float best = Math.scalb(1f, top);
        double least = error(weights, scheme, best);
        for (int exponent = top - 1; exponent >= Math.max(SMALLEST, top - TRIED); exponent--) {
            float scale = Math.scalb(1f, exponent);
            double error = error(weights, scheme, scale);
            if (error < least) {
                least = error;
                best = scale;
            }
        }
        return best;
    }

    private static double error(float[] weights, QuantisationScheme scheme, float scale) {
        double sum = 0;
        for (float weight : weights) {
            double error = weight - scale * Math.clamp(Math.rint(weight / scale), scheme.lowest(), scheme.highest());
            sum += error * error;
        }
        return sum;
    }

    /// The multiple of a scale next to a threshold, at least the scale itself.
    public static float multiple(float threshold, float scale) {
        return (float) Math.max(1, Math.rint(threshold / scale)) * scale;
    }
}
