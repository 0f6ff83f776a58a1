// Products with few outputs, where groups of 16 would be mostly padding: a dot product over the depth for every result.
//
// R rows by C outputs of sums in registers, each vector holding the sums of 16 residues of the depth, added up at the end. A line
// of 64 activations is loaded, made unsigned and met by a line of weights of each output; nothing is prepared, nothing padded
// but the last line. Weights lie line by line, of every output in turn, one byte a code whatever the format: there are few.
#pragma once
#include "dot_tile.h"

#if defined(__AVX512VNNI__)

namespace ionforge::IONFORGE_ISA {

constexpr int MAX_NARROW = 12;  // outputs: two rows of them fill the registers

struct NarrowOperands {
    const uint8_t *activations;
    int64_t activation_stride;  // bytes from row to row
    uint8_t flip;               // 0x80 makes S8 unsigned, and adds 128 to it
    const uint8_t *weights;
    int64_t inputs;
    const int32_t *start;
    int32_t *sums;
    int64_t sums_stride;
};

// The sums over the lanes of four vectors.
inline __m128i across(__m512i a, __m512i b, __m512i c, __m512i d) {
    const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    const __m512i four = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    const __m256i two = _mm256_add_epi32(_mm512_castsi512_si256(four), _mm512_extracti64x4_epi64(four, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1));
}

template <int C, int R>
void narrow_tile(const NarrowOperands &t) {
    __m512i sums[R][(C + 3) / 4 * 4] = {};
    const __m512i flips = _mm512_set1_epi8(static_cast<char>(t.flip));
    const uint8_t *w = t.weights;
    const auto line = [&](int64_t k, __mmask64 mask) {
        __m512i a[R];
#pragma GCC unroll 2
        for (int r = 0; r < R; r++) {
            a[r] = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, t.activations + r * t.activation_stride + k), flips);
        }
#pragma GCC unroll 12
        for (int c = 0; c < C; c++) {
            const __m512i codes = _mm512_load_si512(w + 64 * c);
#pragma GCC unroll 2
            for (int r = 0; r < R; r++) {
                sums[r][c] = dot(sums[r][c], a[r], codes);
            }
        }
        w += 64 * C;
    };
    int64_t k = 0;
    for (; k + 64 <= t.inputs; k += 64) {
        line(k, ~__mmask64{0});
    }
    if (k < t.inputs) {
        line(k, (__mmask64{1} << (t.inputs - k)) - 1);
    }
#pragma GCC unroll 2
    for (int r = 0; r < R; r++) {
#pragma GCC unroll 3
        for (int c = 0; c < C; c += 4) {
            const __m128i start = _mm_loadu_si128(reinterpret_cast<const __m128i *>(t.start + c));
            _mm_storeu_si128(reinterpret_cast<__m128i *>(t.sums + r * t.sums_stride + c),
                             _mm_add_epi32(start, across(sums[r][c], sums[r][c + 1], sums[r][c + 2], sums[r][c + 3])));
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA

#endif
