package org.ionforge.compute.text;

import java.lang.foreign.MemorySegment;
import org.ionforge.bindings.cpu.ionforge_cpu_h;

/// Unpacks DEFLATE streams (RFC 1951), one after the other, from pieces of input to pieces of output. Used by one thread at a time.
///
/// Every byte that the input determines is written before its end or its damage is told.
public interface Deflate extends AutoCloseable {

    /// Bytes of a stream that must lie before what is written next.
    int WINDOW = 1 << 15;

    /// Room below which nothing may be written.
    int LEAST_ROOM = 1024;

    /// Why a call returned.
    enum Stop {
        /// Only a few bytes of the input are left, and more are to follow.
        NEEDS_INPUT,
        /// Less than [#LEAST_ROOM] is left.
        FULL,
        /// The stream has ended; what follows it is left.
        ENDED,
        /// The input has ended before the stream.
        CUT_SHORT,
        /// From here on the stream makes no sense, see [#damage()].
        DAMAGED
    }

    /// Native code if it was built, else the JDK's zlib.
    static Deflate open() {
        return ionforge_cpu_h.isAvailable() ? new NativeDeflate() : zlib();
    }

    /// The JDK's zlib.
    static Deflate zlib() {
        return new ZlibDeflate();
    }

    /// Begins a stream.
    void begin();

    /// Goes on with the stream. Input and output are memory off the heap.
    ///
    /// @param input  what comes in
    /// @param last   whether nothing follows it
    /// @param output where bytes are written from `at` on; the last [#WINDOW] bytes of the stream, or all there are, lie before
    /// @param end    end of the room
    Stop unpack(MemorySegment input, boolean last, MemorySegment output, long at, long end);

    /// Bytes of the input that the last call used.
    long consumed();

    /// Bytes that the last call wrote.
    long produced();

    /// Bytes of the stream so far.
    long length();

    /// What is wrong with a damaged stream.
    String damage();

    @Override
    void close();
}
