package org.ionforge.refinery;

/// Sine and cosine of azimuths as whole numbers in units of 2⁻³⁰, for sums that do not depend on their order.
///
/// A table in steps of 1/64 degree and a first-order step from there: good to 1e-8, at a fraction of the cost of `Math.sin`.
final class Azimuths {

    private static final int STEPS_PER_DEGREE = 64;
    private static final double[] SINE = new double[(360 + 90) * STEPS_PER_DEGREE + 2];

    static {
        for (int i = 0; i < SINE.length; i++) {
            SINE[i] = Math.sin(Math.toRadians((double) i / STEPS_PER_DEGREE));
        }
    }

    private Azimuths() {
    }

    static long sine(float degrees) {
        int step = (int) (degrees * STEPS_PER_DEGREE + 0.5f);
        double rest = Math.toRadians(degrees - (double) step / STEPS_PER_DEGREE);
        return Math.round((SINE[step] + rest * SINE[step + 90 * STEPS_PER_DEGREE]) * SignatureTally.UNIT_CIRCLE);
    }

    static long cosine(float degrees) {
        int step = (int) (degrees * STEPS_PER_DEGREE + 0.5f);
        double rest = Math.toRadians(degrees - (double) step / STEPS_PER_DEGREE);
        return Math.round((SINE[step + 90 * STEPS_PER_DEGREE] - rest * SINE[step]) * SignatureTally.UNIT_CIRCLE);
    }
}
