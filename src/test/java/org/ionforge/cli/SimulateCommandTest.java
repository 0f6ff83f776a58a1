package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ionforge.refinery.simulation.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }

    @Test
    void printsItsResultAsJsonAlone() throws Exception {
        Path data = folder.resolve("data");
        assertEquals(0, run("simulate", "--days", "2", "--spots-per-day", "1000", "--seed", "5", "--start", "2024-02-01",
                "--out", data.toString(), "--json"), err.toString(StandardCharsets.UTF_8));
        JsonNode result = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertEquals(2000, result.get("spots").asLong());
        assertEquals(data.resolve("wsprspots-2024-02.csv.gz").toString(), result.get("archives").get(0).asText());
        assertTrue(Files.exists(Path.of(result.get("solar").asText())));
        assertEquals(5, Truth.read(data).seed());
    }

    @Test
    void wrongUseEndsWithTwo() {
        String out = folder.toString();
        assertEquals(2, run("simulate", "--days", "2"));
        assertEquals(2, run("simulate", "--out", out, "--days", "two"));
        assertEquals(2, run("simulate", "--out", out, "--days", "0"));
        assertEquals(2, run("simulate", "--out", out, "--start", "tomorrow"));
        assertEquals(2, run("simulate", "--out", out, "--stations", "5"));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("--days wants a whole number, not 'two'"), said);
        assertTrue(said.contains("'tomorrow'"), said);
        assertTrue(said.contains("stations must be 20 to 4000, not 5"), said);
    }
}
