package org.ionforge.refinery;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// What was found in one file of a wave. Counters are thread-safe; the rest is set once, by the thread that reads the end.
final class FileTally {

    final SpotFile file;
    final LongAdder read = new LongAdder();
    final LongAdder outside = new LongAdder();
    final LongAdder duplicate = new LongAdder();
    private final AtomicLongArray refused = new AtomicLongArray(QuarantineReason.values().length);
    private volatile String hash = "";
    private volatile long size;
    private volatile String fault;

    FileTally(SpotFile file) {
        this.file = file;
    }

    void refuse(QuarantineReason reason) {
        refused.incrementAndGet(reason.ordinal());
    }

    void ended(SpotFileReader reader) {
        hash = reader.hash();
        size = reader.bytesRead();
        fault = reader.fault().orElse(null);
    }

    /// Why the file is incomplete, if it is.
    Optional<String> fault() {
        return Optional.ofNullable(fault);
    }

    Map<QuarantineReason, Long> refused() {
        Map<QuarantineReason, Long> counts = new EnumMap<>(QuarantineReason.class);
        for (QuarantineReason reason : QuarantineReason.values()) {
            if (refused.get(reason.ordinal()) > 0) {
                counts.put(reason, refused.get(reason.ordinal()));
            }
        }
        return counts;
    }

    long quarantined() {
        return refused().values().stream().mapToLong(Long::longValue).sum();
    }

    long kept() {
        return read.sum() - outside.sum() - duplicate.sum() - quarantined();
    }

    IngestLog.Entry entry(Selection selection) {
        return new IngestLog.Entry(file.source(), size, hash, fault == null, read.sum(), kept(), duplicate.sum(), quarantined(), selection);
    }
}
