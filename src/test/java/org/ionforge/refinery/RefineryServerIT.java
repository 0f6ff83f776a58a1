package org.ionforge.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Backends;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.ChdbServer;
import org.ionforge.vault.Vault;
import org.ionforge.vault.Vaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same files into a ClickHouse server and into the one inside the process: the same tables.
class RefineryServerIT {

    @TempDir
    Path folder;

    @Test
    void aServerEndsWithTheSameTables() {
        SimulationResult simulated = Simulator.run(new SimulationRequest(3, 3000, 5, LocalDate.of(2016, 1, 30), 1, 0, true, false, false, 2,
                folder.resolve("data")), Progress.SILENT);
        RefineRequest request = RefineRequest.of(simulated.archives(), List.of(simulated.solar()));
        Map<String, String> embedded = refine(request, folder.resolve("vault").toString());
        try (ChdbServer server = ChdbServer.start(folder.resolve("server"))) {
            assertEquals(embedded, refine(request, server.where("spots")));
            assertEquals(embedded, refine(request, server.where("spots")), "the second run changes nothing");
        }
        assertTrue(Long.parseLong(embedded.get("bronze").split("\t")[0]) > 8000, embedded.toString());
    }

    private static Map<String, String> refine(RefineRequest request, String where) {
        try (Vault vault = Vaults.open(where); Backend backend = Backends.named("auto")) {
            Refinery.run(request, vault, backend, Progress.SILENT);
            return TableHashes.of(vault);
        }
    }
}
