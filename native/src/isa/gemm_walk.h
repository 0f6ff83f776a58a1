// A task of the quantised GEMM on its way through the product: a block of rows by panels of groups of 16 columns, tile by tile.
//
// A row of activations is prepared once, when the first tile that reads it is about to; the block then lies in the L2 cache. A
// panel of up to MAX_GROUPS groups goes through all rows of the block: a tile's activations stay in L1, the panel comes from L2
// at under half of what it can deliver, and no sum leaves the registers before the whole depth is done. Deeper than DEEP the
// panel would leave L2: then the depth goes in slices, and the sums wait in between.
#pragma once
#include <memory>
#include <new>

#include "dot_narrow.h"
#include "gemm_rows.h"

namespace ionforge::IONFORGE_ISA {

constexpr int64_t DEEP = 8192;  // codes of a slice
constexpr int64_t SPAN = 64;    // columns of a block's sums

// The inner products that are there (quantized_gemm.cpp): rows up to most_rows(groups), FLIP only with VNNI.
using TileFunction = void (*)(const TileOperands &);
TileFunction tile_function(int bits, bool flip, int64_t groups, int64_t rows);
constexpr int most_rows(int groups) { return std::min(12, MAX_SUMS / groups); }

// Whether weights of that many outputs lie as dot_narrow.h wants them, and its inner products for one or two rows.
bool narrow(int64_t outputs);
#if defined(__AVX512VNNI__)
void narrow_tiles(int64_t outputs, int64_t rows, const NarrowOperands &operands);
#endif

// n in so many parts, as equal as can be.
struct Parts {
    int64_t n, count;

    // The fewest of at most `most`.
    static Parts at_most(int64_t most, int64_t n) { return {n, (n + most - 1) / most}; }
    int64_t start(int64_t i) const { return n / count * i + std::min(i, n % count); }
    int64_t size(int64_t i) const { return start(i + 1) - start(i); }
};

// Row i of a block is row `first + i / run · step + i % run` of the operand.
struct RowBlock {
    int64_t first, count, run, step;

    int64_t at(int64_t i) const { return first + i / run * step + i % run; }
    bool contiguous() const { return run >= count; }
};

// Memory of a thread, kept from call to call.
class Scratch {
public:
    // Whether the rows that lie here are those; they are from now on.
    bool holds(uint64_t of_call, int64_t first_row) {
        const bool same = call == of_call && row == first_row;
        call = of_call;
        row = first_row;
        return same;
    }

    uint8_t *bytes(int64_t n) {
        if (n > size) {
            memory.reset(static_cast<uint8_t *>(operator new(n, std::align_val_t{LINE})));
            size = n;
        }
        return memory.get();
    }

private:
    struct Free {
        void operator()(uint8_t *p) const { operator delete(p, std::align_val_t{LINE}); }
    };
    std::unique_ptr<uint8_t, Free> memory;
    int64_t size = 0;
    uint64_t call = 0;
    int64_t row = 0;
};

class GemmWalk {
public:
    GemmWalk(const QuantizedGemm &gemm, const RowBlock &rows, Scratch &scratch)
        : g(gemm), block(rows), depth(quads(g.inputs)), stride(row_stride(g.inputs)) {
        activations = scratch.bytes(block.count * (stride + SPAN * 4));
        sums = reinterpret_cast<int32_t *>(activations + block.count * stride);
        prepared = scratch.holds(g.call, block.first);
    }

    // The sums of a row of the block, SPAN apart from those of the next.
    int32_t *row_of_sums(int64_t row) const { return sums + row * SPAN; }

