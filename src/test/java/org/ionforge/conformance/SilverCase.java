package org.ionforge.conformance;

import java.util.List;

/// One of the eight paths of the reference system's own kernel test (the formulas' values are worked out by hand from the
/// contract: 0.5·e⁻¹ = 0.18394, 0.5·e^−2.5 = 0.041042, the X-ray floor 0.1).
///
/// @param quality distance factor × X-ray factor × Kp factor
record SilverCase(String name, float latitudeA, float longitudeA, float latitudeB, float longitudeB, float kp, float xray,
                  double distanceKm, double eDistance, double eXray, double eKp, double quality) {

    /// The distance factor of 7521.1829 km: 1 − 0.3·2521.1829/10000.
    private static final double LONDON = 0.924364513;

    static final List<SilverCase> ALL = List.of(
            of("short and quiet", 42f, -100f, 1f, 1e-7f, 474.7782, 1, 1, 0.3 + 0.7 * 474.7782 / 500),
            of("Colorado to London", 51.5f, -0.1f, 1f, 1e-7f, 7521.1829, 1, 1, LONDON),
            of("Colorado to London, unsettled", 51.5f, -0.1f, 4f, 1e-7f, 7521.1829, 1, 0.5, LONDON * 0.5),
            of("Colorado to London, storm", 51.5f, -0.1f, 6f, 1e-7f, 7521.1829, 1, 0.1839397, LONDON * 0.1839397),
            of("Colorado to London, blackout", 51.5f, -0.1f, 1f, 5e-5f, 7521.1829, 0.1, 1, LONDON * 0.1),
            of("Colorado to Sydney", -33.9f, 151.2f, 1f, 1e-7f, 13418.5204, 1, 1, 1 - 0.3 * 8418.5204 / 10000),
            of("Colorado to Tokyo", 35.7f, 139.7f, 1f, 1e-7f, 9310.2021, 1, 1, 1 - 0.3 * 4310.2021 / 10000),
            of("Colorado to London, extreme", 51.5f, -0.1f, 9f, 1e-7f, 7521.1829, 1, 0.0410425, LONDON * 0.0410425));

    private static SilverCase of(String name, float latitude, float longitude, float kp, float xray, double distance,
                                 double eXray, double eKp, double quality) {
        return new SilverCase(name, 40f, -105f, latitude, longitude, kp, xray, distance, distance / 20000, eXray, eKp, quality);
    }
}
