package org.ionforge.training;

import java.util.stream.IntStream;
import org.ionforge.compute.Philox;

/// A pseudo-random order of 0 … n − 1 that is computed, not remembered: position i of epoch e under a seed is always the same
/// element, so a run that goes on in the middle of an epoch needs nothing but the three numbers.
///
/// A Feistel network of six rounds permutes the next larger power of four; its round keys come from Philox, its round function is
/// the finaliser of SplitMix64 (Steele, Lea and Flood 2014). Positions that land outside 0 … n − 1 walk on until they land
/// inside (Black and Rogaway 2002), at most four steps on average.
public final class Shuffle {

    private static final int ROUNDS = 6;
    private static final int CHUNK = 1 << 14;

    private final int n;
    private final int halfBits;
    private final long[] keys = new long[ROUNDS];

    public Shuffle(int n, long seed, long epoch) {
        if (n < 0) {
            throw new IllegalArgumentException("cannot shuffle " + n + " elements");
        }
        this.n = n;
        this.halfBits = Math.max(1, (33 - Integer.numberOfLeadingZeros(Math.max(0, n - 1))) / 2);
        for (int round = 0; round < ROUNDS; round++) {
            keys[round] = Philox.bits(seed, epoch, round);
        }
    }

    /// The element at a position.
    public int at(int position) {
        long value = position;
        do {
            value = permute(value);
        } while (value >= n);
        return (int) value;
    }

    /// `elements` in this order; `elements.length` must be n.
    public int[] apply(int[] elements) {
        if (elements.length != n) {
            throw new IllegalArgumentException(elements.length + " elements in a shuffle of " + n);
        }
        int[] shuffled = new int[n];
        IntStream.range(0, (n + CHUNK - 1) / CHUNK).parallel().forEach(chunk -> {
            for (int i = chunk * CHUNK; i < Math.min(n, (chunk + 1) * CHUNK); i++) {
                shuffled[i] = elements[at(i)];
            }
        });
        return shuffled;
    }

    private long permute(long value) {
        long mask = (1L << halfBits) - 1;
        long left = value >>> halfBits;
        long right = value & mask;
        for (long key : keys) {
            long next = left ^ mix(right + key) & mask;
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
