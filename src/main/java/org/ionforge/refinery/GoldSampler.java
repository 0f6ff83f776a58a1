package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.ionforge.compute.Backend;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.telemetry.Progress;
import org.ionforge.vault.Block;
import org.ionforge.vault.BlockReader;
import org.ionforge.vault.BlockWriter;
import org.ionforge.vault.Column;

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

    private final Commit commit;
    private final Backend backend;
    private final RefineRequest.Gold sizes;
    private final Progress progress;

    GoldSampler(Commit commit, Backend backend, RefineRequest.Gold sizes, Progress progress) {
        this.commit = commit;
        this.backend = backend;
        this.sizes = sizes;
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
        try (Keys keys = new Keys()) {
            forEachBlock("", block -> {
                keys.of(block, density);
                for (int i = 0; i < block.rows; i++) {
                    int band = block.band(i) - Bands.FIRST_HF;
                    uniform[band * QUINTILES + block.quintile(i) - 1].offer(keys.uniform[i]);
                    weighted[band].offer(keys.weighted[i]);
                }
                progress.advance(block.rows);
            });
            return write(keys, density, uniform, weighted);
        }
    }

    private Map<String, Long> write(Keys keys, Map<Integer, Integer> density, LargestKeys[] uniform, LargestKeys[] weighted) {
        GoldRows.Table stratified = new GoldRows.Table(new RowValues("ssn_quintile", "UInt8", 1));
        GoldRows.Table continuous = new GoldRows.Table(new RowValues("cell_weight", "Float32", 4),
                new RowValues("sfi_dist_interact", "Float32", 4));
        Map<String, Long> rows = new TreeMap<>();
        try (BlockWriter strata = commit.into(STRATIFIED, stratified.columns()); BlockWriter cells = commit.into(CONTINUOUS, continuous.columns())) {
            forEachBlock("", block -> {
                keys.of(block, density);
                for (int i = 0; i < block.rows; i++) {
                    int band = block.band(i) - Bands.FIRST_HF;
                    if (uniform[band * QUINTILES + block.quintile(i) - 1].take(keys.uniform[i])) {
                        stratified.add(block, i).getFirst().add((long) block.quintile(i));
                    }
                    if (weighted[band].take(keys.weighted[i])) {
                        List<RowValues> extra = continuous.add(block, i);
                        extra.get(0).add(keys.weights[i]);
                        extra.get(1).add((float) (block.sfi(i) * Math.log10(Math.max(block.distance(i), 1))));
                    }
                }
                stratified.send(strata);
                continuous.send(cells);
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
        try (Keys keys = new Keys()) {
            forEachBlock(where, block -> {
                keys.of(block, cells);
                for (int i = 0; i < block.rows; i++) {
                    if (Long.compareUnsigned(keys.uniform[i], least) >= 0) {
                        cells.merge(block.cell(i), 1, Integer::sum);
                    }
                }
            });
        }
        return cells;
    }

    private void forEachBlock(String where, Consumer<GoldRows> consumer) {
        GoldRows rows = new GoldRows();
        try (BlockReader reader = commit.vault().query("SELECT " + GoldRows.SELECT + " FROM silver WHERE " + GoldRows.ELIGIBLE + where)) {
            for (Block block = reader.next(); block != null; block = reader.next()) {
                rows.turnTo(block);
                consumer.accept(rows);
            }
        }
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
            MemorySegment.copy(identity, 0, stage, ValueLayout.JAVA_LONG, 0, n);
            buffers.get(0).upload(stage.asSlice(0, n * 8L));
            MemorySegment.copy(weights, 0, stage, ValueLayout.JAVA_FLOAT, 0, n);
            buffers.get(1).upload(stage.asSlice(0, n * 4L));
            backend.samplingKeys().uniform(buffers.get(0), sizes.seed(), buffers.get(2), n);
            backend.samplingKeys().weighted(buffers.get(0), buffers.get(1), sizes.seed(), buffers.get(3), n);
            buffers.get(2).download(stage.asSlice(0, n * 8L));
            MemorySegment.copy(stage, ValueLayout.JAVA_LONG, 0, uniform, 0, n);
            buffers.get(3).download(stage.asSlice(0, n * 8L));
            for (int i = 0; i < n; i++) {
                long bits = stage.getAtIndex(ValueLayout.JAVA_LONG, i);
                weighted[i] = bits < 0 ? ~bits : bits | Long.MIN_VALUE;
            }
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
