package org.ionforge.refinery.simulation;

import java.util.List;

/// One amateur band of the simulated network.
///
/// @param id                house number, 102 = 160 m … 111 = 10 m
/// @param name              `20m`
/// @param megahertz         whole MHz, as the archive's band column has it
/// @param segmentHz         lower edge of the 200 Hz that WSPR stations use there
/// @param activity          share of transmissions, relative
/// @param levelDb           SNR at 37 dBm over 1000 km without any of the losses of [Propagation]
/// @param frequencyMhz      middle of the 200 Hz
/// @param absorptionDivisor (f + 1.4)^1.98 + 10.2
public record SimulatedBand(int id, String name, int megahertz, long segmentHz, double activity, float levelDb,
                            float frequencyMhz, float absorptionDivisor) {

    public static final List<SimulatedBand> ALL = List.of(
            of(102, "160m", 1, 1_838_000, 4, -2),
            of(103, "80m", 3, 3_570_000, 9, -2),
            of(104, "60m", 5, 5_288_600, 4, -2),
            of(105, "40m", 7, 7_040_000, 20, -3),
            of(106, "30m", 10, 10_140_100, 15, -3),
            of(107, "20m", 14, 14_097_000, 24, -3),
            of(108, "17m", 18, 18_106_000, 10, -3),
            of(109, "15m", 21, 21_096_000, 13, -2),
            of(110, "12m", 24, 24_926_000, 8, -2),
            of(111, "10m", 28, 28_126_000, 13, -2));

    static final int COUNT = ALL.size();

    private static SimulatedBand of(int id, String name, int megahertz, long segmentHz, double activity, float levelDb) {
        double frequency = (segmentHz + 100) * 1e-6;
        return new SimulatedBand(id, name, megahertz, segmentHz, activity, levelDb, (float) frequency,
                (float) (Math.pow(frequency + 1.4, 1.98) + 10.2));
    }

    /// Position in [#ALL].
    int index() {
        return id - ALL.getFirst().id;
    }
}
