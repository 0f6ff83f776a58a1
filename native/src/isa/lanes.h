// What a walk over rows needs beside arithmetic on vectors: masks and their bits, loads and stores of the part of a vector
// that an array still has, fused multiply-adds where they are meant, and stores past the cache.
#pragma once
#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "simd.h"

namespace ionforge::IONFORGE_ISA {

#if defined(__AVX512F__)

typedef __mmask16 Mask;
inline Mask at_least(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
inline Mask above(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
inline Vec choose(Mask mask, Vec yes, Vec no) { return _mm512_mask_blend_ps(mask, no, yes); }
inline uint32_t bits(Mask mask) { return mask; }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
inline void stream(float *p, Vec v) { _mm512_stream_ps(p, v); }
inline void fence() { _mm_sfence(); }
// The first `count` of a vector, the others 0; 0 < count ≤ LANES.
inline Vec load_some(const float *p, int64_t count) { return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p); }
inline void store_some(float *p, Vec v, int64_t count) { _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1), v); }

#else

typedef IntVec Mask;
inline Mask at_least(Vec a, Vec b) { return a >= b; }
inline Mask above(Vec a, Vec b) { return a > b; }
#ifdef __AVX2__
inline Vec choose(Mask mask, Vec yes, Vec no) { return _mm256_blendv_ps(no, yes, reinterpret_cast<Vec>(mask)); }
inline uint32_t bits(Mask mask) { return static_cast<uint32_t>(_mm256_movemask_ps(reinterpret_cast<Vec>(mask))); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
inline void stream(float *p, Vec v) { _mm256_stream_ps(p, v); }
inline void fence() { _mm_sfence(); }
#else
inline Vec choose(Mask mask, Vec yes, Vec no) { return select(mask, yes, no); }
inline uint32_t bits(Mask mask) {
    uint32_t all = 0;
    for (int i = 0; i < LANES; i++) {
        all |= (static_cast<uint32_t>(mask[i]) & 1) << i;
    }
    return all;
}
inline Vec fma(Vec a, Vec b, Vec c) { return a * b + c; }
inline void stream(float *p, Vec v) { store(p, v); }
inline void fence() {}
#endif
inline Vec load_some(const float *p, int64_t count) {
    float lanes[LANES] = {};
    std::memcpy(lanes, p, sizeof(float) * count);
    return load(lanes);
}
inline void store_some(float *p, Vec v, int64_t count) {
    float lanes[LANES];
    store(lanes, v);
    std::memcpy(p, lanes, sizeof(float) * count);
}

#endif

}  // namespace ionforge::IONFORGE_ISA
