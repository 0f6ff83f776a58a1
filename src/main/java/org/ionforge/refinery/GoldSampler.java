package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.BlockWriter;

/// Samples of silver for training from single spots.
///
/// A row's random key depends on the seed and on what the row is ([GoldRows#identity]), so the sample does not depend on the order
/// of rows or on threads, and two passes with bounded memory do: the first finds the smallest key that is still in, per stratum;
/// the second writes the rows.
///
/// - stratified: per band and SSN quintile (edges 46, 76, 124, 153) the rows with the largest uniform keys;
/// - continuous: per band the rows with the largest Efraimidis–Spirakis keys, weight 1/√n, with n the number of 20 m rows in the
///   cell (⌊SSN/20⌋, ⌊mid-latitude/10⌋), at least 50;
/// - penalty: continuous with 1 − Kp/9.
final class GoldSampler {

    static final String STRATIFIED = "gold_stratified";
    static final String CONTINUOUS = "gold_continuous";
    static final String PENALTY = "gold_penalty";

    private static final int BANDS = Bands.LAST_HF - Bands.FIRST_HF + 1;
    private static final int QUINTILES = 5;
    private static final int DENSITY_BAND = 107;
    private static final int LEAST_CELL = 50;
    /// Each keeps up to 160 MB of keys of its own, and a few keep up with what ClickHouse reads.
    private static final int MOST_WORKERS = 4;

    private final Commit commit;
    private final Backend backend;
    private final RefineRequest.Gold sizes;
    private final int workers;
    private final Progress progress;

    GoldSampler(Commit commit, Backend backend, RefineRequest.Gold sizes, int threads, Progress progress) {
        this.commit = commit;
        this.backend = backend;
        this.sizes = sizes;
        this.workers = Math.min(threads, MOST_WORKERS);
        this.progress = progress;
    }

    /// Stages the three tables.
    ///
    /// @return their rows
    Map<String, Long> make() {
        long eligible = commit.vault().number("SELECT count() FROM silver WHERE " + GoldRows.ELIGIBLE);
        progress.begin("gold", 2 * eligible, "rows");
        Map<Integer, Integer> density = density();
        LargestKeys[] uniform = LargestKeys.several(BANDS * QUINTILES, sizes.stratified());
        LargestKeys[] weighted = LargestKeys.several(BANDS, sizes.continuous());
        for (Selected selected : share("", Selected::new, (keys, mine, block) -> {
            keys.of(block, density);
            mine.offer(keys, block);
            progress.advance(block.rows);
        })) {
            merge(uniform, selected.uniform);
            merge(weighted, selected.weighted);
        }
        return write(density, uniform, weighted);
    }

    /// What one worker has selected.
    private final class Selected {
        private final LargestKeys[] uniform = LargestKeys.several(BANDS * QUINTILES, sizes.stratified());
        private final LargestKeys[] weighted = LargestKeys.several(BANDS, sizes.continuous());

        void offer(Keys keys, GoldRows block) {
            for (int i = 0; i < block.rows; i++) {
                uniform[stratum(block, i)].offer(keys.uniform[i]);
                weighted[band(block, i)].offer(keys.weighted[i]);
            }
        }
    }

    private static void merge(LargestKeys[] into, LargestKeys[] from) {
        for (int i = 0; i < into.length; i++) {
            into[i].offerAll(from[i]);
        }
    }

    private static int band(GoldRows block, int row) {
        return block.band(row) - Bands.FIRST_HF;
    }

    private static int stratum(GoldRows block, int row) {
        return band(block, row) * QUINTILES + block.quintile(row) - 1;
    }

    private Map<String, Long> write(Map<Integer, Integer> density, LargestKeys[] uniform, LargestKeys[] weighted) {
        GoldRows.Table stratified = new GoldRows.Table(new RowValues("ssn_quintile", "UInt8", 1));
        GoldRows.Table continuous = new GoldRows.Table(new RowValues("cell_weight", "Float32", 4),
                new RowValues("sfi_dist_interact", "Float32", 4));
        Map<String, Long> rows = new TreeMap<>();
        try (BlockWriter strata = commit.into(STRATIFIED, stratified.columns()); BlockWriter cells = commit.into(CONTINUOUS, continuous.columns())) {
            share("", () -> rows, (keys, _, block) -> {
                keys.of(block, density);
                // Few rows are in a sample: what takes them is one thread at a time, what finds them is not.
                for (int i = 0; i < block.rows; i++) {
                    LargestKeys stratum = uniform[stratum(block, i)];
                    if (stratum.reaches(keys.uniform[i])) {
                        synchronized (strata) {
                            if (stratum.take(keys.uniform[i])) {
                                stratified.add(block, i).getFirst().add((long) block.quintile(i));
                            }
                        }
                    }
                    LargestKeys cell = weighted[band(block, i)];
                    if (cell.reaches(keys.weighted[i])) {
                        synchronized (cells) {
                            if (cell.take(keys.weighted[i])) {
                                List<RowValues> extra = continuous.add(block, i);
                                extra.get(0).add(keys.weights[i]);
                                extra.get(1).add((float) (block.sfi(i) * Math.log10(Math.max(block.distance(i), 1))));
                            }
                        }
                    }
                }
                synchronized (strata) {
                    stratified.send(strata);
                }
                synchronized (cells) {
                    continuous.send(cells);
                }
                progress.advance(block.rows);
            });
            rows.put(STRATIFIED, strata.finish());
            rows.put(CONTINUOUS, cells.finish());
        }
        String columns = String.join(", ", continuous.columns());
        commit.vault().execute("INSERT INTO " + Commit.staging(PENALTY) + " (" + columns + ", kp_penalty) SELECT " + columns
                + ", toFloat32(1 - kp / 9) FROM " + Commit.staging(CONTINUOUS));
        rows.put(PENALTY, rows.get(CONTINUOUS));
        return rows;
    }