    // The sums of up to MAX_GROUPS groups from `column` of the sums' rows on; done(row, rows) as soon as those rows have theirs.
    // Given a place for whole groups of row 0, they go there instead, `direct_stride` apart.
    template <typename Done>
    void panel(int64_t first_group, int64_t groups, int64_t column, int32_t *direct, int64_t direct_stride, const Done &done) {
        const int64_t group_bytes = depth * QUAD * STEP_BYTES * g.weight_bits / 8, slice_bytes = QUAD * STEP_BYTES * g.weight_bits / 8;
        const uint8_t *weights = g.weights + g.groups() * GROUP * 4 + first_group * group_bytes;
        const Parts tiles = Parts::at_most(most_rows(static_cast<int>(groups)), block.count);
        const Parts slices = Parts::at_most(tiles.count == 1 ? depth : DEEP / QUAD_CODES, depth);
        for (int64_t s = 0; s < slices.count; s++) {
            const int64_t from = slices.start(s);
            const bool first = s == 0, last = s == slices.count - 1;
            for (int64_t i = 0; i < tiles.count; i++) {
                const int64_t row = tiles.start(i), rows = tiles.size(i);
                const bool as_it_is = readable(row, rows);
                if (!as_it_is && !prepared && first) {
                    prepare(row, rows);
                }
                int32_t *waiting = row_of_sums(row) + column;
                tile_function(g.weight_bits, as_it_is && g.kind == Activations::S8, groups, rows)({
                    .activations = (as_it_is ? given(row) : activations + row * stride) + from * QUAD * 4,
                    .activation_stride = as_it_is ? g.inputs : stride,
                    .weights = weights + from * slice_bytes,
                    .weight_stride = group_bytes,
                    .quads = slices.size(s),
                    .start = first ? starts(first_group * GROUP) : waiting,
                    .start_stride = first ? 0 : SPAN,
                    .sums = direct != nullptr && last ? direct + row * direct_stride : waiting,
                    .sums_stride = direct != nullptr && last ? direct_stride : SPAN,
                    .shift = last ? 8 - g.weight_bits : 0,
                });
                if (last) {
                    done(row, rows);
                }
            }
        }
        prepared = true;
    }

    // The same for all outputs, where they are few enough for narrow().
    template <typename Done>
    void narrow_panel(const Done &done) {
#if defined(__AVX512VNNI__)
        const bool bytes = g.kind != Activations::SPIKES;
        for (int64_t row = 0, rows; row < block.count; row += rows) {
            rows = std::min<int64_t>(block.contiguous() || !bytes ? 2 : 1, block.count - row);
            if (!bytes) {
                prepare(row, rows);
            }
            narrow_tiles(g.outputs, rows, {
                .activations = bytes ? given(row) : activations + row * stride,
                .activation_stride = bytes ? g.inputs : stride,
                .flip = static_cast<uint8_t>(g.kind == Activations::S8 ? 0x80 : 0),
                .weights = g.weights + GROUP * 4,
                .inputs = g.inputs,
                .start = starts(0),
                .sums = row_of_sums(row),
                .sums_stride = SPAN,
            });
            done(row, rows);
        }
#else
        static_cast<void>(done);
#endif
    }

private:
    // A row of the operand as it was given.
    const uint8_t *given(int64_t row) const {
        const int64_t row_bytes = g.kind == Activations::SPIKES ? (g.inputs + 31) / 32 * 4 : g.inputs;
        return static_cast<const uint8_t *>(g.activations) + block.at(row) * row_bytes;
    }

    void prepare(int64_t row, int64_t rows) {
        for (int64_t r = row; r < row + rows; r++) {
            prepare_row(g.kind, given(r), g.inputs, activations + r * stride);
        }
    }

    // Whether a tile may read these rows where they are. Preparing them pays where several panels read them; and a tile reads
    // whole quads, which after the last row nobody has.
    bool readable(int64_t row, int64_t rows) const {
        return FLIPPED != 0 && g.kind != Activations::SPIKES && g.groups() <= MAX_GROUPS && block.contiguous()
               && (g.inputs % QUAD_CODES == 0 || (g.inputs >= QUAD_CODES && block.at(row + rows - 1) + 1 < g.rows));
    }

    const int32_t *starts(int64_t column) const {
        static constexpr int32_t NONE[MAX_GROUPS * GROUP] = {};
        return g.kind == Activations::S8 ? reinterpret_cast<const int32_t *>(g.weights) + column : NONE;
    }

    const QuantizedGemm &g;
    const RowBlock block;
    const int64_t depth, stride;
    uint8_t *activations;
    int32_t *sums;
    bool prepared;
};

}  // namespace ionforge::IONFORGE_ISA
