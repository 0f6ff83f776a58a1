package org.ionforge.telemetry.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page in a real browser: its script runs to the end, every chart has something in it, and no text became markup.
class SpikingReportIT {

    private static final Path BROWSER = Path.of("/usr/bin/chromium");

    @TempDir
    private Path folder;

    private String dom(Path page) throws Exception {
        assumeTrue(Files.isExecutable(BROWSER), "chromium is not installed: apt install chromium");
        Path log = folder.resolve("chromium.log");
        Process chromium = new ProcessBuilder(BROWSER.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run", "--user-data-dir=" + folder.resolve("chromium"),
                "--enable-logging=stderr", "--v=0", "--window-size=1300,2000", "--virtual-time-budget=20000", "--dump-dom", page.toUri().toString())
                .redirectOutput(folder.resolve("dom.html").toFile()).redirectError(log.toFile()).start();
        try {
            assertTrue(chromium.waitFor(180, TimeUnit.SECONDS), "chromium did not end");
        } finally {
            chromium.destroyForcibly();
        }
        assertEquals("", Files.readString(log).lines().filter(l -> l.contains("CONSOLE")).reduce("", (a, b) -> a + b + "\n"));
        return Files.readString(folder.resolve("dom.html"));
    }

    private static void assertCharts(int expected, String dom) {
        Matcher charts = Pattern.compile("<html[^>]* data-charts=\"(\\d+) of (\\d+)\"").matcher(dom);
        assertTrue(charts.find(), "the page's script did not reach its end");
        assertEquals(expected + " of " + expected, charts.group(1) + " of " + charts.group(2), "charts with something in them");
    }

    @Test
    void everythingIsDrawn() throws Exception {
        String dom = dom(SampleSpikingReport.full().write(folder, "1.2.3"));
        assertCharts(15, dom);
        assertTrue(dom.contains("40,210 accumulates, 98,001 multiply-accumulates") && dom.contains("not measured: there is no /sys/class/powercap"), "the integers");
        assertTrue(dom.contains("<title>Ionforge: spiking network</title>"), "a text ran as a script");
        assertTrue(dom.contains("&lt;/script&gt;&lt;script&gt;document.title"), "the text is not shown");
        assertFalse(Pattern.compile("<img[^>]*onerror").matcher(dom).find(), "the text became markup");
    }

    @Test
    void nothingMeasuredIsSaidSo() throws Exception {
        String dom = dom(SampleSpikingReport.empty().write(folder, "1.2.3"));
        assertCharts(0, dom);
        assertTrue(dom.contains("Not verified yet"));
        assertTrue(dom.contains("Nothing was trained in this run."));
        assertTrue(dom.contains("There is no network in integers"));
    }
}
