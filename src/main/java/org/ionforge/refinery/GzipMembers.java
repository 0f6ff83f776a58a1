package org.ionforge.refinery;

import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The text of a gzip file of one or more members. Unlike `GZIPInputStream` it hands over every byte that could be unpacked
/// before a fault and then tells the fault, and nothing after the last member goes unnoticed.
final class GzipMembers implements AutoCloseable {

    private static final int BUFFER = 1 << 17;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int HEADER_CHECK = 2;

    private final StoredBytes in;
    private final byte[] buffer;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private int position;
    private int limit;
    private boolean inMember;
    private boolean ended;
    private String fault;

    /// @param first bytes already read from `in`
    GzipMembers(StoredBytes in, byte[] first, int count) {
        this.in = in;
        this.buffer = new byte[Math.max(BUFFER, count)];
        System.arraycopy(first, 0, buffer, 0, count);
        this.limit = count;
    }

    /// What ended the text too early, or null.
    String fault() {
        return fault;
    }

    /// Unpacks up to `length` bytes; −1 at the end, which [#fault()] may explain.
    int read(byte[] target, int offset, int length) throws IOException {
        try {
            while (!ended) {
                if (!inMember && !beginMember()) {
                    ended = true;
                    break;
                }
                int unpacked = inflater.inflate(target, offset, length);
                crc.update(target, offset, unpacked);
                if (inflater.finished()) {
                    endMember();
                } else if (unpacked == 0 && inflater.needsInput()) {
                    fill();
                    inflater.setInput(buffer, 0, limit);
                    position = limit;
                }
                if (unpacked > 0) {
                    return unpacked;
                }
            }
        } catch (EOFException _) {
            fault = "the gzip stream is cut short";
            ended = true;
        } catch (DataFormatException e) {
            fault = "the gzip stream is damaged: " + e.getMessage();
            ended = true;
        }
        return -1;
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
        inflater.reset();
        crc.reset();
        inflater.setInput(buffer, position, limit - position);
        position = limit;
        inMember = true;
        return true;
    }

    private void endMember() throws IOException, DataFormatException {
        position = limit - inflater.getRemaining();
        inMember = false;
        long check = word();
        long size = word();
        if (check != crc.getValue() || size != (inflater.getBytesWritten() & 0xffff_ffffL)) {
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
        if (position == limit) {
            fill();
        }
        return buffer[position++] & 0xff;
    }

    private void fill() throws IOException {
        if (!more()) {
            throw new EOFException();
        }
    }

    private boolean more() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    @Override
    public void close() {
        inflater.close();
    }
}
