package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.util.Arrays;
import java.util.Comparator;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.RadixSort;

/// The definition: any stable sort.
final class ReferenceRadixSort implements RadixSort {

    private record Pair(long key, int payload) {
    }

    @Override
    public void sort(Buffer keys, Buffer payload, long n, int bits) {
        RadixSort.check(keys, payload, n, bits);
        boolean wide = keys.type() == ElementType.U64;
        Pair[] pairs = new Pair[Math.toIntExact(n)];
        for (int i = 0; i < n; i++) {
            pairs[i] = new Pair(wide ? keys.host().getAtIndex(JAVA_LONG_UNALIGNED, i)
                    : Integer.toUnsignedLong(keys.host().getAtIndex(JAVA_INT_UNALIGNED, i)), payload.host().getAtIndex(JAVA_INT_UNALIGNED, i));
        }
        long low = -1L >>> Long.SIZE - bits;
        Arrays.sort(pairs, Comparator.comparing((Pair pair) -> pair.key & low, Long::compareUnsigned));
        for (int i = 0; i < n; i++) {
            if (wide) {
                keys.host().setAtIndex(JAVA_LONG_UNALIGNED, i, pairs[i].key);
            } else {
                keys.host().setAtIndex(JAVA_INT_UNALIGNED, i, (int) pairs[i].key);
            }
            payload.host().setAtIndex(JAVA_INT_UNALIGNED, i, pairs[i].payload);
        }
    }
}
