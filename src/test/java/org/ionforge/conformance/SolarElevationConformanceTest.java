package org.ionforge.conformance;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SolarElevationConformanceTest {

    private static final double DEGREES = 1e-4;

    private record Moments(float[] latitude, float[] longitude, float[] day, float[] hour) {
        String describe(int i) {
            return "(" + latitude[i] + ", " + longitude[i] + ") on day " + day[i] + " at " + hour[i];
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySizeAndAwkwardMoment(Room room) {
        for (int n : Inputs.SIZES) {
            Inputs inputs = new Inputs(n);
            compare(room, new Moments(
                    inputs.mixed(n, -90, 90, -90, 90, -23.44f, 23.44f, 0, -0.0f, 66.56f, Float.NaN, 1e20f),
                    inputs.mixed(n, -180, 180, -360, 360, 180, -180, 0, -0.0f, 90, Float.NaN, Float.POSITIVE_INFINITY),
                    inputs.mixed(n, 1, 366, 0, 1, 81, 172, 355, 366, 367, -1, Float.NaN, 1e9f),
                    inputs.mixed(n, 0, 24, 0, 6, 12, 18, 24, -0.0f, -1, 25, Float.NaN, Float.NEGATIVE_INFINITY)));
        }
    }

    /// The sun within a degree or so of the zenith and the nadir, where an arc sine loses half its digits.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void nearZenithAndNadir(Room room) {
        int n = 20_011;
        Inputs inputs = new Inputs(5);
        float[] day = inputs.uniform(n, 1, 366);
        float[] hour = inputs.uniform(n, 0, 24);
        float[] latitude = new float[n];
        float[] longitude = new float[n];
        for (int i = 0; i < n; i++) {
            double declination = -23.44 * Math.cos(Math.toRadians(360.0 / 365 * (day[i] + 10)));
            boolean nadir = i % 2 == 0;
            double apart = Math.pow(10, -4 + 4.0 * inputs.below(1000) / 1000);
            latitude[i] = (float) ((nadir ? -declination : declination) + apart);
            longitude[i] = (float) ((nadir ? 0 : 180) - 15 * hour[i] + apart);
        }
        compare(room, new Moments(latitude, longitude, day, hour));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void anyBitPatterns(Room room) {
        Inputs inputs = new Inputs(6);
        int n = 10_007;
        compare(room, new Moments(inputs.anyBits(n), inputs.anyBits(n), inputs.anyBits(n), inputs.anyBits(n)));
    }

    private static void compare(Room room, Moments moments) {
        float[] expected = Trial.on(Room.reference(), trial -> elevation(trial, moments));
        float[] actual = Trial.on(room, trial -> elevation(trial, moments));
        Agreement.within((i, x) -> DEGREES, expected, actual, "elevation", moments::describe);
    }

    private static float[] elevation(Trial trial, Moments moments) {
        int n = moments.latitude.length;
        Buffer elevation = trial.output(ElementType.F32, n);
        trial.backend().solarElevation().elevation(trial.input(moments.latitude), trial.input(moments.longitude),
                trial.input(moments.day), trial.input(moments.hour), elevation, n);
        return trial.floats(elevation, n);
    }
}
