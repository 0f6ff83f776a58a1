package org.ionforge.compute.text;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ionforge.bindings.cpu.ionforge_text_h;

/// DEFLATE in native code (native/src/isa/inflate.cpp): about three times as fast as zlib.
final class NativeDeflate implements Deflate {

    /// By status, from the first that means damage.
    private static final String[] DAMAGE = {"invalid block type", "invalid stored block lengths", "invalid code lengths set",
        "invalid literal/length code", "invalid distance code", "invalid distance too far back"};

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = arena.allocate(ionforge_text_h.ionforge_inflate_state_bytes(), 8);
    private final MemorySegment used = arena.allocate(ValueLayout.JAVA_LONG, 2);
    private final MemorySegment made = used.asSlice(ValueLayout.JAVA_LONG.byteSize());
    private long length;
    private String damage = "";

    @Override
    public void begin() {
        state.fill((byte) 0);
        length = 0;
    }

    @Override
    public Stop unpack(MemorySegment input, boolean last, MemorySegment output, long at, long end) {
        MemorySegment room = output.asSlice(at, end - at);
        long history = Math.min(length, WINDOW);
        if (history > at) {
            throw new IllegalArgumentException("before " + at + " there is no room for " + history + " bytes of the stream");
        }
        int status = ionforge_text_h.ionforge_inflate(state, input, input.byteSize(), last ? 1 : 0, room, history, room.byteSize(), used, made);
        length += produced();
        Stop[] stops = Stop.values();
        if (status < Stop.DAMAGED.ordinal()) {
            return stops[status];
        }
        damage = DAMAGE[status - Stop.DAMAGED.ordinal()];
        return Stop.DAMAGED;
    }

    @Override
    public long consumed() {
        return used.get(ValueLayout.JAVA_LONG, 0);
    }

    @Override
    public long produced() {
        return made.get(ValueLayout.JAVA_LONG, 0);
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public String damage() {
        return damage;
    }

    @Override
    public void close() {
        arena.close();
    }
}
