package org.ionforge.refinery;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.ionforge.compute.Backend;
import org.ionforge.compute.HugePages;

/// Phase 2 of a wave, one worker's part: takes buckets one by one, drops duplicates, orders, locates, measures and joins their
/// rows, hands blocks on to the staging tables and counts signatures.
final class BucketWork implements AutoCloseable {

    /// Rows measured and written at a time: large enough for the engine, small enough for many workers.
    private static final int SLICE = 1 << 17;

    /// What all workers share in this phase.
    ///
    /// @param callRanks place of every call in ClickHouse's order
    /// @param sources   names of the files, by index
    /// @param tallies   tally of the file with a source index, null for sources that are only in the vault
    record Shared(BucketStore store, SolarTable solar, byte[][] calls, int[] callRanks, byte[][] grids, byte[][] versions,
                  GridPlaces places, List<byte[]> sources, FileTally[] tallies) {
    }

    private final Shared shared;
    private final Optional<StagedRows> staged;
    private final SignatureAggregator signatures;
    private final PathMeasures measures;
    private final RowOrder order = new RowOrder();
    private final OrderedSpots spots = new OrderedSpots();
    private final PathRuns runs = new PathRuns();
    private final SpotBlocks blocks = new SpotBlocks();
    private final Differences differences = new Differences();
    private Arena arena = Arena.ofConfined();
    private SpotColumns rows = new SpotColumns(MemorySegment.NULL, 0, 0);

    BucketWork(Shared shared, Backend backend, Optional<StagedRows> staged, SignatureAggregator signatures) {
        this.shared = shared;
        this.staged = staged;
        this.signatures = signatures;
        this.measures = new PathMeasures(backend);
    }

    /// Refines one bucket.
    ///
    /// @return rows that were new or old and are kept
    int refine(int bucket) {
        int count = shared.store.rows(bucket);
        if (count > rows.capacity()) {
            arena.close();
            arena = Arena.ofConfined();
            int capacity = Math.ceilDiv(count + count / 8, 64) * 64;
            rows = new SpotColumns(HugePages.allocate(arena, (long) capacity * SpotColumns.ROW_BYTES), 0, capacity);
        }
        shared.store.load(bucket, rows);
        order.arrange(rows, count, shared.callRanks, this::duplicate);
        SolarRow sun = shared.solar.row(bucket);
        for (int first = 0; first < order.kept(); first += SLICE) {
            slice(first, Math.min(SLICE, order.kept() - first), sun);
        }
        return order.kept();
    }

    Differences differences() {
        return differences;
    }

    private void duplicate(long origin) {
        FileTally tally = shared.tallies[SpotColumns.sourceOf(origin)];
        if (tally != null) {
            tally.duplicate.increment();
        }
    }

    private void slice(int first, int count, SolarRow sun) {
        spots.take(rows, order.order(), first, count);
        runs.find(spots);
        measures.measure(spots, runs, shared.places, sun);
        blocks.turnTo(spots);
        staged.ifPresent(tables -> tables.bronze(blocks.bronze(shared.calls, shared.grids, shared.versions, shared.sources)));
        var silver = blocks.silver(shared.grids, runs, measures, sun, differences);
        staged.ifPresent(tables -> tables.silver(silver));
        for (int run = 0; run < runs.count(); run++) {
            if (measures.distance[run] >= SignatureTally.LEAST_KM) {
                countSignatures(run, sun);
            }
        }
    }

    /// A stretch of one path is one key an hour and a band.
    private void countSignatures(int run, SolarRow sun) {
        int sfiClass = SignatureKey.classOf(sun.sfi());
        int sfi = sfiClass == 0 ? 0 : (int) Math.round(sun.sfi() * SignatureTally.THOUSANDTHS);
        int kp = Float.isNaN(sun.kp()) ? -1 : (int) Math.round(sun.kp() * SignatureTally.THOUSANDTHS);
        int tx = shared.places.square()[spots.grid[runs.start(run)]];
        int rx = shared.places.square()[spots.reporterGrid[runs.start(run)]];
        for (int i = runs.start(run), end; i < runs.end(run); i = end) {
            int band = spots.band[i];
            int hour = hourOf(i);
            for (end = i + 1; end < runs.end(run) && spots.band[end] == band && hourOf(end) == hour; end++) {
                // the same key
            }
            if (band >= Bands.FIRST_HF && band <= Bands.LAST_HF) {
                signatures.add(SignatureKey.pack(band, hour, tx, rx, sfiClass), spots.snr, i, end, sfi, kp, measures.distance[run],
                        measures.azimuth[run]);
            }
        }
    }

    private int hourOf(int spot) {
        return (int) (Integer.toUnsignedLong(spots.time[spot]) / 3600 % 24);
    }

    @Override
    public void close() {
        measures.close();
        arena.close();
    }
}
