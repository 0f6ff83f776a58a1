package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntFunction;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.GreatCircle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GreatCircleConformanceTest {

    private static final float[] LATITUDES = {-90, -89.98f, -45, -1e-20f, -0.0f, 0, 1e-6f, 30, 45, 60, 89.98f, 90, Float.NaN,
        Float.POSITIVE_INFINITY, 1e30f};
    private static final float[] LONGITUDES = {-360, -270, -180, -179.99f, -135, -90, -45, -0.0f, 0, 1e-10f, 45, 90, 135, 179.99f, 180,
        270, 360, Float.NaN, Float.NEGATIVE_INFINITY, -1e30f};
    private static final double KM_PER_DEGREE = Math.toRadians(GreatCircle.EARTH_RADIUS_KM);
    private static final double DEGREES = 1e-4;
    /// Allows any angle, so that only the range and NaN are looked at.
    private static final double ANY_ANGLE = 1000;

    private record Paths(float[] latitudeA, float[] longitudeA, float[] latitudeB, float[] longitudeB) {
        String describe(int i) {
            return "(" + latitudeA[i] + ", " + longitudeA[i] + ") to (" + latitudeB[i] + ", " + longitudeB[i] + ")";
        }
    }

    private record Measured(float[] distance, float[] azimuth, float[] midLatitude, float[] midLongitude) {
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySizeAndAwkwardPlace(Room room) {
        for (int n : Inputs.SIZES) {
            Inputs inputs = new Inputs(n);
            compare(room, new Paths(inputs.mixed(n, -90, 90, LATITUDES), inputs.mixed(n, -180, 180, LONGITUDES),
                    inputs.mixed(n, -90, 90, LATITUDES), inputs.mixed(n, -180, 180, LONGITUDES)));
        }
    }

    /// From metres to hundreds of kilometres apart, where differences cancel.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void nearlyCoincident(Room room) {
        compare(room, near(new Inputs(1), false));
    }

    /// From metres to hundreds of kilometres from the antipode, where half the world lies between small differences.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void nearlyAntipodal(Room room) {
        compare(room, near(new Inputs(2), true));
    }

    /// Paths across a pole: the midpoint's longitude turns quickly there.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void acrossThePoles(Room room) {
        int n = 20_011;
        Inputs inputs = new Inputs(3);
        float[] latitudeA = inputs.uniform(n, 30, 90);
        float[] latitudeB = latitudeA.clone();
        float[] longitudeA = inputs.uniform(n, -180, 180);
        float[] longitudeB = new float[n];
        for (int i = 0; i < n; i++) {
            double spread = Math.pow(10, -1 - 3.0 * inputs.below(1000) / 1000);
            latitudeB[i] = (float) Math.min(90, latitudeA[i] + spread * (inputs.below(2001) - 1000) / 100);
            longitudeB[i] = (float) (longitudeA[i] + 180 + spread * (inputs.below(2001) - 1000) / 100);
            if (i % 2 == 0) {
                latitudeA[i] = -latitudeA[i];
                latitudeB[i] = -latitudeB[i];
            }
        }
        compare(room, new Paths(latitudeA, longitudeA, latitudeB, longitudeB));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void anyBitPatterns(Room room) {
        Inputs inputs = new Inputs(4);
        int n = 10_007;
        compare(room, new Paths(inputs.anyBits(n), inputs.anyBits(n), inputs.anyBits(n), inputs.anyBits(n)));
    }

    private static Paths near(Inputs inputs, boolean antipode) {
        int n = 20_011;
        Paths paths = new Paths(inputs.uniform(n, -89.9f, 89.9f), inputs.uniform(n, -180, 180), new float[n], new float[n]);
        for (int i = 0; i < n; i++) {
            double apart = Math.pow(10, -5 + 6.0 * inputs.below(1000) / 1000);
            double direction = Math.toRadians(inputs.below(360));
            double latitude = paths.latitudeA[i] + apart * Math.cos(direction);
            double longitude = paths.longitudeA[i] + apart * Math.sin(direction) / Math.cos(Math.toRadians(paths.latitudeA[i]));
            paths.latitudeB[i] = (float) Math.clamp(antipode ? -latitude : latitude, -90, 90);
            paths.longitudeB[i] = (float) Math.clamp(antipode ? longitude + (longitude > 0 ? -180 : 180) : longitude, -360, 360);
        }
        return paths;
    }

    private static void compare(Room room, Paths paths) {
        Measured expected = Trial.on(Room.reference(), trial -> measure(trial, paths));
        Measured actual = Trial.on(room, trial -> measure(trial, paths));
        IntFunction<String> describe = paths::describe;
        Agreement.within((i, km) -> 0.001 + 1e-6 * km, expected.distance, actual.distance, "distance", describe);
        Agreement.Bound direction = (i, x) -> wellPosed(paths, i, expected.distance[i]) ? DEGREES : ANY_ANGLE;
        Agreement.withinOnCircle(direction, expected.azimuth, actual.azimuth, "azimuth", describe);
        Agreement.within(direction, expected.midLatitude, actual.midLatitude, "midLatitude", describe);
        Agreement.withinOnCircle((i, x) -> awayFromPoles(expected.midLatitude[i]) ? direction.at(i, x) : ANY_ANGLE,
                expected.midLongitude, actual.midLongitude, "midLongitude", describe);
        for (int i = 0; i < actual.distance.length; i++) {
            boolean inRange = Float.isNaN(expected.distance[i])
                    || actual.azimuth[i] >= 0 && actual.azimuth[i] < 360 && Math.abs(actual.midLatitude[i]) <= 90
                    && Math.abs(actual.midLongitude[i]) <= 180 && (actual.distance[i] != 0 || actual.azimuth[i] == 0);
                int row = i;
            assertTrue(inRange, () -> "out of range for " + describe.apply(row));
        }
    }

    private static boolean wellPosed(Paths paths, int i, double distance) {
        return distance >= 1 && distance <= Math.PI * GreatCircle.EARTH_RADIUS_KM - 1 && awayFromPoles(paths.latitudeA[i])
                && awayFromPoles(paths.latitudeB[i]);
    }

    private static boolean awayFromPoles(float latitude) {
        return (90 - Math.abs(latitude)) * KM_PER_DEGREE >= 1;
    }

    private static Measured measure(Trial trial, Paths paths) {
        int n = paths.latitudeA.length;
        Buffer distance = trial.output(ElementType.F32, n);
        Buffer azimuth = trial.output(ElementType.F32, n);
        Buffer midLatitude = trial.output(ElementType.F32, n);
        Buffer midLongitude = trial.output(ElementType.F32, n);
        trial.backend().greatCircle().measure(trial.input(paths.latitudeA), trial.input(paths.longitudeA),
                trial.input(paths.latitudeB), trial.input(paths.longitudeB), distance, azimuth, midLatitude, midLongitude, n);
        return new Measured(trial.floats(distance, n), trial.floats(azimuth, n), trial.floats(midLatitude, n),
                trial.floats(midLongitude, n));
    }
}
