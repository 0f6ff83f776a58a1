// The quantised GEMM (contract: org.ionforge.compute.QuantizedGemm): packing of weights, and one task of a product.
//
// M·N·K products of bytes, at 2·64 a cycle and core with VNNI; K·N·bits/8 bytes of weights, M·K of activations and the result.
// So the dot pipes are the limit from about M = 16 on, the bytes of the weights below: INT4 halves them.
//
// Packed weights: S32 start of the sums [groups·16] (−128·Σq where activations get 128 added, else 0), then the groups of 16
// outputs one after another, each the quads of its whole depth (see dot_tile.h), outputs and codes past the end 0.
//
// A task prepares its rows of activations once, as words (bytes plus 128, or 16 bits; spikes become 0 and 1), which then lie in
// the L2 cache. A panel of up to four groups goes through all of the task's rows, tile by tile: a row tile's activations stay
// in L1, the panel comes from L2 at under half of what it can deliver, and no sum leaves the registers before the whole depth
// is done. Deeper than DEEP the panel would leave L2: then the depth goes in slices, and the sums wait in between.
#include "dot_tile.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <utility>

#include "operations.h"

namespace ionforge::IONFORGE_ISA {
namespace {


constexpr int64_t QUAD_CODES = QUAD * CODES;
constexpr int64_t DEEP = 8192;                         // codes of a slice
constexpr int64_t PANEL = MAX_GROUPS * GROUP;          // columns
constexpr int64_t LINE = 64;

int64_t quads(int64_t inputs) { return (inputs + QUAD_CODES - 1) / QUAD_CODES; }

int64_t quad_bytes(int bits) { return QUAD * STEP_BYTES * bits / 8; }

// ---- tiles ----

using TileFunction = void (*)(const TileOperands &);

constexpr int most_rows(int groups) { return std::min(12, MAX_SUMS / groups); }

template <int BITS, int G, int... R>
constexpr std::array<TileFunction, 12> tiles_of(std::integer_sequence<int, R...>) {
    return {dot_tile<BITS, R + 1, G>...};
}

template <int BITS, int... G>
constexpr std::array<std::array<TileFunction, 12>, MAX_GROUPS> tiles(std::integer_sequence<int, G...>) {
    return {tiles_of<BITS, G + 1>(std::make_integer_sequence<int, most_rows(G + 1)>())...};
}

template <int BITS>
constexpr auto TILES = tiles<BITS>(std::make_integer_sequence<int, MAX_GROUPS>());

TileFunction tile_function(int bits, int64_t groups, int64_t rows) {
    const auto &of = bits == 8 ? TILES<8> : bits == 4 ? TILES<4> : TILES<2>;
    return of[groups - 1][rows - 1];
}

// Cuts n into the fewest parts of at most `most` and as equal as can be: part i of them.
struct Parts {
    int64_t n, count;

    Parts(int64_t n, int64_t most) : n(n), count((n + most - 1) / most) {}
    int64_t start(int64_t i) const { return n / count * i + std::min(i, n % count); }
};

// ---- activations ----

#if defined(__AVX512VNNI__)

void prepare_bytes(const uint8_t *from, int64_t n, uint8_t flip, uint8_t *to) {
    const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
    for (int64_t k = 0; k < n; k += LINE) {
        const __mmask64 mask = n - k >= LINE ? ~__mmask64{0} : (__mmask64{1} << (n - k)) - 1;
        _mm512_store_si512(to + k, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, from + k), flips));
    }
}

void prepare_spikes(const uint32_t *from, int64_t n, uint8_t *to) {
    for (int64_t k = 0; k < n; k += 32) {
        _mm256_store_si256(reinterpret_cast<__m256i *>(to + k), _mm256_maskz_set1_epi8(from[k / 32], 1));
    }
}

void prepare_row(Activations kind, const void *row, int64_t n, uint8_t *to) {
    if (kind == Activations::SPIKES) {
        prepare_spikes(static_cast<const uint32_t *>(row), n, to);
    } else {
        prepare_bytes(static_cast<const uint8_t *>(row), n, kind == Activations::S8 ? 0x80 : 0, to);
    }
}

