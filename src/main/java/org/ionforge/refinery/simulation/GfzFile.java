package org.ionforge.refinery.simulation;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/// Writes simulated indices in the layout of GFZ's `Kp_ap_Ap_SN_F107_since_1932.txt`: 40 header lines, then a line a day.
final class GfzFile {

    private static final LocalDate EPOCH = LocalDate.of(1932, 1, 1);
    private static final LocalDate BARTELS = LocalDate.of(1832, 2, 8);
    /// ap of Kp 0o, 0+, 1−, … 9o.
    private static final int[] AP = {0, 2, 3, 4, 5, 6, 7, 9, 12, 15, 18, 22, 27, 32, 39, 48, 56, 67, 80, 94, 111, 132, 154, 179,
        207, 236, 300, 400};
    private static final int HEADER_LINES = 40;
    private static final String[] HEADER = {
        "PURPOSE: simulated indices in the layout of the file of the geomagnetic planetary index Kp and associated indices.",
        "SOURCE: the simulator of Ionforge. Not measured; made for tests of programs that read this layout.",
        "",
        "ASCII, blank separated and fixed length, missing data indicated by -1.000 for Kp, -1 for ap and SN, -1.0 for F10.7",
        "YYYY MM DD is date of UT day, days is days since 1932-01-01 00:00 UT to start of UT day, days_m to its midday",
        "BSR is Bartels solar rotation number, dB is day within BSR"};
    private static final String COLUMNS = "#YYY MM DD  days  days_m  Bsr dB    Kp1    Kp2    Kp3    Kp4    Kp5    Kp6    Kp7    Kp8"
            + "  ap1  ap2  ap3  ap4  ap5  ap6  ap7  ap8    Ap  SN F10.7obs F10.7adj D";

    private GfzFile() {
    }

    /// Writes the days from `first` to `last`.
    ///
    /// @param holes share of 3-hour buckets without Kp, as a file with gaps has them
    /// @return number of such buckets
    static int write(Path file, SolarWeather weather, LocalDate first, LocalDate last, double holes, long seed) throws IOException {
        RandomStream random = new RandomStream(seed);
        int missing = 0;
        try (BufferedWriter writer = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            for (int line = 0; line < HEADER_LINES - 1; line++) {
                writer.write(line < HEADER.length ? ("# " + HEADER[line]).stripTrailing() + "\n" : "#\n");
            }
            writer.write(COLUMNS + "\n");
            for (LocalDate date = first; !date.isAfter(last); date = date.plusDays(1)) {
                boolean[] known = new boolean[8];
                random.at(RandomKinds.SOLAR_HOLES, date.toEpochDay());
                for (int bucket = 0; bucket < 8; bucket++) {
                    known[bucket] = !random.chance(holes);
                    missing += known[bucket] ? 0 : 1;
                }
                writer.write(line(weather.day(date), known));
            }
        }
        return missing;
    }

    private static String line(SolarWeather.Day day, boolean[] known) {
        LocalDate date = day.date();
        long days = date.toEpochDay() - EPOCH.toEpochDay();
        long rotation = date.toEpochDay() - BARTELS.toEpochDay();
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%4d %02d %02d %5d %7.1f %4d %2d", date.getYear(),
                date.getMonthValue(), date.getDayOfMonth(), days, days + 0.5, rotation / 27 + 1, rotation % 27 + 1));
        StringBuilder apColumns = new StringBuilder();
        int sum = 0;
        boolean complete = true;
        for (int bucket = 0; bucket < 8; bucket++) {
            int thirds = day.kpThirds()[bucket];
            line.append(String.format(Locale.ROOT, " %6.3f", known[bucket] ? thirds / 3.0 : -1));
            apColumns.append(String.format(Locale.ROOT, " %4d", known[bucket] ? AP[thirds] : -1));
            sum += AP[thirds];
            complete &= known[bucket];
        }
        return line.append(apColumns).append(String.format(Locale.ROOT, "  %4d %3d %8.1f %8.1f 2\n",
                complete ? Math.round(sum / 8.0) : -1, day.ssn(), day.sfi(), day.adjusted())).toString();
    }
}
