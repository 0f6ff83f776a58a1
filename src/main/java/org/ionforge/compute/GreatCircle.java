package org.ionforge.compute;

/// Great circles on a sphere of radius 6371 km.
public interface GreatCircle {

    double EARTH_RADIUS_KM = 6371.0;

    /// Distance, initial azimuth and midpoint of `n` paths from a to b. Coordinates are F32 `[n]` in degrees.
    ///
    /// With φ latitude, λ longitude, Δ = b − a:
    /// `h = sin²(Δφ/2) + cosφa·cosφb·sin²(Δλ/2)`, `g = sin²((φa+φb)/2) + cosφa·cosφb·cos²(Δλ/2)` (= 1 − h, without
    /// cancellation near the antipode), `distance = 2R·atan2(√h, √g)`;
    /// `azimuth = atan2(sinΔλ·cosφb, cosφa·sinφb − sinφa·cosφb·cosΔλ)` in [0, 360), 0 where the points coincide;
    /// the midpoint is the normalised sum of the two unit vectors.
    ///
    /// A coordinate that is NaN, a latitude outside [−90, 90] or a longitude outside [−360, 360] gives NaN in every result of
    /// that row. Bounds against the reference: distance 1 m + 1e-6 of it; azimuth and midpoint 1e-4 degrees where both points
    /// are at least 1 km from coincident, antipodal and the poles (for the midpoint's longitude, the midpoint too).
    ///
    /// @param distanceKm   F32 `[n]`
    /// @param azimuthDeg   F32 `[n]`, degrees from north through east
    /// @param midLatitude  F32 `[n]`
    /// @param midLongitude F32 `[n]`, in [−180, 180]
    void measure(Buffer latitudeA, Buffer longitudeA, Buffer latitudeB, Buffer longitudeB,
                 Buffer distanceKm, Buffer azimuthDeg, Buffer midLatitude, Buffer midLongitude, long n);
}
