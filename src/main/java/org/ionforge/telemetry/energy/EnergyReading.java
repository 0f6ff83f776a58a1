package org.ionforge.telemetry.energy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What one of the machine's counters says of a stretch of time; everything that ran on the machine meanwhile is in it.
///
/// @param source  `RAPL` (processor packages) or `NVML` (all GPUs that the driver shows)
/// @param joules  null if it was not measured
/// @param seconds of the stretch
/// @param note    what was counted, or why it was not measured
public record EnergyReading(String source, Double joules, double seconds, String note) {

    /// For people: `RAPL 12.3 J (package-0); NVML not measured: …`.
    public static String text(List<EnergyReading> readings) {
        return readings.stream().map(reading -> reading.joules == null ? reading.source + " " + reading.note
                : String.format(Locale.ROOT, "%s %.4g J in %.3g s (%s)", reading.source, reading.joules, reading.seconds, reading.note))
                .collect(Collectors.joining("; "));
    }
}
