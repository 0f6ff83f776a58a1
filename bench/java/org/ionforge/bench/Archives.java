package org.ionforge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ionforge.refinery.simulation.SimulationRequest;
import org.ionforge.refinery.simulation.SimulationResult;
import org.ionforge.refinery.simulation.Simulator;
import org.ionforge.telemetry.Progress;

/// Simulated archive files for a benchmark.
///
/// @param bytes of the archives as stored
record Archives(List<Path> files, Path solar, long bytes) {

    private static final long SEED = 1;

    /// Those that an earlier run has left below `folder`, else new ones there.
    static Archives simulated(int days, long spotsPerDay, Path folder) throws IOException {
        Path here = folder.resolve(days + "x" + spotsPerDay);
        SimulationRequest request = SimulationRequest.of(days, spotsPerDay, SEED, here);
        if (!Files.exists(here.resolve("truth.json"))) {
            SimulationResult made = Simulator.run(request, Progress.SILENT);
            return new Archives(made.archives(), made.solar(), made.fileBytes());
        }
        long bytes = 0;
        try (Stream<Path> inside = Files.list(here)) {
            List<Path> files = inside.filter(p -> p.toString().endsWith(".csv.gz")).sorted().toList();
            for (Path file : files) {
                bytes += Files.size(file);
            }
            return new Archives(files, here.resolve("gfz.txt"), bytes);
        }
    }
}
