package org.ionforge.refinery;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import org.ionforge.errors.InputException;

/// GFZ's `Kp_ap_Ap_SN_F107` file: comments begin with `#`; a day is a line of at least 27 fields parted by blanks: year, month,
/// day, days, days of the middle, Bartels rotation, day in it, 8 × Kp, 8 × ap, Ap, sunspot number, F10.7 observed and adjusted
/// (a quality flag may follow). Missing is −1 and stays unknown; an F10.7 of 0 is no measurement and is unknown too.
///
/// Format: Matzka et al. (2021), <https://doi.org/10.5880/Kp.0001>.
final class GfzFile {

    private static final int FIELDS = 27;
    private static final int KP = 7;
    private static final int AP = 15;
    private static final int SUNSPOTS = 24;
    private static final int OBSERVED = 25;
    private static final int ADJUSTED = 26;

    private GfzFile() {
    }

    static void read(Path file, SolarFiles.Receiver receiver) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            boolean any = false;
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String text = line.strip();
                if (!text.isEmpty() && text.charAt(0) != '#') {
                    day(file, number, text.split("\\s+"), receiver);
                    any = true;
                }
            }
            if (!any) {
                throw new InputException(file + " holds no day of solar indices; wanted is GFZ's Kp_ap_Ap_SN_F107 file or NOAA's GOES X-ray JSON");
            }
        }
    }

    private static void day(Path file, int line, String[] fields, SolarFiles.Receiver receiver) {
        if (fields.length < FIELDS) {
            throw new InputException(file + ", line " + line + ": " + fields.length + " fields, a day in GFZ's Kp_ap_Ap_SN_F107 file has "
                    + FIELDS + " or more");
        }
        int firstBucket;
        try {
            LocalDate date = LocalDate.of(Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
            firstBucket = Math.toIntExact(date.toEpochDay() * 8);
        } catch (NumberFormatException | DateTimeException e) {
            throw new InputException(file + ", line " + line + ": no date: " + fields[0] + " " + fields[1] + " " + fields[2], e);
        }
        float ssn = index(file, line, fields, SUNSPOTS, 0, 2000);
        float sfi = flux(file, line, fields, OBSERVED);
        float adjusted = flux(file, line, fields, ADJUSTED);
        for (int i = 0; i < 8; i++) {
            float kp = index(file, line, fields, KP + i, 0, 9);
            float ap = index(file, line, fields, AP + i, 0, 1000);
            if (firstBucket + i >= 0) {  // the tables begin in 1970
                receiver.accept(firstBucket + i, new SolarRow(kp, ap, ssn, sfi, adjusted, Float.NaN, Float.NaN));
            }
        }
    }

    private static float flux(Path file, int line, String[] fields, int field) {
        float value = index(file, line, fields, field, 0, 100_000);
        return value == 0 ? Float.NaN : value;
    }

    private static float index(Path file, int line, String[] fields, int field, float low, float high) {
        float value;
        try {
            value = Float.parseFloat(fields[field]);
        } catch (NumberFormatException e) {
            throw new InputException(file + ", line " + line + ", field " + (field + 1) + ": '" + fields[field] + "' is no number", e);
        }
        if (value < 0) {
            return Float.NaN;
        }
        if (!(value >= low && value <= high)) {
            throw new InputException(file + ", line " + line + ", field " + (field + 1) + ": " + fields[field] + " is not in "
                    + low + "…" + high);
        }
        return value;
    }
}
