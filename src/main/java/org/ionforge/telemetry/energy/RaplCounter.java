package org.ionforge.telemetry.energy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// The energy of the processor's packages, as Linux has it from the processor's own registers (RAPL): `energy_uj` in
/// `/sys/class/powercap/intel-rapl:*`, on AMD too. It falls back to 0 after `max_energy_range_uj`, at full load within minutes to
/// hours: who reads it seldom misses that.
final class RaplCounter implements EnergyCounter {

    static final Path USUAL = Path.of("/sys/class/powercap");

    /// A package. Zones within one (cores, memory) and the platform's are left out: packages have their energy already, or not at all.
    private static final class Zone {
        private final Path energy;
        private final String name;
        private final long range;
        private long last;
        private long sum;

        Zone(Path folder, String name) throws NotMeasured {
            this.energy = folder.resolve("energy_uj");
            this.name = name;
            this.range = number(folder.resolve("max_energy_range_uj"));
            this.last = number(energy);
        }

        /// Microjoules since the zone was opened.
        long read() throws NotMeasured {
            long now = number(energy);
            sum += now >= last ? now - last : now - last + range;
            last = now;
            return sum;
        }
    }

    private final List<Zone> zones;

    private RaplCounter(List<Zone> zones) {
        this.zones = zones;
    }

    /// @param folder [#USUAL]
    static RaplCounter open(Path folder) throws NotMeasured {
        if (!Files.isDirectory(folder)) {
            throw new NotMeasured("there is no " + folder);
        }
        List<Zone> zones = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "intel-rapl:*")) {
            for (Path zone : found) {
                String name = text(zone.resolve("name"));
                if (name.startsWith("package")) {
                    zones.add(new Zone(zone, name));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new NotMeasured("cannot read " + folder + ": " + e);
        }
        if (zones.isEmpty()) {
            throw new NotMeasured("no processor package in " + folder + "/intel-rapl:*");
        }
        zones.sort(Comparator.comparing(zone -> zone.name));
        return new RaplCounter(zones);
    }

    private static String text(Path file) throws NotMeasured {
        try {
            return Files.readString(file).strip();
        } catch (AccessDeniedException e) {
            throw new NotMeasured(file + " may not be read by this user (sudo chmod a+r allows it until the next start)");
        } catch (IOException e) {
            throw new NotMeasured("cannot read " + file + ": " + e);
        }
    }

    private static long number(Path file) throws NotMeasured {
        String text = text(file);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new NotMeasured(file + " holds '" + text + "', no number");
        }
    }

    @Override
    public String counted() {
        return zones.stream().map(zone -> zone.name).collect(Collectors.joining(", "));
    }

    @Override
    public double joules() throws NotMeasured {
        long microjoules = 0;
        for (Zone zone : zones) {
            microjoules += zone.read();
        }
        return microjoules * 1e-6;
    }

    @Override
    public void close() {
    }
}
