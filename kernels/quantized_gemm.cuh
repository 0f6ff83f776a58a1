// Integer matrix product with a fused epilogue (org.ionforge.compute.QuantizedGemm): acc[r, n] = Σ_k a[r, k]·q[n, k] in s32.
//
// Activations are s8, u8 or bits, weights 8, 4 or 2 bits wide. 2·M·N·K operations on the tensor cores (mma.sync m16n8k32); a block
// reads (BM·|a| + BN·|q|)·K bytes for 2·BM·BN·K of them. Bytes and why each tile has its size: bench/kernels/quantized_gemm_cuda.md.
//
// Shared memory and packed weights are made of cores: 8 rows of 16 bytes, 128 bytes without a gap, which is what one 8 × 8 matrix of
// ldmatrix, and one core matrix of wgmma, reads. A core lies in all 32 banks once, so that no read and no copy of one has a conflict,
// and no address needs an exclusive or. Codes of less than a byte are packed so that each word of a core holds the words of 2 (4 bits)
// or 4 (2 bits) cores beside each other in k: field f of byte i is k = 16·f + i. A shift and an AND make from it codes at the top of
// their byte, q·16 or q·64; the sum is moved back in the end. The contract keeps K so small that it fits all the same.
//
//   packed weights [⌈N/8⌉][⌈K/64⌉] units of 64·bits bytes: 8 outputs by 64 codes, zeros beyond N and K
//
// Stages come by cp.async, STAGES − 1 of them ahead; one barrier a stage.
#pragma once
#include "tensor.cuh"

enum class Activation { s8, u8, spikes };
enum Epilogue { SUMS = 0, DEQUANTIZED = 1, REQUANTIZED = 2 };

// One call. `a` has rows of `pitch` bytes, a multiple of 16; blocks is ⌈K/64⌉.
struct Product {
    const unsigned char *a;
    int64_t pitch;
    const unsigned char *weights;
    int32_t rows, outputs, blocks;
};
struct Finish {
    int32_t epilogue;
    const float *scale, *bias;  // of each output; bias may be null
    float inverse, minimum, maximum;
    void *out;
};

// Tile of BM rows × BN outputs, of which a warp makes WM × WN. A stage has BLOCKS blocks of 64 codes (two or more for spikes, whose
// rows are then 16 bytes); there are as many stages as fit in BUDGET bytes, at most MOST.
template <Activation ACTIVATION, int BITS, int BM_, int BN_, int WM_, int WN_, int BLOCKS_, int BUDGET, int MOST> struct GemmTile {
    static constexpr Activation KIND = ACTIVATION;
    static constexpr int CODE_BITS = BITS, BM = BM_, BN = BN_, WM = WM_, WN = WN_;
    static constexpr int THREADS = BM / WM * (BN / WN) * 32;  // that multiply
    static constexpr int CLUSTER = 1;                         // blocks that share a tile of weights
    static constexpr int ALIGNMENT = 0;                       // bytes of SHARED that go to where stages may begin
    static constexpr int BLOCKS = BLOCKS_;
    static constexpr int CHUNKS = ACTIVATION == Activation::spikes ? BLOCKS / 2 : 4 * BLOCKS;  // of 16 bytes in a stage of a row
    static constexpr int UNIT = 64 * BITS, GROUP = UNIT * BLOCKS;                              // bytes of 8 outputs
    static constexpr int A_BYTES = BM * CHUNKS * 16, STAGE = A_BYTES + BN / 8 * GROUP;
    static constexpr int STAGES = BUDGET / STAGE < MOST ? BUDGET / STAGE : MOST;
    static constexpr int PANEL = WN < 64 ? WN : 64, LINE = 64 + 8;  // words of a row on its way out; 8 more spread the banks
    static constexpr int OUT_BYTES = THREADS / 32 * 16 * LINE * 4;
    static constexpr int SHARED = STAGE * STAGES > OUT_BYTES ? STAGE * STAGES : OUT_BYTES;
    static constexpr int A_COPIES = (BM * CHUNKS + THREADS - 1) / THREADS, B_COPIES = (BN / 8 * GROUP / 16 + THREADS - 1) / THREADS;
    static constexpr int MT = WM / 16, NT = WN / 8;
    static __device__ __forceinline__ void sync() { block_sync(); }  // of all that multiply
};