constexpr int32_t FLIPPED = 128;  // what is added to an S8 activation

#else

void prepare_row(Activations kind, const void *row, int64_t n, uint8_t *bytes) {
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

// ---- epilogues ----

// Plain loops that the compiler makes vector code of; this file is compiled without contraction.
struct Columns {
    float scale[PANEL], bias[PANEL];
    int64_t n;
};

inline void dequantize(const int32_t *sums, int shift, const Columns &c, bool biased, float *out) {
    if (biased) {
        for (int64_t j = 0; j < c.n; j++) {
            out[j] = static_cast<float>(sums[j] >> shift) * c.scale[j] + c.bias[j];
        }
    } else {
        for (int64_t j = 0; j < c.n; j++) {
            out[j] = static_cast<float>(sums[j] >> shift) * c.scale[j];
        }
    }
}

inline void requantize(const float *values, const QuantizedGemm &g, int64_t n, int8_t *out) {
    constexpr float MAGIC = 12582912.0f;  // 1.5·2^23: adding it rounds to an integer, half to even
    for (int64_t j = 0; j < n; j++) {
        float v = values[j] * g.inverse;
        v = v > g.minimum ? v : g.minimum;  // also for a NaN
        v = v < g.maximum ? v : g.maximum;
        out[j] = static_cast<int8_t>(static_cast<int32_t>((v + MAGIC) - MAGIC));
    }
}

// Row `row`, columns from `column` on.
void finish_row(const QuantizedGemm &g, const int32_t *sums, int shift, const Columns &c, int64_t row, int64_t column) {
    const int64_t at = row * g.outputs + column;
    switch (g.epilogue) {
        case Epilogue::SUMS: {
            int32_t *out = static_cast<int32_t *>(g.out) + at;
            for (int64_t j = 0; j < c.n; j++) {
                out[j] = sums[j] >> shift;
            }
            break;
        }
        case Epilogue::DEQUANTIZED:
            dequantize(sums, shift, c, g.bias != nullptr, static_cast<float *>(g.out) + at);
            break;
        case Epilogue::REQUANTIZED: {
            float values[PANEL];
            dequantize(sums, shift, c, g.bias != nullptr, values);
            requantize(values, g, c.n, static_cast<int8_t *>(g.out) + at);
            break;
        }
    }
}

// ---- a task ----

// Memory of a thread, kept from call to call.
class Scratch {
public:
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
};

// Bytes from one prepared row to the next: whole lines, and an odd number of them, so that the rows of a tile do not all fall
// into the same sets of the L1 cache.
int64_t row_stride(int64_t inputs) {
    const int64_t lines = (quads(inputs) * QUAD * 4 + LINE - 1) / LINE;
    return (lines | 1) * LINE;
}

class Walk {
public:
    Walk(const QuantizedGemm &gemm, const QuantizedGemmTask &rectangle)
        : g(gemm), task(rectangle), depth(quads(g.inputs)), stride(row_stride(g.inputs)), shift(8 - g.weight_bits) {
        thread_local Scratch scratch;
        const int64_t rows_bytes = task.rows * stride;
        activations = scratch.bytes(rows_bytes + task.rows * PANEL * 4);
        sums = reinterpret_cast<int32_t *>(activations + rows_bytes);
        const int64_t row_bytes = g.kind == Activations::SPIKES ? (g.inputs + 31) / 32 * 4 : g.inputs;
        const uint8_t *from = static_cast<const uint8_t *>(g.activations) + task.first_row * row_bytes;
        for (int64_t r = 0; r < task.rows; r++) {
            prepare_row(g.kind, from + r * row_bytes, g.inputs, activations + r * stride);
        }
    }

    void run() {
        const Parts panels(task.groups, MAX_GROUPS);
        for (int64_t i = 0; i < panels.count; i++) {
            panel(task.first_group + panels.start(i), panels.start(i + 1) - panels.start(i));
        }
    }

private:
    void panel(int64_t first_group, int64_t groups) {
        const int64_t column = first_group * GROUP;
        const int64_t group_bytes = depth * quad_bytes(g.weight_bits);
        Columns columns;
        columns.n = std::min(groups * GROUP, g.outputs - column);
        if (g.epilogue != Epilogue::SUMS) {
            std::copy_n(g.scale + column, columns.n, columns.scale);
            if (g.bias != nullptr) {
                std::copy_n(g.bias + column, columns.n, columns.bias);
            }
        }
        const int32_t none[PANEL] = {};
        const int32_t *starts = g.kind == Activations::S8 ? reinterpret_cast<const int32_t *>(g.weights) + column : none;
        const uint8_t *weights = g.weights + g.groups() * GROUP * 4 + first_group * group_bytes;
        const Parts tiles(task.rows, most_rows(static_cast<int>(groups)));
        const Parts slices(depth, tiles.count == 1 ? depth : DEEP / QUAD_CODES);
        for (int64_t s = 0; s < slices.count; s++) {
            const int64_t from = slices.start(s), to = slices.start(s + 1);
            for (int64_t i = 0; i < tiles.count; i++) {
                const int64_t row = tiles.start(i), rows = tiles.start(i + 1) - row;
                int32_t *c = sums + row * PANEL;
                tile_function(g.weight_bits, groups, rows)({
                    .activations = activations + row * stride + from * QUAD * 4,
                    .activation_stride = stride,
                    .weights = weights + from * quad_bytes(g.weight_bits),
                    .weight_stride = group_bytes,
                    .quads = to - from,
                    .start = s == 0 ? starts : c,
                    .start_stride = s == 0 ? 0 : PANEL,
                    .sums = c,
                    .sums_stride = PANEL,
                });
                if (s == slices.count - 1) {
                    for (int64_t r = 0; r < rows; r++) {
                        finish_row(g, c + r * PANEL, shift, columns, task.first_row + row + r, column);
                    }
                }
            }
        }
    }

    const QuantizedGemm &g;
    const QuantizedGemmTask &task;
    const int64_t depth, stride;
    const int shift;
    uint8_t *activations;
    int32_t *sums;
};

}  // namespace

