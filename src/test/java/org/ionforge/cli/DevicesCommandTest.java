package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.ionforge.compute.Backends;
import org.junit.jupiter.api.Test;

class DevicesCommandTest {

    private static String run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertEquals(0, Main.run(arguments, new Console(stream, stream, false)));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void namesEveryBackendAndThePickedOne() {
        String text = run("devices");
        for (Backends.Availability each : Backends.available()) {
            assertTrue(text.contains(each.name() + " "), text);
            assertTrue(text.contains(each.available() ? each.detail() : "not available: " + each.detail()), text);
        }
        assertTrue(text.contains("picked: "), text);
    }

    @Test
    void printsTheSameForMachines() throws IOException {
        JsonNode root = new ObjectMapper().readTree(run("devices", "--json"));
        assertEquals(Backends.NAMES.size(), root.get("backends").size());
        for (JsonNode each : root.get("backends")) {
            assertTrue(each.hasNonNull(each.get("available").asBoolean() ? "description" : "reason"), each.toString());
            if (each.get("name").asText().equals("reference")) {
                assertTrue(each.get("available").asBoolean());
                assertTrue(each.get("memoryBytes").asLong() > 1 << 20);
                assertTrue(each.get("device").asText().matches(".+ × \\d+"), each.toString());
            }
            if (each.get("name").asText().equals(root.get("picked").asText())) {
                assertTrue(each.get("available").asBoolean());
            }
        }
    }
}
