package org.ionforge.refinery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.ionforge.compute.HugePages;
import org.ionforge.errors.EnvironmentException;

/// Spots of one wave, sorted roughly: by 3-hour bucket (the bucket of the solar indices, time / 10800). In memory up to a limit,
/// beyond it in one temporary file that is unlinked while open, so that nothing stays behind whatever ends the process.
///
/// Many writers fill it, each from its own thread; when all have stopped, many readers may [#load] buckets.
final class BucketStore implements AutoCloseable {

    static final int BUCKET_SECONDS = 10_800;

    private static final int BUCKETS = (int) ((1L << 32) / BUCKET_SECONDS) + 1;
    private static final int SLAB = 4 << 20;
    private static final int FIRST_EXTENT = 64;
    private static final int LARGEST_EXTENT = 4096;

    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final Path folder;
    private final Arena arena = Arena.ofShared();
    private final List<Writer> writers = new ArrayList<>();
    private final AtomicLong spillEnd = new AtomicLong();
    private FileChannel spill;

    /// @param limit bytes that all writers together may hold; each may hold 4 MiB in any case
    BucketStore(long limit, Path folder) {
        this.limit = limit;
        this.folder = folder;
    }

    static int bucketOf(int time) {
        return (int) (Integer.toUnsignedLong(time) / BUCKET_SECONDS);
    }

    synchronized Writer writer() {
        Writer writer = new Writer();
        writers.add(writer);
        return writer;
    }

    /// Buckets that hold rows, ascending.
    TreeSet<Integer> buckets() {
        TreeSet<Integer> buckets = new TreeSet<>();
        for (Writer writer : writers) {
            for (int bucket : writer.touched) {
                buckets.add(bucket);
            }
        }
        return buckets;
    }

    /// Rows of a bucket.
    int rows(int bucket) {
        long rows = 0;
        for (Writer writer : writers) {
            for (Extent e = writer.heads[bucket]; e != null; e = e.previous) {
                rows += e.rows;
            }
        }
        return Math.toIntExact(rows);
    }

    /// Bytes that were written to the temporary file.
    long spilledBytes() {
        return spillEnd.get();
    }

    /// Copies a bucket's rows to the start of `target`, whose capacity is at least [#rows]; in no particular order.
    void load(int bucket, SpotColumns target) {
        int at = 0;
        for (Writer writer : writers) {
            for (Extent e = writer.heads[bucket]; e != null; e = e.previous) {
                if (e.columns != null) {
                    target.copy(e.columns, 0, e.rows, at);
                } else {
                    try (Arena scratch = Arena.ofConfined()) {
                        target.copy(new SpotColumns(readBack(e, scratch), 0, e.rows), 0, e.rows, at);
                    }
                }
                at += e.rows;
            }
        }
    }

