package org.ionforge.compute.reference;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Operands;
import org.ionforge.compute.SilverEmbedding;
import org.ionforge.compute.reference.HostArrays.FloatSink;
import org.ionforge.compute.reference.HostArrays.Floats;

/// The definition: the formulas of the contract, in double; only the edges are compared as floats.
final class ReferenceSilverEmbedding implements SilverEmbedding {

    @Override
    public void embed(Buffer distanceKm, Buffer xrayFlux, Buffer kp,
                      Buffer eDistance, Buffer eXray, Buffer eKp, Buffer quality, long n) {
        Operands.requireCount(n);
        Floats distance = HostArrays.floats("distanceKm", distanceKm, n);
        Floats flux = HostArrays.floats("xrayFlux", xrayFlux, n);
        Floats index = HostArrays.floats("kp", kp, n);
        FloatSink ofDistance = HostArrays.floatSink("eDistance", eDistance, n);
        FloatSink ofXray = HostArrays.floatSink("eXray", eXray, n);
        FloatSink ofKp = HostArrays.floatSink("eKp", eKp, n);
        FloatSink product = HostArrays.floatSink("quality", quality, n);
        for (long i = 0; i < n; i++) {
            double d = distance.get(i) >= 0 ? distance.get(i) : Double.NaN;
            double xray = xray(flux.get(i));
            double storm = kp(index.get(i));
            ofDistance.set(i, Math.min(d / 20000, 1));
            ofXray.set(i, xray);
            ofKp.set(i, storm);
            product.set(i, distance(d) * (Double.isNaN(xray) ? 1 : xray) * (Double.isNaN(storm) ? 1 : storm));
        }
    }

    private static double xray(float flux) {
        if (flux < 1e-6f) {
            return 1;
        }
        return flux < 1e-5f ? 1 - 0.1 * (Math.log10(flux) + 6) : Math.max(0.1, Math.exp(-0.5 * flux / 1e-5));
    }

    private static double kp(double kp) {
        if (kp <= 2) {
            return 1;
        }
        return kp <= 4 ? 1 - 0.25 * (kp - 2) : 0.5 * Math.exp(-0.5 * (kp - 4));
    }

    private static double distance(double d) {
        if (d < 500) {
            return 0.3 + 0.7 * d / 500;
        }
        if (d < 2000) {
            return 0.7 + 0.3 * (d - 500) / 1500;
        }
        if (d <= 5000) {
            return 1;
        }
        return d <= 15000 ? 1 - 0.3 * (d - 5000) / 10000 : 0.7 - 0.2 * Math.min(1, (d - 15000) / 5000);
    }
}