// Where a block works: 8 tiles of rows share each tile of weights while it is in the cache. Tiles of the blocks of a cluster lie below
// each other, for which there are some with no row in the end.
struct Place {
    int32_t down, across;  // numbers of its tile
};
template <typename Tile> __device__ __forceinline__ int tiles_down(int32_t rows, int32_t of_tile) {
    return ((rows - 1) / (of_tile * Tile::CLUSTER) + 1) * Tile::CLUSTER;
}
static __device__ __forceinline__ Place place_of_block(int down, int across) {
    const int band = static_cast<int>(blockIdx.x) / (8 * across), within = static_cast<int>(blockIdx.x) % (8 * across);
    const int height = min(down - 8 * band, 8);
    return {8 * band + within % height, within / height};
}

// The rows of activations of a tile: that at place i, or −1 for none. Seen as rows of planes they begin with row `first` of one.
struct RowsInOrder {
    int32_t first, end;
    __device__ __forceinline__ int plane() const { return 0; }
    __device__ __forceinline__ int row(int i) const { return first + i < end ? first + i : -1; }
};

// Starts the copies of stage `step`. Eight lanes of a quarter warp fill one core from 8 rows; a warp takes 64 bytes of each.
template <typename Tile, typename Rows>
static __device__ __forceinline__ void copy_stage(unsigned char *stage, const Product &p, const Rows &rows, int output, int step) {
    const int chunks = static_cast<int>(p.pitch / 16);
#pragma unroll
    for (int i = 0; i < Tile::A_COPIES; i++) {
        const int at = i * Tile::THREADS + static_cast<int>(threadIdx.x);
        const int chunk = step * Tile::CHUNKS + at / 8 % Tile::CHUNKS;
        if (Tile::BM * Tile::CHUNKS % Tile::THREADS == 0 || at < Tile::BM * Tile::CHUNKS) {
            const int row = rows.row(at / (8 * Tile::CHUNKS) * 8 + at % 8);
            const bool inside = row >= 0 && chunk < chunks;
            async_copy_16(stage + 16 * at, inside ? p.a + row * p.pitch + 16 * chunk : p.a, inside ? 16 : 0);
        }
    }
    constexpr int OF_GROUP = Tile::GROUP / 16, GROUPS = Tile::THREADS / OF_GROUP;  // copies of a group; groups that all threads copy at a time
    static_assert(Tile::THREADS % OF_GROUP == 0, "a thread's copies are of the same place in their groups");
    const int groups = (p.outputs + 7) / 8, byte = static_cast<int>(threadIdx.x) % OF_GROUP * 16;
    const int first = static_cast<int>(threadIdx.x) / OF_GROUP, block = step * Tile::BLOCKS + byte / Tile::UNIT;
    const unsigned char *from = p.weights + ((output / 8 + first) * static_cast<int64_t>(p.blocks) + block) * Tile::UNIT + byte % Tile::UNIT;
#pragma unroll
    for (int i = 0; i < Tile::B_COPIES; i++, from += static_cast<int64_t>(GROUPS) * p.blocks * Tile::UNIT) {
        const int group = first + i * GROUPS;
        if (Tile::BN / 8 % GROUPS == 0 || group < Tile::BN / 8) {
            const bool inside = output / 8 + group < groups && block < p.blocks;
            async_copy_16(stage + Tile::A_BYTES + group * Tile::GROUP + byte, inside ? from : p.weights, inside ? 16 : 0);
        }
    }
}

// Four bits as four bytes of 0 or 1.
static __device__ __forceinline__ uint32_t spread_bits(uint32_t bits) { return (bits & 0xfu) * 0x00204081u & 0x01010101u; }

