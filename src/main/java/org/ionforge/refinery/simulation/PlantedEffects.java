package org.ionforge.refinery.simulation;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// Works the effects of [Truth] out from [Propagation].
final class PlantedEffects {

    /// Standard deviation of a spot around the mean of its path, over fading and the equipment at both ends.
    static final double SIGMA_DB = Math.sqrt(Propagation.FADING_SIGMA_DB * Propagation.FADING_SIGMA_DB
            + Network.TRANSMIT_SIGMA_DB * Network.TRANSMIT_SIGMA_DB + Network.RECEIVE_SIGMA_DB * Network.RECEIVE_SIGMA_DB);

    private static final LocalDate JUNE = LocalDate.of(2024, 6, 15);
    private static final LocalDate EQUINOX = LocalDate.of(2024, 3, 20);

    private record NamedPath(String name, String from, String to, int hour) {
    }

    private static final List<NamedPath> NAMED = List.of(
            new NamedPath("transatlantic", "FN31pr", "IO91wm", 14),
            new NamedPath("polar", "GP44de", "KP20le", 12),
            new NamedPath("equatorial", "GG66rn", "IL18sk", 12),
            new NamedPath("transpacific", "PM95uq", "DM04tb", 0),
            new NamedPath("european", "JN49fk", "IM79gx", 12),
            new NamedPath("tasman", "QF56od", "RF80la", 0));

    private PlantedEffects() {
    }

    static List<Truth.PathEffects> onNamedPaths() {
        List<Truth.PathEffects> effects = new ArrayList<>();
        for (NamedPath path : NAMED) {
            Circuit circuit = new Circuit(Grids.latitude(path.from), Grids.longitude(path.from), Grids.latitude(path.to),
                    Grids.longitude(path.to));
            double noon = noonUtc(circuit);
            for (SimulatedBand band : SimulatedBand.ALL) {
                effects.add(new Truth.PathEffects(path.name, path.from, path.to, circuit.distanceKm, circuit.geomagneticLatitude,
                        band.name(), band.id(), path.hour,
                        effect(circuit, band, sky(JUNE, path.hour, 70, 2), sky(JUNE, path.hour, 200, 2)),
                        effect(circuit, band, sky(JUNE, path.hour, 150, 0), sky(JUNE, path.hour, 150, 9)),
                        effect(circuit, band, sky(JUNE, noon + 12, 150, 2), sky(JUNE, noon, 150, 2))));
            }
        }
        return effects;
    }

    static List<Truth.LatitudeEffects> byLatitude() {
        List<Truth.LatitudeEffects> effects = new ArrayList<>();
        for (int latitude = -60; latitude <= 75; latitude += 15) {
            double half = Math.toDegrees(1500 / Circuit.EARTH_RADIUS_KM / Math.cos(Math.toRadians(latitude)));
            Circuit circuit = new Circuit(latitude, -half, latitude, half);
            for (SimulatedBand band : SimulatedBand.ALL) {
                effects.add(new Truth.LatitudeEffects(latitude, circuit.geomagneticLatitude, band.name(), band.id(),
                        effect(circuit, band, sky(EQUINOX, 12, 70, 2), sky(EQUINOX, 12, 200, 2)),
                        effect(circuit, band, sky(EQUINOX, 0, 70, 2), sky(EQUINOX, 0, 200, 2)),
                        effect(circuit, band, sky(EQUINOX, 12, 150, 0), sky(EQUINOX, 12, 150, 9)),
                        effect(circuit, band, sky(EQUINOX, 0, 150, 2), sky(EQUINOX, 12, 150, 2))));
            }
        }
        return effects;
    }

    private static Truth.Effect effect(Circuit circuit, SimulatedBand band, Propagation.Sky from, Propagation.Sky to) {
        float[] packed = new float[Propagation.STRIDE];
        Propagation.pack(circuit, packed, 0);
        return new Truth.Effect(state(Propagation.meanSnr(packed, 0, band, from)), state(Propagation.meanSnr(packed, 0, band, to)));
    }

    private static Truth.State state(double mean) {
        double threshold = (Propagation.DECODE_THRESHOLD_DB - mean) / SIGMA_DB;
        return new Truth.State(mean, mean + SIGMA_DB * Normal.meanAbove(threshold), 1 - Normal.cumulative(threshold));
    }

    private static Propagation.Sky sky(LocalDate date, double hour, double sfi, double kp) {
        return Propagation.Sky.of(date, hour, sfi, kp);
    }

    /// The hour UTC of noon in the middle of a path.
    private static double noonUtc(Circuit circuit) {
        double longitude = Math.toDegrees(Math.atan2(circuit.control1[1] + circuit.control2[1], circuit.control1[0] + circuit.control2[0]));
        return 12 - longitude / 15;
    }
}
