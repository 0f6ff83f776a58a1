package org.ionforge.refinery.simulation;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ionforge.errors.InputException;

/// What a simulation planted, as `truth.json` beside its files says it.
///
/// The effects are worked out from [Propagation] itself, for average stations at 37 dBm. `snr` is the mean of the path, open or
/// not; `decoded` is the mean of the spots that are strong enough to be decoded, which is all that anyone who sees only an
/// archive can find; `probability` is the share of them.
///
/// @param seed           of the simulation
/// @param firstDay       ISO date
/// @param days           simulated days
/// @param every          days from one to the next
/// @param stations       size of the network
/// @param spots          lines written that are spots, duplicates included, spoilt ones too
/// @param lines          all lines written: `spots` and headers
/// @param archives       names of the archive files
/// @param solarFile      name of the file of indices
/// @param goesFile       name of the GOES file, @code null if none was asked for
/// @param truncated      name of the archive file that was cut short, @code null if none; `spots` counts what was in it before
/// @param dirt           how many rows were spoilt in each way; without entry: none
/// @param bucketsWithoutKp 3-hour buckets missing from the file of indices
/// @param thresholdDb    SNR from which a spot is decoded
/// @param sigmaDb        standard deviation of a spot around its path's mean: fading and both stations' equipment
/// @param paths          effects on named paths, every band
/// @param latitudes      effects on paths of 3000 km from west to east, by latitude, every band
public record Truth(long seed, String firstDay, int days, int every, int stations, long spots, long lines, List<String> archives,
                    String solarFile, String goesFile, String truncated, Map<Dirt, Long> dirt, int bucketsWithoutKp,
                    double thresholdDb, double sigmaDb, List<PathEffects> paths, List<LatitudeEffects> latitudes) {

    public static final String FILE_NAME = "truth.json";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    /// A path under one sky.
    public record State(double snr, double decoded, double probability) {
    }

    /// What changes when one thing changes and all else stays.
    public record Effect(State from, State to) {

        /// Change of the path's mean, dB.
        public double ofMean() {
            return to.snr - from.snr;
        }

        /// Change of the mean of what is decoded, dB.
        public double ofDecoded() {
            return to.decoded - from.decoded;
        }
    }

    /// Effects on one path in June.
    ///
    /// @param hour hour UTC of `sfi` and `kp`
    /// @param sfi  from 70 to 200 sfu at Kp 2
    /// @param kp   from 0 to 9 at 150 sfu
    /// @param day  from midnight to noon at the middle of the path, 150 sfu, Kp 2
    public record PathEffects(String name, String txGrid, String rxGrid, double distanceKm, double geomagneticLatitude,
                              String band, int bandId, int hour, Effect sfi, Effect kp, Effect day) {
    }

    /// Effects at one latitude (degrees north), at the equinox, `sfiByDay` and `kp` at local noon.
    public record LatitudeEffects(double latitude, double geomagneticLatitude, String band, int bandId,
                                  Effect sfiByDay, Effect sfiByNight, Effect kp, Effect day) {
    }

    /// The effects on a named path.
    ///
    /// @throws InputException if there is no such path or band
    public PathEffects path(String name, String band) {
        return paths.stream().filter(p -> p.name.equals(name) && p.band.equals(band)).findFirst()
                .orElseThrow(() -> new InputException("the truth has no path '" + name + "' on '" + band + "'; it has "
                        + paths.stream().map(PathEffects::name).distinct().toList()));
    }

    /// Rows that a careful reader must refuse.
    public long refused() {
        return dirt.entrySet().stream().filter(e -> e.getKey().refused()).mapToLong(Map.Entry::getValue).sum();
    }

    public long count(Dirt kind) {
        return dirt.getOrDefault(kind, 0L);
    }

    /// Reads `truth.json` from a simulation's folder.
    public static Truth read(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        try {
            return JSON.readValue(Files.readAllBytes(file), Truth.class);
        } catch (IOException e) {
            throw new InputException("cannot read the simulator's truth from " + file + ": " + e.getMessage(), e);
        }
    }

    void write(Path directory) throws IOException {
        Files.write(directory.resolve(FILE_NAME), JSON.writeValueAsBytes(this));
    }
}
