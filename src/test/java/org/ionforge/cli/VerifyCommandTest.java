package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.spiking.data.ValueSamples;
import org.ionforge.spiking.verification.SampleRun;
import org.ionforge.telemetry.report.SpikingReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {

    /// Random weights have no accuracy, and timings are not for tests.
    private static final List<String> RELAXED = List.of("--accuracy-drop", "100", "--spike-rate-low", "0", "--spike-rate-high", "1", "--temporal-agreement",
            "0.5", "--latency-ratio", "1e9");

    @TempDir
    private Path folder;
    private String data;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void write() throws IOException {
        try (Backend backend = Backends.named("reference"); Arena arena = Arena.ofShared()) {
            SampleRun.write(folder, backend, "20-16-3", "8");
            ValueSamples samples = SampleRun.samples(arena, 20);
            StringBuilder rows = new StringBuilder();
            for (int i = 0; i < samples.size(); i++) {
                rows.append(samples.label(i));
                for (int k = 0; k < 20; k++) {
                    rows.append(',').append(samples.value(i, k));
                }
                rows.append('\n');
            }
            data = "csv:" + Files.writeString(folder.resolve("train.csv"), rows) + "," + Files.writeString(folder.resolve("test.csv"), rows);
        }
    }

    private int run(List<String> more, String... arguments) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(more);
        return Main.run(all.toArray(String[]::new), new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void gatesAsJsonAndExitCodes() throws IOException {
        assertEquals(0, run(RELAXED, "verify", folder.toString(), "--data", data, "--backend", "reference", "--json"), said());
        JsonNode gates = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertEquals(11, gates.size());
        assertEquals("accuracyDrop", gates.get(0).get("gate").asText());
        assertEquals(100, gates.get(0).get("limit").doubleValue());
        for (JsonNode gate : gates) {
            assertTrue(gate.get("pass").booleanValue() && gate.get("value").isNumber(), gate.toString());
        }
        assertTrue(Files.exists(folder.resolve("verification.json")));
        List<String> strict = new ArrayList<>(RELAXED);
        strict.addAll(List.of("--model-bytes", "10"));
        assertEquals(1, run(strict, "verify", folder.toString(), "--data", data, "--backend", "reference"), said());
        String table = out.toString(StandardCharsets.UTF_8);
        assertTrue(table.contains("FAIL   modelBytes") && table.contains("1 of 11 gates failed: model-bytes\n"), table);
    }

    @Test
    void theReportOfTheRunShowsTheGates() throws IOException {
        new SpikingReport(List.of(), Map.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null).write(folder, "1");
        assertEquals(0, run(RELAXED, "verify", folder.toString(), "--data", data, "--backend", "reference"), said());
        List<SpikingReport.Gate> gates = SpikingReport.read(folder).gates();
        assertEquals(11, gates.size());
        assertEquals("≤ 100", gates.getFirst().limit());
        assertEquals(SampleRun.SAMPLES, SpikingReport.read(folder).inference().samples());
        assertTrue(Files.readString(folder.resolve("report.html")).contains("points by which the integer network"));
    }

    @Test
    void limitsComeFromFilesAndFlags() throws IOException {
        Path file = Files.writeString(folder.resolve("limits.json"), "{\"saturation\": 0.5, \"scale-drift\": 2}");
        assertEquals(0, run(List.of(), "verify", folder.toString(), "--config", file.toString(), "--saturation", "0.25", "--print-config"), said());
        String table = out.toString(StandardCharsets.UTF_8);
        assertTrue(table.lines().anyMatch(line -> line.matches("saturation +0.25 +--saturation")), table);
        assertTrue(table.lines().anyMatch(line -> line.startsWith("scale-drift") && line.endsWith("limits.json")), table);
        assertTrue(table.lines().anyMatch(line -> line.matches("accuracy-drop +0.2 +usual")), table);
        Files.writeString(file, "{\"saturatoin\": 0.5}");
        assertEquals(2, run(List.of(), "verify", folder.toString(), "--config", file.toString(), "--print-config"));
        assertTrue(said().contains("did you mean 'saturation'"), said());
    }

    @Test
    void wrongUseIsInput() throws IOException {
        assertEquals(2, run(List.of(), "verify"));
        assertTrue(said().contains("verify wants the folder of one run"), said());
        assertEquals(2, run(List.of(), "verify", folder.resolve("nowhere").toString()));
        assertTrue(said().contains("there is no") && said().contains("model.ionq"), said());
        assertEquals(2, run(List.of(), "verify", folder.toString(), "--backend", "reference"));
        assertTrue(said().contains("say --data SET"), said());
        Files.writeString(folder.resolve("metrics.json"), "{");
        assertEquals(2, run(List.of(), "verify", folder.toString(), "--data", data, "--backend", "reference"));
        assertTrue(said().contains("metrics.json: line 1, column 2 is not what it wrote"), said());
        assertEquals(2, run(List.of(), "verify", folder.toString(), "--saturation", "much"));
        assertTrue(said().contains("--saturation wants a number"), said());
    }
}
