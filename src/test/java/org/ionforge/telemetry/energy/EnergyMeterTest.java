package org.ionforge.telemetry.energy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyMeterTest {

    @TempDir
    private Path powercap;

    private Path zone(String folder, String name, long microjoules, long range) throws IOException {
        Path zone = Files.createDirectories(powercap.resolve(folder));
        Files.writeString(zone.resolve("name"), name + "\n");
        Files.writeString(zone.resolve("max_energy_range_uj"), range + "\n");
        count(zone, microjoules);
        return zone;
    }

    private static void count(Path zone, long microjoules) throws IOException {
        Files.writeString(zone.resolve("energy_uj"), microjoules + "\n");
    }

    private static EnergyReading rapl(EnergyMeter meter) {
        EnergyReading reading = meter.stop().getFirst();
        assertEquals("RAPL", reading.source());
        assertTrue(reading.seconds() >= 0);
        return reading;
    }

    /// One package goes on, the other comes round; zones within packages, the platform's and other drivers' copies are not added again.
    @Test
    void packagesAreAddedAndMayComeRound() throws IOException {
        Path first = zone("intel-rapl:0", "package-0", 5_000_000, 262_143_328_850L);
        Path second = zone("intel-rapl:1", "package-1", 262_143_000_000L, 262_143_328_850L);
        Path core = zone("intel-rapl:0:0", "core", 0, 262_143_328_850L);
        Path platform = zone("intel-rapl:2", "psys", 0, 262_143_328_850L);
        Path copy = zone("intel-rapl-mmio:0", "package-0", 0, 262_143_328_850L);
        EnergyMeter meter = EnergyMeter.start(powercap);
        count(first, 7_500_000);
        count(second, 1_000_000);
        count(core, 9_000_000);
        count(platform, 9_000_000);
        count(copy, 9_000_000);
        EnergyReading reading = rapl(meter);
        assertEquals(2.5 + 1.328850, reading.joules(), 1e-9);
        assertEquals("package-0, package-1", reading.note());
    }

    @Test
    void whatCannotBeReadIsNotMeasured() throws IOException {
        EnergyReading none = rapl(EnergyMeter.start(powercap.resolve("none")));
        assertNull(none.joules());
        assertEquals("not measured: there is no " + powercap.resolve("none"), none.note());
        zone("intel-rapl:0", "psys", 0, 1);
        assertEquals("not measured: no processor package in " + powercap + "/intel-rapl:*", rapl(EnergyMeter.start(powercap)).note());
        Path zone = zone("intel-rapl:1", "package-0", 0, 1);
        Files.writeString(zone.resolve("energy_uj"), "much\n");
        assertEquals("not measured: " + zone + "/energy_uj holds 'much', no number", rapl(EnergyMeter.start(powercap)).note());
        Files.delete(zone.resolve("energy_uj"));
        assertTrue(rapl(EnergyMeter.start(powercap)).note().startsWith("not measured: cannot read " + zone), "no counter");
    }

    @Test
    void aCounterThatGoesAwayIsNotMeasured() throws IOException {
        Path zone = zone("intel-rapl:0", "package-0", 5, 100);
        EnergyMeter meter = EnergyMeter.start(powercap);
        Files.delete(zone.resolve("energy_uj"));
        EnergyReading reading = rapl(meter);
        assertNull(reading.joules());
        assertTrue(reading.note().startsWith("not measured: cannot read "), reading.note());
        assertTrue(EnergyReading.text(List.of(reading)).startsWith("RAPL not measured: "));
    }

    @Test
    void readingsAsText() {
        assertEquals("RAPL 12.50 J in 0.500 s (package-0); NVML not measured: no library", EnergyReading.text(List.of(
                new EnergyReading("RAPL", 12.5, 0.5, "package-0"), new EnergyReading("NVML", null, 0.5, "not measured: no library"))));
    }
}
