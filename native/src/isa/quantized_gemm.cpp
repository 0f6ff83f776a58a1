// The quantised GEMM (contract: org.ionforge.compute.QuantizedGemm): packing of weights, and one task of a product.
//
// M·N·K products of bytes, at 2·64 a cycle and core with VNNI; K·N·bits/8 bytes of weights, M·K of activations and the result. The
// dot pipes are the limit of all but a few rows, for which it is the bytes of the weights: INT4 halves them.
//
// Packed weights: S32 start of the sums [groups·16] (−128·Σq where activations get 128 added, else 0), then the groups of 16
// outputs one after another, each the quads of its whole depth (dot_tile.h), outputs and codes past the end 0; or the lines of
// few outputs (dot_narrow.h).
#include <array>
#include <utility>

#include "gemm_columns.h"
#include "operations.h"

namespace ionforge::IONFORGE_ISA {
namespace {

using TilesOfGroups = std::array<std::array<TileFunction, 12>, MAX_GROUPS>;

template <int BITS, int G, bool FLIP, int... R>
constexpr std::array<TileFunction, 12> tiles_of(std::integer_sequence<int, R...>) {
    return {dot_tile<BITS, R + 1, G, FLIP>...};
}

template <int BITS, bool FLIP, int... G>
constexpr TilesOfGroups tiles(std::integer_sequence<int, G...>) {
    return {tiles_of<BITS, G + 1, FLIP>(std::make_integer_sequence<int, most_rows(G + 1)>())...};
}

template <int BITS, bool FLIP>
constexpr TilesOfGroups TILES = tiles<BITS, FLIP>(std::make_integer_sequence<int, MAX_GROUPS>());

}  // namespace

TileFunction tile_function(int bits, bool flip, int64_t groups, int64_t rows) {
    const TilesOfGroups *of = bits == 8 ? &TILES<8, false> : bits == 4 ? &TILES<4, false> : &TILES<2, false>;
#if defined(__AVX512VNNI__)
    if (flip) {
        of = bits == 8 ? &TILES<8, true> : bits == 4 ? &TILES<4, true> : &TILES<2, true>;
    }
#else
    static_cast<void>(flip);
#endif
    return (*of)[groups - 1][rows - 1];
}

#if defined(__AVX512VNNI__)

namespace {

template <int R, int... C>
constexpr std::array<void (*)(const NarrowOperands &), MAX_NARROW> narrow_tiles_of(std::integer_sequence<int, C...>) {
    return {narrow_tile<C + 1, R>...};
}

}  // namespace

bool narrow(int64_t outputs) { return outputs <= MAX_NARROW; }

void narrow_tiles(int64_t outputs, int64_t rows, const NarrowOperands &operands) {
    constexpr auto OUTPUTS = std::make_integer_sequence<int, MAX_NARROW>();
    static constexpr auto ONE = narrow_tiles_of<1>(OUTPUTS), TWO = narrow_tiles_of<2>(OUTPUTS);
    (rows == 1 ? ONE : TWO)[outputs - 1](operands);
}

#else

bool narrow(int64_t) { return false; }

#endif

namespace {

typedef int8_t ByteVec __attribute__((vector_size(LANES)));

// Rounds to an integer, half to even, by adding 1.5·2^23; a NaN fails the first comparison and becomes the minimum.
inline ByteVec requantize(Vec v, const QuantizedGemm &g) {
    const Vec minimum = splat(g.minimum), maximum = splat(g.maximum), magic = splat(12582912.0f);
    v = v * splat(g.inverse);
    v = select(v > minimum, v, minimum);
    v = select(v < maximum, v, maximum);
    return __builtin_convertvector(__builtin_convertvector((v + magic) - magic, IntVec), ByteVec);
}

// What `at(j)` makes of columns j … j + LANES − 1 to n elements.
template <typename T, typename At>
inline void write_row(T *out, int64_t n, const At &at) {
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES) {
        const auto v = at(j);
        std::memcpy(out + j, &v, sizeof v);
    }
    if (j < n) {
        const auto v = at(j);
        std::memcpy(out + j, &v, (n - j) * sizeof(T));
    }
}

template <bool BIASED>
void finish_scaled(const QuantizedGemm &g, const int32_t *sums, const Columns &c, int64_t at, int64_t rows) {
    for (int64_t r = 0; r < rows; r++, sums += SPAN, at += g.stride) {
        if (g.epilogue == Epilogue::DEQUANTIZED) {
            write_row(static_cast<float *>(g.out) + at, c.n, [&](int64_t j) { return dequantize<BIASED>(sums, c, j); });
        } else {
            write_row(static_cast<int8_t *>(g.out) + at, c.n, [&](int64_t j) { return requantize(dequantize<BIASED>(sums, c, j), g); });
        }
    }
}

// Rows of sums to rows of the result from (row, column) on. Sums lie in whole groups.
void finish(const QuantizedGemm &g, const int32_t *sums, const Columns &c, int64_t row, int64_t rows, int64_t column) {
    const int64_t at = row * g.stride + column;
    if (g.epilogue == Epilogue::SUMS) {
        for (int64_t r = 0; r < rows; r++) {
            write_row(static_cast<int32_t *>(g.out) + at + r * g.stride, c.n, [&](int64_t j) { return load_ints(sums + r * SPAN + j); });
        }
    } else {
        (g.bias == nullptr ? finish_scaled<false> : finish_scaled<true>)(g, sums, c, at, rows);
    }
}

}  // namespace

