package org.ionforge.compute;

/// Philox4x32-10, the counter-based random number generator of Salmon, Moraes, Dror and Shaw ("Parallel Random Numbers: As
/// Easy as 1, 2, 3", 2011): ten rounds of multiply and xor turn a 128-bit counter and a 64-bit key into 128 random bits.
/// Nothing is remembered between calls, so a result depends on what it is for (seed, identity) and never on the order of
/// calls or the number of threads.
public final class Philox {

    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {
    }

    /// The four words of one counter, word 0 first.
    ///
    /// @param key low half = key word 0, high half = key word 1
    /// @param low counter words 0 (low half) and 1
    /// @param high counter words 2 (low half) and 3
    public static int[] words(long key, long low, long high) {
        int[] words = {(int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32)};
        rounds(words, (int) key, (int) (key >>> 32));
        return words;
    }

    /// The first two words of counter `(identity, stream)` under the key `seed`, as the low and high half of 64 bits.
    public static long bits(long seed, long identity, long stream) {
        int[] words = words(seed, identity, stream);
        return Integer.toUnsignedLong(words[0]) | (long) words[1] << 32;
    }

    /// A number in the open interval (0, 1): the top 52 of [#bits] plus a half, times 2⁻⁵². (With 53 bits the half
    /// would not fit a double, and the largest numbers would round up to 1.)
    public static double uniform(long seed, long identity, long stream) {
        return ((bits(seed, identity, stream) >>> 12) + 0.5) * 0x1p-52;
    }

    private static void rounds(int[] words, int key0, int key1) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(words[0]);
            long product1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(words[2]);
            words[0] = (int) (product1 >>> 32) ^ words[1] ^ key0;
            words[2] = (int) (product0 >>> 32) ^ words[3] ^ key1;
            words[1] = (int) product1;
            words[3] = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
    }
}
