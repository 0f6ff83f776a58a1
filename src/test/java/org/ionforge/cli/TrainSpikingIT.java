package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ionforge.compute.Philox;
import org.ionforge.spiking.training.NetworkFile;
import org.ionforge.spiking.training.SpikingTraining;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `train spiking` as a process of its own: stopped, resumed, and refused.
class TrainSpikingIT {

    private static final int FEATURES = 8;

    @TempDir
    private Path folder;

    /// The signal finds the training at its beginning or somewhere in it; what comes out in the end has the bits of a run that was left alone.
    @Test
    void ctrlCSavesAndTheSameCommandGoesOn() throws Exception {
        write("train.csv", 3000, 1);
        write("test.csv", 300, 2);
        ended(0, "whole");
        Process child = builder("stopped").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        StringBuilder said = new StringBuilder();
        boolean asked = false;
        try (BufferedReader reader = child.errorReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.append(line).append('\n');
                if (!asked && line.contains("backend")) {
                    asked = true;
                    assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor());
                }
            }
        }
        assertEquals(1, child.waitFor(), said.toString());
        assertTrue(said.toString().contains("--resume goes on"), said.toString());
        assertTrue(Files.exists(folder.resolve("stopped").resolve(SpikingTraining.CHECKPOINT)));
        assertFalse(Files.exists(folder.resolve("stopped").resolve(SpikingTraining.MODEL)));

        ended(0, "stopped", "--resume");
        assertArrayEquals(NetworkFile.read(folder.resolve("whole").resolve(SpikingTraining.MODEL)).parameters(),
                NetworkFile.read(folder.resolve("stopped").resolve(SpikingTraining.MODEL)).parameters());
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(SpikingTraining.INTEGER_MODEL)),
                Files.readAllBytes(folder.resolve("stopped").resolve(SpikingTraining.INTEGER_MODEL)));

        assertTrue(ended(2, "stopped", "--resume", "--batch", "31").contains("its plan is"));
        assertTrue(ended(2, "none", "--resume").contains("nothing to resume"));
    }

    private void write(String name, int rows, long seed) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows; row++) {
            text.append(row % 4);
            for (int i = 0; i < FEATURES; i++) {
                text.append(',').append(Math.round(100 * (i % 4 == row % 4 ? 0.6 : 0) + 40 * Philox.uniform(seed, row, i)));
            }
            text.append('\n');
        }
        Files.writeString(folder.resolve(name), text);
    }

    /// @return what it said
    private String ended(int code, String out, String... more) throws Exception {
        Path said = Files.createTempFile(folder, "said", ".txt");
        int found = builder(out, more).redirectErrorStream(true).redirectOutput(said.toFile()).start().waitFor();
        assertEquals(code, found, Files.readString(said));
        return Files.readString(said);
    }

    private ProcessBuilder builder(String out, String... more) {
        List<String> command = new ArrayList<>(List.of("train", "spiking", "--data",
                "csv:" + folder.resolve("train.csv") + "," + folder.resolve("test.csv"), "--net", "8-128-4", "--steps", "25", "--warm-up-epochs", "10",
                "--batch", "30", "--bits", "4", "--epochs", "1", "--frozen-epochs", "1", "--out", folder.resolve(out).toString()));
        for (int i = 0; i < more.length; i++) {
            int at = command.indexOf(more[i]);
            if (at > 0) {
                command.set(at + 1, more[++i]);
            } else {
                command.add(more[i]);
            }
        }
        return ChildMain.of(command);
    }
}
