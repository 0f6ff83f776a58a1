package org.ionforge.spiking.verification;

import org.ionforge.compute.QuantisationScheme;
import org.ionforge.compute.Quantiser;
import org.ionforge.spiking.integer.QuantisedLayer;

/// The currents of one layer against their calibrated scale: how many saturate, and which scale they would get now.
final class CurrentFigures {

    private final Quantiser calibrated;
    private long seen;
    private long saturated;
    private int batches;
    private double low;
    private double high;

    CurrentFigures(QuantisedLayer.Current current) {
        calibrated = new Quantiser(current.scheme(), current.scale(), 0);
    }

    /// Takes in a batch.
    void add(float[] currents) {
        float smallest = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;
        for (float current : currents) {
            saturated += calibrated.passes(current) ? 0 : 1;
            smallest = Math.min(smallest, current);
            largest = Math.max(largest, current);
        }
        seen += currents.length;
        batches++;
        low += smallest;
        high += largest;
    }

    double saturation() {
        return (double) saturated / seen;
    }

    /// By the mean range of the batches, as a calibration has it.
    double drift() {
        QuantisationScheme scheme = calibrated.scheme();
        float now = Quantiser.of(scheme, (float) (low / batches), (float) (high / batches)).scale();
        return Math.abs(now / calibrated.scale() - 1);
    }
}
