package org.ionforge.refinery;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.ionforge.errors.EnvironmentException;

/// Tallies on disk, as runs in key order.
final class SignatureRuns implements AutoCloseable {

    private static final int BUFFER = 1 << 18;

    private final Path folder;
    private final List<Path> runs = new ArrayList<>();

    SignatureRuns(Path folder) {
        this.folder = folder;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /// Writes a run of what `tallies` hands to its consumer, in ascending order of keys.
    void write(Consumer<Consumer<SignatureTally>> tallies) {
        try {
            Path run = Files.createTempFile(folder, "ionforge-signatures", ".run");
            run.toFile().deleteOnExit();
            runs.add(run);
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(run), BUFFER))) {
                tallies.accept(tally -> writeTally(out, tally));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new EnvironmentException("cannot spill signatures to " + folder + ": " + e.getMessage()
                    + "; give a folder with more room with --temp", e);
        }
    }

    /// Hands over every key of all runs once, in ascending order, and forgets the runs.
    void merge(Consumer<SignatureTally> consumer) {
        PriorityQueue<Cursor> queue = new PriorityQueue<>(Comparator.comparingLong(c -> c.tally.key));
        try {
            for (Path run : runs) {
                Cursor cursor = new Cursor(new DataInputStream(new BufferedInputStream(Files.newInputStream(run), BUFFER)));
                cursor.advanceInto(queue);
            }
            SignatureTally merged = new SignatureTally();
            while (!queue.isEmpty()) {
                merged.clear(queue.peek().tally.key);
                while (!queue.isEmpty() && queue.peek().tally.key == merged.key) {
                    Cursor cursor = queue.poll();
                    merged.merge(cursor.tally);
                    cursor.advanceInto(queue);
                }
                consumer.accept(merged);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read spilled signatures back: " + e.getMessage(), e);
        } finally {
            queue.forEach(Cursor::close);
        }
        close();
    }

    private static void writeTally(DataOutputStream out, SignatureTally tally) {
        try {
            out.writeLong(tally.key);
            out.writeInt(tally.sfiCount);
            out.writeInt(tally.kpCount);
            out.writeLong(tally.sfiSum);
            out.writeLong(tally.kpSum);
            out.writeLong(tally.distanceSum);
            out.writeLong(tally.sineSum);
            out.writeLong(tally.cosineSum);
            out.writeInt(tally.levels);
            for (int i = 0; i < tally.levels; i++) {
                out.writeByte(tally.snr[i]);
                out.writeInt(tally.counts[i]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Path run : runs) {
            try {
                Files.deleteIfExists(run);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        runs.clear();
    }

    /// The tally at which a run is being read.
    private static final class Cursor {
        private final DataInputStream in;
        private final SignatureTally tally = new SignatureTally();

        Cursor(DataInputStream in) {
            this.in = in;
        }

        /// Reads the next tally and queues up again, or closes at the end of the run.
        void advanceInto(PriorityQueue<Cursor> queue) throws IOException {
            in.mark(1);
            if (in.read() < 0) {
                close();
                return;
            }
            in.reset();
            tally.clear(in.readLong());
            tally.sfiCount = in.readInt();
            tally.kpCount = in.readInt();
            tally.sfiSum = in.readLong();
            tally.kpSum = in.readLong();
            tally.distanceSum = in.readLong();
            tally.sineSum = in.readLong();
            tally.cosineSum = in.readLong();
            int levels = in.readInt();
            for (int i = 0; i < levels; i++) {
                tally.add(in.readByte(), in.readInt());
            }
            queue.add(this);
        }

        void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
