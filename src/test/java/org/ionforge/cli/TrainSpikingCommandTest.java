package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Philox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainSpikingCommandTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }

    private String table(String name, int rows, long seed) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows; row++) {
            int label = row % 3;
            text.append(label);
            for (int i = 0; i < 6; i++) {
                text.append(',').append(Math.round(100 * (i % 3 == label ? 0.6 : 0) + 40 * Philox.uniform(seed, row, i)));
            }
            text.append('\n');
        }
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return file.toString();
    }

    @Test
    void trainsATableToIntegersAndLeavesItsRecord() throws IOException {
        String data = "csv:" + table("train.csv", 300, 1) + "," + table("test.csv", 60, 2);
        Path run = folder.resolve("run");
        assertEquals(0, run("train", "spiking", "--data", data, "--net", "6-24-3", "--steps", "8", "--bits", "8", "--warm-up-epochs", "6", "--warm-up-rate",
                "0.01", "--epochs", "2", "--batch", "30", "--backend", "cpu", "--out", run.toString(), "--json"), err.toString());
        JsonNode report = JsonMapper.builder().build().readTree(out.toString());
        assertTrue(report.get("accuracy").asDouble() > 0.9, report.get("accuracy").toString());
        assertEquals(report.get("accuracy").asDouble(), report.get("integerAccuracy").asDouble());
        for (String name : new String[] {"floatAccuracy", "seconds", "epochs", "spikeRate"}) {
            assertTrue(report.get(name).asDouble() > 0, name);
        }
        for (String name : new String[] {"model.safetensors", "float.safetensors", "model.ionq", "run.json", "checkpoint/checkpoint.safetensors"}) {
            assertTrue(Files.exists(run.resolve(name)), name);
        }
        JsonNode record = JsonMapper.builder().build().readTree(run.resolve("run.json").toFile());
        assertEquals("--net", record.at("/results/training/settings/net/origin").asText());
        assertEquals("default", record.at("/results/training/settings/clip/origin").asText());
        assertTrue(record.at("/results/training/phases").size() >= 7, "phases");
    }

    @Test
    void showsEveryValueAndWhereItCameFrom() throws IOException {
        Path config = Files.writeString(folder.resolve("c.json"), "{\"recipe\": \"sgd-step\", \"batch\": 64}");
        assertEquals(0, run("train", "spiking", "--config", config.toString(), "--batch", "32", "--dialect", "spikingjelly", "--print-config"));
        assertTrue(line("batch").contains("32") && line("batch").contains("--batch"), line("batch"));
        assertTrue(line("recipe").contains(config.toString()), line("recipe"));
        assertTrue(line("rate").contains("0.001") && line("rate").contains("recipe sgd-step"), line("rate"));
        assertTrue(line("leak").contains("2.0") && line("leak").contains("dialect spikingjelly"), line("leak"));
        assertTrue(line("steps").contains("default"), line("steps"));
        assertEquals(0, run("train", "spiking", "--dialect", "mint", "--bits", "4", "--state-bits", "same", "--print-config"));
        assertTrue(line("scales").matches("scales +shared +dialect mint"), line("scales"));
        assertTrue(line("leak").contains("0.5") && line("state-levels").contains("dialect mint") && line("state-bits").contains("--state-bits"), out.toString());
        assertEquals(0, run("train", "spiking", "--bits", "ladder", "--print-config"));
        assertTrue(line("distillation").matches("distillation +0.02 +bits ladder"), line("distillation"));
        assertEquals(0, run("train", "spiking", "--bits", "2", "--distillation", "0", "--print-config"));
        assertTrue(line("distillation").matches("distillation +0 +--distillation"), line("distillation"));
    }

    private String line(String name) {
        return out.toString().lines().filter(line -> line.startsWith(name + " ")).findFirst().orElse("");
    }

    /// What a training would refuse, `--print-config` refuses with the same words, and a training before it reads any data.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--net 784-x-10 | 'x'",
        "--net 784-1000-10 --bits 8,4,2 | names bits of 3 layers",
        "--net 28x28x1-p2-c4k3-10 | the sum-pool before layer 0 gives up to 1020",
        "--dialect spikingjelly --state-bits 4 --state-levels leaked | charge LEAK only",
        "--leak 2 | from 0.0 to 1.0",
        "--data nmnist:none --net 34x34x2-c4k3-10 --encoder rate | spikes already",
        "--bits 32 --state-bits 4 | --bits 32",
        "--state-levels centred | --state-bits 32",
        "--bits hessian --scales learned | usual scales",
        "--state-bits same --bits hessian | same bits in all layers",
        "--dialect mint --bits hessian | usual scales",
        "--state-levels mint --state-bits 4 | those of --dialect mint",
        "--scales shared | those of --dialect mint",
        "--dialect mint --state-bits 32 | have no levels",
        "--dialect mint --scales usual | those of --dialect mint",
        "--dialect mint --current-bits 8 | currents of 32 bits",
        "--dialect mint --leak 0.3 | a power of two up to 1",
        "--dialect mint --learn-threshold on | neither can be learned"})
    void printsNoConfigurationThatCannotBeTrained(String flags, String message) {
        List<String> arguments = new ArrayList<>(List.of("train", "spiking", "--print-config"));
        arguments.addAll(List.of(flags.split(" ")));
        assertEquals(2, run(arguments.toArray(String[]::new)));
        assertTrue(err.toString().contains(message), err.toString());
        assertEquals("", out.toString());
        String said = err.toString();
        arguments.set(2, "--out");
        arguments.add(3, folder.resolve("run").toString());
        assertEquals(2, run(arguments.toArray(String[]::new)));
        assertEquals(said, err.toString());
    }

    @Test
    void printsConfigurationsThatGoTogether() {
        for (String flags : List.of("--net 28x28x1-p2-c4k3-10 --encoder rate", "--net 28x28x1-p2-c4k3-10 --bits 32", "--encoder phase --net 784-100-10",
                "--state-bits 4 --state-levels leaked --dialect snntorch", "--data nmnist:none --net 34x34x2-p2-c4k3-10",
                "--dialect mint --bits ladder", "--dialect mint --bits 32", "--dialect mint --bits 4 --state-bits same --leak 0.25 --readout membrane", "--state-bits same --bits 8,4")) {
            List<String> arguments = new ArrayList<>(List.of("train", "spiking", "--print-config"));
            arguments.addAll(List.of(flags.split(" ")));
            assertEquals(0, run(arguments.toArray(String[]::new)), err.toString());
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() throws IOException {
        Path config = Files.writeString(folder.resolve("c.json"), "{\"bach\": 64}");
        assertEquals(2, run("train", "spiking", "--config", config.toString(), "--out", folder.toString()));
        assertTrue(err.toString().contains("'batch'"), err.toString());
        assertEquals(2, run("train", "spiking", "--bits", "7", "--out", folder.toString(), "--data", "csv:" + table("a.csv", 9, 1) + "," + table("b.csv", 9, 1)));
        assertTrue(err.toString().contains("'7'"), err.toString());
        assertEquals(2, run("train", "spiking"));
        assertTrue(err.toString().contains("--out"), err.toString());
    }
}
