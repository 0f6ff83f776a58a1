// Integer codes out of vectors: 32 of them as bytes, and packed to 4 or 2 bits; which lanes lie within bounds.
#pragma once
#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "lanes.h"
#include "simd.h"

namespace ionforge::IONFORGE_ISA {

// Codes of a word of a mask.
constexpr int WORD = 32;
constexpr int WORD_VECTORS = WORD / LANES;

// One bit a lane: whether it lies in [from, to].
#if defined(__AVX512F__)
inline uint32_t inside(Vec v, Vec from, Vec to) { return bits(at_least(v, from)) & bits(at_least(to, v)); }
#elif defined(__SSE2__) && !defined(__AVX2__)
inline uint32_t inside(Vec v, Vec from, Vec to) {
    return static_cast<uint32_t>(_mm_movemask_ps(reinterpret_cast<Vec>(at_least(v, from) & at_least(to, v))));
}
#else
inline uint32_t inside(Vec v, Vec from, Vec to) { return bits(at_least(v, from) & at_least(to, v)); }
#endif

// The low bytes of 32 codes.
#ifdef __AVX2__
typedef __m256i Codes;
#else
struct Codes {
    uint8_t bytes[WORD];
};
#endif

inline Codes codes_of(const IntVec *whole) {
#if defined(__AVX512F__)
    const __m128i low = _mm512_maskz_cvtepi32_epi8(0xffff, reinterpret_cast<__m512i>(whole[0]));
    const __m128i high = _mm512_maskz_cvtepi32_epi8(0xffff, reinterpret_cast<__m512i>(whole[1]));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
#elif defined(__AVX2__)
    __m256i low[4];
    for (int i = 0; i < 4; i++) {
        low[i] = reinterpret_cast<__m256i>(whole[i] & 0xff);
    }
    const __m256i bytes = _mm256_packus_epi16(_mm256_packs_epi32(low[0], low[1]), _mm256_packs_epi32(low[2], low[3]));
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));  // packing works within halves
#elif defined(__SSE2__)
    Codes codes;
    for (int half = 0; half < 2; half++) {
        __m128i low[4];
        for (int i = 0; i < 4; i++) {
            low[i] = reinterpret_cast<__m128i>(whole[4 * half + i] & 0xff);
        }
        const __m128i bytes = _mm_packus_epi16(_mm_packs_epi32(low[0], low[1]), _mm_packs_epi32(low[2], low[3]));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(codes.bytes + 16 * half), bytes);
    }
    return codes;
#else
    Codes codes;
    for (int i = 0; i < WORD; i++) {
        codes.bytes[i] = static_cast<uint8_t>(whole[i / LANES][i % LANES]);
    }
    return codes;
#endif
}

inline void store_codes(uint8_t *to, const Codes &codes) { std::memcpy(to, &codes, WORD); }

// 32 codes of `bits` each, the first in the lowest bits.
inline void pack_codes(uint8_t *packed, const Codes &codes, int bits) {
    if (bits == 8) {
        store_codes(packed, codes);
        return;
    }
#ifdef __AVX2__
    // Neighbours meet in 16 bits by a product with 1 and 2^bits, and neighbours of those in 32 by one with 1 and 16.
    const __m256i fields = _mm256_and_si256(codes, _mm256_set1_epi8(static_cast<char>((1 << bits) - 1)));
    const __m256i pairs = _mm256_maddubs_epi16(fields, _mm256_set1_epi16(static_cast<short>(1 | 1 << (8 + bits))));
    if (bits == 4) {
        const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(pairs, pairs), 0b1000);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(packed), _mm256_castsi256_si128(bytes));
    } else {
        const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(1 | 16 << 16));
        const __m256i words = _mm256_packs_epi32(fours, fours);
        const __m128i bytes = _mm256_castsi256_si128(_mm256_permute4x64_epi64(_mm256_packus_epi16(words, words), 0b1000));
        _mm_storel_epi64(reinterpret_cast<__m128i *>(packed), _mm_shuffle_epi32(bytes, 0b1000));
    }
#else
    for (int eight = 0; eight < WORD / 8; eight++) {
        uint64_t v;
        std::memcpy(&v, codes.bytes + 8 * eight, sizeof v);
        if (bits == 4) {
            v &= 0x0f0f0f0f0f0f0f0fu;
            v = (v | v >> 4) & 0x00ff00ff00ff00ffu;
            v = (v | v >> 8) & 0x0000ffff0000ffffu;
            v |= v >> 16;
            std::memcpy(packed + 4 * eight, &v, 4);
        } else {
            v &= 0x0303030303030303u;
            v = (v | v >> 6) & 0x000f000f000f000fu;
            v = (v | v >> 12) & 0x000000ff000000ffu;
            v |= v >> 24;
            std::memcpy(packed + 2 * eight, &v, 2);
        }
    }
#endif
}

}  // namespace ionforge::IONFORGE_ISA
