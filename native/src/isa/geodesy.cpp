// Great circles and the sun's elevation.
//
// great_circle_measure_f32: 16 bytes in, 16 out, about 260 operations a row (5 sine-cosine pairs, 4 arc tangents, 3 roots):
// 8 operations a byte. One AVX-512 core runs it at about 0.3 of the rate at which it copies memory (measured): bound by arithmetic.
// solar_elevation_f32: 16 bytes in, 4 out, about 150 operations a row.
//
// All in float, yet within 1e-4 degrees at 1 km from coincidence and from the antipode: differences of coordinates carry their
// rounding error along (two_sum), quarter turns come off exactly in degrees, and where a sum of cosines would cancel, the
// other of two equal formulas is taken: with S = φa + φb, D = φb − φa, s = sin(Δλ/2), c = cos(Δλ/2)
//   azimuth's north component  cosφa sinφb − sinφa cosφb cosΔλ = sin D + 2 sinφa cosφb s² = sin S − 2 sinφa cosφb c²
//   midpoint's component to λa  cosφa + cosφb cosΔλ = cosφa + cosφb − 2 cosφb s² = 2 sin(S/2) sin(D/2) + 2 cosφb c²
//   midpoint's component to the pole  sinφa + sinφb = 2 sin(S/2) cos(D/2)
#include "elementwise.h"
#include "vector_math.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr float DIAMETER_KM_PER_DEGREE = 222.389853f;  // 2·6371·π/180
constexpr float DECLINATION_DEG = -23.44f;

struct Sum {
    float value;
    float error;
};

// Knuth's two-sum: value + error is a + b exactly.
inline Sum two_sum(float a, float b) {
    const float value = a + b;
    const float part = value - a;
    return {value, (a - (value - part)) + (b - part)};
}

inline SinCos half_angle(Sum angle) { return sin_cos_degrees(0.5f * angle.value, 0.5f * angle.error); }

inline bool is_place(float latitude, float longitude) { return (magnitude(latitude) <= 90.0f) & (magnitude(longitude) <= 360.0f); }

inline float wrapped(float longitude) {
    const float down = longitude > 180.0f ? longitude - 360.0f : longitude;
    return down < -180.0f ? down + 360.0f : down;
}

// a correctly rounded root the vectoriser knows
inline float root(float x) { return __builtin_sqrtf(x); }

}  // namespace

void great_circle_measure_f32(const float *__restrict latitude_a, const float *__restrict longitude_a,
                              const float *__restrict latitude_b, const float *__restrict longitude_b,
                              float *__restrict distance, float *__restrict azimuth, float *__restrict mid_latitude,
                              float *__restrict mid_longitude, int64_t n) {
    const float nan = __builtin_nanf("");
    for (int64_t i = 0; i < n; i++) {
        const float lat_a = latitude_a[i];
        const float lon_a = longitude_a[i];
        const float lat_b = latitude_b[i];
        const float lon_b = longitude_b[i];
        const bool place = is_place(lat_a, lon_a) & is_place(lat_b, lon_b);

        const SinCos a = sin_cos_degrees(lat_a);
        const SinCos b = sin_cos_degrees(lat_b);
        const SinCos turn = half_angle(two_sum(lon_b, -lon_a));
        const SinCos difference = half_angle(two_sum(lat_b, -lat_a));
        const SinCos sum = half_angle(two_sum(lat_b, lat_a));
        const float s2 = turn.sin * turn.sin;
        const float c2 = turn.cos * turn.cos;
        const bool near_side = c2 >= s2;

        const float both = a.cos * b.cos;
        const float h = fused(both, s2, difference.sin * difference.sin);
        const float g = fused(both, c2, sum.sin * sum.sin);
        const float km = DIAMETER_KM_PER_DEGREE * atan2_degrees(root(h), root(g));

        const float east = 2.0f * turn.sin * turn.cos * b.cos;
        const float slant = 2.0f * a.sin * b.cos;
        const float north_near = fused(slant, s2, 2.0f * difference.sin * difference.cos);
        const float north_far = fused(-slant, c2, 2.0f * sum.sin * sum.cos);
        const float bearing = atan2_degrees(east, near_side ? north_near : north_far);
        const float turned = bearing < 0 ? bearing + 360.0f : bearing;

        const float along_near = fused(-2.0f * b.cos, s2, a.cos + b.cos);
        const float along_far = 2.0f * fused(b.cos, c2, sum.sin * difference.sin);
        const float along = near_side ? along_near : along_far;
        const float across = root(fused(along, along, east * east));
        const float mid_lat = atan2_degrees(2.0f * sum.sin * difference.cos, across);
        const float mid_lon = wrapped(wrapped(lon_a) + atan2_degrees(east, along));

        distance[i] = place ? km : nan;
        azimuth[i] = place ? ((turned < 360.0f) & (h > 0) ? turned : 0.0f) : nan;
        mid_latitude[i] = place ? mid_lat : nan;
        mid_longitude[i] = place ? mid_lon : nan;
    }
}

// Elevation is 90° less the zenith distance to the point under the sun: no arc sine, which loses half its digits near 90°.
void solar_elevation_f32(const float *__restrict latitude, const float *__restrict longitude, const float *__restrict day_of_year,
                         const float *__restrict hour_utc, float *__restrict elevation, int64_t n) {
    const float nan = __builtin_nanf("");
    for (int64_t i = 0; i < n; i++) {
        const float lat = latitude[i];
        const float lon = longitude[i];
        const float day = day_of_year[i];
        const float hour = hour_utc[i];
        const bool known = is_place(lat, lon) & (day >= 0.0f) & (day < 367.0f) & (hour >= 0.0f) & (hour <= 24.0f);

        const float declination = DECLINATION_DEG * sin_cos_degrees((day + 10.0f) * (360.0f / 365.0f)).cos;
        const float hour_angle = fused(15.0f, hour, lon - 180.0f);
        const float both = sin_cos_degrees(lat).cos * sin_cos_degrees(declination).cos;
        const SinCos turn = sin_cos_degrees(0.5f * hour_angle);
        const float d = sin_cos_degrees(0.5f * (lat - declination)).sin;
        const float s = sin_cos_degrees(0.5f * (lat + declination)).sin;
        const float h = fused(both, turn.sin * turn.sin, d * d);
        const float g = fused(both, turn.cos * turn.cos, s * s);
        const float height = fused(-2.0f, atan2_degrees(root(h), root(g)), 90.0f);
        elevation[i] = known ? height : nan;
    }
}

}  // namespace ionforge::IONFORGE_ISA
