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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.ionforge.telemetry.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefineCommandTest {

    private static final String SPOT = "5273871656,1675210080,VK5ARG,PF95ht,-18,10.140134,VK6CQ,OF78wa,23,0,2129,103,10,1.4A Kiwi,1\n";

    @TempDir
    Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsTheCountsAsJson() throws IOException {
        Path file = Files.writeString(folder.resolve("spots.csv"), "id,time\n" + SPOT + SPOT + SPOT.replace("PF95ht", "ZZ95ht"));
        assertEquals(0, refine(file.toString(), "--vault", folder.resolve("v").toString(), "--json", "--backend", "reference"), err::toString);
        JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        assertEquals(List.of("files", "rowsRead", "rowsKept", "rowsDuplicate", "rowsQuarantined", "quarantine", "signatures", "seconds",
                "rowsPerSecond", "peakMemoryBytes"), names.subList(0, 10));
        assertEquals("1 4 1 1 2", json.get("files") + " " + json.get("rowsRead") + " " + json.get("rowsKept") + " "
                + json.get("rowsDuplicate") + " " + json.get("rowsQuarantined"));
        assertEquals("{\"columns\":1,\"reporter_grid\":1}", json.get("quarantine").toString());
        assertTrue(json.get("peakMemoryBytes").asLong() > 10_000_000);

        RunRecord.Run run = RunRecord.read(folder.resolve("v")).orElseThrow();
        assertEquals(List.of("./ionforge refine " + file + " --vault " + folder.resolve("v") + " --json --backend reference"), run.commands());
        assertEquals("refine done", run.stages().getFirst().name() + " " + run.stages().getFirst().outcome());
        assertTrue(run.facts().get("backend").startsWith("reference: "), run.facts().toString());

        out.reset();
        assertEquals(0, refine(file.toString(), "--vault", folder.resolve("v").toString(), "--backend", "reference", "--out", folder.resolve("again").toString()));
        assertEquals(List.of("done"), RunRecord.read(folder.resolve("again")).orElseThrow().stages().stream().map(RunRecord.Stage::outcome).toList());
        assertEquals(run, RunRecord.read(folder.resolve("v")).orElseThrow(), "the record goes where --out says");
        assertEquals("nothing to do: 1 file unchanged since they were refined", out.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void anIncompleteFileIsExitCodeOne() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(SPOT.repeat(3).getBytes(StandardCharsets.US_ASCII));
        }
        Path file = Files.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(packed.toByteArray(), packed.size() - 6));
        assertEquals(1, refine(file.toString(), "--vault", folder.resolve("w").toString(), "--backend", "reference"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("cut.csv.gz is incomplete: the gzip stream is cut short"), err.toString());
    }

    @Test
    void wrongUsageIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("spots.csv"), SPOT);
        String vault = folder.resolve("x").toString();
        assertRefused("no such file or folder: nowhere.csv", "nowhere.csv", "--vault", vault);
        assertRefused("unknown band '21m'", file.toString(), "--vault", vault, "--bands", "20m,21m");
        assertRefused("'2023-02-30' is no day", file.toString(), "--vault", vault, "--from", "2023-02-30");
        assertRefused("is after --to", file.toString(), "--vault", vault, "--from", "2023-02-03", "--to", "2023-02-02");
        assertRefused("no such solar file", file.toString(), "--vault", vault, "--solar", "nowhere.txt");
        assertRefused("nothing to refine", "--vault", vault);
        assertRefused("line 1: 2 fields", "--vault", vault, "--solar", file.toString());
    }

    private void assertRefused(String message, String... arguments) {
        err.reset();
        assertEquals(2, refine(arguments));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains(message), err.toString(StandardCharsets.UTF_8));
    }

    private int refine(String... arguments) {
        List<String> all = new ArrayList<>(List.of("refine"));
        all.addAll(List.of(arguments));
        return Main.run(all.toArray(String[]::new), new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
    }
}
