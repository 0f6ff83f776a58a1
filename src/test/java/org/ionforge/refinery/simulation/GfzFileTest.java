package org.ionforge.refinery.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GfzFileTest {

    /// A line of the published file; ours must put the same day into the same columns.
    private static final String PUBLISHED = "2025 12 10 34312 34312.5 2623  5  2.000  2.667  3.667  2.000  2.000  2.333  3.333  6.333"
            + "    7   12   22    7    7    9   18   94    22 128    168.5    163.4 0";

    @Test
    void linesAreInThePublishedColumns(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("gfz.txt");
        GfzFile.write(file, new SolarWeather(1), LocalDate.of(2025, 12, 10), LocalDate.of(2025, 12, 12), 0, 1);
        List<String> lines = Files.readAllLines(file);
        assertEquals(43, lines.size());
        assertTrue(lines.subList(0, 40).stream().allMatch(l -> l.startsWith("#")));
        String ours = lines.get(40);
        assertEquals(PUBLISHED.length(), ours.length());
        assertEquals(PUBLISHED.substring(0, 31), ours.substring(0, 31), "date, days, rotation, day of it");
        for (int i = 0; i < PUBLISHED.length(); i++) {
            boolean columnEnds = PUBLISHED.charAt(i) != ' ' && (i + 1 == PUBLISHED.length() || PUBLISHED.charAt(i + 1) == ' ');
            assertTrue(!columnEnds || ours.charAt(i) != ' ', "column ending at " + i + " in: " + ours);
        }
    }

    @Test
    void weatherIsAFunctionOfSeedAndDate() {
        LocalDate date = LocalDate.of(2024, 5, 11);
        SolarWeather.Day day = new SolarWeather(1).day(date);
        assertEquals(day.sfi(), new SolarWeather(1).day(date).sfi());
        assertEquals(List.of(day.kpThirds()[0], day.kpThirds()[7]),
                List.of(new SolarWeather(1).day(date).kpThirds()[0], new SolarWeather(1).day(date).kpThirds()[7]));
    }

    @Test
    void aCycleHasQuietAndActiveSunsAndStorms() {
        SolarWeather weather = new SolarWeather(1);
        double lowest = 1000;
        double highest = 0;
        int storms = 0;
        int buckets = 0;
        for (LocalDate date = LocalDate.of(2014, 1, 1); date.getYear() < 2026; date = date.plusDays(1)) {
            SolarWeather.Day day = weather.day(date);
            lowest = Math.min(lowest, day.sfi());
            highest = Math.max(highest, day.sfi());
            for (int kp : day.kpThirds()) {
                storms += kp >= 15 ? 1 : 0;
                buckets++;
            }
        }
        assertTrue(lowest >= 64 && lowest < 70, "lowest " + lowest);
        assertTrue(highest > 200 && highest < 260, "highest " + highest);
        double share = storms / (double) buckets;
        assertTrue(share > 0.01 && share < 0.1, "share of storm buckets " + share);
    }
}
