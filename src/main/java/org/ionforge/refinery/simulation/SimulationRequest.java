package org.ionforge.refinery.simulation;

import java.nio.file.Path;
import java.time.LocalDate;
import org.ionforge.errors.InputException;

/// What to simulate.
///
/// @param days        number of simulated days, from 1
/// @param spotsPerDay spots on each of them, from 24 to 20 million
/// @param seed        same seed and request, same bytes, whatever the number of threads
/// @param start       first day (UTC)
/// @param every       days from one simulated day to the next: 1 is consecutive, 61 spreads 60 days over ten years, so that
///                    quiet and active suns are both among them
/// @param stations    size of the network, or 0 to fit it to the number of spots
/// @param dirt        whether to spoil some rows, see [Dirt]
/// @param truncate    whether to cut the last archive file short, as a broken download does
/// @param goes        whether to write GOES X-ray fluxes too
/// @param threads     threads that make rows
/// @param directory   where the files go; created if absent
public record SimulationRequest(int days, long spotsPerDay, long seed, LocalDate start, int every, int stations, boolean dirt,
                                boolean truncate, boolean goes, int threads, Path directory) {

    public static final LocalDate DEFAULT_START = LocalDate.of(2016, 1, 15);
    private static final LocalDate FIRST_DAY = LocalDate.of(2008, 3, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(2105, 12, 31);

    public SimulationRequest {
        require(days >= 1 && days <= 20_000, "days must be 1 to 20000, not " + days);
        require(spotsPerDay >= 24 && spotsPerDay <= 20_000_000, "spots per day must be 24 to 20000000, not " + spotsPerDay);
        require(every >= 1, "every must be at least 1, not " + every);
        require(stations == 0 || stations >= 20 && stations <= 4000, "stations must be 20 to 4000, not " + stations);
        require(threads >= 1, "threads must be at least 1, not " + threads);
        LocalDate last = start.plusDays((days - 1L) * every);
        require(!start.isBefore(FIRST_DAY) && !last.isAfter(LAST_DAY),
                "simulated days must lie between " + FIRST_DAY + " and " + LAST_DAY + ", not " + start + " to " + last);
        if (stations == 0) {
            stations = Math.clamp(Math.round(Math.sqrt(spotsPerDay / 5.0)), 60, 1200);
        }
    }

    /// Clean consecutive days from [#DEFAULT_START] on all processors.
    public static SimulationRequest of(int days, long spotsPerDay, long seed, Path directory) {
        return new SimulationRequest(days, spotsPerDay, seed, DEFAULT_START, 1, 0, false, false, false,
                Runtime.getRuntime().availableProcessors(), directory);
    }

    /// The same with days spread over the solar cycle.
    public SimulationRequest spread(int every) {
        return new SimulationRequest(days, spotsPerDay, seed, start, every, stations, dirt, truncate, goes, threads, directory);
    }

    /// The same with dirt.
    public SimulationRequest dirty() {
        return new SimulationRequest(days, spotsPerDay, seed, start, every, stations, true, truncate, goes, threads, directory);
    }

    /// The simulated day number `index`, from 0.
    LocalDate day(int index) {
        return start.plusDays((long) index * every);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new InputException("simulate: " + message);
        }
    }
}
