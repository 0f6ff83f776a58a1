package org.ionforge.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void job(Progress progress) {
        progress.begin("refining", 2000, "rows");
        progress.advance(1500);
        progress.count("bytes", 120_000);
        progress.note("one file is cut short");
        progress.value("loss", 0.42134);
        progress.advance(500);
        progress.begin("merging", -1, "steps");
        progress.advance(3);
        progress.close();
    }

    @Test
    void plainLinesHaveNoControlCharacters() {
        job(ProgressDisplay.on(err, false));
        List<String> lines = shown().lines().toList();
        assertEquals(3, lines.size(), shown());
        assertEquals("one file is cut short", lines.get(0));
        assertTrue(lines.get(1).startsWith("refining: 2,000 of 2,000 rows (100%), "), lines.get(1));
        assertTrue(lines.get(1).contains("MB/s, loss 0.4213, took 0:00"), lines.get(1));
        assertTrue(lines.get(2).startsWith("merging: 3 steps, "), lines.get(2));
        assertFalse(shown().contains("\u001B") || shown().contains("\r"), shown());
    }

    @Test
    void aTerminalGetsABarAndKeepsTheNotes() {
        job(new TerminalProgress(err, false));
        String shown = shown();
        assertTrue(shown.contains("refining 100%"), shown);
        assertTrue(shown.contains("loss 0.4213"), shown);
        assertTrue(shown.contains("one file is cut short" + System.lineSeparator()), shown);
        assertTrue(shown.contains("merging"), shown);
        assertFalse(shown.contains("\u001B[3"), "colour although none was wanted: " + shown);
    }

    @Test
    void colourIsUsedWhenWanted() {
        job(new TerminalProgress(err, true));
        assertTrue(shown().contains("\u001B[3"), shown());
    }

    @Test
    void ratesAndTimesReadWell() {
        assertEquals("96.2 MB/s", StageFigures.rate(96_200_000, "bytes"));
        assertEquals("1.10 M rows/s", StageFigures.rate(1_100_000, "rows"));
        assertEquals("12,345 rows/s", StageFigures.rate(12_345, "rows"));
        assertEquals("3.5 steps/s", StageFigures.rate(3.5, "steps"));
        assertEquals("0:07", StageFigures.time(7));
        assertEquals("1:01:01", StageFigures.time(3661));
    }
}
