package org.ionforge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ionforge.refinery.simulation.Dirt;
import org.ionforge.refinery.simulation.Truth;
import org.ionforge.telemetry.RunRecord;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The whole job on simulated spots, then its report in a browser.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class QuickstartIT {

    private static final String[] QUICKSTART = {"quickstart", "--simulate", "--days", "12", "--spots-per-day", "6000", "--epochs", "3", "--seed", "9"};
    private static final String HOSTILE = "</script><script>document.title=\"owned\"</script><img src=x onerror=document.title=\"owned\">";

    @TempDir
    private static Path folder;

    private record Ended(int code, String out, String err) {
    }

    private static Ended first;

    private static Ended run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(arguments, new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Ended quickstart() {
        String[] arguments = Arrays.copyOf(QUICKSTART, QUICKSTART.length + 2);
        arguments[QUICKSTART.length] = "--out";
        arguments[QUICKSTART.length + 1] = folder.resolve("run").toString();
        return run(arguments);
    }

    private static JsonNode json(String file) throws Exception {
        return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("run").resolve(file)));
    }

    private static JsonNode figures(Path report) throws Exception {
        Matcher matcher = Pattern.compile("id=\"figures\">(.*?)</script>", Pattern.DOTALL).matcher(Files.readString(report));
        assertTrue(matcher.find());
        return new ObjectMapper().readTree(matcher.group(1));
    }

    private static List<String> stages() {
        return RunRecord.read(folder.resolve("run")).orElseThrow().stages().stream().map(s -> s.name() + " " + s.outcome()).toList();
    }

    @BeforeAll
    static void wholeJob() {
        first = quickstart();
    }

    @Test
    @Order(1)
    void endsWithTheReportsPath() throws Exception {
        assertEquals(0, first.code, first.err);
        Path report = folder.resolve("run/report.html");
        assertTrue(first.out.endsWith("report: " + report + "\n"), first.out);
        Truth truth = Truth.read(folder.resolve("run/data"));
        assertTrue(first.err.contains("data: the simulator, not measured (72,"), first.err);
        assertEquals(List.of("simulate done", "refine done", "train and evaluate done", "report done"), stages());
        JsonNode shown = figures(report);
        assertEquals(truth.lines(), shown.at("/vault/totals/read").asLong());
        assertEquals(truth.count(Dirt.DUPLICATE), shown.at("/vault/totals/duplicate").asLong());
        assertEquals(truth.refused(), shown.at("/vault/totals/quarantined").asLong());
        assertEquals(72_000 + truth.count(Dirt.HEADER) - truth.refused(), shown.at("/vault/span/spots").asLong());
        assertTrue(shown.at("/vault/span/withoutKp").asLong() > 0, "the indices have holes");
        assertEquals(3, shown.at("/training/history").size());
        assertTrue(shown.at("/training/verdict/0").asText().contains("climatology"), shown.at("/training/verdict").toString());
        assertTrue(shown.at("/run/facts/data source").asText().startsWith("the simulator"), shown.get("run").toString());
        assertTrue(shown.at("/run/commands/0").asText().startsWith("./ionforge quickstart --simulate --days 12 "), shown.get("run").toString());
    }

    @Test
    @Order(2)
    void aSecondRunGoesOnWhereTheFirstEnded() throws Exception {
        JsonNode evaluation = json("train/metrics.json").get("evaluation");
        byte[] model = Files.readAllBytes(folder.resolve("run/train/last.safetensors"));
        Ended second = quickstart();
        assertEquals(0, second.code, second.err);
        assertEquals(List.of("simulate skipped", "refine done", "train and evaluate done", "report done"), stages());
        assertTrue(second.err.contains("refined: 0 rows read"), second.err);
        assertEquals(evaluation, json("train/metrics.json").get("evaluation"));
        assertArrayEquals(model, Files.readAllBytes(folder.resolve("run/train/last.safetensors")));
    }

    @Test
    @Order(3)
    void anotherSimulationInTheSameFolderIsRefused() {
        Ended other = run("quickstart", "--simulate", "--days", "13", "--spots-per-day", "6000", "--seed", "9", "--out", folder.resolve("run").toString());
        assertEquals(2, other.code, other.err);
        assertTrue(other.err.contains("give another --out"), other.err);
    }

    /// Every chart draws, no script fails, and a raw line full of markup stays text.
    @Test
    @Order(4)
    void theReportOpensInABrowser() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/chromium")), "chromium is not installed: apt install chromium");
        try (Vault vault = Vaults.open(folder.resolve("run/vault").toString())) {
            vault.execute("INSERT INTO quarantine VALUES ('hostile.csv', 1, 'hostile', '" + HOSTILE + "')");
        }
        Ended report = run("report", "--vault", folder.resolve("run/vault").toString(), "--train", folder.resolve("run/train").toString(),
                "--out", folder.resolve("again").toString());
        assertEquals(0, report.code, report.err);
        Path page = folder.resolve("again/report.html");
        Path log = folder.resolve("chromium.log");
        Process chromium = new ProcessBuilder("/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run", "--user-data-dir=" + folder.resolve("chromium"),
                "--enable-logging=stderr", "--v=0", "--window-size=1300,2000", "--virtual-time-budget=20000", "--dump-dom", page.toUri().toString())
                .redirectOutput(folder.resolve("dom.html").toFile()).redirectError(log.toFile()).start();
        try {
            assertTrue(chromium.waitFor(180, TimeUnit.SECONDS), "chromium did not end");
        } finally {
            chromium.destroyForcibly();
        }
        String dom = Files.readString(folder.resolve("dom.html"));
        String console = Files.readString(log).lines().filter(l -> l.contains("CONSOLE")).reduce("", (a, b) -> a + b + "\n");
        Matcher charts = Pattern.compile("<html[^>]* data-charts=\"(\\d+) of (\\d+)\"").matcher(dom);
        assertTrue(charts.find(), "the page's script did not reach its end: " + console);
        assertEquals(charts.group(2), charts.group(1), "charts without anything in them");
        assertTrue(Integer.parseInt(charts.group(1)) >= 18, charts.group());
        assertEquals("", console);
        assertTrue(dom.contains("<title>Ionforge report</title>"), "a raw line ran as a script");
        assertTrue(dom.contains("&lt;/script&gt;&lt;script&gt;document.title"), "the raw line is not shown");
        assertFalse(Pattern.compile("<img[^>]*onerror").matcher(dom).find(), "the raw line became markup");
    }
}
