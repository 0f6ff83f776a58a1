package org.ionforge.refinery;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.ionforge.errors.EnvironmentException;

/// Tallies on disk, as runs in key order: temporary files that are unlinked while open, so that nothing stays behind whatever ends
/// the process.
final class SignatureRuns implements AutoCloseable {

    private static final int BUFFER = 1 << 18;

    private final Path folder;
    private final List<FileChannel> runs = new ArrayList<>();

    SignatureRuns(Path folder) {
        this.folder = folder;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /// Writes a run of what `tallies` hands to its consumer, in ascending order of keys.
    void write(Consumer<Consumer<SignatureTally>> tallies) {
        try {
            Path path = Files.createTempFile(folder, "ionforge-signatures", ".run");
            FileChannel run = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            runs.add(run);
            Files.delete(path);
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(run), BUFFER));
            tallies.accept(tally -> writeTally(out, tally));
            out.flush();
        } catch (IOException | UncheckedIOException e) {
            throw new EnvironmentException("cannot spill signatures to " + folder + ": " + e.getMessage()
                    + "; give a folder with more room with --temp", e);
        }
    }

    /// Hands over every key of all runs once, in ascending order, and forgets the runs.
    void merge(Consumer<SignatureTally> consumer) {
        PriorityQueue<Cursor> queue = new PriorityQueue<>(Comparator.comparingLong(c -> c.tally.key));
        try {
            for (FileChannel run : runs) {
                run.position(0);
                new Cursor(new DataInputStream(new BufferedInputStream(Channels.newInputStream(run), BUFFER))).advanceInto(queue);
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
            close();
        }
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
        for (FileChannel run : runs) {
            try {
                run.close();
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

        /// Reads the next tally and queues up again, unless the run has ended.
        void advanceInto(PriorityQueue<Cursor> queue) throws IOException {
            in.mark(1);
            if (in.read() < 0) {
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
    }
}
