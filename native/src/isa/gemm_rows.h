// Rows of activations as the inner product of the quantised GEMM reads them: words of four unsigned bytes with VNNI (S8 codes plus
// 128), of two 16-bit numbers without; spikes become 0 and 1.
#pragma once
#include <algorithm>

#include "dot_tile.h"
#include "quantized_gemm.h"

namespace ionforge::IONFORGE_ISA {

constexpr int64_t QUAD_CODES = QUAD * CODES;
constexpr int64_t LINE = 64;

inline int64_t quads(int64_t inputs) { return (inputs + QUAD_CODES - 1) / QUAD_CODES; }

// Bytes from one prepared row to the next: whole lines, and an odd number of them, so that the rows of a tile do not all fall
// into the same sets of the L1 cache.
inline int64_t row_stride(int64_t inputs) {
    const int64_t lines = (quads(inputs) * QUAD * 4 + LINE - 1) / LINE;
    return (lines | 1) * LINE;
}

#if defined(__AVX512VNNI__)

inline void prepare_bytes(const uint8_t *from, int64_t n, uint8_t flip, uint8_t *to) {
    const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
    int64_t k = 0;
    for (; k + LINE <= n; k += LINE) {
        _mm512_store_si512(to + k, _mm512_xor_si512(_mm512_loadu_si512(from + k), flips));
    }
    if (k < n) {
        const __mmask64 rest = (__mmask64{1} << (n - k)) - 1;
        _mm512_store_si512(to + k, _mm512_xor_si512(_mm512_maskz_loadu_epi8(rest, from + k), flips));
    }
}

inline void prepare_spikes(const uint32_t *from, int64_t n, uint8_t *to) {
    for (int64_t k = 0; k < n; k += LINE) {  // whole lines: what reads them would wait for two halves
        const uint64_t high = k + 32 < n ? from[k / 32 + 1] : 0;
        _mm512_store_si512(to + k, _mm512_maskz_set1_epi8(from[k / 32] | high << 32, 1));
    }
}

inline void prepare_row(Activations kind, const void *row, int64_t n, uint8_t *to) {
    if (kind == Activations::SPIKES) {
        prepare_spikes(static_cast<const uint32_t *>(row), n, to);
    } else {
        prepare_bytes(static_cast<const uint8_t *>(row), n, kind == Activations::S8 ? 0x80 : 0, to);
    }
}

constexpr int32_t FLIPPED = 128;  // what is added to an S8 activation

#else

inline void prepare_row(Activations kind, const void *row, int64_t n, uint8_t *bytes) {
    int16_t *to = reinterpret_cast<int16_t *>(bytes);
    if (kind == Activations::SPIKES) {
        const uint32_t *words = static_cast<const uint32_t *>(row);
        for (int64_t k = 0; k < n; k++) {
            to[k] = words[k / 32] >> k % 32 & 1;
        }
    } else if (kind == Activations::S8) {
        std::copy_n(static_cast<const int8_t *>(row), n, to);
    } else {
        std::copy_n(static_cast<const uint8_t *>(row), n, to);
    }
    std::fill(to + n, to + quads(n) * QUAD_CODES, 0);
}

constexpr int32_t FLIPPED = 0;

#endif

}  // namespace ionforge::IONFORGE_ISA
