package org.ionforge.compute;

/// Sorting by whole-number keys that carry a number each, say that of their row.
public interface RadixSort {

    /// Sorts both in place by the low `bits` of the keys, ascending and unsigned. Pairs whose low bits are equal keep their order, so
    /// that the result is one and the same everywhere.
    ///
    /// @param keys    U32 or U64 `[≥ n]`
    /// @param payload U32 `[≥ n]`
    /// @param n       below 2³²
    /// @param bits    1 to the width of a key; fewer take less time, some 8 a pass
    void sort(Buffer keys, Buffer payload, long n, int bits);

    /// The check that every room makes before it touches memory.
    ///
    /// @throws IllegalArgumentException naming what does not fit
    static void check(Buffer keys, Buffer payload, long n, int bits) {
        Operands.requireCount(n);
        if (n >= 1L << 32) {
            throw new IllegalArgumentException(n + " pairs; 4294967295 can be sorted");
        }
        if (keys.type() != ElementType.U32) {
            Operands.require("keys", keys, ElementType.U64, n);
        }
        Operands.require("keys", keys, keys.type(), n);
        Operands.require("payload", payload, ElementType.U32, n);
        if (bits < 1 || bits > 8 * keys.type().bytes()) {
            throw new IllegalArgumentException("the low " + bits + " bits of keys of " + 8 * keys.type().bytes());
        }
    }
}
