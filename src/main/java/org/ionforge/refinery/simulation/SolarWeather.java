package org.ionforge.refinery.simulation;

import java.time.LocalDate;

/// The simulated sun: F10.7, sunspot number and Kp of any day, each a function of the seed and the date alone.
///
/// - `F10.7 = 68 + C + 0.16·C·sin(2π·day/27) + 3·noise`, with the cycle `C = 118·sin²(π·(years since 2019.96)/11)`;
/// - sunspot number by inverting `F10.7 = 63.7 + 0.728·R + 0.00089·R²` (Tapping and Valdés), ± 8;
/// - Kp: a quiet level of 1.6 ± 1 in each 3-hour bucket with a 27-day wave, and storms: one begins on a day with probability
///   0.07, reaches Kp 5 to 9 within six hours and dies away with a time constant of 15 hours. Thirds, as Kp has them.
final class SolarWeather {

    private static final LocalDate MINIMUM = LocalDate.of(2019, 12, 17);
    private static final double CYCLE_DAYS = 11 * 365.25;

    private final long seed;

    SolarWeather(long seed) {
        this.seed = seed;
    }

    /// The indices of one day.
    ///
    /// @param sfi      F10.7 observed, sfu
    /// @param adjusted F10.7 at 1 AU
    /// @param ssn      sunspot number
    /// @param kpThirds Kp of the eight buckets, in thirds: 0 to 27
    record Day(LocalDate date, double sfi, double adjusted, int ssn, int[] kpThirds) {

        double kp(int hour) {
            return kpThirds[hour / 3] / 3.0;
        }
    }

    Day day(LocalDate date) {
        RandomStream random = new RandomStream(seed).at(RandomKinds.SOLAR_DAY, date.toEpochDay());
        double since = date.toEpochDay() - MINIMUM.toEpochDay();
        double sine = Math.sin(Math.PI * since / CYCLE_DAYS);
        double cycle = 118 * sine * sine;
        double sfi = 68 + cycle + 0.16 * cycle * Math.sin(2 * Math.PI * since / 27) + 3 * random.normal();
        sfi = Math.round(Math.max(64, sfi) * 10) / 10.0;
        double spots = (-0.728 + Math.sqrt(0.728 * 0.728 + 4 * 0.00089 * (sfi - 63.7))) / (2 * 0.00089);
        double astronomicalUnits = 1 - 0.01672 * Math.cos(2 * Math.PI * (date.getDayOfYear() - 4) / 365.25);
        int[] kp = new int[8];
        for (int bucket = 0; bucket < 8; bucket++) {
            kp[bucket] = kpThirds(date.toEpochDay(), bucket, random);
        }
        return new Day(date, sfi, sfi * astronomicalUnits * astronomicalUnits,
                (int) Math.max(0, Math.round(spots + 8 * random.at(RandomKinds.SOLAR_DAY, ~date.toEpochDay()).normal())), kp);
    }

    private int kpThirds(long day, int bucket, RandomStream random) {
        random.at(RandomKinds.SOLAR_BUCKET, day * 8 + bucket);
        double kp = 1.6 + 0.7 * Math.sin(2 * Math.PI * day / 27) + random.normal();
        for (long start = day - 4; start <= day; start++) {
            random.at(RandomKinds.SOLAR_STORM, start);
            if (random.chance(0.07)) {
                double onset = 24 * random.uniform();
                double peak = 5 + 4 * random.uniform() * random.uniform();
                double hours = (day - start) * 24 + bucket * 3 + 1.5 - onset;
                if (hours > 0) {
                    kp = Math.max(kp, peak * Math.min(1, hours / 6) * Math.exp(-Math.max(0, hours - 6) / 15));
                }
            }
        }
        return Math.clamp(Math.round(kp * 3), 0, 27);
    }
}
