package org.ionforge.compute;

/// Elevation of the sun above the horizon.
public interface SolarElevation {

    /// For `n` places and times: `δ = −23.44°·cos(360°/365·(dayOfYear + 10))`, `H = 15°·(hourUtc + longitude/15 − 12)`,
    /// `elevation = asin(clamp(sinφ·sinδ + cosφ·cosδ·cosH, −1, 1))` in degrees (the reference system's formula,
    /// without the equation of time or refraction; good to about a degree).
    ///
    /// @param latitude  F32 `[n]`, degrees
    /// @param longitude F32 `[n]`, degrees
    /// @param dayOfYear F32 `[n]`, 1 to 366
    /// @param hourUtc   F32 `[n]`, 0 to 24
    /// @param elevation F32 `[n]`, degrees; bound against the reference 0.02 degrees where |elevation| > 85, else 1e-3
    void elevation(Buffer latitude, Buffer longitude, Buffer dayOfYear, Buffer hourUtc, Buffer elevation, long n);
}
