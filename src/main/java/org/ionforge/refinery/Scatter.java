package org.ionforge.refinery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ionforge.errors.JobException;
import org.ionforge.telemetry.Progress;

/// Phase 1 of a wave: files to rows in their buckets.
///
/// Every worker does both halves of the work: it takes a file that nobody is reading, unpacks the next chunk, puts the file back
/// for the others, and parses the chunk while it is still in the core's cache. So one large file keeps all workers busy (as far
/// as unpacking, which is serial within a file, allows), many files need no queue, and memory is one chunk a worker.
final class Scatter {

    /// A file of the wave: its tally, the index of its source, and which rows of it are wanted.
    record Input(FileTally tally, int source, Selection selection) {
    }

    private final List<Input> inputs;
    private final Texts texts;
    private final BucketStore store;
    private final Optional<Quarantine> quarantine;
    private final Progress progress;
    private final Deque<Reading> idle = new ArrayDeque<>();
    private int opened;
    private int finished;

    private record Reading(Input input, SpotFileReader reader) {
    }

    Scatter(List<Input> inputs, Texts texts, BucketStore store, Optional<Quarantine> quarantine, Progress progress) {
        this.inputs = inputs;
        this.texts = texts;
        this.store = store;
        this.quarantine = quarantine;
        this.progress = progress;
    }

    void run(int threads) {
        try {
            Workers.run(threads, "reading", (_, stop) -> work(stop));
        } finally {
            idle.forEach(reading -> close(reading.reader));
        }
    }

    private void work(AtomicBoolean stop) throws InterruptedException {
        Sink sink = new Sink(store.writer());
        TextBuffer buffer = new TextBuffer();
        try (SpotParser parser = new SpotParser(texts, sink)) {
            for (Reading reading = take(stop); reading != null; reading = take(stop)) {
                read(reading, buffer, parser, sink);
            }
        }
    }

    private void read(Reading reading, TextBuffer buffer, SpotParser parser, Sink sink) {
        long before = reading.reader.bytesRead();
        Chunk chunk;
        try {
            chunk = reading.reader.next(buffer);
        } catch (IOException e) {
            throw new JobException("cannot read " + reading.input.tally.file.path() + ": " + e.getMessage(), e);
        }
        progress.advance(reading.reader.bytesRead() - before);
        giveBack(reading, chunk == null);
        if (chunk != null) {
            sink.turnTo(reading.input);
            int rows = parser.parse(chunk);
            reading.input.tally.read.add(rows);
            progress.count("rows", rows);
        }
    }

    /// A file that nobody is reading; waits while others may still put one back; null when all have ended.
    private synchronized Reading take(AtomicBoolean stop) throws InterruptedException {
        while (!stop.get()) {
            if (opened < inputs.size() && idle.isEmpty()) {
                return open(inputs.get(opened++));
            }
            if (!idle.isEmpty()) {
                return idle.poll();
            }
            if (finished == inputs.size()) {
                return null;
            }
            wait(50);
        }
        return null;
    }

    private static Reading open(Input input) {
        try {
            return new Reading(input, new SpotFileReader(input.tally.file, input.source));
        } catch (IOException e) {
            throw new JobException("cannot open " + input.tally.file.path() + ": " + e.getMessage(), e);
        }
    }

    private synchronized void giveBack(Reading reading, boolean ended) {
        if (ended) {
            reading.input.tally.ended(reading.reader);
            close(reading.reader);
            finished++;
        } else {
            idle.add(reading);
        }
        notifyAll();
    }

    private static void close(SpotFileReader reader) {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where one worker's rows go.
    private final class Sink implements SpotParser.Rows {
        private final BucketStore.Writer writer;
        private FileTally tally;
        private Selection.Filter filter;
        private boolean everything;
        private Input current;

        Sink(BucketStore.Writer writer) {
            this.writer = writer;
        }

        void turnTo(Input input) {
            if (current != input) {
                current = input;
                tally = input.tally;
                everything = input.selection.isEverything();
                filter = input.selection.filter();
            }
        }

        @Override
        public void accept(Spot spot) {
            if (everything || filter.wants(spot.band, spot.time)) {
                writer.add(spot);
            } else {
                tally.outside.increment();
            }
        }

        /// In stretches of one bucket: neighbours in a file are nearly always of one.
        @Override
        public void accept(SpotColumns spots, int count) {
            for (int first = 0, end; first < count; first = end) {
                end = first + 1;
                if (!everything && !filter.wants(spots.band(first), spots.time(first))) {
                    tally.outside.increment();
                    continue;
                }
                int bucket = BucketStore.bucketOf(spots.time(first));
                while (end < count && BucketStore.bucketOf(spots.time(end)) == bucket
                        && (everything || filter.wants(spots.band(end), spots.time(end)))) {
                    end++;
                }
                writer.add(spots, first, end);
            }
        }

        @Override
        public void refuse(QuarantineReason reason, int source, long line, byte[] bytes, int start, int end) {
            tally.refuse(reason);
            quarantine.ifPresent(q -> q.add(reason, source, line, bytes, start, end));
        }
    }
}
