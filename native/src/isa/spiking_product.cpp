// Products of dense rows run at the pipes' rate (panel_gemm.h): 2 FMAs of a vector a cycle.
//
// Rows of spikes are summed, not multiplied: for every bit set, one load-and-add of a vector of weights. At a rate of r that is
// r times the dense product's arithmetic at half its rate or better (the weights come from L2), so the sums win below a rate of
// about a half, and lose a factor of two at most above. Bits become a list of numbers first: a loop over the bits of a word
// would mispredict its end at every word.
#include "spiking_product.h"

#include <algorithm>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace ionforge::IONFORGE_ISA {

namespace {

// A sum of its own for every block of the depth: it rounds less than one over the whole.
inline void add_block(const Tile<MR> &tile, bool add, float *c, int64_t c_row) {
#pragma GCC unroll 12
    for (int i = 0; i < MR; i++, c += c_row) {
        store(c, add ? load(c) + tile.sum[i][0] : tile.sum[i][0]);
        store(c + LANES, add ? load(c + LANES) + tile.sum[i][1] : tile.sum[i][1]);
    }
}

}  // namespace

void product_of_panels(const float *a, int64_t panel, const float *w, int64_t depth, float *c, int64_t c_row, int64_t rows) {
    for (int64_t p0 = 0; p0 < depth; p0 += KC) {
        const int64_t block = std::min<int64_t>(depth - p0, KC);
        for (int64_t r = 0; r < rows; r += MR) {
            Tile<MR> tile;
            tile.start(Start::FROM_ZERO, nullptr, nullptr);
            const float *wp = w + p0 * NR, *ap = a + p0 / WORD * panel + r * WORD;
            for (int64_t done = 0; done < block; done += WORD, ap += panel) {
                const int width = static_cast<int>(std::min<int64_t>(block - done, WORD));
#pragma GCC unroll 2
                for (int p = 0; p < width; p++, wp += NR) {
                    tile.template step<WORD>(ap + p, wp);
                }
            }
            add_block(tile, p0 > 0, c + r * c_row, c_row);
        }
    }
}

void product_of_rows_in_place(const Runs &runs, const float *const *rows, int64_t count, const float *w, int64_t depth, float *c,
                              int64_t c_row) {
    for (int64_t p0 = 0; p0 < depth; p0 += KC) {
        const int64_t block = std::min<int64_t>(depth - p0, KC);
        for (int64_t r = 0; r < count; r += MR) {
            Tile<MR> tile;
            tile.start(Start::FROM_ZERO, nullptr, nullptr);
            const float *wp = w + p0 * NR;
            int64_t within = p0 % runs.run, offset = p0 / runs.run * runs.line + within;
            for (int64_t left = block; left > 0;) {
                const int64_t some = std::min(runs.run - within, left);
                const float *row[MR];
                for (int i = 0; i < MR; i++) {
                    row[i] = rows[r + i] + offset;
                }
#pragma GCC unroll 4
                for (int64_t p = 0; p < some; p++, wp += NR) {
                    const Vec w0 = load(wp), w1 = load(wp + LANES);
#pragma GCC unroll 12
                    for (int i = 0; i < MR; i++) {
                        const Vec x = splat(row[i][p]);
                        tile.sum[i][0] += x * w0;
                        tile.sum[i][1] += x * w1;
                    }
                }
                offset += runs.line - within;
                within = 0;
                left -= some;
            }
            add_block(tile, p0 > 0, c + r * c_row, c_row);
        }
    }
}

