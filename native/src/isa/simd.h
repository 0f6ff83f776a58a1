// One vector type per instruction set, by the compiler's vector extensions, and the transcendental functions on it.
//
// exp: Cody-Waite reduction by ln 2 in two parts, then a polynomial of degree 7 (Cephes expf), within 1 ulp on [-87, 88].
// reciprocal: the processor's estimate and one step of Newton's, within 1 ulp, at a fourth of a division's time.
// log1p on [0, 1]: 2·artanh(y / (2 + y)) by its series, s ≤ 1/3, seven terms, within 2 ulp.
// A NaN stays a NaN in every function: the comparisons below are written so that it fails them.
#pragma once
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "precision.h"

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

// The smaller and the larger of two, b where either is NaN.
inline Vec smaller(Vec a, Vec b) {
#if defined(__AVX512F__)
    return _mm512_maskz_min_ps(0xffff, a, b);  // the plain one warns of an undefined operand
#elif defined(__AVX2__)
    return _mm256_min_ps(a, b);
#elif defined(__SSE2__)
    return _mm_min_ps(a, b);
#else
    return select(a < b, a, b);
#endif
}

inline Vec larger(Vec a, Vec b) {
#if defined(__AVX512F__)
    return _mm512_maskz_max_ps(0xffff, a, b);
#elif defined(__AVX2__)
    return _mm256_max_ps(a, b);
#elif defined(__SSE2__)
    return _mm_max_ps(a, b);
#else
    return select(a > b, a, b);
#endif
}

// 1/x for normal x.
inline Vec reciprocal(Vec x) {
#if defined(__AVX512F__)
    const Vec estimate = _mm512_maskz_rcp14_ps(0xffff, x);
    return estimate + estimate * (1.0f - x * estimate);
#elif defined(__AVX2__)
    const Vec estimate = _mm256_rcp_ps(x);
    return estimate + estimate * (1.0f - x * estimate);
#else
    return 1.0f / x;
#endif
}

// Lane i and lane i + LANES/2, then lane i and lane i + LANES/4, and so on.
inline float sum(Vec v) {
    IntVec place;
    for (int i = 0; i < LANES; i++) {
        place[i] = i;
    }
    for (int width = LANES / 2; width > 0; width /= 2) {
        v += __builtin_shuffle(v, place ^ width);
    }
    return v[0];
}

// To nearest even at the fraction bits of an operand of the precision; a NaN stays as it is.
template <Precision P>
inline Vec rounded(Vec x) {
    if constexpr (P == Precision::FP32) {
        return x;
    } else {
        typedef uint32_t Bits __attribute__((vector_size(LANES * 4)));
        constexpr uint32_t dropped = P == Precision::TF32 ? 13 : 16;
        const Bits bits = reinterpret_cast<Bits>(x);
        const Bits nearest = (bits + ((1u << (dropped - 1)) - 1) + ((bits >> dropped) & 1u)) & ~((1u << dropped) - 1);
        return select(x == x, reinterpret_cast<Vec>(nearest), x);
    }
}

template <Precision P>
inline float rounded(float x) { return rounded<P>(splat(x))[0]; }

// eˣ for x in [-87, 88].
inline Vec exp_bounded(Vec x) {
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

inline Vec exp(Vec x) { return exp_bounded(smaller(splat(88.0f), larger(splat(-87.0f), x))); }

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
inline Vec mish_ratio(Vec x, Vec &u, Vec &inverse) {
    u = exp_bounded(smaller(splat(20.0f), larger(splat(-87.0f), x)));
    const Vec n = u * (u + 2.0f);
    inverse = reciprocal(n + 2.0f);
    return n * inverse;
}

inline Vec mish(Vec x) {
    Vec u, inverse;
    return x * mish_ratio(x, u, inverse);
}

// mish'(x) = t + x·(1 − t²)·σ(x) with t = n/(n + 2); (1 − t²)·σ = 4u(1 + u)/(n + 2)², free of cancellation.
inline Vec mish(Vec x, Vec &derivative) {
    Vec u, inverse;
    const Vec t = mish_ratio(x, u, inverse);
    derivative = t + (x * (4.0f * u * inverse)) * ((1.0f + u) * inverse);
    return x * t;
}

// ln(1 + eᶻ) and its derivative σ(z).
inline Vec softplus(Vec z, Vec &logistic) {
    const Vec e = exp(-abs(z));
    const Vec zero{};
    const Vec inverse = 1.0f / (1.0f + e);
    logistic = select(z < zero, e * inverse, inverse);
    return select(z < zero, zero, z) + log1p_unit(e);
}

// σ(z) and its derivative.
inline Vec logistic(Vec z, Vec &derivative) {
    const Vec e = exp(-abs(z));
    const Vec inverse = 1.0f / (1.0f + e);
    derivative = e * inverse * inverse;
    return select(z < Vec{}, e * inverse, inverse);
}

}  // namespace ionforge::IONFORGE_ISA
