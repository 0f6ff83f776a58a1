package org.ionforge.compute.reference;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.Operands;
import org.ionforge.compute.SolarElevation;
import org.ionforge.compute.reference.HostArrays.FloatSink;
import org.ionforge.compute.reference.HostArrays.Floats;

/// The definition: the formula of the contract, in double.
final class ReferenceSolarElevation implements SolarElevation {

    @Override
    public void elevation(Buffer latitude, Buffer longitude, Buffer dayOfYear, Buffer hourUtc, Buffer elevation, long n) {
        Operands.requireCount(n);
        Floats lat = HostArrays.floats("latitude", latitude, n);
        Floats lon = HostArrays.floats("longitude", longitude, n);
        Floats day = HostArrays.floats("dayOfYear", dayOfYear, n);
        Floats hour = HostArrays.floats("hourUtc", hourUtc, n);
        FloatSink result = HostArrays.floatSink("elevation", elevation, n);
        for (long i = 0; i < n; i++) {
            boolean known = ReferenceGreatCircle.isPlace(lat.get(i), lon.get(i)) && day.get(i) >= 0 && day.get(i) < 367
                    && hour.get(i) >= 0 && hour.get(i) <= 24;
            result.set(i, known ? elevation(lat.get(i), lon.get(i), day.get(i), hour.get(i)) : Double.NaN);
        }
    }

    private static double elevation(double latitude, double longitude, double dayOfYear, double hourUtc) {
        double phi = Math.toRadians(latitude);
        double declination = Math.toRadians(DECLINATION_DEG * Math.cos(Math.toRadians(360.0 / 365 * (dayOfYear + 10))));
        double hourAngle = Math.toRadians(15 * (hourUtc + longitude / 15 - 12));
        double sine = Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
        return Math.toDegrees(Math.asin(Math.clamp(sine, -1.0, 1.0)));
    }
}
