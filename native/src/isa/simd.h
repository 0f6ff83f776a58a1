// One vector type per instruction set, by the compiler's vector extensions, and the transcendental functions on it.
//
// exp: Cody-Waite reduction by ln 2 in two parts, then a polynomial of degree 7 (Cephes expf), within 1 ulp on [-87, 88].
// log1p on [0, 1]: 2·artanh(y / (2 + y)) by its series, s ≤ 1/3, seven terms, within 2 ulp.
// A NaN stays a NaN in every function: the comparisons below are written so that it fails them.
#pragma once
#include <cstdint>
#include <cstring>

namespace ionforge::IONFORGE_ISA {

#if defined(__AVX512F__)
constexpr int LANES = 16;
#elif defined(__AVX2__)
constexpr int LANES = 8;
#else
constexpr int LANES = 4;
#endif

typedef float Vec __attribute__((vector_size(LANES * 4)));
typedef int32_t IntVec __attribute__((vector_size(LANES * 4)));
typedef float LooseVec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

inline Vec load(const float *p) { return *reinterpret_cast<const LooseVec *>(p); }
inline void store(float *p, Vec v) { *reinterpret_cast<LooseVec *>(p) = v; }
inline Vec splat(float x) { return x - Vec{}; }
inline Vec select(IntVec mask, Vec yes, Vec no) {
    return reinterpret_cast<Vec>((reinterpret_cast<IntVec>(yes) & mask) | (reinterpret_cast<IntVec>(no) & ~mask));
}
inline Vec abs(Vec x) { return reinterpret_cast<Vec>(reinterpret_cast<IntVec>(x) & 0x7fffffff); }

inline float sum(Vec v) {
    float lanes[LANES];
    store(lanes, v);
    for (int width = LANES / 2; width > 0; width /= 2) {
        for (int i = 0; i < width; i++) {
            lanes[i] += lanes[i + width];
        }
    }
    return lanes[0];
}

inline Vec exp(Vec x) {
    const Vec low = splat(-87.0f), high = splat(88.0f);
    x = select(x < low, low, x);
    x = select(x > high, high, x);
    const float magic = 12582912.0f;  // 1.5·2^23: adding it rounds to an integer and leaves that in the low bits
    const Vec shifted = x * 1.44269504088896341f + magic;
    const Vec n = shifted - magic;
    const Vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    Vec p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    return reinterpret_cast<Vec>(reinterpret_cast<IntVec>(p) + (reinterpret_cast<IntVec>(shifted) << 23));
}

inline Vec log1p_unit(Vec y) {
    const Vec s = y / (y + 2.0f);
    const Vec q = s * s;
    Vec p = q * (1.0f / 13) + (1.0f / 11);
    p = p * q + (1.0f / 9);
    p = p * q + (1.0f / 7);
    p = p * q + (1.0f / 5);
    p = p * q + (1.0f / 3);
    return 2.0f * s + 2.0f * s * (q * p);
}

// x·tanh(softplus(x)) = x·n/(n + 2) with u = eˣ, n = u(u + 2); from x = 20 on the ratio is 1 in float.
inline Vec mish_ratio(Vec x, Vec &u, Vec &reciprocal) {
    const Vec most = splat(20.0f);
    u = exp(select(x > most, most, x));
    const Vec n = u * (u + 2.0f);
    reciprocal = 1.0f / (n + 2.0f);
    return n * reciprocal;
}

inline Vec mish(Vec x) {
    Vec u, reciprocal;
    return x * mish_ratio(x, u, reciprocal);
}

// mish'(x) = t + x·(1 − t²)·σ(x) with t = n/(n + 2); (1 − t²)·σ = 4u(1 + u)/(n + 2)², free of cancellation.
inline Vec mish(Vec x, Vec &derivative) {
    Vec u, reciprocal;
    const Vec t = mish_ratio(x, u, reciprocal);
    derivative = t + (x * (4.0f * u * reciprocal)) * ((1.0f + u) * reciprocal);
    return x * t;
}

// ln(1 + eᶻ) and its derivative σ(z).
inline Vec softplus(Vec z, Vec &logistic) {
    const Vec e = exp(-abs(z));
    const Vec zero{};
    const Vec reciprocal = 1.0f / (1.0f + e);
    logistic = select(z < zero, e * reciprocal, reciprocal);
    return select(z < zero, zero, z) + log1p_unit(e);
}

// σ(z) and its derivative.
inline Vec logistic(Vec z, Vec &derivative) {
    const Vec e = exp(-abs(z));
    const Vec reciprocal = 1.0f / (1.0f + e);
    derivative = e * reciprocal * reciprocal;
    return select(z < Vec{}, e * reciprocal, reciprocal);
}

}  // namespace ionforge::IONFORGE_ISA
