// The inner product of the quantised GEMM: a tile of R rows by G groups of 16 columns of 32-bit sums, in registers for the
// whole of its depth.
//
// Depth goes in steps of one 32-bit word of activations: with VNNI four unsigned bytes (S8 codes plus 128, corrected by where
// the sums start), otherwise two signed 16-bit numbers. A step broadcasts a word of each row and meets G vectors of weights,
// 16 columns by as many codes, loaded in the order in which they lie. Steps come in fours, a quad:
//
//   INT8  a vector a step                                   256 bytes a quad and group with VNNI, 128 without
//   INT4  a vector for two steps, the earlier in the low nibbles    128            64
//   INT2  a vector for four steps, the earliest in the low bits      64            32
//
// INT4 and INT2 codes are used where the top of a byte makes them signed, times 16 or 64: that takes a shift and a mask and no
// correction, and the sum is shifted back at the end (no bit is lost: 16·8·|a| and 64·2·|a| are the 128·|a| of INT8).
#pragma once
#include <cstdint>
#include <cstring>

#include <immintrin.h>

namespace ionforge::IONFORGE_ISA {

constexpr int QUAD = 4;

#if defined(__AVX512VNNI__)

constexpr int CODES = 4;      // of a step
constexpr int MAX_GROUPS = 4;
constexpr int MAX_SUMS = 24;  // of the 32 registers
typedef __m512i Sums;
typedef __m512i Weights;
typedef __m512i Word;

inline Sums load_sums(const int32_t *p) { return _mm512_loadu_si512(p); }
inline void store_sums(int32_t *p, Sums s) { _mm512_storeu_si512(p, s); }
inline Sums add(Sums a, Sums b) { return _mm512_add_epi32(a, b); }
inline Sums shift_right(Sums s, int by) { return reinterpret_cast<Sums>(reinterpret_cast<__v16si>(s) >> by); }
template <bool FLIP>
inline Word broadcast(const uint8_t *p) {
    int32_t word;
    std::memcpy(&word, p, 4);
    const Word words = _mm512_set1_epi32(word);
    return FLIP ? _mm512_xor_si512(words, _mm512_set1_epi8(static_cast<char>(0x80))) : words;
}
template <int LEFT, int MASK>
inline Weights weights(const uint8_t *p) {
    const __m512i packed = _mm512_load_si512(p);
    if constexpr (MASK == 0xff) {
        return packed;
    }
    return _mm512_and_si512(LEFT == 0 ? packed : _mm512_slli_epi16(packed, LEFT), _mm512_set1_epi8(static_cast<char>(MASK)));
}
// By hand and in this order: the compiler's own scheduling spreads 24 sums over more registers than there are, and copies them.
inline Sums dot(Sums s, Word a, Weights w) {
    __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(s) : "v"(a), "v"(w));
    return s;
}

#elif defined(__AVX2__)

constexpr int CODES = 2;
constexpr int MAX_GROUPS = 1;
constexpr int MAX_SUMS = 6;
struct Sums { __m256i low, high; };
struct Weights { __m256i low, high; };
typedef __m256i Word;

inline Sums load_sums(const int32_t *p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)), _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p + 8))};
}
inline void store_sums(int32_t *p, Sums s) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(p), s.low);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(p + 8), s.high);
}
inline Sums add(Sums a, Sums b) { return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)}; }
inline Sums shift_right(Sums s, int by) {
    return {_mm256_sra_epi32(s.low, _mm_cvtsi32_si128(by)), _mm256_sra_epi32(s.high, _mm_cvtsi32_si128(by))};
}
template <bool>
inline Word broadcast(const uint8_t *p) {
    int32_t word;
    std::memcpy(&word, p, 4);
    return _mm256_set1_epi32(word);
}
template <int LEFT, int MASK>
inline Weights weights(const uint8_t *p) {
    if constexpr (MASK == 0xff) {
        return {_mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i *>(p))),
                _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i *>(p + 16)))};
    }
    const __m256i packed = _mm256_load_si256(reinterpret_cast<const __m256i *>(p));
    const __m256i codes = _mm256_and_si256(LEFT == 0 ? packed : _mm256_slli_epi16(packed, LEFT), _mm256_set1_epi8(static_cast<char>(MASK)));
    return {_mm256_cvtepi8_epi16(_mm256_castsi256_si128(codes)), _mm256_cvtepi8_epi16(_mm256_extracti128_si256(codes, 1))};
}
// By hand: the compiler would first add up the products of several steps, and run out of registers for them.
inline __m256i accumulate(__m256i sum, __m256i products) {
    __asm__("vpaddd %1, %0, %0" : "+x"(sum) : "x"(products));
    return sum;
}
inline Sums dot(Sums s, Word a, Weights w) {
    return {accumulate(s.low, _mm256_madd_epi16(a, w.low)), accumulate(s.high, _mm256_madd_epi16(a, w.high))};
}

#else

constexpr int CODES = 2;
constexpr int MAX_GROUPS = 1;
constexpr int MAX_SUMS = 2;
struct Sums { __m128i of[4]; };
struct Weights { __m128i of[4]; };
typedef __m128i Word;