// The fragments of 64 codes for a warp's rows: of bytes by matrix loads, of spikes made from their words.
template <typename Tile> struct Left {
    uint32_t words[Tile::MT][Tile::KIND == Activation::spikes ? 4 : 8];

    // `a` is the warp's first row in the stage.
    __device__ __forceinline__ void load(const unsigned char *a, int block, int lane) {
#pragma unroll
        for (int i = 0; i < Tile::MT; i++) {
            if constexpr (Tile::KIND == Activation::spikes) {
                const uint2 upper = *reinterpret_cast<const uint2 *>(a + (16 * i + lane / 4) * 16 + 8 * block);
                const uint2 lower = *reinterpret_cast<const uint2 *>(a + (16 * i + 8 + lane / 4) * 16 + 8 * block);
                words[i][0] = upper.x >> 4 * (lane % 4);
                words[i][1] = lower.x >> 4 * (lane % 4);
                words[i][2] = upper.y >> 4 * (lane % 4);
                words[i][3] = lower.y >> 4 * (lane % 4);
            } else {
                const unsigned char *row = a + ((2 * i + lane / 8 % 2) * Tile::CHUNKS + lane / 16) * 128 + lane % 8 * 16;
                matrix_load_x4(reinterpret_cast<uint32_t(&)[4]>(words[i][0]), row);
                matrix_load_x4(reinterpret_cast<uint32_t(&)[4]>(words[i][4]), row + 256);
            }
        }
    }

    __device__ __forceinline__ void fragment(uint32_t (&a)[4], int i, int half) const {
#pragma unroll
        for (int r = 0; r < 4; r++) {
            if constexpr (Tile::KIND == Activation::spikes) {
                a[r] = spread_bits(words[i][2 * half + r % 2] >> 16 * (r / 2));
            } else {
                a[r] = words[i][4 * half + r];
            }
        }
    }
};

// The fragments of 64 codes for a warp's outputs.
template <typename Tile> struct Right {
    static constexpr int WORDS = Tile::CODE_BITS / 2;  // of an 8 × 64 unit, for a lane
    uint32_t words[Tile::NT][WORDS];

    // `b` is the warp's first group in the stage.
    __device__ __forceinline__ void load(const unsigned char *b, int block, int lane) {
        // Cores are counted through the groups: core c of the warp is number c mod WORDS of group c / WORDS.
        const unsigned char *unit = b + block * Tile::UNIT + lane % 8 * 16;
#pragma unroll
        for (int i = 0; i < Tile::NT * WORDS / 4; i++) {
            const int core = 4 * i + lane / 8;
            uint32_t r[4];
            matrix_load_x4(r, unit + core / WORDS * Tile::GROUP + core % WORDS * 128);
#pragma unroll
            for (int m = 0; m < 4; m++) {
                words[(4 * i + m) / WORDS][(4 * i + m) % WORDS] = r[m];
            }
        }
    }

    __device__ __forceinline__ void fragment(uint32_t (&b)[2], int j, int half) const {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            const int core = 2 * half + r;
            if constexpr (Tile::CODE_BITS == 8) {
                b[r] = words[j][core];
            } else if constexpr (Tile::CODE_BITS == 4) {
                b[r] = (core % 2 == 0 ? words[j][core / 2] << 4 : words[j][core / 2]) & 0xf0f0f0f0u;
            } else {
                b[r] = words[j][0] << (6 - 2 * core) & 0xc0c0c0c0u;
            }
        }
    }
};

template <typename Tile> using TileSums = int32_t[Tile::MT][Tile::NT][4];

template <typename Tile>
static __device__ __forceinline__ void multiply_stage(TileSums<Tile> &sum, const unsigned char *stage, int warp_row, int warp_output, int lane) {
#pragma unroll 1
    for (int block = 0; block < Tile::BLOCKS; block++) {
        Left<Tile> left;
        Right<Tile> right;
        left.load(stage + warp_row * Tile::CHUNKS * 16, block, lane);
        right.load(stage + Tile::A_BYTES + warp_output / 8 * Tile::GROUP, block, lane);
#pragma unroll
        for (int half = 0; half < 2; half++) {
            uint32_t b[Tile::NT][2];
#pragma unroll
            for (int j = 0; j < Tile::NT; j++) {
                right.fragment(b[j], j, half);
            }
#pragma unroll
            for (int i = 0; i < Tile::MT; i++) {
                uint32_t a[4];
                left.fragment(a, i, half);
#pragma unroll
                for (int j = 0; j < Tile::NT; j++) {
                    if constexpr (Tile::KIND == Activation::u8) {
                        mma_u8(sum[i][j], a, b[j]);
                    } else {
                        mma_s8(sum[i][j], a, b[j]);
                    }
                }
            }
        }
    }
}

