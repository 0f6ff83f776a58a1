package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Random;
import org.ionforge.compute.QuantisationScheme;
import org.ionforge.spiking.integer.InputForm;
import org.ionforge.spiking.integer.ModelFile;
import org.ionforge.spiking.integer.RandomModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferCommandTest {

    @TempDir
    private Path folder;
    private Path model;
    private String data;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void write() throws IOException {
        model = folder.resolve("model.ionq");
        ModelFile.write(model, RandomModels.of("6-9-3", QuantisationScheme.int4(), new InputForm.Codes(), 1));
        Random random = new Random(1);
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            rows.append(i % 3);
            random.doubles(6).forEach(value -> rows.append(',').append(value));
            rows.append('\n');
        }
        data = "csv:" + Files.writeString(folder.resolve("train.csv"), rows) + "," + Files.writeString(folder.resolve("test.csv"), rows);
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void figuresAsJson() throws IOException {
        assertEquals(0, run("infer", model.toString(), "--data", data, "--backend", "reference", "--batch", "8", "--json"), said());
        JsonNode figures = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertEquals(20, figures.get("samples").intValue());
        double accuracy = figures.get("accuracy").doubleValue();
        assertEquals(Math.rint(20 * accuracy), 20 * accuracy, 1e-9);
        assertTrue(figures.get("accuracyLow").doubleValue() <= accuracy && accuracy <= figures.get("accuracyHigh").doubleValue());
        assertEquals(Files.size(model), figures.get("modelBytes").longValue());
        assertEquals(2, figures.get("spikeRates").size());
        assertEquals(1, figures.get("spikeRate").doubleValue() + figures.get("sparsity").doubleValue(), 1e-12);
        assertTrue(figures.get("samplesPerSecond").doubleValue() > 0 && figures.get("p50Ms").doubleValue() <= figures.get("p99Ms").doubleValue());
        assertEquals("reference", figures.get("backend").asText());
        assertEquals(6 * 9 + 5 * 9 * 3, figures.get("denseOperations").doubleValue());
        assertTrue(figures.get("effectiveMacs").doubleValue() > 0 && figures.get("effectiveMacs").doubleValue() <= 54, figures.toString());
        assertTrue(figures.get("peakDeviceBytes").longValue() > figures.get("weightBytes").longValue(), figures.toString());
        assertEquals(List.of("RAPL", "NVML"), figures.get("energy").findValuesAsText("source"));
        for (JsonNode reading : figures.get("energy")) {
            assertTrue(reading.get("joules").isNumber() != reading.get("note").asText().startsWith("not measured: "), reading.toString());
        }
        assertEquals("4", figures.get("bits").asText());
    }

    @Test
    void figuresAsText() {
        assertEquals(0, run("infer", model.toString(), "--data", data, "--backend", "reference"), said());
        String text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("6-9-3 at T = 5, weights of 4 bits") && text.contains("% of 20 samples"), text);
    }

    @Test
    void wrongUseIsInput() throws IOException {
        assertEquals(2, run("infer", "--data", data));
        assertTrue(said().contains("infer wants one model"), said());
        assertEquals(2, run("infer", model.toString(), "--data", data, "--batch", "0", "--backend", "reference"));
        assertTrue(said().contains("--batch wants a number from 1 on"), said());
        assertEquals(2, run("infer", model.toString(), "--data", "moons", "--backend", "reference"));
        assertTrue(said().contains("no data set 'moons'"), said());
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length / 2] ^= 1;
        Files.write(model, bytes);
        assertEquals(2, run("infer", model.toString(), "--data", data, "--backend", "reference"));
        assertTrue(said().contains("model.ionq is no usable .ionq file: its SHA-256"), said());
    }
}
