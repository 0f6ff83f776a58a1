package org.ionforge.refinery;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.ionforge.compute.text.Deflate;
import org.ionforge.compute.text.TextColumns;
import org.ionforge.errors.InputException;

/// Cuts a file, plain or gzip (told by its first bytes), into chunks of whole lines. Used by one thread at a time.
final class SpotFileReader implements AutoCloseable {

    /// Text in a chunk: small enough for a core's second-level cache, large enough to make handing over cheap.
    static final int CHUNK = 512 * 1024;

    private static final long LONGEST_LINE = 64 << 20;

    private final SpotFile file;
    private final int source;
    private final StoredBytes stored;
    private final GzipMembers gzip;
    /// What lies before the next text: the start of its first line, and of a gzip file at least the window of its stream.
    private final TextBuffer tail = new TextBuffer();
    private int tailLength;
    private int lineStart;
    private long line = 1;
    private boolean ended;
    private String hash;

    SpotFileReader(SpotFile file, int source) throws IOException {
        this.file = file;
        this.source = source;
        this.stored = new StoredBytes(file.path());
        byte[] head = new byte[2];
        ByteBuffer first = ByteBuffer.wrap(head);
        while (first.hasRemaining() && stored.read(first) > 0) {
            // a file may give less than it is asked for
        }
        boolean packed = first.position() == 2 && head[0] == 0x1f && (head[1] & 0xff) == 0x8b;
        this.gzip = packed ? new GzipMembers(stored, head, 2) : null;
        if (!packed) {
            tailLength = first.position();
            tail.reserve(tailLength);
            MemorySegment.copy(head, 0, tail.memory(), ValueLayout.JAVA_BYTE, 0, tailLength);
        }
    }

    /// The next lines, in `buffer`; null at the end.
    Chunk next(TextBuffer buffer) throws IOException {
        long end = TextColumns.MARGIN + tailLength + CHUNK;
        buffer.reserve(end + TextColumns.MARGIN);
        MemorySegment.copy(tail.memory(), 0, buffer.memory(), TextColumns.MARGIN, tailLength);
        long start = TextColumns.MARGIN + lineStart;
        long at = TextColumns.MARGIN + tailLength;
        while (!ended) {
            if (end - at < Deflate.LEAST_ROOM) {
                long lineEnd = lastLineEnd(buffer.memory(), start, at);
                if (lineEnd > start) {
                    return chunk(buffer.memory(), start, lineEnd, at, false);
                }
                end += Math.max(CHUNK, longest(end - start));
                buffer.reserve(end + TextColumns.MARGIN);
            }
            int read = read(buffer.memory(), at, end);
            if (read < 0) {
                ended = true;
                hash = stored.finish();
            } else {
                at += read;
            }
        }
        if (at == start) {
            return null;
        }
        boolean half = buffer.memory().get(ValueLayout.JAVA_BYTE, at - 1) != '\n';
        if (half) {
            buffer.memory().set(ValueLayout.JAVA_BYTE, at++, (byte) '\n');
        }
        return chunk(buffer.memory(), start, at, at, half && fault().isPresent());
    }

    int source() {
        return source;
    }

    SpotFile file() {
        return file;
    }

    /// Bytes read so far, as stored.
    long bytesRead() {
        return stored.count();
    }

    /// Why the file is incomplete, if it is; known at the end.
    Optional<String> fault() {
        return gzip == null ? Optional.empty() : Optional.ofNullable(gzip.fault());
    }

    /// SHA-256 of the stored bytes; known at the end.
    String hash() {
        return hash;
    }

    private int read(MemorySegment target, long at, long end) throws IOException {
        return gzip != null ? gzip.read(target, at, end) : stored.read(target.asSlice(at, end - at).asByteBuffer());
    }

    /// Takes the lines in `[start, end)`; what follows them, up to `at`, begins the next chunk.
    private Chunk chunk(MemorySegment memory, long start, long end, long at, boolean truncated) {
        int window = gzip == null ? 0 : (int) Math.min(Deflate.WINDOW, at - TextColumns.MARGIN);
        tailLength = Math.max((int) (at - end), window);
        lineStart = tailLength - (int) (at - end);
        tail.reserve(tailLength);
        MemorySegment.copy(memory, at - tailLength, tail.memory(), 0, tailLength);
        int lines = countLines(memory.asSlice(start, end - start));
        Chunk chunk = new Chunk(memory, start, (int) (end - start), lines, source, line, truncated);
        line += lines;
        return chunk;
    }

    private long longest(long bytes) {
        if (bytes > LONGEST_LINE) {
            throw new InputException(file.path() + ", line " + line + ": no line end in " + LONGEST_LINE
                    + " bytes; this is no WSPR archive file");
        }
        return bytes;
    }

    private static long lastLineEnd(MemorySegment memory, long start, long end) {
        long at = end;
        while (at > start && memory.get(ValueLayout.JAVA_BYTE, at - 1) != '\n') {
            at--;
        }
        return at;
    }

    /// Eight bytes at a time, then the rest.
    private static int countLines(MemorySegment text) {
        int lines = 0;
        long at = 0;
        for (; at <= text.byteSize() - Long.BYTES; at += Long.BYTES) {
            long word = text.get(ValueLayout.JAVA_LONG_UNALIGNED, at) ^ 0x0a0a0a0a0a0a0a0aL;
            lines += Long.bitCount(~((word & 0x7f7f7f7f7f7f7f7fL) + 0x7f7f7f7f7f7f7f7fL | word | 0x7f7f7f7f7f7f7f7fL));
        }
        for (; at < text.byteSize(); at++) {
            lines += text.get(ValueLayout.JAVA_BYTE, at) == '\n' ? 1 : 0;
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        if (gzip != null) {
            gzip.close();
        }
        stored.close();
    }
}
