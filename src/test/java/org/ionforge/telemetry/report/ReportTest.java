package org.ionforge.telemetry.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ionforge.errors.InputException;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.telemetry.Progress;
import org.ionforge.telemetry.RunRecord;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final int LARGEST = 3_000_000;

    @TempDir
    private Path folder;

    private static JsonNode figures(String page) throws Exception {
        Matcher matcher = Pattern.compile("<script type=\"application/json\" id=\"figures\">(.*?)</script>", Pattern.DOTALL).matcher(page);
        assertTrue(matcher.find());
        return new ObjectMapper().readTree(matcher.group(1));
    }

    private String report(Vault vault, Optional<Path> training, Optional<RunRecord.Run> run) throws Exception {
        return Files.readString(Report.write(vault, new Report.Sources(training, run, "1.2.3"), folder.resolve("out"), Progress.SILENT));
    }

    @Test
    void showsWhatTheVaultHolds() throws Exception {
        SimulationResult simulation = Simulator.run(new SimulationRequest(3, 10_000, 1, LocalDate.of(2023, 5, 1), 200, 60, false, false, false,
                2, folder.resolve("data")), Progress.SILENT);
        try (Vault vault = Vaults.open(folder.resolve("vault").toString())) {
            FilledVault.fill(vault, simulation);
            String page = report(vault, Optional.empty(), Optional.empty());
            JsonNode shown = figures(page).get("vault");
            assertEquals(30_000, shown.at("/span/spots").asLong());
            assertEquals(3, shown.at("/span/days").asLong());
            assertEquals(30_005, shown.at("/totals/read").asLong());
            assertEquals("[[\"grid\",2],[\"snr\",1]]", shown.get("quarantine").toString());
            assertEquals(vault.number("SELECT toUInt64(count()) FROM signatures"), shown.at("/signatures/n").asLong());
            long spots = 0;
            for (JsonNode cell : shown.get("bandHour")) {
                spots += cell.get(2).asLong();
            }
            assertEquals(30_000, spots);
            assertTrue(shown.get("solar").size() > 100 && shown.get("solar").size() <= 401, "bins of the sun: " + shown.get("solar").size());
            assertEquals(0.05, shown.at("/distanceError/width").asDouble(), "planted: uniform in ±0.5 km, in about 40 bins");
            JsonNode bins = shown.at("/distanceError/bins");
            long counted = 0;
            for (int i = 0; i < bins.size(); i++) {
                assertEquals(i - 10, bins.get(i).get(0).asInt(), "bins without a gap: " + bins);
                counted += bins.get(i).get(1).asLong();
            }
            assertEquals(30_000, counted);
            assertEquals("{\"width\":1.0,\"bins\":[[0,30000]]}", shown.get("azimuthError").toString());
            assertEquals(64, shown.at("/totals/hash").asText().length());
            assertTrue(page.length() < LARGEST, page.length() + " characters");
        }
    }

    @Test
    void binsAreRoundAndNotTooMany() {
        assertEquals(1, VaultFigures.roundWidth(0));
        assertEquals(1, VaultFigures.roundWidth(Double.NaN));
        assertEquals(0.02, VaultFigures.roundWidth(0.013), 1e-12);
        assertEquals(5, VaultFigures.roundWidth(2.1), 1e-12);
        assertEquals(100, VaultFigures.roundWidth(70), 1e-12);
    }

    @Test
    void textFromOutsideStaysText() throws Exception {
        SimulationResult simulation = Simulator.run(SimulationRequest.of(1, 1000, 1, folder.resolve("data")), Progress.SILENT);
        try (Vault vault = Vaults.open(folder.resolve("vault").toString())) {
            FilledVault.fill(vault, simulation);
            String page = report(vault, Optional.empty(), Optional.empty());
            assertFalse(page.contains("<script>document.title"), "the raw line stands in the page as markup");
            assertFalse(page.contains("<img src=x"), "the raw line stands in the page as markup");
            String raw = figures(page).get("vault").get("examples").get(2).get(3).asText();
            assertEquals(FilledVault.HOSTILE, raw);
        }
    }

    @Test
    void anEmptyVaultMakesAReportToo() throws Exception {
        try (Vault vault = Vaults.open(folder.resolve("vault").toString())) {
            JsonNode shown = figures(report(vault, Optional.empty(), Optional.empty()));
            assertEquals(0, shown.at("/vault/span/spots").asLong());
            assertEquals(0, shown.at("/vault/files").size());
            assertFalse(shown.has("training"));
        }
    }

    @Test
    void countsPredictionsAndKeepsTheRest() throws Exception {
        Path training = Files.createDirectories(folder.resolve("train"));
        Files.writeString(training.resolve("history.json"), "[{\"epoch\":1,\"trainHuber\":0.4}]");
        Files.writeString(training.resolve("evaluation.json"),
                "{\"sample\":{\"measuredDb\":[-20.4,-19.6,3],\"predictedDb\":[-18.5,-17.7,-2.2]},\"byBand\":[]}");
        JsonNode figures = TrainingFigures.of(training);
        assertEquals("[[-20,-18,2],[3,-2,1]]", figures.at("/evaluation/density").toString());
        assertTrue(figures.at("/evaluation/sample").isMissingNode());
        assertEquals(1, figures.at("/history/0/epoch").asInt());
        assertFalse(figures.has("metrics"));
        Files.writeString(training.resolve("metrics.json"), "{oops");
        assertTrue(assertThrows(InputException.class, () -> TrainingFigures.of(training)).getMessage().contains("metrics.json"));
        assertThrows(InputException.class, () -> TrainingFigures.of(folder.resolve("nowhere")));
    }

    @Test
    void theVerdictIsPlain() throws Exception {
        String metrics = """
                {"evaluation": {"figures": [{"part": "validation", "band": "all", "n": 1200, "rmseDb": 4.0, "biasDb": -0.5, "pearson": 0.7,
                  "bandMean": {"rmseDb": 6.0, "skill": 0.55}, "climatology": {"rmseDb": 5.0, "skill": %s}}]},
                 "physics": {"sunGate": {"collapsed": false}, "stormGate": {"collapsed": true}}}""";
        List<String> good = Verdict.of(new ObjectMapper().readTree(metrics.formatted("0.36")));
        assertTrue(good.getFirst().startsWith("The model has skill: its squared error is 36 % below"), good.getFirst());
        assertTrue(good.getFirst().contains("1,200 signatures"), good.getFirst());
        assertTrue(good.get(1).contains("0.50 dB too low"), good.get(1));
        assertTrue(good.getLast().startsWith("The storm gate is the same for all paths"), good.getLast());
        assertTrue(Verdict.of(new ObjectMapper().readTree(metrics.formatted("-0.2"))).getFirst().startsWith("The model has no skill"));
        assertTrue(Verdict.of(new ObjectMapper().readTree(metrics.formatted("0.01"))).getFirst().contains("no better"));
        assertEquals(List.of(), Verdict.of(new ObjectMapper().readTree("{}")));
    }
}