int64_t quantized_gemm_packed_bytes(int32_t bits, int64_t outputs, int64_t inputs) {
    const int64_t groups = (outputs + GROUP - 1) / GROUP;
    const int64_t codes = narrow(outputs) ? outputs * ((inputs + LINE - 1) / LINE * LINE) : groups * quads(inputs) * QUAD * STEP_BYTES * bits / 8;
    return groups * GROUP * 4 + codes;
}

void quantized_gemm_pack(int32_t bits, const uint8_t *codes, int64_t outputs, int64_t inputs, int64_t group, uint8_t *packed) {
    const int64_t row_bytes = (inputs * bits + 7) / 8, per_byte = 8 / bits, group_bytes = quads(inputs) * QUAD * STEP_BYTES * bits / 8;
    int32_t *starts = reinterpret_cast<int32_t *>(packed) + group * GROUP;
    uint8_t *to = packed + (outputs + GROUP - 1) / GROUP * GROUP * 4 + (narrow(outputs) ? 0 : group * group_bytes);
    std::memset(to, 0, narrow(outputs) ? quantized_gemm_packed_bytes(bits, outputs, inputs) - GROUP * 4 : group_bytes);
    for (int64_t j = 0; j < GROUP; j++) {
        const int64_t n = group * GROUP + j;
        int32_t sum = 0;
        for (int64_t k = 0; n < outputs && k < inputs; k++) {
            const int code = codes[n * row_bytes + k / per_byte] >> k % per_byte * bits & ((1 << bits) - 1);
            const int8_t shifted = static_cast<int8_t>(code << (8 - bits));
            if (narrow(outputs)) {
                to[(k / LINE * outputs + n) * LINE + k % LINE] = static_cast<uint8_t>(shifted >> (8 - bits));
                sum += shifted >> (8 - bits);
            } else {
                const int64_t step = k / CODES % QUAD;
                to[k / QUAD_CODES * QUAD * STEP_BYTES * bits / 8 + step / per_byte * STEP_BYTES + j * CODES + k % CODES] |= code << step % per_byte * bits;
                sum += shifted;
            }
        }
        starts[j] = -FLIPPED * sum;
    }
}

void quantized_gemm_task(const QuantizedGemm &g, const QuantizedGemmTask &task) {
    thread_local Scratch scratch;
    GemmWalk walk(g, {task.first_row, task.rows, task.rows, 0}, scratch);
    if (narrow(g.outputs)) {
        const Columns columns(g, 0, g.outputs);
        walk.narrow_panel([&](int64_t row, int64_t rows) { finish(g, walk.row_of_sums(row), columns, task.first_row + row, rows, 0); });
        return;
    }
    const Parts panels = Parts::at_most(MAX_GROUPS, task.groups);
    for (int64_t i = 0; i < panels.count; i++) {
        const int64_t first = task.first_group + panels.start(i), groups = panels.size(i), column = first * GROUP;
        const Columns columns(g, column, std::min(groups * GROUP, g.outputs - column));
        // Whole groups of plain sums go from the registers into the result.
        const bool direct = g.epilogue == Epilogue::SUMS && columns.n == groups * GROUP;
        int32_t *out = direct ? static_cast<int32_t *>(g.out) + task.first_row * g.stride + column : nullptr;
        walk.panel(first, groups, 0, out, g.stride, [&](int64_t row, int64_t rows) {
            if (!direct) {
                finish(g, walk.row_of_sums(row), columns, task.first_row + row, rows, column);
            }
        });
    }
}

}  // namespace ionforge::IONFORGE_ISA
