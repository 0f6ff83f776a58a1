package org.ionforge.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ionforge.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tables of bench/README.md.
class ResultTableTest {

    @TempDir
    Path folder;

    @Test
    void areThoseOfTheResults() throws IOException {
        String readme = Files.readString(Path.of("bench", "README.md"));
        assertEquals(ResultTable.replaced(readme, ResultTable.tables(Path.of("bench", "results"))), readme, "run bench/table");
    }

    @Test
    void aRowAResult() throws IOException {
        Workload workload = Workload.of("a.b", "3 rows", Cost.bytes(4_000_000).fma(1_000_000), _ -> {
            throw new AssertionError("not measured here");
        });
        Result.Side ours = new Result.Side("cpu", new Samples(new double[] {1, 2, 4}), 5, 3 << 20, Map.of("rowsPerSecond", 1234.5));
        Result.Side theirs = new Result.Side("peer", new Samples(new double[] {0.5, 3, 5}), 5, 1 << 20, Map.of());
        Result result = Result.of(Benchmark.Suite.KERNELS, workload, ours, Optional.of(theirs))
                .under(Optional.of(new Ceilings.Share(0.125, "copy")), Optional.of(new Ceilings.Share(0.25, "copy")));
        ResultFile.of("bench --x", Map.of("cpu", Map.of("copyGBps", 41.26)), List.of(result)).write(folder.resolve("one.json"));
        String[] lines = ResultTable.tables(folder).split("\n");
        assertEquals("### " + ResultFile.machineName(), lines[1]);
        assertEquals("`bench --x`, " + LocalDate.now() + ": cpu copyGBps 41.3", lines[3]);
        assertEquals("| kernels | a.b | 3 rows | cpu | 2.00 | 1.20 … 3.60 | 2.00 | 0.500 | 13 % copy | 25 % | 3.00 | peer | 3.00 | 1.00 | 1.50 |", lines[7]);
        assertEquals("a.b, 3 rows: rowsPerSecond 1,235", lines[9]);
    }

    @Test
    void aTextWithoutAPlaceForThemIsRefused() {
        assertThrows(InputException.class, () -> ResultTable.replaced("# Benchmarks", "tables"));
    }
}
