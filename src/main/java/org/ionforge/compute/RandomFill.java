package org.ionforge.compute;

/// Random numbers by place: element i of a fill depends on seed, stream and place `first + i` alone, so that any cut of an array
/// among calls, threads or devices gives the same numbers, and every room the same bits.
///
/// The four words of place p are those of [Philox#words] for the key `seed` and the counter (stream, p rounded down to a multiple of
/// 4); p mod 4 chooses among them. The numbers are [RandomNumbers] of the words.
public interface RandomFill {

    /// Which numbers.
    ///
    /// @param seed   Philox's key
    /// @param stream what they are for: the lower half of the counter
    /// @param first  place of element 0, 0 or more
    record Places(long seed, long stream, long first) {
        public Places {
            if (first < 0) {
                throw new IllegalArgumentException("random numbers count their places from 0, got " + first);
            }
        }
    }

    /// Random bits. Bytes an element: 4 written; 5 multiplications 32×32→64 and 15 other operations, more than the rest.
    ///
    /// @param words U32 `[≥ n]`
    void words(Places places, Buffer words, long n);

    /// Uniform numbers: `from + (to − from)·u`, u = [RandomNumbers#uniform], the product rounded before it is added.
    ///
    /// @param values F32 `[≥ n]`
    void uniform(Places places, float from, float to, Buffer values, long n);

    /// Normal numbers: `mean + deviation·z`, z = [RandomNumbers#normal] of the place's pair of words, the product rounded before it
    /// is added. A pair begins at an even place.
    ///
    /// @param values F32 `[≥ n]`
    void normal(Places places, float mean, float deviation, Buffer values, long n);

    /// One bit an element, 1 with its probability: where `word < ⌊probability·2³²⌋`. So 0, less and NaN never, 1 and more always.
    ///
    /// @param probability F32 `[≥ n]`
    /// @param bits        U32 `[≥ ⌈n/32⌉]`: bit i of word w is element 32·w + i; bits past the last are 0
    void bernoulli(Places places, Buffer probability, Buffer bits, long n);
}
