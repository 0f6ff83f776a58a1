package org.ionforge.refinery;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.ionforge.errors.InputException;

/// Cuts a file, plain or gzip (told by its first bytes), into chunks of whole lines. Used by one thread at a time.
final class SpotFileReader implements AutoCloseable {

    /// Text in a chunk: small enough for a core's second-level cache, large enough to make handing over cheap.
    static final int CHUNK = 512 * 1024;

    private static final int LONGEST_LINE = 64 << 20;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();

    private final SpotFile file;
    private final int source;
    private final StoredBytes stored;
    private final byte[] head = new byte[2];
    private final int headLength;
    private final GzipMembers gzip;
    private byte[] carry = new byte[0];
    private boolean headGiven;
    private long line = 1;
    private boolean ended;
    private String hash;

    SpotFileReader(SpotFile file, int source) throws IOException {
        this.file = file;
        this.source = source;
        this.stored = new StoredBytes(file.path());
        int length = 0;
        for (int read; length < 2 && (read = stored.read(head, length, 2 - length)) > 0; ) {
            length += read;
        }
        this.headLength = length;
        boolean packed = length == 2 && head[0] == 0x1f && (head[1] & 0xff) == 0x8b;
        this.gzip = packed ? new GzipMembers(stored, head, 2) : null;
    }

    /// The next lines, in `buffer` if they fit; null at the end.
    Chunk next(byte[] buffer) throws IOException {
        byte[] bytes = buffer;
        if (bytes.length < carry.length + CHUNK + SpotParser.PADDING) {
            bytes = new byte[carry.length + CHUNK + SpotParser.PADDING];
        }
        int length = carry.length;
        System.arraycopy(carry, 0, bytes, 0, length);
        while (!ended) {
            int room = bytes.length - SpotParser.PADDING - length;
            if (room == 0) {
                int lineEnd = lastLineEnd(bytes, length);
                if (lineEnd > 0) {
                    return chunk(bytes, lineEnd, length, false);
                }
                bytes = longer(bytes);
                continue;
            }
            int read = read(bytes, length, room);
            if (read < 0) {
                ended = true;
                hash = stored.finish();
            } else {
                length += read;
            }
        }
        if (length == 0) {
            return null;
        }
        boolean half = bytes[length - 1] != '\n';
        if (half) {
            bytes[length++] = '\n';
        }
        return chunk(bytes, length, length, half && fault().isPresent());
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

    private int read(byte[] target, int offset, int length) throws IOException {
        if (gzip != null) {
            return gzip.read(target, offset, length);
        }
        if (!headGiven) {
            headGiven = true;
            System.arraycopy(head, 0, target, offset, headLength);
            return headLength;
        }
        return stored.read(target, offset, length);
    }

    private Chunk chunk(byte[] bytes, int end, int length, boolean truncated) {
        carry = Arrays.copyOfRange(bytes, end, length);
        Arrays.fill(bytes, end, Math.min(bytes.length, end + SpotParser.PADDING), (byte) 0);
        Chunk chunk = new Chunk(bytes, end, source, line, truncated);
        line += countLines(bytes, end);
        return chunk;
    }

    private byte[] longer(byte[] bytes) {
        if (bytes.length > LONGEST_LINE) {
            throw new InputException(file.path() + ", line " + line + ": no line end in " + LONGEST_LINE
                    + " bytes; this is no WSPR archive file");
        }
        return Arrays.copyOf(bytes, bytes.length * 2);
    }

    private static int lastLineEnd(byte[] bytes, int length) {
        int end = length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    /// Line feeds in `bytes[0, length)`; the bytes after are zero.
    private static long countLines(byte[] bytes, int length) {
        long lines = 0;
        for (int i = 0; i < length; i += 8) {
            long word = (long) LONG.get(bytes, i) ^ 0x0a0a0a0a0a0a0a0aL;
            lines += Long.bitCount(~((word & 0x7f7f7f7f7f7f7f7fL) + 0x7f7f7f7f7f7f7f7fL | word | 0x7f7f7f7f7f7f7f7fL));
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
