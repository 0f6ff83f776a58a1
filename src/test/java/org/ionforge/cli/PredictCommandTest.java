package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ionforge.ionis.IonisGate;
import org.ionforge.ionis.Variant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictCommandTest {

    private static final String CASE = "{\"tx\":\"FN31\",\"rx\":[51.5,-0.12],\"band\":\"20m\",\"hour\":14,\"month\":6,\"sfi\":150,\"kp\":2}";

    @TempDir
    private Path folder;
    private String model;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void write() {
        model = folder.resolve("model.safetensors").toString();
        IonisGate.initialise(Variant.V20, 42).write(Path.of(model), Map.of());
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }

    private JsonNode json(String... arguments) throws IOException {
        assertEquals(0, run(arguments), err.toString(StandardCharsets.UTF_8));
        return new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    }

    private JsonNode cases(String text) throws IOException {
        return json("predict", "--model", model, "--backend", "reference", "--json", "--cases",
                Files.writeString(folder.resolve("cases.json"), text).toString());
    }

    @Test
    void onePathAsJson() throws IOException {
        JsonNode answer = json("predict", "--model", model, "--tx", "FN31", "--rx", "51.5,-0.12", "--band", "20m", "--hour", "14",
                "--month", "6", "--sfi", "150", "--kp", "2", "--backend", "reference", "--json");
        assertEquals(answer.get("sigma").doubleValue() * 6.7 - 17.53, answer.get("db").doubleValue(), 1e-4);
        assertEquals(1, answer.get("sunGate").doubleValue(), 1e-6);
        assertEquals(1, answer.get("stormGate").doubleValue(), 1e-6);
        assertEquals(13, answer.get("features").size());
        assertEquals("20m", answer.get("band").asText());
        assertEquals(List.of("WSPR", "FT8", "CW", "RTTY", "SSB"), answer.get("verdicts").findValuesAsText("mode"));
        for (JsonNode verdict : answer.get("verdicts")) {
            double margin = answer.get("db").doubleValue() - verdict.get("thresholdDb").doubleValue();
            assertEquals(margin, verdict.get("marginDb").doubleValue(), 1e-12);
            assertEquals(margin >= 0, verdict.get("open").booleanValue());
        }
        // The same circuit in a file gives the same numbers, and only those of the contract.
        JsonNode fromFile = cases("[" + CASE + "]").get(0);
        assertEquals(answer.get("sigma"), fromFile.get("sigma"));
        assertEquals(6, fromFile.size());
    }

    @Test
    void casesKeepTheirOrderAndTheirForms() throws IOException {
        JsonNode answers = cases("[" + CASE + "," + CASE.replace("\"band\":\"20m\"", "\"frequencyHz\":14097100") + ","
                + CASE.replace("\"band\":\"20m\"", "\"band\":107") + "," + CASE.replace("\"hour\":14", "\"hour\":2") + ","
                + CASE.replace("}", ",\"distanceKm\":5900,\"azimuthDeg\":90}") + "]");
        assertEquals(5, answers.size());
        assertEquals(answers.get(0), answers.get(1));
        assertEquals(answers.get(0), answers.get(2));
        assertEquals(0.5, answers.get(3).at("/features/2").doubleValue(), 1e-7);
        assertEquals(0.295, answers.get(4).at("/features/0").doubleValue(), 1e-7);
        assertEquals(1, answers.get(4).at("/features/4").doubleValue(), 1e-7);
        assertEquals(0, cases("[]").size());
    }

    @Test
    void onePathForPeople() {
        assertEquals(0, run("predict", "--model", model, "--tx", "FN31", "--rx", "IO91", "--frequency", "7038600", "--hour", "14",
                "--month", "6", "--sfi", "150", "--kp", "2", "--backend", "reference"));
        String said = out.toString(StandardCharsets.UTF_8);
        assertTrue(said.startsWith("40m: ") && said.contains("WSPR closed (") && said.endsWith("dB)\n"), said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[CASE,{}] | case 1: tx is missing",
        "[CASE,CASE,7] | case 2: is 7, not an object",
        "[{\"tx\":\"FN31\",\"rs\":\"IO91\"}] | case 0: unknown key 'rs'; did you mean 'rx'?",
        "[{\"tx\":[95,0],\"rx\":\"IO91\",\"band\":\"20m\",\"hour\":1,\"month\":1,\"sfi\":100,\"kp\":1}] | case 0: tx: latitude 95 is outside -90 to 90",
        "[{\"tx\":[1,2,3],\"rx\":\"IO91\"}] | case 0: tx is [1,2,3], neither a locator",
        "[{\"tx\":\"FN31\",\"rx\":\"IO91\",\"hour\":1}] | case 0: needs either band or frequencyHz",
        "[{\"tx\":\"FN31\",\"rx\":\"IO91\",\"band\":\"6m\"}] | case 0: unknown band '6m'",
        "[{\"tx\":\"FN31\",\"rx\":\"IO91\",\"band\":\"20m\",\"hour\":true}] | case 0: hour is true, not a whole number",
        "[{\"tx\":\"FN31\",\"rx\":\"IO91\",\"band\":\"20m\",\"hour\":1.5}] | case 0: hour is 1.5, not a whole number",
        "[{\"tx\":\"FN31\",\"rx\":\"IO91\",\"band\":\"20m\",\"hour\":1,\"month\":1,\"sfi\":\"100\"}] | case 0: sfi is \"100\", not a number",
        "[{\"tx\":\"FN31\",\"rx\":\"IO91\",\"band\":\"20m\",\"hour\":1,\"month\":1,\"sfi\":100,\"kp\":15}] | case 0: kp 15 is outside 0 to 9",
        "[{\"tx\":\"FN31\",\"rx\":\"IO91\",\"frequencyHz\":144e6,\"hour\":1,\"month\":1,\"sfi\":100,\"kp\":1}] | case 0: frequencyHz 144000000 is outside",
        "{\"tx\":\"FN31\"} | must hold a JSON list",
        "[CASE | line 1, column",
    })
    void badCasesAreNamedByPlaceAndKey(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.json"), text.replace("CASE", CASE));
        assertEquals(2, run("predict", "--model", model, "--cases", file.toString(), "--json"));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("bad.json") && said.contains(message), said);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void wrongUseEndsWithTwo() {
        refused("predict needs --rx, --hour, --month, --sfi, --kp, or --cases FILE", "--tx", "FN31", "--band", "20m");
        refused("either --band or --frequency", "--tx", "FN31", "--rx", "IO91", "--hour", "1", "--month", "1", "--sfi", "100", "--kp", "1");
        refused("--tx and --cases exclude each other", "--tx", "FN31", "--cases", "x.json");
        refused("'ZZ99' is no grid locator", "--tx", "ZZ99", "--rx", "IO91", "--band", "20m", "--hour", "1", "--month", "1", "--sfi", "100", "--kp", "1");
        refused("unknown variant 'v22'", "--variant", "v22", "--cases", "x.json");
        refused("--sfi wants a number, not 'high'", "--tx", "FN31", "--rx", "IO91", "--band", "20m", "--hour", "1", "--month", "1", "--sfi", "high", "--kp", "1");
        assertEquals(2, run("predict", "--model", folder.resolve("none").toString(), "--tx", "FN31", "--rx", "IO91", "--band", "20m", "--hour", "1",
                "--month", "1", "--sfi", "100", "--kp", "1"));
        assertFalse(err.toString(StandardCharsets.UTF_8).isBlank());
    }

    private void refused(String message, String... arguments) {
        String[] all = new String[arguments.length + 3];
        System.arraycopy(new String[] {"predict", "--model", model}, 0, all, 0, 3);
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        assertEquals(2, run(all));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains(message), err.toString(StandardCharsets.UTF_8));
    }
}
