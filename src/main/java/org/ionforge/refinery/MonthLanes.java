package org.ionforge.refinery;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.ionforge.compute.Backend;
import org.ionforge.telemetry.Progress;

/// Phase 2 of a wave: the buckets of its months, in lanes.
///
/// A lane is the buckets of one month at one time of day (00–03, 03–06, … UTC), in order of their days. Since the hour is part of
/// a signature's key, lanes share no keys: each is aggregated on its own, without locks or merging, by whichever worker takes it.
final class MonthLanes {

    static final int LANES = 8;

    private record Lane(int month, List<Integer> buckets) {
    }

    private final BucketWork.Shared shared;
    private final Backend backend;
    private final Optional<Commit> commit;
    private final RefineRequest.Limits limits;
    private final Progress progress;
    private final List<Lane> lanes;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong signatures = new AtomicLong();
    private final Differences differences = new Differences();

    MonthLanes(BucketWork.Shared shared, Backend backend, Optional<Commit> commit, RefineRequest.Limits limits, Progress progress) {
        this.shared = shared;
        this.backend = backend;
        this.commit = commit;
        this.limits = limits;
        this.progress = progress;
        this.lanes = lanes(shared.store().buckets());
    }

    private static List<Lane> lanes(TreeSet<Integer> buckets) {
        SortedMap<Integer, Lane> lanes = new TreeMap<>();
        for (int bucket : buckets) {
            int month = SolarTable.monthOf(bucket);
            lanes.computeIfAbsent(month * LANES + bucket % LANES, _ -> new Lane(month, new ArrayList<>())).buckets.add(bucket);
        }
        return List.copyOf(lanes.values());
    }

    void run(int threads) {
        Workers.run(threads, "refining", (_, stop) -> work(stop));
    }

    /// Signatures written.
    long signatures() {
        return signatures.get();
    }

    /// Ours against the archive's, over all rows of the wave's months.
    Differences differences() {
        return differences;
    }

    private void work(AtomicBoolean stop) {
        Path folder = limits.temp();
        try (SignatureAggregator aggregator = new SignatureAggregator(limits.signatureEntries(), folder);
                Staging staging = new Staging(commit.map(StagedRows::new));
                BucketWork work = new BucketWork(shared, backend, staging.rows, aggregator)) {
            SignatureRows rows = new SignatureRows();
            for (int i = next.getAndIncrement(); i < lanes.size() && !stop.get(); i = next.getAndIncrement()) {
                Lane lane = lanes.get(i);
                for (int bucket : lane.buckets) {
                    progress.advance(work.refine(bucket));
                }
                aggregator.drain(tally -> {
                    rows.add(lane.month, tally);
                    if (rows.rows() == SignatureRows.BLOCK_ROWS) {
                        send(rows, staging.rows);
                    }
                });
                send(rows, staging.rows);
                staging.rows.ifPresent(tables -> tables.endLane(lane.month));
            }
            staging.rows.ifPresent(StagedRows::finish);
            synchronized (differences) {
                differences.add(work.differences());
            }
        }
    }

    private void send(SignatureRows rows, Optional<StagedRows> tables) {
        signatures.addAndGet(rows.signatures());
        tables.ifPresent(t -> {
            t.histograms(rows.histograms());
            t.signatures(rows.signatureBlock());
        });
        rows.clear();
    }

    /// The staging tables of a worker, if the run writes any.
    private record Staging(Optional<StagedRows> rows) implements AutoCloseable {
        @Override
        public void close() {
            rows.ifPresent(StagedRows::close);
        }
    }
}
