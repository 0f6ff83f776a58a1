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
#include "dot_narrow.h"
#include "dot_tile.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <utility>

#include "operations.h"
#include "simd.h"

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

// Whether weights of that many outputs lie as dot_narrow.h wants them.
bool narrow(int64_t outputs) { return outputs <= MAX_NARROW; }

template <int R, int... C>
constexpr std::array<void (*)(const NarrowOperands &), MAX_NARROW> narrow_tiles(std::integer_sequence<int, C...>) {
    return {narrow_tile<C + 1, R>...};
}

void narrow_rows(int64_t outputs, int64_t rows, const NarrowOperands &operands) {
    constexpr auto OUTPUTS = std::make_integer_sequence<int, MAX_NARROW>();
    static constexpr auto ONE = narrow_tiles<1>(OUTPUTS), TWO = narrow_tiles<2>(OUTPUTS);
    (rows == 1 ? ONE : TWO)[outputs - 1](operands);
}

#else

bool narrow(int64_t) { return false; }

#endif

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
    int64_t k = 0;
    for (; k + LINE <= n; k += LINE) {
        _mm512_store_si512(to + k, _mm512_xor_si512(_mm512_loadu_si512(from + k), flips));
    }
    if (k < n) {
        const __mmask64 rest = (__mmask64{1} << (n - k)) - 1;
        _mm512_store_si512(to + k, _mm512_xor_si512(_mm512_maskz_loadu_epi8(rest, from + k), flips));
    }
}

