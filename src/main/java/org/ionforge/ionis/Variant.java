package org.ionforge.ionis;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ionforge.compute.GatedMlpShape;
import org.ionforge.errors.InputException;

/// One version of the network: what goes in, how large it is, in which unit the answer comes.
///
/// @param name          as `--variant` takes it
/// @param features      names of the inputs, in order
/// @param formula       how a path becomes those inputs
/// @param shape         sizes of the network
/// @param bands         bands it is trained on, ascending by house number
/// @param normalisation of the target
public record Variant(String name, List<String> features, FeatureFormula formula, GatedMlpShape shape, List<Band> bands,
                      Normalisation normalisation) {

    /// Computes the features of one path in double and rounds each to float.
    @FunctionalInterface
    public interface FeatureFormula {

        /// @param row receives the features
        void compute(PathState path, float[] row);
    }

    /// A path and its hour, located and measured.
    ///
    /// @param distanceKm great circle
    /// @param azimuthDeg at the transmitter, from north through east
    /// @param frequencyHz carrier
    /// @param hour       UTC, 0 to 23
    /// @param month      1 to 12
    /// @param sfi        solar flux index F10.7, sfu
    /// @param kp         planetary K index, 0 to 9
    public record PathState(double txLatitude, double txLongitude, double rxLatitude, double rxLongitude, double distanceKm,
                            double azimuthDeg, double frequencyHz, int hour, int month, double sfi, double kp) {
    }

    private static final List<Band> HF = List.of(
            new Band(102, "160m", 1_800_000, 2_000_000, 1_836_600),
            new Band(103, "80m", 3_500_000, 4_000_000, 3_568_600),
            new Band(104, "60m", 5_300_000, 5_405_000, 5_287_200),
            new Band(105, "40m", 7_000_000, 7_300_000, 7_038_600),
            new Band(106, "30m", 10_100_000, 10_150_000, 10_138_700),
            new Band(107, "20m", 14_000_000, 14_350_000, 14_097_100),
            new Band(108, "17m", 18_068_000, 18_168_000, 18_104_600),
            new Band(109, "15m", 21_000_000, 21_450_000, 21_094_600),
            new Band(110, "12m", 24_890_000, 24_990_000, 24_924_600),
            new Band(111, "10m", 28_000_000, 29_700_000, 28_124_600));

    /// WSPR, 200 mW: mean and standard deviation of the median SNR in a signature, dB in 2500 Hz, as the reference system
    /// fixed them for its V20.
    private static final Normalisation WSPR = new Normalisation(Map.of(
            102, new Normalisation.Scale(-18.04, 6.9), 103, new Normalisation.Scale(-17.90, 6.9),
            104, new Normalisation.Scale(-17.60, 7.1), 105, new Normalisation.Scale(-17.34, 6.6),
            106, new Normalisation.Scale(-18.07, 6.5), 107, new Normalisation.Scale(-17.53, 6.7),
            108, new Normalisation.Scale(-18.35, 7.0), 109, new Normalisation.Scale(-18.32, 6.6),
            110, new Normalisation.Scale(-18.76, 6.6), 111, new Normalisation.Scale(-17.86, 6.5)));

    /// 13 features; the trunk sees the first eleven, the sidecars SFI/300 and 1 − Kp/9.
    public static final Variant V20 = new Variant("v20",
            List.of("distance", "freq_log", "hour_sin", "hour_cos", "az_sin", "az_cos", "lat_diff", "midpoint_lat", "season_sin",
                    "season_cos", "day_night_est", "sfi", "kp_penalty"),
            Variant::v20, new GatedMlpShape(13, 11, 512, 256, 128, 64, 8, 11, 12), HF, WSPR);

    public static final List<Variant> ALL = List.of(V20);

    public Variant {
        features = List.copyOf(features);
        bands = List.copyOf(bands);
        if (features.size() != shape.inputs()) {
            throw new IllegalArgumentException(features.size() + " features for " + shape.inputs() + " inputs");
        }
    }

    /// @throws InputException if there is no variant of that name
    public static Variant named(String name) {
        return ALL.stream().filter(v -> v.name.equals(name)).findFirst().orElseThrow(() -> new InputException(
                "unknown variant '" + name + "'; there is " + ALL.stream().map(Variant::name).collect(Collectors.joining(", "))));
    }

    /// The band of that name (`20m`) or house number (`107`).
    ///
    /// @throws InputException if the variant does not know it
    public Band band(String name) {
        return bands.stream().filter(b -> b.name().equals(name) || Integer.toString(b.id()).equals(name)).findFirst()
                .orElseThrow(() -> new InputException("unknown band '" + name + "'; " + this.name + " knows "
                        + bands.stream().map(Band::name).collect(Collectors.joining(", "))));
    }

    /// The band of that house number.
    ///
    /// @throws InputException if the variant does not know it
    public Band band(int id) {
        return band(Integer.toString(id));
    }

    /// The band whose allocation holds the frequency, else the one whose model frequency is nearest as a ratio.
    public Band bandOf(double frequencyHz) {
        Band nearest = bands.getFirst();
        for (Band band : bands) {
            if (frequencyHz >= band.lowHz() && frequencyHz <= band.highHz()) {
                return band;
            }
            if (ratio(band, frequencyHz) < ratio(nearest, frequencyHz)) {
                nearest = band;
            }
        }
        return nearest;
    }

    private static double ratio(Band band, double frequencyHz) {
        return Math.abs(Math.log(frequencyHz / band.modelHz()));
    }

    /// The middle longitude is the arithmetic mean, as the reference system has it: across the date line that is the wrong
    /// side of the earth, but its weights were trained on it.
    private static void v20(PathState path, float[] row) {
        double hour = 2 * Math.PI * path.hour() / 24;
        double azimuth = Math.toRadians(path.azimuthDeg());
        double season = 2 * Math.PI * path.month() / 12;
        double middleLongitude = (path.txLongitude() + path.rxLongitude()) / 2;
        row[0] = (float) (path.distanceKm() / 20_000);
        row[1] = (float) (Math.log10(path.frequencyHz()) / 8);
        row[2] = (float) Math.sin(hour);
        row[3] = (float) Math.cos(hour);
        row[4] = (float) Math.sin(azimuth);
        row[5] = (float) Math.cos(azimuth);
        row[6] = (float) (Math.abs(path.txLatitude() - path.rxLatitude()) / 180);
        row[7] = (float) ((path.txLatitude() + path.rxLatitude()) / 180);
        row[8] = (float) Math.sin(season);
        row[9] = (float) Math.cos(season);
        row[10] = (float) Math.cos(2 * Math.PI * (path.hour() + middleLongitude / 15) / 24);
        row[11] = (float) (path.sfi() / 300);
        row[12] = (float) (1 - path.kp() / 9);
    }
}
