package org.ionforge.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SilverEmbeddingConformanceTest {

    private static final double BOUND = 1e-6;
    private static final float[] DISTANCES = {0, -0.0f, 500, 2000, 5000, 15_000, 20_000, 20_015.09f, -1, Float.NaN,
        Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, Float.MIN_VALUE};
    private static final float[] FLUXES = {0, -0.0f, 1e-9f, 1e-6f, 1e-5f, 4.605e-5f, 5e-5f, 1e-2f, 1e30f, -1e-6f, Float.NaN,
        Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE};
    private static final float[] INDICES = {0, -0.0f, 2, 4, 9, 100, 1e30f, -1, Float.NaN, Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY, Float.MIN_VALUE};

    private record Spots(float[] distance, float[] flux, float[] kp) {
        String describe(int i) {
            return distance[i] + " km, " + flux[i] + " W/m², Kp " + kp[i];
        }
    }

    private record Embedding(float[] distance, float[] xray, float[] kp, float[] quality) {
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void everySizeAndKink(Room room) {
        for (int n : Inputs.SIZES) {
            Inputs inputs = new Inputs(n);
            compare(room, new Spots(inputs.mixed(n, 0, 20_100, DISTANCES), inputs.mixed(n, 0, 6e-5f, FLUXES),
                    inputs.mixed(n, 0, 9, INDICES)));
        }
    }

    /// X-ray flux over its decades, which a uniform draw never sees.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void decadesOfFlux(Room room) {
        int n = 20_011;
        Inputs inputs = new Inputs(7);
        float[] flux = inputs.uniform(n, -8, -3);
        for (int i = 0; i < n; i++) {
            flux[i] = (float) Math.pow(10, flux[i]);
        }
        compare(room, new Spots(inputs.uniform(n, 0, 20_015), flux, inputs.uniform(n, 0, 9)));
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void anyBitPatterns(Room room) {
        Inputs inputs = new Inputs(8);
        int n = 10_007;
        compare(room, new Spots(inputs.anyBits(n), inputs.anyBits(n), inputs.anyBits(n)));
    }

    /// From coordinates to quality, as the refinery goes.
    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    void theEightCasesOfTheReferenceSystem(Room room) {
        for (SilverCase path : SilverCase.ALL) {
            hold(room, path, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ionforge.conformance.Room#all")
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+",
            disabledReason = "needs ionis/v20_reference_outputs.json in the folder that IONFORGE_DATA names")
    void theEightCasesAsPublished(Room room) throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(Path.of(System.getenv("IONFORGE_DATA"), "ionis", "v20_reference_outputs.json").toFile()).get("silver_kernel");
        assertEquals(8, cases.size());
        for (JsonNode c : cases) {
            hold(room, new SilverCase(c.get("name").asText(), at(c, "tx", 0), at(c, "tx", 1), at(c, "rx", 0), at(c, "rx", 1),
                    (float) c.get("kp").asDouble(), (float) c.get("xray").asDouble(), c.get("distance_km").asDouble(),
                    c.get("norm_distance").asDouble(), c.get("q_xray").asDouble(), c.get("q_geo").asDouble(),
                    c.get("quality").asDouble()), 1e-5);
        }
    }

    private static float at(JsonNode node, String end, int axis) {
        return (float) node.get(end).get(axis).asDouble();
    }

    private static void hold(Room room, SilverCase path, double bound) {
        float[] distance = new float[1];
        Embedding embedding = Trial.on(room, trial -> {
            Buffer km = trial.output(ElementType.F32, 1);
            trial.backend().greatCircle().measure(trial.input(path.latitudeA()), trial.input(path.longitudeA()),
                    trial.input(path.latitudeB()), trial.input(path.longitudeB()), km, trial.output(ElementType.F32, 1),
                    trial.output(ElementType.F32, 1), trial.output(ElementType.F32, 1), 1);
            distance[0] = trial.floats(km, 1)[0];
            return embed(trial, km, new Spots(distance, new float[] {path.xray()}, new float[] {path.kp()}));
        });
        assertEquals(path.distanceKm(), distance[0], 0.04, path.name());
        assertEquals(path.eDistance(), embedding.distance[0], bound, path.name());
        assertEquals(path.eXray(), embedding.xray[0], bound, path.name());
        assertEquals(path.eKp(), embedding.kp[0], bound, path.name());
        assertEquals(path.quality(), embedding.quality[0], bound, path.name());
    }

    private static void compare(Room room, Spots spots) {
        Embedding expected = Trial.on(Room.reference(), trial -> embed(trial, trial.input(spots.distance), spots));
        Embedding actual = Trial.on(room, trial -> embed(trial, trial.input(spots.distance), spots));
        Agreement.Bound bound = (i, x) -> BOUND;
        Agreement.within(bound, expected.distance, actual.distance, "eDistance", spots::describe);
        Agreement.within(bound, expected.xray, actual.xray, "eXray", spots::describe);
        Agreement.within(bound, expected.kp, actual.kp, "eKp", spots::describe);
        Agreement.within(bound, expected.quality, actual.quality, "quality", spots::describe);
    }

    private static Embedding embed(Trial trial, Buffer distance, Spots spots) {
        int n = spots.distance.length;
        Buffer eDistance = trial.output(ElementType.F32, n);
        Buffer eXray = trial.output(ElementType.F32, n);
        Buffer eKp = trial.output(ElementType.F32, n);
        Buffer quality = trial.output(ElementType.F32, n);
        trial.backend().silverEmbedding().embed(distance, trial.input(spots.flux), trial.input(spots.kp), eDistance, eXray, eKp,
                quality, n);
        return new Embedding(trial.floats(eDistance, n), trial.floats(eXray, n), trial.floats(eKp, n), trial.floats(quality, n));
    }
}
