package org.ionforge.telemetry.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpikingReportTest {

    private static final int LARGEST = 1_500_000;

    @TempDir
    private Path folder;

    private JsonNode figures(Path report) throws Exception {
        String page = Files.readString(report);
        assertTrue(page.length() < LARGEST, page.length() + " characters");
        Matcher matcher = Pattern.compile("<script type=\"application/json\" id=\"figures\">(.*?)</script>", Pattern.DOTALL).matcher(page);
        assertTrue(matcher.find());
        return new ObjectMapper().readTree(matcher.group(1));
    }

    @Test
    void thePageHoldsEverythingThatWasMeasured() throws Exception {
        SpikingReport report = SampleSpikingReport.full();
        JsonNode run = figures(report.write(folder, "1.2.3")).get("run");
        assertEquals(16, run.get("epochs").size());
        assertTrue(run.at("/epochs/1/judgedLoss").isNull());
        assertEquals(0.35, run.at("/epochs/0/judgedLoss").asDouble());
        assertEquals(0.8, run.at("/layers/1/threshold").asDouble());
        assertEquals(60, run.at("/layers/0/membranes/counts").size());
        assertEquals(report.rasters().get(1).spikes().size(), run.at("/rasters/1/spikes").size());
        assertEquals("temporal-agreement", run.at("/gates/2/name").asText());
        assertEquals(40_210, run.at("/inference/effectiveAcs").asDouble());
        assertTrue(run.at("/inference/energy/0/joules").isNull());
    }

    @Test
    void theFiguresAreReadBack() {
        SpikingReport report = SampleSpikingReport.full();
        report.write(folder, "1.2.3");
        SpikingReport read = SpikingReport.read(folder);
        assertEquals(report.epochs(), read.epochs());
        assertEquals(report.layers(), read.layers());
        assertEquals(report.models(), read.models());
        assertEquals(report.bits(), read.bits());
        assertEquals(report.facts(), read.facts());
        assertEquals(report.health(), read.health());
        assertEquals(report.inference(), read.inference());
        assertEquals(report.rasters().getFirst().spikes().size(), read.rasters().getFirst().spikes().size());
        assertTrue(assertThrows(InputException.class, () -> SpikingReport.read(folder.resolve("nowhere"))).getMessage().contains("metrics.json"));
    }

    @Test
    void textFromOutsideStaysText() throws Exception {
        String page = Files.readString(SampleSpikingReport.full().write(folder, "1.2.3"));
        assertFalse(page.contains("<script>document.title"), "a fact stands in the page as markup");
        assertFalse(page.contains("<img src=x"), "a fact stands in the page as markup");
    }

    @Test
    void aRunWithoutMeasurementsHasAReportToo() throws Exception {
        JsonNode figures = figures(SampleSpikingReport.empty().write(folder, "1.2.3"));
        assertEquals(0, figures.at("/run/epochs").size());
        assertEquals(0, figures.get("verdict").size());
    }

    @Test
    void theVerdictIsPlain() {
        List<String> verdict = SpikingVerdict.of(SampleSpikingReport.full());
        assertEquals("In floating point the network is right on 98.25 % of 10,000 test samples (95 % interval 97.97 … 98.49 %), in 3.18 MB.", verdict.getFirst());
        assertEquals("INT8: 98.21 % in 803.0 kB, 0.04 points below floating point, within the intervals.", verdict.get(1));
        assertEquals("ternary: 96.11 % in 207.0 kB, 2.14 points below floating point; the intervals do not overlap.", verdict.get(3));
        assertEquals("1 of 3 gates failed: temporal-agreement.", verdict.get(4));
        assertEquals("Layer 2 fires at 32.0 %, outside the healthy 5 to 30 %.", verdict.get(5));
        assertEquals("The health control stepped in 2 times; its log is below.", verdict.get(6));
        assertEquals(List.of(), SpikingVerdict.of(SampleSpikingReport.empty()));
        SpikingReport.Model linear = new SpikingReport.Model("linear model", SpikingReport.Model.LINEAR, 0.84, 0.75, 0.9, 100, 92_520);
        assertEquals(List.of("A linear model on the counts of the events, without any neuron, is right on 84.00 %."), SpikingVerdict.of(new SpikingReport(List.of(),
                Map.of(), List.of(), List.of(), List.of(), List.of(linear), List.of(), List.of(), List.of(), List.of(), null)));
    }
}