void prepare_spikes(const uint32_t *from, int64_t n, uint8_t *to) {
    for (int64_t k = 0; k < n; k += LINE) {  // whole lines: what reads them would wait for two halves
        const uint64_t high = k + 32 < n ? from[k / 32 + 1] : 0;
        _mm512_store_si512(to + k, _mm512_maskz_set1_epi8(from[k / 32] | high << 32, 1));
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

// Scale and bias of a panel's columns, with rests of a group filled up. This file is compiled without contraction.
struct Columns {
    float scale[PANEL], bias[PANEL];
    int64_t n;

    Columns(const QuantizedGemm &g, int64_t column, int64_t n) : n(n) {
        if (g.epilogue != Epilogue::SUMS) {
            std::fill_n(std::copy_n(g.scale + column, n, scale), PANEL - n, 0.0f);
            if (g.bias != nullptr) {
                std::fill_n(std::copy_n(g.bias + column, n, bias), PANEL - n, 0.0f);
            }
        }
    }
};

typedef int32_t LooseIntVec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int8_t ByteVec __attribute__((vector_size(LANES)));

inline IntVec load_ints(const int32_t *p) { return *reinterpret_cast<const LooseIntVec *>(p); }

template <bool BIASED>
inline Vec dequantize(const int32_t *sums, const Columns &c, int64_t j) {
    const Vec product = __builtin_convertvector(load_ints(sums + j), Vec) * load(c.scale + j);
    return BIASED ? product + load(c.bias + j) : product;
}

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
void finish_scaled(const QuantizedGemm &g, const int32_t *sums, int64_t stride, const Columns &c, int64_t at, int64_t rows) {
    for (int64_t r = 0; r < rows; r++, sums += stride, at += g.stride) {
        if (g.epilogue == Epilogue::DEQUANTIZED) {
            write_row(static_cast<float *>(g.out) + at, c.n, [&](int64_t j) { return dequantize<BIASED>(sums, c, j); });
        } else {
            write_row(static_cast<int8_t *>(g.out) + at, c.n, [&](int64_t j) { return requantize(dequantize<BIASED>(sums, c, j), g); });
        }
    }
}

// Rows of sums, `stride` apart, to rows of the result from (row, column) on. Sums lie in whole groups.
void finish(const QuantizedGemm &g, const int32_t *sums, int64_t stride, const Columns &c, int64_t row, int64_t rows, int64_t column) {
    const int64_t at = row * g.stride + column;
    if (g.epilogue == Epilogue::SUMS) {
        for (int64_t r = 0; r < rows; r++) {
            write_row(static_cast<int32_t *>(g.out) + at + r * g.stride, c.n, [&](int64_t j) { return load_ints(sums + r * stride + j); });
        }
    } else {
        (g.bias == nullptr ? finish_scaled<false> : finish_scaled<true>)(g, sums, stride, c, at, rows);
    }
}

// ---- a task ----

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

// Bytes from one prepared row to the next: whole lines, and an odd number of them, so that the rows of a tile do not all fall
// into the same sets of the L1 cache.
int64_t row_stride(int64_t inputs) {
    const int64_t lines = (quads(inputs) * QUAD * 4 + LINE - 1) / LINE;
    return (lines | 1) * LINE;
}

class Walk {
public:
    Walk(const QuantizedGemm &gemm, const QuantizedGemmTask &rectangle)
        : g(gemm), task(rectangle), depth(quads(g.inputs)), stride(row_stride(g.inputs)) {
        thread_local Scratch scratch;
        const int64_t rows_bytes = task.rows * stride;
        activations = scratch.bytes(rows_bytes + task.rows * PANEL * 4);
        sums = reinterpret_cast<int32_t *>(activations + rows_bytes);
        prepared = scratch.holds(g.call, task.first_row);
    }

    void run() {
#if defined(__AVX512VNNI__)
        if (narrow(g.outputs)) {
            run_narrow();
            return;
        }
#endif
        const Parts panels(task.groups, MAX_GROUPS);
        for (int64_t i = 0; i < panels.count; i++) {
            panel(task.first_group + panels.start(i), panels.start(i + 1) - panels.start(i));
            prepared = true;
        }
    }

private:
    // A row of the operand as it was given.
    const uint8_t *given(int64_t row) const {
        const int64_t row_bytes = g.kind == Activations::SPIKES ? (g.inputs + 31) / 32 * 4 : g.inputs;
        return static_cast<const uint8_t *>(g.activations) + (task.first_row + row) * row_bytes;
    }

    void prepare(int64_t row, int64_t rows) {
        for (int64_t r = row; r < row + rows; r++) {
            prepare_row(g.kind, given(r), g.inputs, activations + r * stride);
        }
    }

    // Whether a tile may read these rows where they are. Preparing them pays where several panels read them; and a tile reads
    // whole quads, which after the last row nobody has.
    bool readable(int64_t row, int64_t rows) const {
        return FLIPPED != 0 && g.kind != Activations::SPIKES && g.groups() <= MAX_GROUPS
               && (g.inputs % QUAD_CODES == 0 || (g.inputs >= QUAD_CODES && task.first_row + row + rows < g.rows));
    }

#if defined(__AVX512VNNI__)
    void run_narrow() {
        const Columns columns(g, 0, g.outputs);
        const bool bytes = g.kind != Activations::SPIKES;
        for (int64_t row = 0, rows; row < task.rows; row += rows) {
            rows = std::min<int64_t>(2, task.rows - row);
            if (!bytes) {
                prepare(row, rows);
            }
            narrow_rows(g.outputs, rows, {
                .activations = bytes ? given(row) : activations + row * stride,
                .activation_stride = bytes ? g.inputs : stride,
                .flip = static_cast<uint8_t>(g.kind == Activations::S8 ? 0x80 : 0),
                .weights = g.weights + GROUP * 4,
                .inputs = g.inputs,
                .start = starts(0),
                .sums = sums,
                .sums_stride = PANEL,
            });
            finish(g, sums, PANEL, columns, task.first_row + row, rows, 0);
        }
    }
#endif

    const int32_t *starts(int64_t column) const {
        static constexpr int32_t NONE[PANEL] = {};
        return g.kind == Activations::S8 ? reinterpret_cast<const int32_t *>(g.weights) + column : NONE;
    }

    // The first panel of a task prepares the rows as it comes to them, when they are about to be needed in L1.
    void panel(int64_t first_group, int64_t groups) {
        const int64_t column = first_group * GROUP;
        const int64_t group_bytes = depth * quad_bytes(g.weight_bits);
        const Columns columns(g, column, std::min(groups * GROUP, g.outputs - column));
        const uint8_t *weights = g.weights + g.groups() * GROUP * 4 + first_group * group_bytes;
        const Parts tiles(task.rows, most_rows(static_cast<int>(groups)));
        const Parts slices(depth, tiles.count == 1 ? depth : DEEP / QUAD_CODES);
        // Whole groups of plain sums go from the registers into the result.
        const bool direct = g.epilogue == Epilogue::SUMS && columns.n == groups * GROUP;
        for (int64_t s = 0; s < slices.count; s++) {
            const int64_t from = slices.start(s), to = slices.start(s + 1);
            const bool first = s == 0, last = s == slices.count - 1;
            for (int64_t i = 0; i < tiles.count; i++) {
                const int64_t row = tiles.start(i), rows = tiles.start(i + 1) - row;
                const bool as_it_is = readable(row, rows);
                if (!as_it_is && !prepared && first) {
                    prepare(row, rows);
                }
                int32_t *waiting = sums + row * PANEL;
                const int64_t out = (task.first_row + row) * g.stride + column;
                tile_function(g.weight_bits, as_it_is && g.kind == Activations::S8, groups, rows)({
                    .activations = (as_it_is ? given(row) : activations + row * stride) + from * QUAD * 4,
                    .activation_stride = as_it_is ? g.inputs : stride,
                    .weights = weights + from * quad_bytes(g.weight_bits),
                    .weight_stride = group_bytes,
                    .quads = to - from,
                    .start = first ? starts(column) : waiting,
                    .start_stride = first ? 0 : PANEL,
                    .sums = direct && last ? static_cast<int32_t *>(g.out) + out : waiting,
                    .sums_stride = direct && last ? g.stride : PANEL,
                    .shift = last ? 8 - g.weight_bits : 0,
                });
                if (last && !direct) {
                    finish(g, waiting, PANEL, columns, task.first_row + row, rows, column);
                }
            }
        }
    }

    const QuantizedGemm &g;
    const QuantizedGemmTask &task;
    const int64_t depth, stride;
    uint8_t *activations;
    int32_t *sums;
    bool prepared;
};

}  // namespace

int64_t quantized_gemm_packed_bytes(int32_t bits, int64_t outputs, int64_t inputs) {
    const int64_t groups = (outputs + GROUP - 1) / GROUP;
    const int64_t codes = narrow(outputs) ? outputs * ((inputs + LINE - 1) / LINE * LINE) : groups * quads(inputs) * quad_bytes(bits);
    return groups * GROUP * 4 + codes;
}

void quantized_gemm_pack(int32_t bits, const uint8_t *codes, int64_t outputs, int64_t inputs, int64_t group, uint8_t *packed) {
    const int64_t row_bytes = (inputs * bits + 7) / 8, per_byte = 8 / bits, group_bytes = quads(inputs) * quad_bytes(bits);
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
                to[k / QUAD_CODES * quad_bytes(bits) + step / per_byte * STEP_BYTES + j * CODES + k % CODES] |= code << step % per_byte * bits;
                sum += shifted;
            }
        }
        starts[j] = -FLIPPED * sum;
    }
}

void quantized_gemm_task(const QuantizedGemm &gemm, const QuantizedGemmTask &task) { Walk(gemm, task).run(); }

}  // namespace ionforge::IONFORGE_ISA
