// What a walk over neurons needs beside arithmetic on vectors: masks and their bits, loads and stores of the part of a vector
// that an array still has, BF16, fused multiply-adds where they are meant, and stores past the cache.
#pragma once
#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "lif_step.h"
#include "simd.h"

namespace ionforge::IONFORGE_ISA {

#if defined(__AVX512F__)

typedef __mmask16 Mask;
inline Mask at_least(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
inline Mask above(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
inline Vec choose(Mask mask, Vec yes, Vec no) { return _mm512_mask_blend_ps(mask, no, yes); }
inline uint32_t bits(Mask mask) { return mask; }
inline uint32_t sign_bits(IntVec v) { return _mm512_movepi32_mask(reinterpret_cast<__m512i>(v)); }
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
inline uint32_t sign_bits(IntVec v) { return bits(v); }
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
inline uint32_t sign_bits(IntVec v) { return bits(v < 0); }
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

inline void prefetch(const void *p) { __builtin_prefetch(p); }

// The numbers of a table at these places.
inline Vec gather(const float *table, IntVec at) {
#if defined(__AVX512F__)
    return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), 0xffff, reinterpret_cast<__m512i>(at), table, 4);
#elif defined(__AVX2__)
    return _mm256_i32gather_ps(table, reinterpret_cast<__m256i>(at), 4);
#else
    Vec values;
    for (int i = 0; i < LANES; i++) {
        values[i] = table[at[i]];
    }
    return values;
#endif
}

// A vector as LifStep takes it.
struct VectorLanes {
    using Value = Vec;
    using Mask = IONFORGE_ISA::Mask;

    static Mask at_least(Vec a, Vec b) { return IONFORGE_ISA::at_least(a, b); }
    static Mask above(Vec a, Vec b) { return IONFORGE_ISA::above(a, b); }
    static Vec choose(Mask mask, Vec yes, Vec no) { return IONFORGE_ISA::choose(mask, yes, no); }

    static __attribute__((noinline)) Vec nearest(Vec x, Vec unit, const LifLevels &levels, int bits) {
        return nearest_in_place(x, unit, levels, bits);
    }

    static inline __attribute__((always_inline)) Vec nearest_in_place(Vec x, Vec unit, const LifLevels &levels, int bits) {
        const Vec level = levels.step != 0 ? multiple(x, levels)
                          : 1 << bits <= LANES ? searched_in_registers(x, unit, levels.table, bits)
                          : levels.per_step != 0 ? guessed(x, unit, levels, bits)
                                                 : searched(x, unit, levels.table, bits);
        return choose(at_least(x, x), unit * level, x);
    }

private:
    // The nearest whole number of steps, of two equally near the upper one; no operation but the last rounds anything that matters, and
    // that one is exact too.
    static inline __attribute__((always_inline)) Vec multiple(Vec x, const LifLevels &levels) {
        const Vec steps = smaller(splat(levels.highest), larger(splat(levels.lowest), x * levels.per_step));
        const Vec towards_zero = __builtin_convertvector(whole(steps), Vec), rest = steps - towards_zero, one = splat(1);
        return levels.step * (towards_zero + choose(at_least(rest, splat(0.5f)), one, Vec{}) - choose(above(splat(-0.5f), rest), one, Vec{}));
    }

    static IntVec whole(Vec code) { return __builtin_convertvector(code, IntVec); }

    // Through the middles, half of the codes left after each comparison. Codes are small enough to be floats.
    static Vec searched(Vec x, Vec unit, const float *table, int bits) {
        Vec code{};
        for (int half = 1 << (bits - 1); half > 0; half /= 2) {
            const Vec middle = gather(table + half - 1, whole(code));
            code += choose(at_least(x, unit * middle), splat(static_cast<float>(half)), Vec{});
        }
        return gather(table + (1 << bits), whole(code));
    }

    // The same with a table that fits registers: a gather takes as long as a dozen comparisons.
    static inline __attribute__((always_inline)) Vec searched_in_registers(Vec x, Vec unit, const float *table, int bits) {
#if defined(__AVX512F__)
        const auto there = static_cast<__mmask16>((1u << (1 << bits)) - 1);
        const __m512 middles = _mm512_maskz_loadu_ps(there, table), levels = _mm512_maskz_loadu_ps(there, table + (1 << bits));
        __m512i code = _mm512_setzero_si512();
        for (int half = 1 << (bits - 1); half > 0; half /= 2) {
            const __m512i at = _mm512_add_epi32(code, _mm512_set1_epi32(half - 1));
            const Mask above = at_least(x, unit * static_cast<Vec>(_mm512_maskz_permutexvar_ps(0xffff, at, middles)));
            code = _mm512_mask_add_epi32(code, above, code, _mm512_set1_epi32(half));
        }
        return _mm512_maskz_permutexvar_ps(0xffff, code, levels);
#else
        return searched(x, unit, table, bits);
#endif
    }

