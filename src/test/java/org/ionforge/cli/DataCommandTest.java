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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }

    @Test
    void aTableTellsItsSizeAndBalance() throws IOException {
        Path training = Files.writeString(folder.resolve("train.csv"), "0,1,2\n1,3,4\n1,5,6\n");
        Path testing = Files.writeString(folder.resolve("test.csv"), "1,1,2\n");
        assertEquals(0, run("data", "csv:" + training + "," + testing, "--json"), err.toString(StandardCharsets.UTF_8));
        JsonNode told = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertEquals(3, told.at("/training/samples").asInt());
        assertEquals(2, told.at("/training/features").asInt());
        assertEquals("[1,2]", told.at("/training/samplesOfClass").toString());
        assertEquals(0.5, told.at("/training/evenness").asDouble());
        assertEquals(1, told.at("/testing/samples").asInt());
    }

    @Test
    void whatIsNoDataSetIsWrongInput() {
        assertEquals(2, run("data"));
        assertEquals(2, run("data", "cifar"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("no data set 'cifar'; there are mnist"), err.toString(StandardCharsets.UTF_8));
        assertEquals(2, run("data", "idx:" + folder));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("has neither train-images-idx3-ubyte nor"), err.toString(StandardCharsets.UTF_8));
        assertEquals(2, run("data", "csv:one"));
        assertEquals(2, run("data", "idx:"));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "IONFORGE_DATA", matches = ".+", disabledReason = "IONFORGE_DATA names no folder with mnist/ and nmnist/")
    void mnistAndNMnist() {
        assertEquals(0, run("data", "mnist"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("training     60,000 samples of 784 features; classes [5923, 6742"), out.toString(StandardCharsets.UTF_8));
        assertEquals(0, run("data", "nmnist"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("1,000 samples of 2,312 features"), out.toString(StandardCharsets.UTF_8));
    }
}