    /// Number of 20 m rows per cell, from a uniform sample of about the wanted size.
    private Map<Integer, Integer> density() {
        String where = " AND band = " + DENSITY_BAND;
        long all = commit.vault().number("SELECT count() FROM silver WHERE " + GoldRows.ELIGIBLE + where);
        long least = all <= sizes.density() ? 0 : (long) ((1 - (double) sizes.density() / all) * 0x1p63) << 1;
        Map<Integer, Integer> cells = new HashMap<>();
        for (Map<Integer, Integer> counted : share(where, HashMap<Integer, Integer>::new, (keys, mine, block) -> {
            keys.of(block, Map.of());
            for (int i = 0; i < block.rows; i++) {
                if (Long.compareUnsigned(keys.uniform[i], least) >= 0) {
                    mine.merge(block.cell(i), 1, Integer::sum);
                }
            }
        })) {
            counted.forEach((cell, count) -> cells.merge(cell, count, Integer::sum));
        }
        return cells;
    }

    /// What a worker does with a block.
    private interface Step<T> {
        /// @param mine what this worker has come to so far
        void accept(Keys keys, T mine, GoldRows block);
    }

    /// Lets several workers see every eligible row once.
    ///
    /// @return what each of them came to
    private <T> List<T> share(String where, Supplier<T> start, Step<T> step) {
        List<T> results = new ArrayList<>();
        List<Keys> keys = new ArrayList<>();
        try {
            List<Consumer<GoldRows>> steps = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                T mine = start.get();
                Keys own = new Keys();
                results.add(mine);
                keys.add(own);
                steps.add(block -> step.accept(own, mine, block));
            }
            SilverBlocks.forEach(commit.vault(), where, steps);
        } finally {
            keys.forEach(Keys::close);
        }
        return results;
    }

    /// The random keys of a block, worked out by the compute engine.
    private final class Keys implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private MemorySegment stage = MemorySegment.NULL;
        private List<Buffer> buffers = List.of();
        private int capacity;
        private long[] identity = {};
        private long[] uniform = {};
        /// Doubles as longs whose unsigned order is theirs.
        private long[] weighted = {};
        private float[] weights = {};

        void of(GoldRows block, Map<Integer, Integer> density) {
            int n = block.rows;
            reserve(n);
            for (int i = 0; i < n; i++) {
                identity[i] = block.identity(i);
                weights[i] = (float) (1 / Math.sqrt(Math.max(LEAST_CELL, density.getOrDefault(block.cell(i), 0))));
            }
            synchronized (backend.hostAddressable() ? this : backend) { // a device runs what it is told in order: one block's work stays together
                draw(n);
            }
            for (int i = 0; i < n; i++) {
                long bits = weighted[i];
                weighted[i] = bits < 0 ? ~bits : bits | Long.MIN_VALUE;
            }
        }

        private void draw(int n) {
            MemorySegment.copy(identity, 0, stage, ValueLayout.JAVA_LONG, 0, n);
            buffers.get(0).upload(stage.asSlice(0, n * 8L));
            MemorySegment.copy(weights, 0, stage, ValueLayout.JAVA_FLOAT, 0, n);
            buffers.get(1).upload(stage.asSlice(0, n * 4L));
            backend.samplingKeys().uniform(buffers.get(0), sizes.seed(), buffers.get(2), n);
            backend.samplingKeys().weighted(buffers.get(0), buffers.get(1), sizes.seed(), buffers.get(3), n);
            buffers.get(2).download(stage.asSlice(0, n * 8L));
            MemorySegment.copy(stage, ValueLayout.JAVA_LONG, 0, uniform, 0, n);
            buffers.get(3).download(stage.asSlice(0, n * 8L));
            MemorySegment.copy(stage, ValueLayout.JAVA_LONG, 0, weighted, 0, n);
        }

        private void reserve(int n) {
            if (n > capacity) {
                buffers.forEach(Buffer::close);
                capacity = n + n / 4;
                stage = arena.allocate(capacity * 8L, 64);
                buffers = List.of(backend.allocate(ElementType.U64, capacity), backend.allocate(ElementType.F32, capacity),
                        backend.allocate(ElementType.U64, capacity), backend.allocate(ElementType.F64, capacity));
                identity = new long[capacity];
                uniform = new long[capacity];
                weighted = new long[capacity];
                weights = new float[capacity];
            }
        }

        @Override
        public void close() {
            buffers.forEach(Buffer::close);
            arena.close();
        }
    }
}
