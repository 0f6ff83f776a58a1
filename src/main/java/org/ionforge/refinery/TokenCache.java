package org.ionforge.refinery;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// One worker's memory of raw tokens: bytes as they stand in the file to the number of their sanitised text, or to "refused".
/// Tokens of at most 16 bytes are compared as two longs; longer ones go to the dictionary each time.
final class TokenCache {

    /// Cleans a token into `out` and returns its length, or −1 to refuse it.
    interface Cleaning {
        int clean(byte[] in, int start, int end, byte[] out);
    }

    static final int REFUSED = -1;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();
    private static final int EMPTY = Integer.MIN_VALUE;
    private static final int LENGTH_BITS = 5;
    private static final int LARGEST = 1 << 19;

    private final TextDictionary dictionary;
    private final Cleaning cleaning;
    private final byte[] cleaned = new byte[1 << 16];
    private long[] keys;
    private int[] values;
    private int used;

    TokenCache(TextDictionary dictionary, Cleaning cleaning) {
        this.dictionary = dictionary;
        this.cleaning = cleaning;
        allocate(1 << 12);
    }

    /// The number of the cleaned text of `bytes[start, end)`, or [#REFUSED]. At least 16 bytes must be readable from `start`.
    int numberOf(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length > 16) {
            return ask(bytes, start, end);
        }
        long low = (long) LONG.get(bytes, start);
        long high = (long) LONG.get(bytes, start + 8);
        if (length <= 8) {
            low = length == 0 ? 0 : low & -1L >>> (64 - 8 * length);
            high = 0;
        } else {
            high &= -1L >>> (128 - 8 * length);
        }
        int mask = values.length - 1;
        int slot = slotOf(low, high, mask);
        while (true) {
            int value = values[slot];
            if (keys[2 * slot] == low && keys[2 * slot + 1] == high && (value & (1 << LENGTH_BITS) - 1) == length && value != EMPTY) {
                return value >> LENGTH_BITS;
            }
            if (value == EMPTY) {
                return remember(bytes, start, end, low, high, slot);
            }
            slot = (slot + 1) & mask;
        }
    }

    private int remember(byte[] bytes, int start, int end, long low, long high, int slot) {
        int number = ask(bytes, start, end);
        keys[2 * slot] = low;
        keys[2 * slot + 1] = high;
        values[slot] = number << LENGTH_BITS | end - start;
        if (++used * 2 > values.length) {
            grow();
        }
        return number;
    }

    private int ask(byte[] bytes, int start, int end) {
        int length = cleaning.clean(bytes, start, end, cleaned);
        return length < 0 ? REFUSED : dictionary.intern(cleaned, 0, length);
    }

    /// Doubles the table; past its limit it is emptied instead, so that memory stays bounded.
    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        boolean full = oldValues.length >= LARGEST;
        allocate(full ? oldValues.length : oldValues.length * 2);
        if (full) {
            return;
        }
        int mask = values.length - 1;
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != EMPTY) {
                int slot = slotOf(oldKeys[2 * i], oldKeys[2 * i + 1], mask);
                while (values[slot] != EMPTY) {
                    slot = (slot + 1) & mask;
                }
                keys[2 * slot] = oldKeys[2 * i];
                keys[2 * slot + 1] = oldKeys[2 * i + 1];
                values[slot] = oldValues[i];
                used++;
            }
        }
    }

    private void allocate(int capacity) {
        keys = new long[2 * capacity];
        values = new int[capacity];
        Arrays.fill(values, EMPTY);
        used = 0;
    }

    private static int slotOf(long low, long high, int mask) {
        long h = (low ^ high * 0x9e3779b97f4a7c15L) * 0xd6e8feb86659fd93L;
        return (int) (h >>> 40) & mask;
    }
}
