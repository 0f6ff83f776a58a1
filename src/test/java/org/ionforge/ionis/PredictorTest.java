package org.ionforge.ionis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.errors.InputException;
import org.ionforge.export.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PredictorTest {

    @TempDir
    Path folder;

    static Stream<String> backends() {
        return Backends.available().stream().filter(Backends.Availability::available).map(Backends.Availability::name);
    }

    /// W3 to G on 20 m at 14 UTC in June: the reference system's TST-101, its features as independently computed.
    @Test
    void featuresOfAKnownPath() {
        float[] expected = {0.29398948f, 0.893641233f, -0.5f, -0.866025388f, 0.760376513f, 0.649482548f, 0.068666667f, 0.503555536f,
            0, -1, -0.988847554f, 0.5f, 0.777777791f};
        float[] features = predict("reference", IonisGate.initialise(Variant.V20, 1), List.of(w3ToG(14_097_100))).getFirst().features();
        for (int i = 0; i < expected.length; i++) {
            // Distance and azimuth come from single precision; the others are exact but for rounding.
            assertEquals(expected[i], features[i], i == 0 || i == 4 || i == 5 ? 1e-6 : 6e-8, Variant.V20.features().get(i));
        }
    }

    @Test
    void theMiddleLongitudeIsTheArithmeticMeanAsTrainedOn() {
        Circuit acrossTheDateLine = new Circuit(new Circuit.Coordinates(40, 170), new Circuit.Coordinates(40, -170), 14_097_100, 6, 6, 100, 2);
        float[] features = predict("reference", IonisGate.initialise(Variant.V20, 1), List.of(acrossTheDateLine)).getFirst().features();
        assertEquals(Math.cos(2 * Math.PI * 6 / 24), features[10], 1e-7);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void predictionsAreThoseOfTheTensorsInTheFile(String backend) {
        Path file = folder.resolve("model.safetensors");
        float[] weights = IonisGate.initialise(Variant.V20, 42).parameters();
        // Open the gates a little, so that all three parts of the trunk show in the result.
        for (var tensor : Variant.V20.shape().tensors()) {
            if (tensor.name().endsWith("Gate.2.weight")) {
                for (int i = 0; i < tensor.length(); i++) {
                    weights[tensor.offset() + i] = (float) Math.sin(i + tensor.offset());
                }
            }
        }
        IonisGate.of(Variant.V20, weights).write(file, Map.of());
        List<Circuit> circuits = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            circuits.add(new Circuit(new Circuit.Coordinates(-80 + 7 * i, -170 + 14 * i), new Circuit.Grid(i % 2 == 0 ? "JO31" : "qf56OC"),
                    1_836_600 + 1_200_000.0 * i, i, 1 + i % 12, 60 + 14 * i, i % 10));
        }
        try (Safetensors tensors = Safetensors.open(file)) {
            PlainForward plain = new PlainForward(tensors);
            for (Predictor.Prediction p : predict(backend, IonisGate.read(file, Variant.V20), circuits)) {
                double[] expected = plain.of(p.features());
                assertEquals(expected[0], p.sigma(), 1e-5);
                assertEquals(expected[1], p.base(), 1e-5);
                assertEquals(expected[2], p.sunGate(), 1e-5);
                assertEquals(expected[3], p.stormGate(), 1e-5);
                assertEquals(expected[4], p.sunSide(), 1e-5);
                assertEquals(expected[5], p.stormSide(), 1e-5);
                Normalisation.Scale scale = Variant.V20.normalisation().of(p.band().id());
                assertEquals(p.sigma() * scale.std() + scale.mean(), p.db(), 1e-9);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+",
            disabledReason = "needs the reference checkpoint ionis/ionis_v20.safetensors in the folder IONFORGE_DATA")
    void theReferenceCheckpointGivesItsKnownAnswers(String backend) throws IOException {
        Path data = Path.of(System.getenv("IONFORGE_DATA"), "ionis");
        JsonNode reference = JsonMapper.builder().build().readTree(data.resolve("v20_reference_outputs.json").toFile());
        List<JsonNode> cases = new ArrayList<>();
        reference.get("cases").forEach(cases::add);
        assertEquals(10, cases.size());
        reference.get("tst100").forEach(cases::add);
        assertEquals(40, cases.size());
        List<Predictor.Prediction> predictions = predict(backend, IonisGate.read(data.resolve("ionis_v20.safetensors"), Variant.V20),
                cases.stream().map(PredictorTest::circuit).toList());
        for (int i = 0; i < cases.size(); i++) {
            JsonNode expected = cases.get(i);
            String id = expected.get("id").asText();
            assertEquals(expected.get("sigma").doubleValue(), predictions.get(i).sigma(), 1e-5, id);
            if (expected.has("base_snr")) {
                assertEquals(expected.get("base_snr").doubleValue(), predictions.get(i).base(), 2e-5, id);
                assertEquals(expected.get("sun_gate").doubleValue(), predictions.get(i).sunGate(), 1e-5, id);
                assertEquals(expected.get("storm_gate").doubleValue(), predictions.get(i).stormGate(), 1e-5, id);
                assertEquals(expected.get("db_perband_wspr").doubleValue(), predictions.get(i).db(), 2e-4, id);
            }
        }
    }

    private static Circuit circuit(JsonNode node) {
        JsonNode tx = node.has("tx_latlon") ? node.get("tx_latlon") : node.get("tx");
        JsonNode rx = node.has("rx_latlon") ? node.get("rx_latlon") : node.get("rx");
        // Only the case that forces distance and azimuth gives them; all others are measured here.
        boolean forced = node.path("note").asText().contains("forced");
        return new Circuit(new Circuit.Coordinates(tx.get(0).doubleValue(), tx.get(1).doubleValue()),
                new Circuit.Coordinates(rx.get(0).doubleValue(), rx.get(1).doubleValue()),
                Variant.V20.band(node.get("band").asText()).modelHz(), node.get("hour_utc").intValue(), node.get("month").intValue(),
                node.get("sfi").doubleValue(), node.get("kp").doubleValue(),
                forced ? OptionalDouble.of(node.get("distance_km").doubleValue()) : OptionalDouble.empty(),
                forced ? OptionalDouble.of(node.get("azimuth_deg").doubleValue()) : OptionalDouble.empty());
    }

    @Test
    void aLocatorThatIsNoneIsNamed() {
        for (String locator : List.of("ZZ99", "FN3", "FN31pr9", "", "FN31pr999x", "ÄN31")) {
            Circuit circuit = new Circuit(new Circuit.Grid("FN31"), new Circuit.Grid(locator), 14_097_100, 0, 1, 100, 1);
            IonisGate model = IonisGate.initialise(Variant.V20, 1);
            String said = assertThrows(InputException.class, () -> predict("reference", model, List.of(circuit))).getMessage();
            assertTrue(said.contains("'" + locator + "'"), said);
        }
    }

    @Test
    void verdictsFollowTheThresholds() {
        List<Mode.Verdict> verdicts = Mode.verdicts(-20);
        assertEquals(List.of("WSPR", "FT8"), verdicts.stream().filter(Mode.Verdict::open).map(v -> v.mode().name()).toList());
        assertEquals(8, verdicts.getFirst().margin());
        assertEquals(-25, verdicts.getLast().margin());
    }

    private static Circuit w3ToG(double frequencyHz) {
        return new Circuit(new Circuit.Coordinates(39.14, -77.01), new Circuit.Coordinates(51.5, -0.12), frequencyHz, 14, 6, 150, 2);
    }

    private static List<Predictor.Prediction> predict(String name, IonisGate model, List<Circuit> circuits) {
        try (Backend backend = Backends.named(name)) {
            List<Predictor.Prediction> predictions;
            try (Predictor predictor = new Predictor(model, backend)) {
                predictions = predictor.predict(circuits);
                assertEquals(0, predictor.predict(List.of()).size());
            }
            assertEquals(0, backend.liveBuffers());
            return predictions;
        }
    }
}