int64_t quantized_gemm_packed_bytes(int32_t bits, int64_t outputs, int64_t inputs) {
    const int64_t groups = (outputs + GROUP - 1) / GROUP;
    return groups * (GROUP * 4 + quads(inputs) * quad_bytes(bits));
}

void quantized_gemm_pack(int32_t bits, const uint8_t *codes, int64_t outputs, int64_t inputs, int64_t group, uint8_t *packed) {
    const int64_t groups = (outputs + GROUP - 1) / GROUP, row_bytes = (inputs * bits + 7) / 8, per_byte = 8 / bits;
    const int64_t group_bytes = quads(inputs) * quad_bytes(bits);
    int32_t *starts = reinterpret_cast<int32_t *>(packed) + group * GROUP;
    uint8_t *to = packed + groups * GROUP * 4 + group * group_bytes;
    std::memset(to, 0, group_bytes);
    for (int64_t j = 0; j < GROUP; j++) {
        const int64_t n = group * GROUP + j;
        int32_t sum = 0;
        for (int64_t k = 0; n < outputs && k < inputs; k++) {
            const int code = codes[n * row_bytes + k / per_byte] >> k % per_byte * bits & ((1 << bits) - 1);
            const int64_t step = k / CODES % QUAD;
            to[k / QUAD_CODES * quad_bytes(bits) + step / per_byte * STEP_BYTES + j * CODES + k % CODES] |= code << step % per_byte * bits;
            sum += static_cast<int8_t>(code << (8 - bits));
        }
        starts[j] = -FLIPPED * sum;
    }
}

void quantized_gemm_task(const QuantizedGemm &gemm, const QuantizedGemmTask &task) { Walk(gemm, task).run(); }

}  // namespace ionforge::IONFORGE_ISA
