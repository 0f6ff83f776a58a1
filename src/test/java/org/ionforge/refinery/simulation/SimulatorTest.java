package org.ionforge.refinery.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.ionforge.errors.InputException;
import org.ionforge.telemetry.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatorTest {

    @TempDir
    private Path folder;

    private SimulationRequest request(String name, int days, long spots, int threads) {
        return new SimulationRequest(days, spots, 7, LocalDate.of(2023, 1, 30), 1, 80, false, false, true, threads, folder.resolve(name));
    }

    private static String text(Path archive) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static List<String[]> rows(SimulationResult result) throws IOException {
        List<String[]> rows = new ArrayList<>();
        for (Path archive : result.archives()) {
            text(archive).lines().forEach(line -> rows.add(line.split(",", -1)));
        }
        return rows;
    }

    @Test
    void theNumberOfThreadsChangesNoByte() throws IOException {
        SimulationResult one = Simulator.run(request("one", 3, 5000, 1), Progress.SILENT);
        SimulationResult three = Simulator.run(request("three", 3, 5000, 3), Progress.SILENT);
        assertEquals(List.of("wsprspots-2023-01.csv.gz", "wsprspots-2023-02.csv.gz"), one.truth().archives());
        for (String name : List.of("wsprspots-2023-01.csv.gz", "wsprspots-2023-02.csv.gz", "gfz.txt", "goes-xrays.json", "truth.json")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("one").resolve(name)),
                    Files.readAllBytes(folder.resolve("three").resolve(name)), name);
        }
        assertEquals(one.fileBytes(), three.fileBytes());
    }

    @Test
    void anotherSeedIsAnotherNetwork() throws IOException {
        SimulationResult seven = Simulator.run(request("seven", 1, 2000, 2), Progress.SILENT);
        SimulationResult eight = Simulator.run(SimulationRequest.of(1, 2000, 8, folder.resolve("eight")), Progress.SILENT);
        Set<String> calls = new HashSet<>();
        rows(seven).forEach(row -> calls.add(row[6]));
        long shared = rows(eight).stream().filter(row -> calls.contains(row[6])).count();
        assertTrue(shared < 200, shared + " of 2000 spots have calls of the other seed");
    }

    @Test
    void rowsAreInTheArchivesLayout() throws IOException {
        SimulationResult result = Simulator.run(request("layout", 2, 20_000, 2), Progress.SILENT);
        List<String[]> rows = rows(result);
        assertEquals(40_000, rows.size());
        assertEquals(40_000, result.truth().spots());
        Set<String> ids = new HashSet<>();
        Set<String> spots = new HashSet<>();
        for (String[] row : rows) {
            String line = String.join(",", row);
            assertEquals(15, row.length, line);
            assertTrue(ids.add(row[0]) && Long.parseLong(row[0]) > 0xffff_ffffL, line);
            assertTrue(spots.add(row[1] + row[2] + row[6] + row[5]), "twice: " + line);
            assertEquals(0, Long.parseLong(row[1]) % 120, line);
            assertFalse(row[2].equals(row[6]), line);
            int snr = Integer.parseInt(row[4]);
            assertTrue(snr >= -31 && snr <= 40, line);
            assertTrue(row[5].matches("\\d+\\.\\d{6}"), line);
            double megahertz = Double.parseDouble(row[5]);
            SimulatedBand band = SimulatedBand.ALL.stream().filter(b -> b.megahertz() == Integer.parseInt(row[12])).findFirst().orElseThrow();
            assertEquals(band.frequencyMhz(), megahertz, 101e-6, line);
            Circuit circuit = new Circuit(Grids.latitude(row[7]), Grids.longitude(row[7]), Grids.latitude(row[3]), Grids.longitude(row[3]));
            assertEquals(circuit.distanceKm, Double.parseDouble(row[10]), 0.51, line);
        }
    }

    @Test
    void dirtIsCountedAsItLiesInTheFile() throws IOException {
        SimulationResult result = Simulator.run(SimulationRequest.of(2, 60_000, 3, folder.resolve("dirt")).dirty(), Progress.SILENT);
        Truth truth = result.truth();
        String all = text(result.archives().getFirst());
        List<String[]> rows = rows(result);
        assertEquals(truth.lines(), rows.size());
        assertEquals(1, truth.count(Dirt.HEADER));
        assertEquals(120_000 + truth.count(Dirt.DUPLICATE), truth.spots());
        assertEquals(truth.count(Dirt.SHORT_LINE), rows.stream().filter(r -> r.length == 9).count());
        assertEquals(truth.count(Dirt.QUOTED), rows.stream().filter(r -> r[2].startsWith("\"")).count());
        assertEquals(truth.count(Dirt.CRLF), all.chars().filter(c -> c == '\r').count());
        assertEquals(truth.count(Dirt.UNRESOLVED_CALL), rows.stream().filter(r -> r[6].equals("<...>")).count());
        assertEquals(truth.count(Dirt.HASHED_CALL), rows.stream().filter(r -> r[6].matches("<\\w+>")).count());
        assertEquals(truth.count(Dirt.EMPTY_GRID), rows.stream().filter(r -> r[3].isEmpty()).count());
        assertEquals(truth.count(Dirt.SNR_OUT_OF_RANGE), rows.stream().filter(r -> r[4].equals("99")).count());
        assertEquals(truth.count(Dirt.NOT_A_NUMBER), rows.stream().filter(r -> r[4].equals("n/a")).count());
        assertEquals(truth.count(Dirt.POWER_OUT_OF_RANGE), rows.stream().filter(r -> r.length > 9 && r[8].equals("99")).count());
        assertEquals(truth.count(Dirt.ZERO_FREQUENCY), rows.stream().filter(r -> r[5].equals("0.000000")).count());
        assertEquals(truth.count(Dirt.BAD_GRID), rows.stream().skip(1).filter(r -> r.length > 9
                && !r[7].matches("[A-R]{2}[0-9]{2}([a-x]{2})?")).count());
        Set<String> spots = new HashSet<>();
        assertEquals(truth.count(Dirt.DUPLICATE), rows.stream().filter(r -> r.length > 9 && r[6].matches("\\w+")
                && !spots.add(r[1] + r[2] + r[6] + r[5])).count());
        for (Dirt kind : Dirt.values()) {
            assertTrue(truth.count(kind) > 0, kind + " never happened");
        }
        long gaps = Files.readString(result.solar()).lines().filter(l -> !l.startsWith("#"))
                .flatMap(l -> List.of(l.split("\\s+")).subList(7, 15).stream()).filter("-1.000"::equals).count();
        assertEquals(truth.bucketsWithoutKp(), gaps);
    }

    @Test
    void aTruncatedArchiveEndsEarly() throws IOException {
        SimulationResult result = Simulator.run(new SimulationRequest(2, 5000, 1, LocalDate.of(2023, 1, 31), 1, 0, false, true, false, 2,
                folder.resolve("cut")), Progress.SILENT);
        assertEquals("wsprspots-2023-02.csv.gz", result.truth().truncated());
        assertEquals(5000, text(result.archives().getFirst()).lines().count());
        assertThrows(EOFException.class, () -> text(result.archives().getLast()));
    }

    @Test
    void aFullFolderIsRefused() {
        Simulator.run(request("full", 1, 1000, 1), Progress.SILENT);
        InputException refusal = assertThrows(InputException.class, () -> Simulator.run(request("full", 1, 1000, 1), Progress.SILENT));
        assertTrue(refusal.getMessage().contains("wsprspots-2023-01.csv.gz"), refusal.getMessage());
    }

    @Test
    void aNetworkTooSmallSaysHowMuchIsMissing() {
        SimulationResult result = Simulator.run(new SimulationRequest(1, 200_000, 1, LocalDate.of(2023, 1, 1), 1, 20, false, false, false,
                2, folder.resolve("small")), Progress.SILENT);
        assertTrue(result.shortfall() > 0);
        assertEquals(200_000, result.shortfall() + result.truth().spots());
    }

    @Test
    void theTruthComesBackAsItWasWritten() {
        SimulationResult result = Simulator.run(request("truth", 1, 1000, 1), Progress.SILENT);
        assertEquals(result.truth(), Truth.read(folder.resolve("truth")));
        assertEquals(107, result.truth().path("polar", "20m").bandId());
        assertThrows(InputException.class, () -> result.truth().path("lunar", "20m"));
    }
}
