package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole runs on simulated files, in a ClickHouse inside this process. Gold is small, so that sampling has something to leave out.
class RefineryTest {

    private static final RefineRequest.Gold GOLD = new RefineRequest.Gold(7, 50, 300, 2000);

    @TempDir
    static Path shared;
    private static SimulationResult simulated;

    @TempDir
    Path folder;
    private int vaults;

    @BeforeAll
    static void simulate() throws IOException {
        simulated = Simulator.run(new SimulationRequest(4, 25_000, 3, java.time.LocalDate.of(2016, 1, 30), 1, 0, true, false, true, 2, shared),
                Progress.SILENT);
    }

    private RefineRequest request(List<Path> files) {
        return RefineRequest.of(files, List.of(simulated.solar(), simulated.goes())).with(GOLD);
    }

    @Test
    void everyRowIsAccountedForAndRunningAgainChangesNothing() {
        RefineRequest request = request(simulated.archives());
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            RefineResult first = Refinery.run(request, vault, backend, Progress.SILENT);
            assertEquals(first.rowsRead(), first.rowsKept() + first.rowsDuplicate() + first.rowsQuarantined() + first.rowsOutside());
            assertEquals(simulated.truth().lines(), first.rowsRead());
            assertTrue(first.rowsDuplicate() > 100 && first.quarantine().size() > 5, first.toString());
            assertEquals(first.rowsKept(), vault.number("SELECT count() FROM bronze"));
            assertEquals(first.rowsKept(), vault.number("SELECT count() FROM silver"));
            assertEquals(first.rowsQuarantined(), vault.number("SELECT count() FROM quarantine"));
            assertEquals(first.rowsKept(), vault.number("SELECT uniqExact(timestamp, reporter, callsign, frequency) FROM bronze"));
            assertEquals(first.signatures(), vault.number("SELECT count() FROM signatures"));
            assertEquals(2, vault.number("SELECT uniqExact(toYYYYMM(timestamp)) FROM bronze"));
            Map<String, String> hashes = TableHashes.of(vault);

            RefineResult second = Refinery.run(request, vault, backend, Progress.SILENT);
            assertTrue(second.unchanged());
            assertEquals(0, second.rowsRead());
            assertEquals(hashes, TableHashes.of(vault));
            assertEquals(0, backend.liveBuffers());
        }
    }

    @Test
    void neitherThreadsNorMemoryNorWavesChangeATable() {
        RefineRequest request = request(simulated.archives());
        Map<String, String> expected = refined(request);
        RefineRequest.Limits tight = new RefineRequest.Limits(1, 1 << 20, 500, 1, folder);
        assertEquals(expected, refined(request.with(tight)));
        assertEquals(expected, refined(request.with(new RefineRequest.Limits(5, 64 << 20, 1 << 20, 1L << 40, folder))));
        assertNotEquals(expected.get("gold_continuous"), refined(request.with(new RefineRequest.Gold(8, 50, 300, 2000))).get("gold_continuous"));
    }

    @Test
    void aDryRunCountsTheSameAndChangesNothing() {
        RefineRequest request = request(simulated.archives());
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            Map<String, String> empty = TableHashes.of(vault);
            RefineResult dry = Refinery.run(request.withDryRun(true), vault, backend, Progress.SILENT);
            assertEquals(empty, TableHashes.of(vault));
            RefineResult real = Refinery.run(request, vault, backend, Progress.SILENT);
            assertEquals(counts(real), counts(dry));
            assertEquals(real.signatures(), dry.signatures());
            Map<String, String> full = TableHashes.of(vault);
            assertEquals(0, Refinery.run(request.withDryRun(true), vault, backend, Progress.SILENT).rowsRead());
            assertEquals(full, TableHashes.of(vault));
        }
    }

    @Test
    void aGrownFileReplacesItsRows() throws IOException {
        List<String> lines = lines(simulated.archives().getFirst());
        Path file = folder.resolve("grows.csv");
        Path other = Files.write(folder.resolve("other.csv"), lines.subList(0, 2000));
        Files.write(file, lines.subList(0, 20_000));
        Map<String, String> grown;
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            Refinery.run(request(List.of(file, other)), vault, backend, Progress.SILENT);
            Files.write(file, lines.subList(1000, 30_000));
            RefineResult again = Refinery.run(request(List.of(file, other)), vault, backend, Progress.SILENT);
            assertEquals(2, again.files());
            assertEquals(0, vault.number("SELECT count() FROM bronze WHERE source LIKE '%other.csv' AND (timestamp, reporter, callsign, frequency)"
                    + " IN (SELECT timestamp, reporter, callsign, frequency FROM bronze WHERE source LIKE '%grows.csv')"));
            grown = TableHashes.of(vault);
        }
        assertEquals(refined(request(List.of(file, other))), grown);
    }

    @Test
    void filesOfOneMonthInSeveralRunsMakeTheSameTablesAsInOne() throws IOException {
        List<String> lines = lines(simulated.archives().getFirst());
        Path a = Files.write(folder.resolve("a.csv"), lines.subList(0, 20_000));
        Path b = Files.write(folder.resolve("b.csv"), lines.subList(15_000, 40_000));
        Map<String, String> together = refined(request(List.of(a, b)));
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            Refinery.run(request(List.of(a)), vault, backend, Progress.SILENT);
            RefineResult second = Refinery.run(request(List.of(a, b)), vault, backend, Progress.SILENT);
            assertEquals(1, second.files());
            assertTrue(second.rowsDuplicate() >= 4_500, second.toString());
            assertEquals(together, TableHashes.of(vault));
        }
    }

    @Test
    void newSolarIndicesRemakeTheMonthsTheyConcern() throws IOException {
        Path early = Files.writeString(folder.resolve("early.txt"), Files.readString(simulated.solar()).replaceAll("(?m)^2016 01 31.*\n", ""));
        RefineRequest before = RefineRequest.of(simulated.archives(), List.of(early)).with(GOLD);
        RefineRequest after = RefineRequest.of(List.of(), List.of(simulated.solar())).with(GOLD);
        Map<String, String> remade;
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            Refinery.run(before, vault, backend, Progress.SILENT);
            assertTrue(vault.number("SELECT count() FROM silver WHERE kp IS NULL AND e_kp IS NULL") > 10_000);
            assertEquals(0, vault.number("SELECT count() FROM silver WHERE kp = 0 AND toDate(timestamp) = '2016-01-31'"));
            RefineResult result = Refinery.run(after, vault, backend, Progress.SILENT);
            assertEquals(List.of(201601), result.monthsRefined());
            assertEquals(0, vault.number("SELECT count() FROM silver WHERE kp IS NULL"));
            remade = TableHashes.of(vault);
        }
        assertEquals(refined(RefineRequest.of(simulated.archives(), List.of(simulated.solar())).with(GOLD)), remade);
    }

    @Test
    void aFileCutShortKeepsItsGoodRows() throws IOException {
        byte[] stored = Files.readAllBytes(simulated.archives().getFirst());
        Path cut = Files.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(stored, stored.length / 2));
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            RefineResult result = Refinery.run(request(List.of(cut)), vault, backend, Progress.SILENT);
            assertEquals(List.of(cut.toAbsolutePath().toString()), new ArrayList<>(result.incompleteFiles().keySet()));
            assertEquals(1, result.quarantine().get("truncated"));
            assertEquals(1, vault.number("SELECT count() FROM ingest_log WHERE NOT complete"));
            assertTrue(result.rowsKept() > 20_000);
            assertEquals(result.rowsRead(), vault.number("SELECT max(line) FROM quarantine WHERE reason = 'truncated'"));
            assertEquals(1, Refinery.run(request(List.of(cut)), vault, backend, Progress.SILENT).incompleteFiles().size());
        }
    }

    @Test
    void aWiderSelectionAddsToWhatWasTakenBefore() {
        RefineRequest all = request(simulated.archives());
        Selection twenty = Selection.of(new TreeSet<>(List.of(107)), null, null);
        Selection lastDay = Selection.of(new TreeSet<>(), java.time.LocalDate.of(2016, 2, 1), null);
        Map<String, String> widened;
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            RefineResult some = Refinery.run(all.with(twenty), vault, backend, Progress.SILENT);
            assertTrue(some.rowsOutside() > 10_000);
            assertEquals(some.rowsRead(), some.rowsKept() + some.rowsDuplicate() + some.rowsQuarantined() + some.rowsOutside());
            assertEquals(1, vault.number("SELECT uniqExact(band) FROM bronze"));
            assertEquals(0, Refinery.run(all.with(twenty), vault, backend, Progress.SILENT).rowsRead());
            Refinery.run(all.with(lastDay), vault, backend, Progress.SILENT);
            assertEquals(0, vault.number("SELECT count() FROM bronze WHERE band != 107 AND timestamp < '2016-02-01 00:00:00'"));
            assertTrue(vault.number("SELECT uniqExact(band) FROM bronze") > 4);
            Refinery.run(all, vault, backend, Progress.SILENT);
            widened = TableHashes.of(vault);
        }
        assertEquals(refined(all), widened);
    }

    private Map<String, String> refined(RefineRequest request) {
        try (Vault vault = Vaults.open(fresh()); Backend backend = Backends.named("auto")) {
            Refinery.run(request, vault, backend, Progress.SILENT);
            return TableHashes.of(vault);
        }
    }

    private String fresh() {
        return folder.resolve("vault" + vaults++).toString();
    }

    private static Map<String, Long> counts(RefineResult r) {
        Map<String, Long> counts = new TreeMap<>(r.quarantine());
        counts.put("read", r.rowsRead());
        counts.put("kept", r.rowsKept());
        counts.put("duplicate", r.rowsDuplicate());
        return counts;
    }

    private static List<String> lines(Path archive) throws IOException {
        StringBuilder text = new StringBuilder();
        try (SpotFileReader reader = new SpotFileReader(new SpotFile(archive, "x", 0), 0)) {
            TextBuffer buffer = new TextBuffer();
            for (Chunk chunk = reader.next(buffer); chunk != null; chunk = reader.next(buffer)) {
                byte[] bytes = chunk.memory().asSlice(chunk.start(), chunk.length()).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                text.append(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return text.toString().lines().toList();
    }
}
