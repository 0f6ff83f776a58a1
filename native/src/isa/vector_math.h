// Elementary functions on single floats, written without branches, tables or library calls, so that g++ turns a loop over them
// into vector code of any width. Coefficients are minimax fits of our own; errors stand beside each.
//
// NaN: a select may drop a NaN operand, so callers decide validity first and put NaN into the result last.
#pragma once
#include <cstdint>
#include <cstring>

namespace ionforge::IONFORGE_ISA {

// a·b + c, in one rounding where the instruction set has it. (Calling fma without the instruction is a slow library call.)
static inline float fused(float a, float b, float c) {
#ifdef __FMA__
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

static inline double fused(double a, double b, double c) {
#ifdef __FMA__
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

static inline uint32_t bits(float x) {
    uint32_t b;
    std::memcpy(&b, &x, sizeof b);
    return b;
}

static inline float from_bits(uint32_t b) {
    float x;
    std::memcpy(&x, &b, sizeof x);
    return x;
}

static inline float magnitude(float x) { return from_bits(bits(x) & 0x7fffffffu); }

// |x| with the sign of s
static inline float with_sign(float x, float s) { return from_bits(bits(magnitude(x)) | (bits(s) & 0x80000000u)); }

constexpr float RADIANS_PER_DEGREE = 0.0174532925f;
constexpr float DEGREES_PER_RADIAN = 57.2957795f;

// 1.5·2²³: adding it to |x| < 2²² rounds x to a whole number, which then stands in the low bits.
constexpr float ROUND = 12582912.0f;

struct SinCos {
    float sin;
    float cos;
};

// Sine and cosine of degrees + rest for |degrees| ≤ 1e6, |rest| far below one, within 2 ULP each: quarter turns come off
// exactly in degrees, so that neither loses its relative accuracy near its zeros (poles, antipodes).
static inline SinCos sin_cos_degrees(float degrees, float rest = 0.0f) {
    const float shifted = fused(degrees, 1.0f / 90.0f, ROUND);
    const uint32_t quarters = bits(shifted);
    const float r = (fused(shifted - ROUND, -90.0f, degrees) + rest) * RADIANS_PER_DEGREE;
    const float s = r * r;
    const float sine = fused(fused(fused(-1.9515200e-4f, s, 8.3321603e-3f), s, -1.66666552e-1f), s * r, r);
    const float cosine = fused(fused(fused(fused(2.4433066e-5f, s, -1.38873153e-3f), s, 4.16666456e-2f), s, -0.5f), s, 1.0f);
    const bool swap = quarters & 1;
    const float a = swap ? cosine : sine;
    const float b = swap ? sine : cosine;
    return {from_bits(bits(a) ^ ((quarters & 2) << 30)), from_bits(bits(b) ^ (((quarters + 1) & 2) << 30))};
}

// atan2 in degrees, 0 where both are 0, within 2 ULP of 180 (relative 2e-7 near 0).
static inline float atan2_degrees(float y, float x) {
    const float ay = magnitude(y);
    const float ax = magnitude(x);
    const float large = ax > ay ? ax : ay;
    const float small = ax > ay ? ay : ax;
    const float q = small / (large > 0 ? large : 1.0f);
    const float s = q * q;
    float p = fused(2.92068603e-3f, s, -1.63679048e-2f);
    p = fused(p, s, 4.32118252e-2f);
    p = fused(p, s, -7.55221173e-2f);
    p = fused(p, s, 1.06660038e-1f);
    p = fused(p, s, -1.42110556e-1f);
    p = fused(p, s, 1.99937731e-1f);
    p = fused(p, s, -3.33331525e-1f);
    const float octant = fused(p * s, q, q) * DEGREES_PER_RADIAN;
    const float quadrant = ay > ax ? 90.0f - octant : octant;
    const float half = x < 0 ? 180.0f - quadrant : quadrant;
    return with_sign(half, y);
}

// Natural logarithm of a positive normal float, within 2 ULP of the larger of it and its exponent's part.
static inline float log_positive(float x) {
    const uint32_t b = bits(x) - 0x3f3504f3u;  // √½: the mantissa comes out in [√½, √2)
    const float exponent = static_cast<float>(static_cast<int32_t>(b) >> 23);
    const float f = from_bits((b & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    float p = fused(-7.63458163e-2f, f, 1.27617225e-1f);
    p = fused(p, f, -1.31602198e-1f);
    p = fused(p, f, 1.42017409e-1f);
    p = fused(p, f, -1.66233525e-1f);
    p = fused(p, f, 2.00012267e-1f);
    p = fused(p, f, -2.50008225e-1f);
    p = fused(p, f, 3.33333313e-1f);
    const float s = f * f;
    return fused(exponent, 0.693147181f, fused(p * s, f, fused(-0.5f, s, f)));
}

// e^x for −87 ≤ x ≤ 88, within 2 ULP.
static inline float exp_bounded(float x) {
    const float shifted = fused(x, 1.44269504f, ROUND);
    const float k = shifted - ROUND;
    const float r = fused(k, 2.12194440e-4f, fused(k, -0.693359375f, x));  // ln 2 in two parts, the first of 10 bits
    float p = fused(1.38146046e-3f, r, 8.36871844e-3f);
    p = fused(p, r, 4.1668389e-2f);
    p = fused(p, r, 1.66665211e-1f);
    p = fused(p, r, 0.49999994f);
    const float y = fused(p * r, r, r) + 1.0f;
    return from_bits(bits(y) + (bits(shifted) << 23));
}

}  // namespace ionforge::IONFORGE_ISA
