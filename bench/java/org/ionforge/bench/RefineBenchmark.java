package org.ionforge.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The refinery's whole job.
///
/// @param folder where simulated files are kept for the next run
record RefineBenchmark(int days, long spotsPerDay, Path folder) implements Benchmark {

    /// Beside what else a build makes; where there is no build, with other temporary files.
    private static final Path KEPT = Files.isDirectory(Path.of("target")) ? Path.of("target", "bench-data")
            : Path.of(System.getProperty("java.io.tmpdir"), "ionforge-bench-data");

    /// 10 million rows.
    static final RefineBenchmark USUAL = new RefineBenchmark(20, 500_000, KEPT);

    @Override
    public Suite suite() {
        return Suite.REFINE;
    }

    @Override
    public List<Workload> workloads(Size size) {
        return List.of(size == Size.SMALL ? new RefineJob(1, 2_000, folder) : new RefineJob(days, spotsPerDay, folder));
    }
}
