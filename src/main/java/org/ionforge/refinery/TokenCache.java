package org.ionforge.refinery;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.ionforge.compute.text.TokenTable;

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
    private static final int LARGEST = 1 << 19;

    private final TextDictionary dictionary;
    private final Cleaning cleaning;
    private final TokenTable table = new TokenTable(LARGEST);
    private final byte[] cleaned = new byte[1 << 16];

    TokenCache(TextDictionary dictionary, Cleaning cleaning) {
        this.dictionary = dictionary;
        this.cleaning = cleaning;
    }

    /// The tokens seen so far.
    TokenTable table() {
        return table;
    }

    /// The number of the cleaned text of `bytes[start, end)`, or [#REFUSED]. At least 16 bytes must be readable from `start`.
    int numberOf(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length > TokenTable.LONGEST) {
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
        long known = table.find(low, high, length);
        if (known == TokenTable.UNKNOWN) {
            known = ask(bytes, start, end);
            table.put(low, high, length, (int) known);
        }
        return (int) known;
    }

    private int ask(byte[] bytes, int start, int end) {
        int length = cleaning.clean(bytes, start, end, cleaned);
        return length < 0 ? REFUSED : dictionary.intern(cleaned, 0, length);
    }
}