// What the contract makes of a sum: each operation rounded for itself.
struct Channel {
    float scale, bias;
};
static __device__ __forceinline__ float dequantized(int32_t sum, const Finish &f, const Channel &c) {
    const float product = static_cast<float>(sum) * c.scale;
    return f.bias == nullptr ? product : product + c.bias;
}
static __device__ __forceinline__ int8_t requantized(int32_t sum, const Finish &f, const Channel &c) {
    return static_cast<int8_t>(rintf(fminf(fmaxf(dequantized(sum, f, c) * f.inverse, f.minimum), f.maximum)));
}
// A result as the low bits of a word.
static __device__ __forceinline__ uint32_t finished(int32_t sum, const Finish &f, const Channel &c) {
    return f.epilogue == SUMS ? static_cast<uint32_t>(sum)
           : f.epilogue == DEQUANTIZED ? __float_as_uint(dequantized(sum, f, c)) : static_cast<uint8_t>(requantized(sum, f, c));
}

static __device__ __forceinline__ Channel channel(const Finish &f, int n, int outputs) {
    if (f.epilogue == SUMS || n >= outputs) {
        return {0.0f, 0.0f};
    }
    return {f.scale[n], f.bias == nullptr ? 0.0f : f.bias[n]};
}

// Two neighbouring results; n is even.
static __device__ __forceinline__ void store_pair(const Finish &f, int64_t row, int n, int outputs, uint32_t left, uint32_t right) {
    const int64_t at = row * outputs + n;
    const bool two = n + 1 < outputs;
    if (f.epilogue == REQUANTIZED) {
        uint8_t *out = static_cast<uint8_t *>(f.out) + at;
        if (outputs % 2 == 0) {
            *reinterpret_cast<uint16_t *>(out) = static_cast<uint16_t>(left | right << 8);
            return;
        }
        out[0] = static_cast<uint8_t>(left);
        if (two) {
            out[1] = static_cast<uint8_t>(right);
        }
        return;
    }
    uint32_t *out = static_cast<uint32_t *>(f.out) + at;
    if (outputs % 2 == 0) {
        *reinterpret_cast<uint2 *>(out) = make_uint2(left, right);
        return;
    }
    out[0] = left;
    if (two) {
        out[1] = right;
    }
}

// A warp's sums of 16 rows of a panel, into 16 lines.
template <typename Tile>
static __device__ __forceinline__ void store_sums(int32_t *lines, const int32_t (&sum)[Tile::PANEL / 8][4], int lane) {
#pragma unroll
    for (int j = 0; j < Tile::PANEL / 8; j++) {
        int32_t *at = lines + lane / 4 * Tile::LINE + 8 * j + lane % 4 * 2;
        *reinterpret_cast<int2 *>(at) = make_int2(sum[j][0], sum[j][1]);
        *reinterpret_cast<int2 *>(at + 8 * Tile::LINE) = make_int2(sum[j][2], sum[j][3]);
    }
}

// Each warp takes its sums through shared memory, 16 rows of a panel at a time, so that a lane has the same two outputs of every row
// and a row leaves in one piece. `lines` is the warp's own: 16 of them.
template <typename Tile, typename P>
static __device__ __forceinline__ void store_tile(const TileSums<Tile> &sum, int32_t *lines, const P &p, const Finish &f, int row0, int output0,
                                                  int lane) {
    constexpr int LANES = Tile::PANEL / 2, AT_ONCE = 32 / LANES;
    const int column = lane % LANES * 2;
#pragma unroll
    for (int panel = 0; panel < Tile::WN / Tile::PANEL; panel++) {
        const int n = output0 + panel * Tile::PANEL + column;
        const Channel left = channel(f, n, p.outputs), right = channel(f, n + 1, p.outputs);
#pragma unroll
        for (int i = 0; i < Tile::MT; i++) {
            warp_sync();
            store_sums<Tile>(lines, reinterpret_cast<const int32_t(&)[Tile::PANEL / 8][4]>(sum[i][panel * Tile::PANEL / 8]), lane);
            warp_sync();
            const int rows = n < p.outputs ? min(16, p.rows - row0 - 16 * i) : 0;
#pragma unroll 1
            for (int r = lane / LANES; r < rows; r += AT_ONCE) {
                const int2 two = *reinterpret_cast<const int2 *>(lines + r * Tile::LINE + column);
                store_pair(f, row0 + 16 * i + r, n, p.outputs, finished(two.x >> (8 - Tile::CODE_BITS), f, left),
                           finished(two.y >> (8 - Tile::CODE_BITS), f, right));
            }
        }
    }
}

