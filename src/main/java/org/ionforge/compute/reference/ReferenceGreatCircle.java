package org.ionforge.compute.reference;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.GreatCircle;
import org.ionforge.compute.Operands;
import org.ionforge.compute.reference.HostArrays.FloatSink;
import org.ionforge.compute.reference.HostArrays.Floats;

/// The definition: the formulas of the contract, in double.
final class ReferenceGreatCircle implements GreatCircle {

    @Override
    public void measure(Buffer latitudeA, Buffer longitudeA, Buffer latitudeB, Buffer longitudeB,
                        Buffer distanceKm, Buffer azimuthDeg, Buffer midLatitude, Buffer midLongitude, long n) {
        Operands.requireCount(n);
        Floats latA = HostArrays.floats("latitudeA", latitudeA, n);
        Floats lonA = HostArrays.floats("longitudeA", longitudeA, n);
        Floats latB = HostArrays.floats("latitudeB", latitudeB, n);
        Floats lonB = HostArrays.floats("longitudeB", longitudeB, n);
        FloatSink distance = HostArrays.floatSink("distanceKm", distanceKm, n);
        FloatSink azimuth = HostArrays.floatSink("azimuthDeg", azimuthDeg, n);
        FloatSink midLat = HostArrays.floatSink("midLatitude", midLatitude, n);
        FloatSink midLon = HostArrays.floatSink("midLongitude", midLongitude, n);
        for (long i = 0; i < n; i++) {
            boolean place = isPlace(latA.get(i), lonA.get(i)) && isPlace(latB.get(i), lonB.get(i));
            double phiA = place ? Math.toRadians(latA.get(i)) : Double.NaN;
            double phiB = place ? Math.toRadians(latB.get(i)) : Double.NaN;
            double lambdaA = Math.toRadians(lonA.get(i));
            // a whole turn taken off before the sine, so that −180° and 180° are the same meridian exactly
            double difference = Math.toRadians(Math.IEEEremainder((double) lonB.get(i) - lonA.get(i), 360));
            double h = haversine(phiB - phiA, phiA, phiB, Math.sin(difference / 2));
            double g = haversine(phiA + phiB, phiA, phiB, Math.cos(difference / 2));
            distance.set(i, 2 * EARTH_RADIUS_KM * Math.atan2(Math.sqrt(h), Math.sqrt(g)));
            azimuth.set(i, h == 0 ? 0 : compass(Math.atan2(Math.sin(difference) * Math.cos(phiB),
                    Math.cos(phiA) * Math.sin(phiB) - Math.sin(phiA) * Math.cos(phiB) * Math.cos(difference))));
            double x = Math.cos(phiA) * Math.cos(lambdaA) + Math.cos(phiB) * Math.cos(lambdaA + difference);
            double y = Math.cos(phiA) * Math.sin(lambdaA) + Math.cos(phiB) * Math.sin(lambdaA + difference);
            midLat.set(i, Math.toDegrees(Math.atan2(Math.sin(phiA) + Math.sin(phiB), Math.hypot(x, y))));
            midLon.set(i, Math.toDegrees(Math.atan2(y, x)));
        }
    }

    static boolean isPlace(float latitude, float longitude) {
        return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 360;
    }

    private static double haversine(double latitudes, double phiA, double phiB, double halfChord) {
        double s = Math.sin(latitudes / 2);
        return s * s + Math.cos(phiA) * Math.cos(phiB) * halfChord * halfChord;
    }

    /// Degrees in [0, 360) as a float: what would round up to 360 is north.
    private static float compass(double radians) {
        double degrees = Math.toDegrees(radians);
        float turned = (float) (degrees < 0 ? degrees + 360 : degrees);
        return turned >= 360 ? 0 : turned;
    }
}
