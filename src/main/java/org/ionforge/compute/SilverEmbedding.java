package org.ionforge.compute;

/// The four numbers that describe the quality of a spot in the silver table.
public interface SilverEmbedding {

    /// Per spot, with d in km, X-ray flux F (0.1–0.8 nm) in W/m² and Kp:
    ///
    /// - `eDistance = min(d/20000, 1)`
    /// - `eXray`: F < 1e-6 → 1; F < 1e-5 → 1 − 0.1·(log10 F + 6); else max(0.1, exp(−0.5·F/1e-5))
    /// - `eKp`: Kp ≤ 2 → 1; Kp ≤ 4 → 1 − 0.25·(Kp − 2); else 0.5·exp(−0.5·(Kp − 4))
    /// - `qDistance`: d < 500 → 0.3 + 0.7·d/500; d < 2000 → 0.7 + 0.3·(d − 500)/1500; d ≤ 5000 → 1;
    ///   d ≤ 15000 → 1 − 0.3·(d − 5000)/10000; else 0.7 − 0.2·min(1, (d − 15000)/5000)
    /// - `quality = qDistance·eXray·eKp`
    ///
    /// (the reference system's silver kernel). A missing index is NaN: its factor is NaN in the result and counts as 1 in
    /// `quality`. A NaN or negative distance makes `eDistance` and `quality` NaN. Bound against the reference: 1e-6 absolute.
    ///
    /// The edges of the pieces are compared in F32: `F < 1e-5f` and so on, so that every backend takes the same piece.
    ///
    /// @param distanceKm F32 `[n]`
    /// @param xrayFlux   F32 `[n]`, W/m²; NaN where unknown
    /// @param kp         F32 `[n]`, 0 to 9; NaN where unknown
    /// @param eDistance  F32 `[n]`
    /// @param eXray      F32 `[n]`
    /// @param eKp        F32 `[n]`
    /// @param quality    F32 `[n]`
    void embed(Buffer distanceKm, Buffer xrayFlux, Buffer kp,
               Buffer eDistance, Buffer eXray, Buffer eKp, Buffer quality, long n);
}