// A warp's place in its tile.
template <typename Tile> struct WarpPlace {
    int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    int row = warp % (Tile::BM / Tile::WM) * Tile::WM, output = warp / (Tile::BM / Tile::WM) * Tile::WN;
};

// The sums of a tile. When it returns, shared memory is free.
template <typename Tile, typename Rows>
static __device__ __forceinline__ void multiply_tile(TileSums<Tile> &sum, unsigned char *shared, const Product &p, const Rows &rows, int output,
                                                     const WarpPlace<Tile> &place) {
    const int steps = (p.blocks - 1) / Tile::BLOCKS + 1;
#pragma unroll
    for (int s = 0; s < Tile::STAGES - 1; s++) {
        if (s < steps) {
            copy_stage<Tile>(shared + s * Tile::STAGE, p, rows, output, s);
        }
        async_commit();
    }
    for (int step = 0, from = 0, to = Tile::STAGES - 1; step < steps; step++) {
        async_wait<Tile::STAGES - 2>();
        block_sync();  // the stage is there for all, and all have read the one before it, which is filled anew
        if (step + Tile::STAGES - 1 < steps) {
            copy_stage<Tile>(shared + to * Tile::STAGE, p, rows, output, step + Tile::STAGES - 1);
        }
        async_commit();
        multiply_stage<Tile>(sum, shared + from * Tile::STAGE, place.row, place.output, place.lane);
        from = from + 1 < Tile::STAGES ? from + 1 : 0;
        to = to + 1 < Tile::STAGES ? to + 1 : 0;
    }
    async_wait<0>();
    block_sync();
}

// MULTIPLY is multiply_tile, of a Product, or another of its kind with what it needs.
template <typename Tile, auto MULTIPLY, typename P> static __device__ __forceinline__ void quantized_gemm(unsigned char *shared, P &p, const Finish &f) {
    const WarpPlace<Tile> place;
    const Place tile = place_of_block(tiles_down<Tile>(p.rows, Tile::BM), (p.outputs - 1) / Tile::BN + 1);
    const RowsInOrder rows{tile.down * Tile::BM, p.rows};
    const int output = tile.across * Tile::BN;
    TileSums<Tile> sum = {};
    MULTIPLY(sum, shared, p, rows, output, place);
    store_tile<Tile>(sum, reinterpret_cast<int32_t *>(shared) + place.warp * 16 * Tile::LINE, p, f, rows.first + place.row,
                     output + place.output, place.lane);
}

#define FINISH_PARAMETERS int32_t epilogue, const float *scale, const float *bias, float inverse, float minimum, float maximum, void *out
#define FINISH {epilogue, scale, bias, inverse, minimum, maximum, out}

#define QUANTIZED_GEMM(name, tile, blocks_of_a_multiprocessor)                                                                         \
    extern "C" __global__ void __launch_bounds__(tile::THREADS, blocks_of_a_multiprocessor) name(                                      \
        const unsigned char *a, int64_t pitch, const unsigned char *weights, int32_t rows, int32_t outputs, int32_t blocks,            \
        FINISH_PARAMETERS) {                                                                                                           \
        DYNAMIC_SHARED(unsigned char, shared);                                                                                         \
        const Product product{a, pitch, weights, rows, outputs, blocks};                                                               \
        quantized_gemm<tile, multiply_tile<tile, RowsInOrder>>(shared, product, FINISH);                                               \
    }                                                                                                                                  \
    EXPORT_KERNEL(name)                                                                                                                \
    DYNAMIC_SHARED_BYTES(name, tile::SHARED)

// Tiles: for large products one block of 8 warps a multiprocessor; two blocks of 4 warps; and for few rows or few outputs as many
// bytes of weights on their way as possible.
template <Activation KIND> constexpr int BLOCKS_OF = KIND == Activation::spikes ? 2 : 1;
template <Activation KIND, int BITS> using LargeTile = GemmTile<KIND, BITS, 256, 128, 64, 64, BLOCKS_OF<KIND>, 96 * 1024, 4>;
template <Activation KIND, int BITS> using MediumTile = GemmTile<KIND, BITS, 128, 128, 64, 64, BLOCKS_OF<KIND>, 48 * 1024, 4>;
template <Activation KIND, int BITS> using SmallTile = GemmTile<KIND, BITS, 64, 32, 16, 32, BLOCKS_OF<KIND>, 48 * 1024, 8>;
