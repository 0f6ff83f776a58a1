package org.ionforge.refinery.simulation;

/// The geometry of one path from transmitter to receiver, as [Propagation] needs it.
///
/// The path is cut into the fewest equal hops of at most 3500 km. The ionosphere is looked at in two control points, 2000 km
/// from either end along the great circle, both in the middle when the path is shorter than 4000 km.
final class Circuit {

    static final double EARTH_RADIUS_KM = 6371.0;
    static final double MAX_HOP_KM = 3500;

    private static final double CONTROL_KM = 2000;
    private static final double F_LAYER_KM = 300;
    private static final double D_LAYER_KM = 100;
    private static final double[] GEOMAGNETIC_POLE = unit(80.7, -72.7);

    final double distanceKm;
    final double azimuthDeg;
    final int hops;
    /// Unit vectors of the control points.
    final double[] control1;
    final double[] control2;
    /// The larger geomagnetic latitude of the control points, degrees, without its sign.
    final double geomagneticLatitude;

    Circuit(double latitudeA, double longitudeA, double latitudeB, double longitudeB) {
        double[] a = unit(latitudeA, longitudeA);
        double[] b = unit(latitudeB, longitudeB);
        double[] cross = cross(a, b);
        double angle = Math.atan2(Math.sqrt(dot(cross, cross)), dot(a, b));
        distanceKm = EARTH_RADIUS_KM * angle;
        azimuthDeg = azimuth(latitudeA, longitudeA, latitudeB, longitudeB);
        hops = Math.max(1, (int) Math.ceil(distanceKm / MAX_HOP_KM));
        double fromEnd = Math.min(CONTROL_KM, distanceKm / 2) / EARTH_RADIUS_KM;
        control1 = along(a, b, angle, fromEnd);
        control2 = along(b, a, angle, fromEnd);
        double sine = Math.max(Math.abs(dot(control1, GEOMAGNETIC_POLE)), Math.abs(dot(control2, GEOMAGNETIC_POLE)));
        geomagneticLatitude = Math.toDegrees(Math.asin(Math.min(1, sine)));
    }

    /// How many times the vertical critical frequency a hop of this path carries: 1 straight up, 3.3 at 3500 km.
    double obliquity() {
        return 1 + 2.3 * Math.sin(Math.PI / 2 * distanceKm / hops / MAX_HOP_KM);
    }

    /// Secant of the angle to the vertical at which a hop crosses the D layer, from the elevation of its ray to the F layer.
    double absorptionSecant() {
        double half = distanceKm / hops / 2 / EARTH_RADIUS_KM;
        double elevation = half < 1e-6 ? Math.PI / 2
                : Math.atan2(Math.cos(half) - EARTH_RADIUS_KM / (EARTH_RADIUS_KM + F_LAYER_KM), Math.sin(half));
        double sine = EARTH_RADIUS_KM * Math.cos(elevation) / (EARTH_RADIUS_KM + D_LAYER_KM);
        return 1 / Math.sqrt(1 - sine * sine);
    }

    static double[] unit(double latitude, double longitude) {
        double phi = Math.toRadians(latitude);
        double lambda = Math.toRadians(longitude);
        return new double[] {Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)};
    }

    private static double[] along(double[] from, double[] to, double angle, double step) {
        if (angle < 1e-9) {
            return from;
        }
        double p = Math.sin(angle - step) / Math.sin(angle);
        double q = Math.sin(step) / Math.sin(angle);
        return new double[] {p * from[0] + q * to[0], p * from[1] + q * to[1], p * from[2] + q * to[2]};
    }

    private static double azimuth(double latitudeA, double longitudeA, double latitudeB, double longitudeB) {
        double phiA = Math.toRadians(latitudeA);
        double phiB = Math.toRadians(latitudeB);
        double delta = Math.toRadians(longitudeB - longitudeA);
        double degrees = Math.toDegrees(Math.atan2(Math.sin(delta) * Math.cos(phiB),
                Math.cos(phiA) * Math.sin(phiB) - Math.sin(phiA) * Math.cos(phiB) * Math.cos(delta)));
        return degrees < 0 ? degrees + 360 : degrees;
    }

    private static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }

    private static double[] cross(double[] a, double[] b) {
        return new double[] {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    }
}