    // With middles at nearly equal distances only the one nearest to x can lie on either side of it.
    static Vec guessed(Vec x, Vec unit, const LifLevels &levels, int bits) {
        const Vec most = splat(static_cast<float>((1 << bits) - 1));
        const Vec place = (x / unit - levels.table[0]) * levels.per_step + 0.5f;
        const Vec nearest = __builtin_convertvector(whole(smaller(most, larger(place, Vec{}))), Vec);
        const Mask beyond = at_least(x, unit * looked_up(levels.table, whole(nearest), bits));
        return looked_up(levels.table + (1 << bits), whole(smaller(most, nearest + choose(beyond, splat(1), Vec{}))), bits);
    }

    // The numbers of a table of 2^bits, 32 or more, at these places. Permutations of two registers at a time are faster than a gather.
    static inline __attribute__((always_inline)) Vec looked_up(const float *table, IntVec at, [[maybe_unused]] int bits) {
#if defined(__AVX512F__)
        Vec found{};
        for (int first = 0; first < 1 << bits; first += 2 * LANES) {
            const Vec some = _mm512_permutex2var_ps(load(table + first), reinterpret_cast<__m512i>(at), load(table + first + LANES));
            found = choose(_mm512_cmpge_epi32_mask(reinterpret_cast<__m512i>(at), _mm512_set1_epi32(first)), some, found);
        }
        return found;
#else
        return gather(table, at);
#endif
    }
};

// How an array of F32 or BF16 is read and written.
struct F32 {
    using Stored = float;

    static Vec read(const float *p) { return load(p); }
    static Vec read_some(const float *p, int64_t count) { return load_some(p, count); }
    static void write(float *p, Vec v) { store(p, v); }
    static void write_some(float *p, Vec v, int64_t count) { store_some(p, v, count); }
    static void write_past_cache(float *p, Vec v) { stream(p, v); }
};

struct Bf16 {
    using Stored = uint16_t;
    typedef uint16_t HalfVec __attribute__((vector_size(LANES * 2)));

    static Vec read(const uint16_t *p) {
        HalfVec half;
        std::memcpy(&half, p, sizeof half);
        return widen(half);
    }

    static Vec read_some(const uint16_t *p, int64_t count) {
        HalfVec half{};
        std::memcpy(&half, p, sizeof(uint16_t) * count);
        return widen(half);
    }

    static void write(uint16_t *p, Vec v) {
        const HalfVec half = narrow(v);
        std::memcpy(p, &half, sizeof half);
    }

    static void write_some(uint16_t *p, Vec v, int64_t count) {
        const HalfVec half = narrow(v);
        std::memcpy(p, &half, sizeof(uint16_t) * count);
    }

    static void write_past_cache(uint16_t *p, Vec v) {
#if defined(__AVX512F__)
        _mm256_stream_si256(reinterpret_cast<__m256i *>(p), reinterpret_cast<__m256i>(narrow(v)));
#elif defined(__AVX2__)
        _mm_stream_si128(reinterpret_cast<__m128i *>(p), reinterpret_cast<__m128i>(narrow(v)));
#else
        write(p, v);
#endif
    }

private:
    typedef uint32_t UIntVec __attribute__((vector_size(LANES * 4)));

    static Vec widen(HalfVec half) { return reinterpret_cast<Vec>(wide(half) << 16); }

    // To the nearest, of two equally near the even one; a NaN stays one.
    static HalfVec narrow(Vec v) {
        const UIntVec all = reinterpret_cast<UIntVec>(v);
        const UIntVec rounded = (all + 0x7fff + (all >> 16 & 1)) >> 16;
        const UIntVec quiet = all >> 16 | 0x40;
        return low(v == v ? rounded : quiet);
    }

    // The compiler's own conversions go through halves of vectors.
    static UIntVec wide(HalfVec half) {
#if defined(__AVX512F__)
        return reinterpret_cast<UIntVec>(_mm512_maskz_cvtepu16_epi32(0xffff, reinterpret_cast<__m256i>(half)));
#elif defined(__AVX2__)
        return reinterpret_cast<UIntVec>(_mm256_cvtepu16_epi32(reinterpret_cast<__m128i>(half)));
#else
        return __builtin_convertvector(half, UIntVec);
#endif
    }

    static HalfVec low(UIntVec all) {
#if defined(__AVX512F__)
        return reinterpret_cast<HalfVec>(_mm512_maskz_cvtepi32_epi16(0xffff, reinterpret_cast<__m512i>(all)));
#else
        return __builtin_convertvector(all, HalfVec);
#endif
    }
};

}  // namespace ionforge::IONFORGE_ISA
