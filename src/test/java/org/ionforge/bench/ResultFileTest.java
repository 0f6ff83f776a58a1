package org.ionforge.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of a machine's results.
class ResultFileTest {

    @TempDir
    Path folder;

    @Test
    void isReadAsItWasWritten() {
        ResultFile file = run("one", 40, result("a", 1, "libtorch"), result("b", 2, null));
        Path path = folder.resolve("file.json");
        file.write(path);
        assertEquals(file, ResultFile.read(path));
    }

    @Test
    void aFurtherRunReplacesWhatItMeasuredAgainAndKeepsTheRest() throws IOException {
        ResultFile first = run("first", 40, result("a", 1, "libtorch"), result("a", 1.5, "oneDNN"), result("b", 2, null));
        ResultFile second = run("second", 50, result("c", 3, null));
        ResultFile third = run("third", 45, result("a", 4, null));
        Path path = folder.resolve("file.json");
        third.mergedInto(second.mergedInto(first)).write(path);
        JsonNode root = new ObjectMapper().readTree(path.toFile());
        assertEquals(ResultFile.machineName(), root.get("machine").asText());
        assertEquals(third.date(), root.get("date").asText());
        assertEquals(50, root.at("/ceilings/cpu/copyGBps").asDouble(), "the best of the runs");
        assertEquals(45, root.at("/runs/2/ceilings/cpu/copyGBps").asDouble(), "each run keeps its own");
        assertEquals(List.of("first", "second", "third"), root.get("runs").findValuesAsText("command"));
        assertEquals(List.of("b 2.0 of 0", "c 3.0 of 1", "a 4.0 of 2"), root.get("results").valueStream()
                .map(each -> each.get("operation").asText() + " " + each.get("medianMs").asText() + " of " + each.get("run").asText()).toList());
    }

    @Test
    void aRunOfWhichNothingIsLeftIsForgotten() {
        ResultFile merged = run("new", 30, result("a", 2, null)).mergedInto(run("old", 40, result("a", 1, null)));
        assertEquals(List.of("new"), merged.runs().stream().map(ResultFile.Run::command).toList());
        assertEquals(0, merged.results().getFirst().run());
        assertEquals(Map.of("cpu", Map.of("copyGBps", 30.0)), merged.ceilings(), "nothing of the old run");
    }

    @Test
    void neitherAnotherMachineNorAnotherFormIsMerged() throws IOException {
        ResultFile file = run("one", 40, result("a", 1, null));
        Path path = folder.resolve("file.json");
        new ResultFile("a slide rule", file.date(), file.ceilings(), file.runs(), file.results()).write(path);
        assertTrue(assertThrows(InputException.class, () -> ResultFile.read(path)).getMessage().contains("another machine, 'a slide rule'"));
        Files.writeString(path, "{\"speed\": 3}");
        assertTrue(assertThrows(InputException.class, () -> ResultFile.read(path)).getMessage().contains("is no result of ./ionforge bench"));
        Files.writeString(path, "{}");
        assertTrue(assertThrows(InputException.class, () -> ResultFile.read(path)).getMessage().contains("is no result of ./ionforge bench"));
    }

    private static ResultFile run(String command, double copy, Result... results) {
        return ResultFile.of(command, Map.of("cpu", Map.of("copyGBps", copy)), List.of(results));
    }

    private static Result result(String operation, double ms, String peer) {
        Workload workload = Workload.of(operation, "3 rows", Cost.bytes(4).fma(1), _ -> {
            throw new AssertionError("not measured here");
        });
        Samples samples = new Samples(new double[] {ms});
        return Result.of(Benchmark.Suite.KERNELS, workload, new Result.Side("cpu", samples, 5, 0, Map.of("rows", 3.0)),
                Optional.ofNullable(peer).map(name -> new Result.Side(name, samples, 5, 0, Map.of())));
    }
}
