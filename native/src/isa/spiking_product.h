// The products of a spiking layer on matrices kept in panels.
//
// Rows (inputs, gradients of currents) lie in panels of WORD columns, one row after another: element (r, c) at
// (c / WORD)·panel + r·WORD + c % WORD, a panel being WORD times the rows, padded to a multiple of MR. Weights lie in panels of NR
// columns without padding between rows (panel_gemm.h). Sums run over p in blocks, each block in order, blocks in order.
#pragma once
#include "input_rows.h"
#include "lif_tile.h"
#include "panel_gemm.h"

namespace ionforge::IONFORGE_ISA {

// One panel of weights: c[r, 0 … NR) = Σ_p a[r, p]·w[p, ·] for `rows` rows (a multiple of MR) that lie `c_row` floats apart.
void product_of_panels(const float *a, int64_t panel, const float *w, int64_t depth, float *c, int64_t c_row, int64_t rows);

// The same, to the same bits, from `count` rows (a multiple of MR) as they lie. Where weights are few panels wide, packing would cost as much as
// the product.
void product_of_rows_in_place(const Runs &runs, const float *const *rows, int64_t count, const float *w, int64_t depth, float *c, int64_t c_row);

// One tile of a weight gradient: c[i, j] = Σ_r a[r, first + i]·b[r, j], i < gradient_rows(first), j < NR.
void product_of_rows_of(const float *a, int64_t first, const float *b, int64_t rows, float *c);
// The same from some columns of rows as they lie.
void gradient_of_rows_in_place(const float *a, int64_t first, const float *const *rows, int64_t count, const Columns &columns, float *c);
constexpr int64_t gradient_rows(int64_t first) { return first + MR <= WORD ? MR : WORD - first; }

// Which of the bits [first, first + count) are set: their numbers, in order, into `list` of count + 32; returns how many.
int64_t set_bits(const uint32_t *words, int64_t first, int64_t count, uint32_t *list);
constexpr int64_t LIST = 512;

// Sums rows of a matrix: c[0 … vectors·LANES) = Σ_i m[list[i], ·], added to c if `add`. Vector v of row k lies at
// m + v / per_panel · panel + k·width + v % per_panel · LANES.
struct RowsOfPanels {
    const float *m;
    int64_t panel, width;
};
void sum_rows(const RowsOfPanels &m, const uint32_t *list, int64_t count, int64_t vectors, float *c, bool add);

// 32 × 32 bits turned over: bit r of to[k] is bit k of from[r].
void transpose_bits(const uint32_t *from, uint32_t *to);

}  // namespace ionforge::IONFORGE_ISA
