package org.ionforge.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {

    @TempDir
    private Path folder;

    @Test
    void isOnDiskAfterEveryStage() throws Exception {
        RunRecord record = RunRecord.begin(folder.resolve("run"), List.of("./ionforge quickstart"));
        record.fact("seed", "7");
        assertEquals(42, record.stage("simulate", () -> 42));
        assertThrows(IllegalStateException.class, () -> record.stage("refine", () -> {
            throw new IllegalStateException("no disk");
        }));
        record.skipped("train");
        RunRecord.Run run = RunRecord.read(folder.resolve("run")).orElseThrow();
        assertEquals(record.run(), run);
        assertEquals(List.of("./ionforge quickstart"), run.commands());
        assertEquals("7", run.facts().get("seed"));
        assertTrue(run.facts().containsKey("Java"));
        assertEquals(List.of("done", "failed: no disk", "skipped"), run.stages().stream().map(RunRecord.Stage::outcome).toList());
    }

    @Test
    void recordsOfStepsAreReadAsOne() throws Exception {
        RunRecord first = RunRecord.begin(folder.resolve("vault"), List.of("./ionforge refine"));
        first.fact("backend", "cpu");
        first.stage("refine", () -> 1);
        RunRecord second = RunRecord.begin(folder.resolve("train"), List.of("./ionforge train ionisgate"));
        second.fact("backend", "cuda");
        second.stage("train", () -> 1);
        RunRecord.Run run = RunRecord.read(List.of(folder.resolve("vault"), folder.resolve("none"), folder.resolve("train"))).orElseThrow();
        assertEquals(List.of("./ionforge refine", "./ionforge train ionisgate"), run.commands());
        assertEquals(List.of("refine", "train"), run.stages().stream().map(RunRecord.Stage::name).toList());
        assertEquals("cuda", run.facts().get("backend"));
        assertEquals(first.run().started(), run.started());
        assertEquals(Optional.empty(), RunRecord.read(List.of(folder.resolve("none"))));
    }

    @Test
    void aMissingRecordIsNone() {
        assertEquals(Optional.empty(), RunRecord.read(folder));
    }

    @Test
    void aBrokenRecordIsRefusedByName() throws Exception {
        Files.writeString(folder.resolve("run.json"), "{");
        assertTrue(assertThrows(InputException.class, () -> RunRecord.read(folder)).getMessage().contains("run.json"));
    }
}