inline Sums load_sums(const int32_t *p) {
    Sums s;
    std::memcpy(&s, p, sizeof s);
    return s;
}
inline void store_sums(int32_t *p, Sums s) { std::memcpy(p, &s, sizeof s); }
inline Sums add(Sums a, Sums b) {
    for (int i = 0; i < 4; i++) {
        a.of[i] = _mm_add_epi32(a.of[i], b.of[i]);
    }
    return a;
}
inline Sums shift_right(Sums s, int by) {
    for (int i = 0; i < 4; i++) {
        s.of[i] = _mm_sra_epi32(s.of[i], _mm_cvtsi32_si128(by));
    }
    return s;
}
template <bool>
inline Word broadcast(const uint8_t *p) {
    int32_t word;
    std::memcpy(&word, p, 4);
    return _mm_set1_epi32(word);
}
template <int LEFT, int MASK>
inline Weights weights(const uint8_t *p) {
    Weights w;
    for (int i = 0; i < 2; i++) {
        __m128i codes = _mm_load_si128(reinterpret_cast<const __m128i *>(p) + i);
        codes = LEFT == 0 ? codes : _mm_slli_epi16(codes, LEFT);
        codes = MASK == 0xff ? codes : _mm_and_si128(codes, _mm_set1_epi8(static_cast<char>(MASK)));
        w.of[2 * i] = _mm_srai_epi16(_mm_unpacklo_epi8(codes, codes), 8);
        w.of[2 * i + 1] = _mm_srai_epi16(_mm_unpackhi_epi8(codes, codes), 8);
    }
    return w;
}
inline Sums dot(Sums s, Word a, const Weights &w) {
    for (int i = 0; i < 4; i++) {
        const __m128i products = _mm_madd_epi16(a, w.of[i]);
        __asm__("paddd %1, %0" : "+x"(s.of[i]) : "x"(products));  // as above
    }
    return s;
}

#endif

constexpr int STEP_BYTES = 16 * CODES;  // of a vector of weights

template <int BITS>
constexpr int QUAD_BYTES = QUAD * STEP_BYTES * BITS / 8;  // of one group

// The codes of step `P` of the quad at p.
template <int BITS, int P>
inline Weights quad_weights(const uint8_t *p) {
    constexpr int PER_BYTE = 8 / BITS;
    return weights<(PER_BYTE - 1 - P % PER_BYTE) * BITS, 0xff & 0xff << (8 - BITS)>(p + P / PER_BYTE * STEP_BYTES);
}

// What a tile reads and writes.
struct TileOperands {
    const uint8_t *activations;  // words of the first row, QUAD a quad
    int64_t activation_stride;   // bytes from row to row
    const uint8_t *weights;      // of the first group
    int64_t weight_stride;       // bytes from group to group
    int64_t quads;
    const int32_t *start;        // what the sums start from
    int64_t start_stride;        // from row to row, 0 if all rows start alike
    int32_t *sums;
    int64_t sums_stride;
    int shift;                   // right, at the end
};

// One step: P of the quad.
template <int BITS, int R, int G, bool FLIP, int P>
inline void step(Sums (&sums)[R][G], const uint8_t *const (&a)[R], const uint8_t *const (&w)[G], int64_t a_at, int64_t w_at) {
    Weights codes[G];
#pragma GCC unroll 4
    for (int g = 0; g < G; g++) {
        codes[g] = quad_weights<BITS, P>(w[g] + w_at);
    }
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
        const Word word = broadcast<FLIP>(a[r] + a_at + 4 * P);
#pragma GCC unroll 4
        for (int g = 0; g < G; g++) {
            sums[r][g] = dot(sums[r][g], word, codes[g]);
        }
    }
}

// FLIP: the activations are S8 as they are, to be made unsigned on the way.
template <int BITS, int R, int G, bool FLIP>
void dot_tile(const TileOperands &t) {
    // Few sums would wait for each other: their odd steps then go to sums of their own.
    constexpr bool APART = R * G < 8;
    Sums even[R][G], odd[APART ? R : 1][APART ? G : 1];
    const uint8_t *a[R], *w[G];
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
        a[r] = t.activations + r * t.activation_stride;
#pragma GCC unroll 4
        for (int g = 0; g < G; g++) {
            even[r][g] = load_sums(t.start + r * t.start_stride + g * 16);
            if constexpr (APART) {
                odd[r][g] = Sums{};
            }
        }
    }
#pragma GCC unroll 4
    for (int g = 0; g < G; g++) {
        w[g] = t.weights + g * t.weight_stride;
    }
    for (int64_t q = 0; q < t.quads; q++) {
        const int64_t a_at = q * QUAD * 4, w_at = q * QUAD_BYTES<BITS>;
        if constexpr (APART) {
            step<BITS, R, G, FLIP, 0>(even, a, w, a_at, w_at);
            step<BITS, R, G, FLIP, 1>(odd, a, w, a_at, w_at);
            step<BITS, R, G, FLIP, 2>(even, a, w, a_at, w_at);
            step<BITS, R, G, FLIP, 3>(odd, a, w, a_at, w_at);
        } else {
            step<BITS, R, G, FLIP, 0>(even, a, w, a_at, w_at);
            step<BITS, R, G, FLIP, 1>(even, a, w, a_at, w_at);
            step<BITS, R, G, FLIP, 2>(even, a, w, a_at, w_at);
            step<BITS, R, G, FLIP, 3>(even, a, w, a_at, w_at);
        }
    }
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
#pragma GCC unroll 4
        for (int g = 0; g < G; g++) {
            if constexpr (APART) {
                even[r][g] = add(even[r][g], odd[r][g]);
            }
            store_sums(t.sums + r * t.sums_stride + g * 16, shift_right(even[r][g], t.shift));
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA
