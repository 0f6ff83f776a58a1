package org.ionforge.compute.text;

import java.lang.foreign.MemorySegment;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// DEFLATE as the JDK has it.
final class ZlibDeflate implements Deflate {

    private final Inflater inflater = new Inflater(true);
    private long consumed;
    private long produced;
    private String damage = "";

    @Override
    public void begin() {
        inflater.reset();
    }

    @Override
    public Stop unpack(MemorySegment input, boolean last, MemorySegment output, long at, long end) {
        long read = inflater.getBytesRead();
        long written = inflater.getBytesWritten();
        inflater.setInput(input.asByteBuffer());
        try {
            long full = end - LEAST_ROOM;
            for (long to = at; to <= full; to = at + inflater.getBytesWritten() - written) {
                int made = inflater.inflate(output.asSlice(to, end - to).asByteBuffer());
                if (inflater.finished()) {
                    return Stop.ENDED;
                }
                if (made == 0 && inflater.needsInput()) {
                    return last ? Stop.CUT_SHORT : Stop.NEEDS_INPUT;
                }
            }
            return Stop.FULL;
        } catch (DataFormatException e) {
            damage = e.getMessage() == null ? "invalid data" : e.getMessage();
            return Stop.DAMAGED;
        } finally {
            consumed = inflater.getBytesRead() - read;
            produced = inflater.getBytesWritten() - written;
        }
    }

    @Override
    public long consumed() {
        return consumed;
    }

    @Override
    public long produced() {
        return produced;
    }

    @Override
    public long length() {
        return inflater.getBytesWritten();
    }

    @Override
    public String damage() {
        return damage;
    }

    @Override
    public void close() {
        inflater.close();
    }
}