namespace {

template <int R>
void gradient_tile(const float *a, const float *b, int64_t rows, float *c) {
    Tile<R> tile;
    tile.start(Start::FROM_ZERO, nullptr, nullptr);
#pragma GCC unroll 2
    for (int64_t r = 0; r < rows; r++, a += WORD, b += WORD) {
        tile.template step<1>(a, b);
    }
    tile.finish(c);
}

template <int R>
void gradient_tile_in_place(const float *a, const float *const *rows, int64_t count, const Columns &columns, float *c) {
    Tile<R> tile;
    tile.start(Start::FROM_ZERO, nullptr, nullptr);
    const int64_t low = std::min<int64_t>(columns.count, LANES), high = columns.count - low;
    if (columns.count < NR) {
        for (int64_t r = 0; r < count; r++, a += WORD) {
            const float *row = rows[r] + columns.offset;
            tile.template step<1>(a, load_some(row, low), high > 0 ? load_some(row + LANES, high) : Vec{});
        }
    } else {
#pragma GCC unroll 2
        for (int64_t r = 0; r < count; r++, a += WORD) {
            tile.template step<1>(a, rows[r] + columns.offset);
        }
    }
    tile.finish(c);
}

// Independent sums that rows go to in turn: enough to hide an addition's latency.
template <int VECTORS>
void sum_some_rows(const RowsOfPanels &m, int64_t first_vector, const uint32_t *list, int64_t count, float *c, bool add) {
    constexpr int CHAINS = VECTORS == 1 ? 4 : 2;
    const int64_t per_panel = m.width / LANES;
    const float *base[VECTORS];
    Vec sum[CHAINS][VECTORS];
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; v++) {
        base[v] = m.m + (first_vector + v) / per_panel * m.panel + (first_vector + v) % per_panel * LANES;
    }
#pragma GCC unroll 4
    for (int chain = 0; chain < CHAINS; chain++) {
#pragma GCC unroll 8
        for (int v = 0; v < VECTORS; v++) {
            sum[chain][v] = Vec{};
        }
    }
    int64_t i = 0;
    for (; i + CHAINS <= count; i += CHAINS) {
#pragma GCC unroll 4
        for (int chain = 0; chain < CHAINS; chain++) {
            const int64_t row = list[i + chain] * m.width;
#pragma GCC unroll 8
            for (int v = 0; v < VECTORS; v++) {
                sum[chain][v] += load(base[v] + row);
            }
        }
    }
    for (; i < count; i++) {
        const int64_t row = list[i] * m.width;
#pragma GCC unroll 8
        for (int v = 0; v < VECTORS; v++) {
            sum[0][v] += load(base[v] + row);
        }
    }
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; v++) {
        Vec all = sum[0][v];
#pragma GCC unroll 4
        for (int chain = 1; chain < CHAINS; chain++) {
            all += sum[chain][v];
        }
        store(c + v * LANES, add ? load(c + v * LANES) + all : all);
    }
}

// The numbers of a word's set bits, counted from `base`, without a branch on how many there are: up to 16 too many are written.
inline int64_t numbers_of(uint32_t word, uint32_t base, uint32_t *to) {
    const int64_t count = __builtin_popcount(word);
#if defined(__AVX512F__)
    const __m512i numbers = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(base)),
                                             _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const __mmask16 low = static_cast<__mmask16>(word), high = static_cast<__mmask16>(word >> 16);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(low, numbers));
    _mm512_storeu_si512(to + __builtin_popcount(low), _mm512_maskz_compress_epi32(high, _mm512_add_epi32(numbers, _mm512_set1_epi32(16))));
#else
    for (uint32_t *const end = to + count; to < end; to += 8) {
#pragma GCC unroll 8
        for (int i = 0; i < 8; i++) {
            to[i] = base + static_cast<uint32_t>(__builtin_ctz(word | 0x80000000u));
            word &= word - 1;
        }
    }
#endif
    return count;
}

}  // namespace

void product_of_rows_of(const float *a, int64_t first, const float *b, int64_t rows, float *c) {
    if (first + MR <= WORD) {
        gradient_tile<MR>(a + first, b, rows, c);
    } else {
        gradient_tile<WORD % MR == 0 ? MR : WORD % MR>(a + first, b, rows, c);
    }
}

void gradient_of_rows_in_place(const float *a, int64_t first, const float *const *rows, int64_t count, const Columns &columns, float *c) {
    if (first + MR <= WORD) {
        gradient_tile_in_place<MR>(a + first, rows, count, columns, c);
    } else {
        gradient_tile_in_place<WORD % MR == 0 ? MR : WORD % MR>(a + first, rows, count, columns, c);
    }
}

int64_t set_bits(const uint32_t *words, int64_t first, int64_t count, uint32_t *list) {
    int64_t n = 0;
    for (int64_t at = 0; at < count; at += WORD) {
        uint32_t word = words[(first + at) / WORD];
        if (count - at < WORD) {
            word &= (1u << (count - at)) - 1;
        }
        n += numbers_of(word, static_cast<uint32_t>(first + at), list + n);
    }
    return n;
}

void sum_rows(const RowsOfPanels &m, const uint32_t *list, int64_t count, int64_t vectors, float *c, bool add) {
    constexpr int MOST = LANES == 16 ? 8 : 4;
    for (int64_t done = 0; done < vectors;) {
        const int64_t left = vectors - done, some = left >= MOST ? MOST : left >= 4 ? 4 : left >= 2 ? 2 : 1;
        float *to = c + done * LANES;
        switch (some) {
            case 8: sum_some_rows<MOST>(m, done, list, count, to, add); break;
            case 4: sum_some_rows<4>(m, done, list, count, to, add); break;
            case 2: sum_some_rows<2>(m, done, list, count, to, add); break;
            default: sum_some_rows<1>(m, done, list, count, to, add);
        }
        done += some;
    }
}

void transpose_bits(const uint32_t *from, uint32_t *to) {
    std::fill(to, to + WORD, 0);
    for (int r = 0; r < WORD; r += LANES) {
        IntVec rows;
        std::memcpy(&rows, from + r, sizeof rows);
        for (int k = 0; k < WORD; k++) {
            to[k] |= sign_bits(rows << (WORD - 1 - k)) << r;
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA
