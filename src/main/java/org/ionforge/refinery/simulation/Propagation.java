package org.ionforge.refinery.simulation;

import java.time.LocalDate;

/// The law that the simulator plants: the mean SNR in 2500 Hz of a path, in dB.
///
/// `SNR = level(band) + (power − 37 dBm) − spreading − muf − absorption − storm`
///
/// - spreading: `16·log10(max(d, 100 km)/1000 km) + 2·(hops − 1)`
/// - muf: with `foF2 = n + v·D(s)` MHz, `n = 3 + 0.012·(SFI − 70)`, `v = 3 + 0.030·(SFI − 70)`, `s` the sine of the sun's
///   elevation at a [Circuit] control point, `D(s) = clamp((s + 0.15)/1.15, 0, 1)^0.6`, the weaker control point counts:
///   `60·max(0, f/(foF2·obliquity) − 0.8)²`. A band opens when the sun and the solar flux lift the MUF over it.
/// - absorption, by day and about as 1/f² (the form of Lucas and Haydon, 1966, that VOACAP and ITU-R P.533 descend from):
///   `hops·677.2·secφ·(1 + 0.0037·R)·mean(max(0, cos 0.881χ)^1.3) / ((f + 1.4)^1.98 + 10.2)`, χ the sun's zenith distance at
///   the control points, R the sunspot number that goes with the flux
/// - storm: `Kp·(0.2 + 1.6·smoothstep((|geomagnetic latitude| − 35°)/30°))`
///
/// What the model leaves out: ground wave, sporadic E, long path, greyline ducting, flares.
final class Propagation {

    /// Standard deviation of fading around the mean, dB.
    static final double FADING_SIGMA_DB = 3.5;
    /// Weaker spots are not decoded: the archive has only what was heard.
    static final double DECODE_THRESHOLD_DB = -30.5;

    /// Numbers in which [#pack] stores a circuit.
    static final int STRIDE = 10;

    private static final int TABLE = 2048;
    private static final float[] DAY = new float[TABLE + 1];
    private static final float[] ABSORPTION = new float[TABLE + 1];

    static {
        for (int i = 0; i <= TABLE; i++) {
            double sine = 2.0 * i / TABLE - 1;
            DAY[i] = (float) Math.pow(Math.clamp((sine + 0.15) / 1.15, 0, 1), 0.6);
            ABSORPTION[i] = (float) Math.pow(Math.max(0, Math.cos(0.881 * Math.acos(sine))), 1.3);
        }
    }

    private Propagation() {
    }

    /// Sun and Earth at one moment.
    ///
    /// @param sunX unit vector to the sun, turning with the Earth: x through 0° N 0° E, y through 90° E, z through the pole
    /// @param night      foF2 without sun, MHz
    /// @param day        what the sun adds at the zenith, MHz
    /// @param absorption 1 + 0.0037·R
    record Sky(float sunX, float sunY, float sunZ, float night, float day, float absorption, float kp) {

        /// @param hourUtc 0 to 24
        static Sky of(LocalDate date, double hourUtc, double sfi, double kp) {
            double declination = Math.toRadians(-23.44 * Math.cos(Math.toRadians(360.0 / 365 * (date.getDayOfYear() + 10))));
            double longitude = Math.toRadians(15 * (12 - hourUtc));
            double spots = Math.max(0, (-0.728 + Math.sqrt(Math.max(0, 0.728 * 0.728 + 4 * 0.00089 * (sfi - 63.7)))) / (2 * 0.00089));
            return new Sky((float) (Math.cos(declination) * Math.cos(longitude)),
                    (float) (Math.cos(declination) * Math.sin(longitude)), (float) Math.sin(declination),
                    (float) (3 + 0.012 * (sfi - 70)), (float) (3 + 0.030 * (sfi - 70)), (float) (1 + 0.0037 * spots), (float) kp);
        }
    }

    /// Stores what [#meanSnr] needs of a circuit: control points, obliquity, absorption dB per unit, storm dB per Kp, spreading.
    static void pack(Circuit circuit, float[] to, int offset) {
        for (int axis = 0; axis < 3; axis++) {
            to[offset + axis] = (float) circuit.control1[axis];
            to[offset + 3 + axis] = (float) circuit.control2[axis];
        }
        to[offset + 6] = (float) circuit.obliquity();
        to[offset + 7] = (float) (circuit.hops * 677.2 * circuit.absorptionSecant());
        to[offset + 8] = (float) (0.2 + 1.6 * smoothStep((circuit.geomagneticLatitude - 35) / 30));
        to[offset + 9] = (float) (16 * Math.log10(Math.max(circuit.distanceKm, 100) / 1000) + 2 * (circuit.hops - 1));
    }

    /// The mean SNR of average stations at 37 dBm on the circuit packed at `offset`.
    static float meanSnr(float[] circuits, int offset, SimulatedBand band, Sky sky) {
        float sine1 = circuits[offset] * sky.sunX + circuits[offset + 1] * sky.sunY + circuits[offset + 2] * sky.sunZ;
        float sine2 = circuits[offset + 3] * sky.sunX + circuits[offset + 4] * sky.sunY + circuits[offset + 5] * sky.sunZ;
        int at1 = entry(sine1);
        int at2 = entry(sine2);
        float muf = (sky.night + sky.day * Math.min(DAY[at1], DAY[at2])) * circuits[offset + 6];
        float over = Math.max(0, band.frequencyMhz() / muf - 0.8f);
        float absorption = circuits[offset + 7] * sky.absorption * 0.5f * (ABSORPTION[at1] + ABSORPTION[at2])
                / band.absorptionDivisor();
        return band.levelDb() - circuits[offset + 9] - 60 * over * over - absorption - sky.kp * circuits[offset + 8];
    }

    private static int entry(float sine) {
        return (int) ((Math.clamp(sine, -1f, 1f) + 1) * (TABLE / 2) + 0.5f);
    }

    private static double smoothStep(double x) {
        double t = Math.clamp(x, 0, 1);
        return t * t * (3 - 2 * t);
    }
}
