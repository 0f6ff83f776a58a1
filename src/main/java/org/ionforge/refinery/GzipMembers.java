package org.ionforge.refinery;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import org.ionforge.compute.text.Deflate;

/// The text of a gzip file of one or more members. Unlike `GZIPInputStream` it hands over every byte that could be unpacked
/// before a fault and then tells the fault, and nothing after the last member goes unnoticed.
final class GzipMembers implements AutoCloseable {

    private static final int BUFFER = 1 << 17;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int HEADER_CHECK = 2;

    private final StoredBytes in;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER);
    private final Deflate deflate = Deflate.open();
    private final CRC32 crc = new CRC32();
    private long position;
    private long limit;
    private boolean inputEnded;
    private boolean inMember;
    private boolean ended;
    private String fault;

    /// @param first bytes already read from `in`
    GzipMembers(StoredBytes in, byte[] first, int count) {
        this.in = in;
        MemorySegment.copy(first, 0, buffer, ValueLayout.JAVA_BYTE, 0, count);
        this.limit = count;
    }

    /// What ended the text too early, or null.
    String fault() {
        return fault;
    }

    /// Unpacks to `target[at, end)`, at least [Deflate#LEAST_ROOM] bytes of room, before which the last [Deflate#WINDOW] bytes of the
    /// text lie, or all there are.
    ///
    /// @return bytes written; −1 at the end, which [#fault()] may explain
    int read(MemorySegment target, long at, long end) throws IOException {
        int unpacked = 0;
        try {
            while (!ended && unpacked == 0) {
                if (!inMember && !beginMember()) {
                    ended = true;
                    break;
                }
                Deflate.Stop stop = deflate.unpack(buffer.asSlice(position, limit - position), inputEnded, target, at, end);
                position += deflate.consumed();
                unpacked = (int) deflate.produced();
                crc.update(target.asSlice(at, unpacked).asByteBuffer());
                switch (stop) {
                    case ENDED -> endMember();
                    case CUT_SHORT -> throw new EOFException();
                    case DAMAGED -> throw new DataFormatException(deflate.damage());
                    case NEEDS_INPUT -> more();
                    case FULL -> {
                        // the caller makes room
                    }
                }
            }
        } catch (EOFException _) {
            fault = "the gzip stream is cut short";
            ended = true;
        } catch (DataFormatException e) {
            fault = "the gzip stream is damaged: " + e.getMessage();
            ended = true;
        }
        return unpacked > 0 ? unpacked : -1;
    }

    /// Reads a member's header; false at the end of the file.
    private boolean beginMember() throws IOException, DataFormatException {
        int first = 0;
        while (first == 0) {
            if (position == limit && !more()) {
                return false;
            }
            first = next();
        }
        if (first != 0x1f || next() != 0x8b || next() != 8) {
            throw new DataFormatException("what follows is no gzip member");
        }
        int flags = next();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
            while (next() != 0) {
                // a name or comment ends with a zero byte
            }
        }
        if ((flags & HEADER_CHECK) != 0) {
            skip(2);
        }
        deflate.begin();
        crc.reset();
        inMember = true;
        return true;
    }

    private void endMember() throws IOException, DataFormatException {
        inMember = false;
        long check = word();
        long size = word();
        if (check != crc.getValue() || size != (deflate.length() & 0xffff_ffffL)) {
            throw new DataFormatException("the checksum of a member does not match its contents");
        }
    }

    private long word() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private int next() throws IOException {
        if (position == limit && !more()) {
            throw new EOFException();
        }
        return buffer.get(ValueLayout.JAVA_BYTE, position++) & 0xff;
    }

    /// Puts what follows behind what is left.
    ///
    /// @return whether anything follows
    private boolean more() throws IOException {
        MemorySegment.copy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        int read = in.read(buffer.asSlice(limit).asByteBuffer());
        inputEnded = read < 0;
        limit += Math.max(0, read);
        return read > 0;
    }

    @Override
    public void close() {
        deflate.close();
        arena.close();
    }
}
