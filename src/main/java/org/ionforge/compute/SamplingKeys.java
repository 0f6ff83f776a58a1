package org.ionforge.compute;

/// Random keys for sampling without replacement: keep the rows with the largest keys.
///
/// The random bits depend on the seed and the row's identity alone (Philox4x32-10 with key = seed, counter =
/// (identity low, identity high, 0, 0), first two words as low and high half of 64 bits), so neither the order of rows nor
/// the number of threads changes the sample.
public interface SamplingKeys {

    /// `keys[i] = philox(seed, identity[i])`, for samples in which every row counts the same. Equal to the bit everywhere.
    ///
    /// @param identity U64 `[n]`
    /// @param keys     U64 `[n]`, compared unsigned
    void uniform(Buffer identity, long seed, Buffer keys, long n);

    /// Efraimidis–Spirakis (2006): `keys[i] = ln(u)/w[i]` with `u = ((bits >>> 12) + 0.5)·2⁻⁵²` in (0, 1): 52 bits and
    /// a half are what a double holds exactly.
    ///
    /// @param identity U64 `[n]`
    /// @param weight   F32 `[n]`, > 0; a weight that is not gives −infinity (never sampled)
    /// @param keys     F64 `[n]`; bound against the reference 4 ULP (of the key)
    void weighted(Buffer identity, Buffer weight, long seed, Buffer keys, long n);
}
