package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run that is killed and started again, over and over, ends with the same tables as one that was left alone.
class RefineryKillIT {

    @TempDir
    static Path folder;
    private static SimulationResult simulated;
    private static Map<String, String> undisturbed;
    private static long milliseconds;

    @BeforeAll
    static void leaveOneAlone() throws IOException, InterruptedException {
        simulated = Simulator.run(new SimulationRequest(3, 3000, 5, LocalDate.of(2016, 1, 30), 1, 0, true, false, false, 2,
                folder.resolve("data")), Progress.SILENT);
        assertTrue(simulated.archives().size() > 1, "several files, so several commits");
        long start = System.nanoTime();
        Process child = start("alone", 0);
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), output);
        milliseconds = (System.nanoTime() - start) / 1_000_000;
        undisturbed = hashes("alone");
        assertTrue(Long.parseLong(undisturbed.get("bronze").split("\t")[0]) > 8000, undisturbed.toString());
    }

    /// Dies before chosen statements: each run gets a little further than the one before, so every stretch of the work, the
    /// commits included, is interrupted somewhere.
    @Test
    void diesBetweenStatements() throws IOException, InterruptedException {
        int deaths = 0;
        int code = 137;
        for (int last = 5; code == 137; last += 9) {
            Process child = start("statements", last);
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            code = child.waitFor();
            assertTrue(code == 137 || code == 0, output);
            deaths += code == 137 ? 1 : 0;
        }
        assertTrue(deaths >= 5, "only " + deaths + " runs died");
        assertEquals(undisturbed, hashes("statements"));
    }

    /// Killed by the system at spread moments, in the middle of whatever it does.
    @Test
    void isKilled() throws IOException, InterruptedException {
        int deaths = 0;
        for (int i = 1; i <= 8; i++) {
            Process child = start("killed", 0);
            if (!child.waitFor(milliseconds * (i + 2) / 11, TimeUnit.MILLISECONDS)) {
                child.destroyForcibly();
                deaths++;
            }
            child.waitFor();
        }
        assertTrue(deaths >= 3, "only " + deaths + " runs were killed");
        finish("killed");
        assertEquals(undisturbed, hashes("killed"));
    }

    private static void finish(String vault) throws IOException, InterruptedException {
        Process child = start(vault, 0);
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), output);
    }

    private static Map<String, String> hashes(String vault) {
        try (Vault opened = Vaults.open(folder.resolve(vault).toString())) {
            return TableHashes.of(opened);
        }
    }

    private static Process start(String vault, int last) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                RefineChild.class.getName(), folder.resolve(vault).toString(), String.valueOf(last), simulated.solar().toString()));
        simulated.archives().forEach(file -> command.add(file.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
