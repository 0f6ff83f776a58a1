package org.ionforge.compute;

/// How the values of a tensor lie: `count` channels of `length` values in a row, each channel `stride` elements after the one
/// before. A weight matrix `[N, K]` in row-major order has its rows as channels; with one scale for all there is one channel.
///
/// @param count  channels, 1 or more
/// @param length values of a channel, 0 or more
/// @param stride from channel to channel, `length` or more
public record Channels(long count, long length, long stride) {

    public Channels {
        if (count < 1 || length < 0 || stride < length) {
            throw new IllegalArgumentException("no layout: " + count + " channels of " + length + " values, " + stride + " apart");
        }
    }

    /// All `n` values as one channel.
    public static Channels tensor(long n) {
        return new Channels(1, n, n);
    }

    /// The rows of a dense matrix.
    public static Channels rows(long rows, long columns) {
        return new Channels(rows, columns, columns);
    }

    /// Elements from the first value to the last.
    public long span() {
        return length == 0 ? 0 : Math.addExact(Math.multiplyExact(count - 1, stride), length);
    }

    /// Words of the mask of a channel: one bit a value, rows padded to whole words.
    public long maskWords() {
        return (length + 31) / 32;
    }
}
