// The two matrix products of a dense layer and its backward pass, on matrices kept in panels.
//
// A panel is NR columns wide (two vectors) and holds its rows one after another: element (i, j) of a matrix with R rows lies at
// (j / NR)·R·NR + i·NR + j % NR. Rows of activations, packed weights and gradients all lie so; hence every load of B and C is
// contiguous, row strides are constants of the code, and neither operand of any product is ever transposed or packed again:
//
//   product of rows     C[m, j] = Σ_p A[m, p]·B[p, j]    A activations, B packed weights        (forward, and dX = dY·W)
//   product of columns  C[i, j] += Σ_p A[p, i]·B[p, j]   A, B activations of the same rows p    (dW = dYᵀ·X)
//
// A tile of C of MR × NR stays in registers for the whole of p: 24 accumulators of 32 registers with AVX-512, 12 of 16 with
// AVX2; for each p the tile loads NR/LANES vectors of B and broadcasts MR elements of A, so the two FMA pipes are the limit, not
// the loads. B is worked off in blocks of KC rows, which stay in the L1 cache while all rows of A pass. A tile of a product of columns
// is short (the rows that are in the cache) and its C, a gradient as large as the weights, comes from the L3 cache: while a
// tile is multiplied, the next one's C is fetched, or a third of the time is waiting (61 % of the FMA peak without, 90 % with).
#pragma once
#include "simd.h"

namespace ionforge::IONFORGE_ISA {

constexpr int NR = 2 * LANES;
#if defined(__AVX512F__)
constexpr int MR = 12;
#elif defined(__AVX2__)
constexpr int MR = 6;
#else
constexpr int MR = 4;
#endif
constexpr int KC = 8 * NR;

inline int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// How a tile starts: from what C holds, from zero, or from a bias per column.
enum class Start { FROM_C, FROM_ZERO, FROM_BIAS };

template <int R>
struct Tile {
    Vec sum[R][2];

    inline void start(Start how, const float *c, const float *bias) {
#pragma GCC unroll 12
        for (int i = 0; i < R; i++) {
            const float *from = how == Start::FROM_C ? c + i * NR : bias;
            sum[i][0] = how == Start::FROM_ZERO ? Vec{} : load(from);
            sum[i][1] = how == Start::FROM_ZERO ? Vec{} : load(from + LANES);
        }
    }

    // One step of p: a[i·stride] times the row b.
    template <int STRIDE>
    inline void step(const float *a, const float *b) {
        step<STRIDE>(a, load(b), load(b + LANES));
    }

    template <int STRIDE>
    inline void step(const float *a, Vec b0, Vec b1) {
#pragma GCC unroll 12
        for (int i = 0; i < R; i++) {
            const Vec x = splat(a[i * STRIDE]);
            sum[i][0] += x * b0;
            sum[i][1] += x * b1;
        }
    }

    inline void finish(float *c) const {
#pragma GCC unroll 12
        for (int i = 0; i < R; i++) {
            store(c + i * NR, sum[i][0]);
            store(c + i * NR + LANES, sum[i][1]);
        }
    }
};

// One panel of C = A·B: `rows` rows (a multiple of MR) of A, whose panels lie `a_panel` floats apart, `depth` rows of B.
inline void product_of_rows(const float *a, int64_t a_panel, const float *b, int64_t depth, float *c, int64_t rows,
                            const float *bias) {
    for (int64_t p0 = 0; p0 < depth; p0 += KC) {
        const int64_t block = depth - p0 < KC ? depth - p0 : KC;
        const Start how = p0 > 0 ? Start::FROM_C : bias == nullptr ? Start::FROM_ZERO : Start::FROM_BIAS;
        for (int64_t m = 0; m < rows; m += MR) {
            Tile<MR> tile;
            tile.start(how, c + m * NR, bias);
            const float *bp = b + p0 * NR;
            const float *ap = a + p0 / NR * a_panel + m * NR;
            for (int64_t done = 0; done < block; done += NR, ap += a_panel) {
                const int width = static_cast<int>(block - done < NR ? block - done : NR);
#pragma GCC unroll 2
                for (int p = 0; p < width; p++, bp += NR) {
                    tile.template step<NR>(ap + p, bp);
                }
            }
            tile.finish(c + m * NR);
        }
    }
}

template <int R>
inline void columns_tile(const float *a, const float *b, int64_t depth, float *c, bool add) {
    constexpr int64_t LINE = 16;
    Tile<R> tile;
    tile.start(add ? Start::FROM_C : Start::FROM_ZERO, c, nullptr);
    const float *next = c + R * NR;
#pragma GCC unroll 2
    for (int64_t p = 0; p < depth; p++, a += NR, b += NR) {
        if (p < R * NR / LINE) {
            __builtin_prefetch(next + p * LINE, 1);
        }
        tile.template step<1>(a, b);
    }
    tile.finish(c);
}

// One panel of C (+)= Aᵀ·B for the columns [0, columns) of A, rounded up within its panels; `depth` rows of A and B.
inline void product_of_columns(const float *a, int64_t a_panel, int64_t columns, const float *b, int64_t depth, float *c, bool add) {
    for (int64_t first = 0; first < columns; first += NR, a += a_panel, c += NR * NR) {
        const int64_t width = columns - first < NR ? columns - first : NR;
        for (int64_t i = 0; i < width; i += MR) {
            if (i + MR <= NR) {
                columns_tile<MR>(a + i, b, depth, c + i * NR, add);
            } else {
                columns_tile<NR % MR == 0 ? MR : NR % MR>(a + i, b, depth, c + i * NR, add);
            }
        }
    }
}

// One panel of B of a product of rows from weights: column j, row p of the matrix is at(p, j); columns past `width` are zero.
template <typename At>
inline void pack_panel(float *b, int64_t depth, int64_t width, int64_t panel, At at) {
    b += panel * depth * NR;
    for (int64_t p = 0; p < depth; p++) {
        for (int64_t j = panel * NR; j < (panel + 1) * NR; j++) {
            *b++ = j < width ? at(p, j) : 0.0f;
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA
