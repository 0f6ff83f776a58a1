package org.ionforge.refinery.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.ionforge.telemetry.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PropagationTest {

    private static final Truth.PathEffects ATLANTIC_10M = effects("transatlantic", "10m");

    private static Truth.PathEffects effects(String path, String band) {
        return PlantedEffects.onNamedPaths().stream().filter(p -> p.name().equals(path) && p.band().equals(band)).findFirst().orElseThrow();
    }

    @Test
    void aCircuitHasTheGeometryOfTheSphere() {
        Circuit quarter = new Circuit(0, 0, 0, 90);
        assertEquals(Math.PI / 2 * 6371, quarter.distanceKm, 1e-6);
        assertEquals(90, quarter.azimuthDeg, 1e-9);
        assertEquals(3, quarter.hops);
        double degrees = Math.toDegrees(2000 / 6371.0);
        assertEquals(degrees, Math.toDegrees(Math.atan2(quarter.control1[1], quarter.control1[0])), 1e-9);
        assertEquals(90 - degrees, Math.toDegrees(Math.atan2(quarter.control2[1], quarter.control2[0])), 1e-9);
        Circuit near = new Circuit(50, 5, 50, 5);
        assertEquals(0, near.distanceKm);
        assertEquals(1, near.obliquity());
        assertEquals(1, near.absorptionSecant(), 1e-9);
    }

    @Test
    void theSunStandsOverItsMeridianAtNoon() {
        Propagation.Sky sky = Propagation.Sky.of(LocalDate.of(2024, 3, 21), 18, 100, 0);
        assertEquals(0, sky.sunX(), 0.01, "at 18 UTC the sun is over 90° west");
        assertEquals(-1, sky.sunY(), 0.01);
        assertEquals(0, sky.sunZ(), 0.02, "at the equinox over the equator");
        assertEquals(Math.sin(Math.toRadians(23.4)), Propagation.Sky.of(LocalDate.of(2024, 6, 21), 0, 100, 0).sunZ(), 0.01);
    }

    @Test
    void solarFluxOpensTheHighBands() {
        assertTrue(ATLANTIC_10M.sfi().ofMean() > 10, ATLANTIC_10M.toString());
        assertTrue(effects("transatlantic", "30m").sfi().ofMean() < 3, "a band far below the MUF gains little");
    }

    @Test
    void stormsCostMoreNearThePole() {
        double polar = effects("polar", "20m").kp().ofMean();
        double equatorial = effects("equatorial", "20m").kp().ofMean();
        assertTrue(polar < -12 && equatorial > -5 && equatorial < 0, polar + " and " + equatorial);
    }

    @Test
    void dayAbsorbsTheLowBandsAndOpensTheHighOnes() {
        assertTrue(effects("european", "80m").day().ofMean() < -15);
        assertTrue(effects("european", "15m").day().ofMean() > 15);
    }

    @Test
    void whatIsDecodedShowsLessThanWhatIs() {
        Truth.Effect polar = effects("polar", "20m").kp();
        assertTrue(polar.ofDecoded() < 0 && polar.ofDecoded() > polar.ofMean(), polar.toString());
        assertTrue(polar.from().probability() > polar.to().probability());
        assertTrue(polar.to().decoded() > Propagation.DECODE_THRESHOLD_DB);
    }

    @Test
    void normalQuantitiesAreRight() {
        assertEquals(0.5, Normal.cumulative(0), 1e-15);
        assertEquals(0.024997895148220435, Normal.cumulative(-1.96), 1e-14);
        assertEquals(9.865876450376946e-10, Normal.cumulative(-6), 1e-13);
        assertEquals(6.220960574271785e-16, Normal.cumulative(-8), 1e-28);
        assertEquals(0.7978845608028654, Normal.meanAbove(0), 1e-14);
        assertEquals(1.5251352761609812, Normal.meanAbove(1), 1e-9);
        assertEquals(8.121, Normal.meanAbove(8), 1e-3);
    }

    @Test
    void randomNormalsHaveMeanZeroAndUnitDeviation() {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 1 << 16; i++) {
            float draw = RandomStream.normal(i);
            sum += draw;
            squares += draw * draw;
        }
        assertEquals(0, sum / (1 << 16), 1e-6);
        assertEquals(1, squares / (1 << 16), 1e-3);
    }

    @Test
    void spotsFollowTheSun(@TempDir Path folder) throws Exception {
        Map<String, long[]> shares = new HashMap<>();
        for (LocalDate start : new LocalDate[] {LocalDate.of(2019, 12, 1), LocalDate.of(2025, 4, 1)}) {
            Path out = folder.resolve(start.toString());
            SimulationResult result = Simulator.run(new SimulationRequest(3, 40_000, 5, start, 1, 0, false, false, false, 2, out),
                    Progress.SILENT);
            long[] counts = new long[SimulatedBand.COUNT];
            try (var lines = new BufferedReader(new InputStreamReader(new GZIPInputStream(
                    Files.newInputStream(result.archives().getFirst()))))) {
                lines.lines().forEach(line -> {
                    int megahertz = Integer.parseInt(line.split(",", -1)[12]);
                    SimulatedBand.ALL.stream().filter(b -> b.megahertz() == megahertz).forEach(b -> counts[b.index()]++);
                });
            }
            shares.put(start.getYear() == 2019 ? "minimum" : "maximum", counts);
        }
        long atMinimum = shares.get("minimum")[9];
        long atMaximum = shares.get("maximum")[9];
        assertTrue(atMaximum > 3 * atMinimum + 100, "10 m: " + atMinimum + " spots at solar minimum, " + atMaximum + " at maximum");
    }
}