    private MemorySegment readBack(Extent extent, Arena scratch) {
        MemorySegment memory = scratch.allocate((long) extent.rows * SpotColumns.ROW_BYTES);
        ByteBuffer buffer = memory.asByteBuffer();
        try {
            long position = extent.spilledAt;
            while (buffer.hasRemaining()) {
                int read = spill.read(buffer, position);
                if (read < 0) {
                    throw new IOException("the temporary file ended at " + position);
                }
                position += read;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read spilled rows back: " + e.getMessage(), e);
        }
        return memory;
    }

    private synchronized FileChannel spillFile() throws IOException {
        if (spill == null) {
            Path path = Files.createTempFile(folder, "ionforge-spill", ".rows");
            spill = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.delete(path);
        }
        return spill;
    }

    @Override
    public void close() {
        arena.close();
        try {
            if (spill != null) {
                spill.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A stretch of rows of one bucket, in memory or (columns null) in the file.
    private static final class Extent {
        private final Extent previous;
        private SpotColumns columns;
        private int rows;
        private long spilledAt;

        Extent(Extent previous, SpotColumns columns) {
            this.previous = previous;
            this.columns = columns;
        }
    }

    /// Adds rows; used by one thread.
    final class Writer {
        private final Extent[] heads = new Extent[BUCKETS];
        private final List<Integer> touched = new ArrayList<>();
        private final List<MemorySegment> slabs = new ArrayList<>();
        private int slab = -1;
        private long slabUsed = SLAB;

        void add(Spot spot) {
            Extent extent = room(bucketOf(spot.time));
            extent.columns.set(extent.rows++, spot);
        }

        /// Adds the rows `[first, end)`, which are all of one bucket.
        void add(SpotColumns spots, int first, int end) {
            int bucket = bucketOf(spots.time(first));
            for (int row = first; row < end; ) {
                Extent extent = room(bucket);
                int rows = Math.min(end - row, extent.columns.capacity() - extent.rows);
                extent.columns.copy(spots, row, rows, extent.rows);
                extent.rows += rows;
                row += rows;
            }
        }

        /// An extent of that bucket that has room.
        private Extent room(int bucket) {
            Extent extent = heads[bucket];
            return extent == null || extent.columns == null || extent.rows == extent.columns.capacity() ? open(bucket) : extent;
        }

        private Extent open(int bucket) {
            Extent head = heads[bucket];
            if (head == null) {
                touched.add(bucket);
            }
            int capacity = head == null || head.columns == null ? FIRST_EXTENT : Math.min(LARGEST_EXTENT, 2 * head.columns.capacity());
            long bytes = (long) capacity * SpotColumns.ROW_BYTES;
            if (slabUsed + bytes > SLAB) {
                if (slab + 1 == slabs.size() && slab >= 0 && held.get() + SLAB > limit) {
                    spillAll();
                    head = heads[bucket];
                    capacity = FIRST_EXTENT;
                    bytes = (long) capacity * SpotColumns.ROW_BYTES;
                }
                slab++;
                slabUsed = 0;
                if (slab == slabs.size()) {
                    slabs.add(allocateSlab());
                }
            }
            heads[bucket] = new Extent(head, new SpotColumns(slabs.get(slab), slabUsed, capacity));
            slabUsed += bytes + 63 & -64;
            return heads[bucket];
        }

        private MemorySegment allocateSlab() {
            try {
                held.addAndGet(SLAB);
                return HugePages.allocate(arena, SLAB);
            } catch (OutOfMemoryError e) {
                throw new EnvironmentException("no memory for " + SLAB + " bytes of spots; lower --memory or --threads", e);
            }
        }

        /// Writes every extent that is in memory to the file, packed, and starts over with empty slabs.
        private void spillAll() {
            try (Arena scratch = Arena.ofConfined()) {
                FileChannel file = spillFile();
                MemorySegment packed = scratch.allocate(SLAB);
                List<Extent> waiting = new ArrayList<>();
                long used = 0;
                for (int bucket : touched) {
                    for (Extent e = heads[bucket]; e != null && e.columns != null; e = e.previous) {
                        long bytes = (long) e.rows * SpotColumns.ROW_BYTES;
                        if (used + bytes > SLAB) {
                            write(file, packed, used, waiting);
                            used = 0;
                        }
                        new SpotColumns(packed, used, e.rows).copy(e.columns, 0, e.rows, 0);
                        e.spilledAt = used;
                        used += bytes;
                        waiting.add(e);
                    }
                }
                write(file, packed, used, waiting);
                slab = -1;
                slabUsed = SLAB;
            } catch (IOException e) {
                throw new EnvironmentException("cannot spill rows to " + folder + ": " + e.getMessage()
                        + "; give a folder with more room with --temp", e);
            }
        }

        private void write(FileChannel file, MemorySegment packed, long used, List<Extent> waiting) throws IOException {
            long at = spillEnd.getAndAdd(used);
            ByteBuffer buffer = packed.asSlice(0, used).asByteBuffer();
            long position = at;
            while (buffer.hasRemaining()) {
                position += file.write(buffer, position);
            }
            for (Extent e : waiting) {
                e.spilledAt += at;
                e.columns = null;
            }
            waiting.clear();
        }
    }
}
