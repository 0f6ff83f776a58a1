package org.ionforge.compute;

/// Elevation of the sun above the horizon.
public interface SolarElevation {

    /// Declination at the solstices.
    double DECLINATION_DEG = -23.44;

    /// For `n` places and times: `δ = −23.44°·cos(360°/365·(dayOfYear + 10))`, `H = 15°·(hourUtc + longitude/15 − 12)`,
    /// `elevation = asin(clamp(sinφ·sinδ + cosφ·cosδ·cosH, −1, 1))` in degrees (the reference system's formula,
    /// without the equation of time or refraction; good to about a degree). NaN where an input is NaN or outside the range given.
    ///
    /// @param latitude  F32 `[n]`, degrees in [−90, 90]
    /// @param longitude F32 `[n]`, degrees in [−360, 360]
    /// @param dayOfYear F32 `[n]`, 1 to 366; fractions allowed, in [0, 367)
    /// @param hourUtc   F32 `[n]`, 0 to 24
    /// @param elevation F32 `[n]`, degrees; bound against the reference 1e-4 degrees (a float of degrees near 360 has
    ///                  a step of 3e-5)
    void elevation(Buffer latitude, Buffer longitude, Buffer dayOfYear, Buffer hourUtc, Buffer elevation, long n);
}
