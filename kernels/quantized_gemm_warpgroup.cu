// The quantised product with the tensor cores of compute capability 9.0 (wgmma m64n256k32): see quantized_gemm.cuh, and for neurons
// behind it quantized_gemm_neurons.cuh. Bytes by weights, both out of shared memory, and spikes by weights, the spikes spread in
// registers.
// only for: 90a
//
// A block makes 128 rows × 256 outputs, 128 codes a stage: two warpgroups multiply, one lane of a third feeds them. It asks for
// boxes of activations, in swizzled rows, and of packed weights, whose cores are wgmma's core matrices without swizzle, so that the same
// packing serves every kernel. The two blocks of a cluster have the same weights: each brings half of them to both, and reads
// (128·|a| + 128·|q|)·K bytes a tile from the L2 cache instead of (128·|a| + 256·|q|)·K. A stage is full when its bytes have come, and
// empty when the warps of both blocks have read it.
//
// wgmma takes weights out of shared memory only, a byte each. Narrower ones come packed, and the other warps of the third warpgroup widen
// them from their stage to one of two buffers of bytes, beside the products of the stage before.
#include "bulk.cuh"
#include "quantized_gemm_neurons.cuh"
#include "warpgroup.cuh"

constexpr int WIDE_BYTES = 256 * 128, WIDE_BUFFERS = 2;

template <Activation KIND, int BITS>
struct WarpgroupTile : GemmTile<KIND, BITS, 128, 256, 16, 256, 2, 192 * 1024 - (BITS < 8 ? WIDE_BUFFERS * WIDE_BYTES : 0), 4> {
    using Base = typename WarpgroupTile::GemmTile;
    static constexpr int FEEDERS = 128, CLUSTER = 2;  // a warpgroup gives away or takes registers as one
    static constexpr bool WIDENS = BITS < 8;
    static constexpr int WIDENERS = WIDENS ? FEEDERS - 32 : 0, READERS = (Base::THREADS + WIDENERS) / 32;  // lanes; warps of a block
    static constexpr int WIDE = Base::STAGE * Base::STAGES;  // where the buffers of bytes are
    static constexpr int BARRIERS = 2 * Base::STAGES + (WIDENS ? 2 * WIDE_BUFFERS : 0);
    static constexpr int ALIGNMENT = 1024;  // of swizzled rows
    static constexpr int SHARED = WIDE + (WIDENS ? WIDE_BUFFERS * WIDE_BYTES : 0) + ALIGNMENT;
    static __device__ __forceinline__ void sync() { block_sync_of<Base::THREADS>(); }
};

// One call, as Product, with the barriers of the stages. `box_rows` is how many rows of activations a box brings.
struct BulkProduct {
    const TensorMap &a, &weights;
    int32_t box_rows, rows, outputs, blocks;
    uint64_t *full, *empty, *wide_full, *wide_empty;
    int32_t turn;  // stages that were used before this tile's first

    template <typename Tile> __device__ __forceinline__ int steps() const { return (blocks - 1) / Tile::BLOCKS + 1; }
};

// Around a tile, by all. Where its boxes come to, sums of the tile before may have stood; when it is over, no box is under way, and no warp
// of the other block still has a stage to give back.
static __device__ __forceinline__ void begin_tile() {
    async_proxy_fence();
    cluster_sync();
}
static __device__ __forceinline__ void end_tile() { cluster_sync(); }

// A ring of N places: the place of a turn, and the parity of the phase that fills it; that which empties it ends one round later.
template <int N> struct Ring {
    int place;
    unsigned filled;
    __device__ __forceinline__ explicit Ring(int turn) : place(turn % N), filled(turn / N & 1) {}
    __device__ __forceinline__ unsigned emptied() const { return filled ^ 1; }
};

// A warp has read what `empty` of the own block, and for what came to all of the cluster, of each of its blocks stands for.
template <int BLOCKS> __device__ __forceinline__ void give_back(uint64_t *empty, int lane) {
    warp_sync();
    if (lane < BLOCKS) {
        mbarrier_arrive(empty, BLOCKS == 1 ? cluster_rank() : static_cast<unsigned>(lane));
    }
}

// One lane asks for the boxes of a tile, as far ahead as stages are empty.
template <typename Tile, typename Rows>
static __device__ __forceinline__ void ask_for_boxes(unsigned char *shared, const BulkProduct &p, const Rows &rows, int output) {
    constexpr int ROW_BYTES = Tile::CHUNKS * 16, GROUPS = Tile::BN / 8, SHARE = GROUPS / Tile::CLUSTER;
    const int mine = static_cast<int>(cluster_rank()) * SHARE;
    for (int step = 0; step < p.steps<Tile>(); step++) {
        const Ring<Tile::STAGES> s(p.turn + step);
        unsigned char *stage = shared + s.place * Tile::STAGE;
        uint64_t *full = p.full + s.place;
        mbarrier_wait(p.empty + s.place, s.emptied());
        mbarrier_expect(full, static_cast<unsigned>(p.box_rows * ROW_BYTES + GROUPS * Tile::GROUP));
        bulk_copy(stage, p.a, step * ROW_BYTES / 4, rows.first, rows.plane(), full);
        bulk_copy_to_cluster(stage + Tile::A_BYTES + mine * Tile::GROUP, p.weights, step * Tile::GROUP / 4, output / 8 + mine, 0, full,
                             (1u << Tile::CLUSTER) - 1);
    }
}

// Codes of less than a byte to the top of a byte each: field f of a packed core becomes core f of those that it stands for.
template <typename Tile> __device__ __forceinline__ void widen_stages(unsigned char *shared, const BulkProduct &p, int first) {
    constexpr int BITS = Tile::CODE_BITS, FIELDS = 8 / BITS;
    constexpr uint32_t TOP = (0xff00u >> BITS & 0xffu) * 0x01010101u;
    for (int step = 0; step < p.steps<Tile>(); step++) {
        const Ring<Tile::STAGES> s(p.turn + step);
        const Ring<WIDE_BUFFERS> w(p.turn + step);
        const uint4 *packed = reinterpret_cast<const uint4 *>(shared + s.place * Tile::STAGE + Tile::A_BYTES);
        uint4 *wide = reinterpret_cast<uint4 *>(shared + Tile::WIDE + w.place * WIDE_BYTES);
        mbarrier_wait(p.full + s.place, s.filled);
        mbarrier_wait(p.wide_empty + w.place, w.emptied());
        for (int piece = first; piece < Tile::BN / 8 * Tile::GROUP / 16; piece += Tile::WIDENERS) {
            const uint4 x = packed[piece];
#pragma unroll
            for (int f = 0; f < FIELDS; f++) {
                const int up = 8 - BITS - BITS * f;
                wide[(piece / 8 * FIELDS + f) * 8 + piece % 8] = make_uint4(x.x << up & TOP, x.y << up & TOP, x.z << up & TOP, x.w << up & TOP);
            }
        }
        async_proxy_fence();
        give_back<1>(p.wide_full + w.place, first % 32);
        give_back<Tile::CLUSTER>(p.empty + s.place, first % 32);
    }
}

// What the third warpgroup does for a tile.
template <typename Tile, typename Rows>
static __device__ __forceinline__ void feed_tile(unsigned char *shared, BulkProduct &p, const Rows &rows, int output) {
    const int lane = static_cast<int>(threadIdx.x) - Tile::THREADS;
    begin_tile();
    if (lane == 0) {
        ask_for_boxes<Tile>(shared, p, rows, output);
    }
    if constexpr (Tile::WIDENS) {
        if (lane >= 32) {
            widen_stages<Tile>(shared, p, lane - 32);
        }
    }
    p.turn += p.steps<Tile>();
    end_tile();
}

// The four steps of 32 codes of a stage, in the background; `rows` is the warpgroup's first row in the stage.
template <typename Tile>
static __device__ __forceinline__ void multiply_stage_warpgroup(int32_t (&sum)[128], const unsigned char *rows, const unsigned char *weights, int lane, int warp) {
    if constexpr (Tile::KIND == Activation::spikes) {
        const uint32_t *upper = reinterpret_cast<const uint32_t *>(rows + (warp % 4 * 16 + lane / 4) * 16), *lower = upper + 8 * 4;
        uint32_t a[4][4];
#pragma unroll
        for (int step = 0; step < 4; step++) {
#pragma unroll
            for (int r = 0; r < 4; r++) {
                a[step][r] = spread_bits((r % 2 == 0 ? upper : lower)[step] >> (4 * (lane % 4) + 16 * (r / 2)));
            }
        }
        warpgroup_arrive();
#pragma unroll
        for (int step = 0; step < 4; step++) {
            warpgroup_multiply_s8(sum, a[step], matrix_descriptor(weights + 256 * step, 128, 1024));
        }
    } else {
        warpgroup_arrive();
#pragma unroll
        for (int step = 0; step < 4; step++) {
            const uint64_t a = swizzled_descriptor(rows + 32 * step);
            const uint64_t b = matrix_descriptor(weights + 256 * step, 128, 1024);
            if constexpr (Tile::KIND == Activation::u8) {
                warpgroup_multiply_u8(sum, a, b);
            } else {
                warpgroup_multiply_s8(sum, a, b);
            }
        }
    }
    warpgroup_commit();
}

// A warp has read what it multiplies at that turn.
template <typename Tile> __device__ __forceinline__ void give_turn_back(const BulkProduct &p, int turn, int lane) {
    if constexpr (Tile::WIDENS) {
        give_back<1>(p.wide_empty + turn % WIDE_BUFFERS, lane);
    }
    give_back<Tile::CLUSTER>(p.empty + turn % Tile::STAGES, lane);
}

// The sums of a tile, as multiply_tile makes them, by the two warpgroups that multiply: while the products of a stage run, those of the one
// before it end.
template <typename Tile, typename Rows>
static __device__ __forceinline__ void multiply_tile_warpgroup(TileSums<Tile> &sums, unsigned char *shared, BulkProduct &p, const Rows &, int,
                                                               const WarpPlace<Tile> &place) {
    int32_t(&sum)[128] = reinterpret_cast<int32_t(&)[128]>(sums);
    const int first_row = place.warp / 4 * 64, end = p.turn + p.steps<Tile>();
    constexpr int BEHIND = Tile::KIND == Activation::spikes ? 0 : 1;  // fragments in registers are made anew for each stage
    begin_tile();
    for (int turn = p.turn; turn < end; turn++) {
        const Ring<Tile::STAGES> s(turn);
        const unsigned char *stage = shared + s.place * Tile::STAGE, *weights = stage + Tile::A_BYTES;
        mbarrier_wait(p.full + s.place, s.filled);
        if constexpr (Tile::WIDENS) {
            const Ring<WIDE_BUFFERS> w(turn);
            mbarrier_wait(p.wide_full + w.place, w.filled);
            weights = shared + Tile::WIDE + w.place * WIDE_BYTES;
        }
        multiply_stage_warpgroup<Tile>(sum, stage + first_row * Tile::CHUNKS * 16, weights, place.lane, place.warp);
        warpgroup_wait<BEHIND>();
        if (turn - BEHIND >= p.turn) {
            give_turn_back<Tile>(p, turn - BEHIND, place.lane);
        }
    }
    warpgroup_wait<0>();
    if (BEHIND > 0) {
        give_turn_back<Tile>(p, end - 1, place.lane);
    }
    p.turn = end;
    end_tile();
}

// What a kernel does: the third warpgroup feeds, the others multiply and finish.
template <typename Tile, typename Feed, typename Multiply>
static __device__ __forceinline__ void divide_work(const BulkProduct &p, Feed feed, Multiply multiply) {
    if (threadIdx.x == 0) {
        for (int s = 0; s < Tile::STAGES; s++) {
            mbarrier_init(p.full + s, 1);
            mbarrier_init(p.empty + s, Tile::CLUSTER * Tile::READERS);
        }
        for (int w = 0; Tile::WIDENS && w < WIDE_BUFFERS; w++) {
            mbarrier_init(p.wide_full + w, Tile::WIDENERS / 32);
            mbarrier_init(p.wide_empty + w, Tile::THREADS / 32);
        }
    }
    if (threadIdx.x >= Tile::THREADS) {
        warpgroup_give_registers<40>();
        feed();
    } else {
        warpgroup_take_registers<232>();
        multiply();
    }
}

template <typename Tile> static __device__ __forceinline__ void feed_product(unsigned char *shared, BulkProduct &p) {
    const Place tile = place_of_block(tiles_down<Tile>(p.rows, Tile::BM), (p.outputs - 1) / Tile::BN + 1);
    feed_tile<Tile>(shared, p, RowsInOrder{tile.down * Tile::BM, p.rows}, tile.across * Tile::BN);
}

template <typename Tile> static __device__ __forceinline__ void feed_neurons(unsigned char *shared, BulkProduct &p, const Neurons &c) {
    const Place tile = place_of_block(tiles_down<Tile>(c.batch, c.samples), (p.outputs - 1) / Tile::BN + 1);
    for (int step = 0; step < c.steps; step += c.span) {
        feed_tile<Tile>(shared, p, rows_of_span(c, step, tile.down * c.samples), tile.across * Tile::BN);
    }
}

#define WARPGROUP_KERNEL(name, tile, ...)                                                                                               \
    extern "C" __global__ void __launch_bounds__(tile::THREADS + tile::FEEDERS, 1) __cluster_dims__(tile::CLUSTER) name(                \
        const __grid_constant__ TensorMap a, const __grid_constant__ TensorMap weights, __VA_ARGS__)

// `shared` and `product` of a kernel whose boxes of activations have so many rows.
#define BEGIN_PRODUCT(tile, box_rows, rows)                                                                                             \
    SHARED_ARRAY(uint64_t, barriers, tile::BARRIERS);                                                                                   \
    DYNAMIC_SHARED(unsigned char, dynamic);                                                                                             \
    unsigned char *shared = dynamic + (0u - shared_address(dynamic)) % tile::ALIGNMENT;                                                 \
    uint64_t *const wide = barriers + 2 * tile::STAGES;                                                                                 \
    BulkProduct product{a, weights, box_rows, rows, outputs, blocks, barriers, barriers + tile::STAGES, wide, wide + WIDE_BUFFERS, 0};

#define EXPORT_WARPGROUP_KERNEL(name, tile)                                                                                             \
    EXPORT_KERNEL(name)                                                                                                                 \
    DYNAMIC_SHARED_BYTES(name, tile::SHARED)                                                                                            \
    CLUSTER_BLOCKS(name, tile::CLUSTER)

#define PRODUCT_AND_NEURONS(kind, bits)                                                                                                 \
    using Tile_##kind##_##bits = WarpgroupTile<Activation::kind, bits>;                                                                 \
    using Neurons_##kind##_##bits = NeuronTile<Tile_##kind##_##bits>;                                                                   \
    PRODUCT(quantized_gemm_warpgroup_##kind##_int##bits, Tile_##kind##_##bits)                                                          \
    NEURONS_BEHIND(quantized_gemm_neurons_warpgroup_##kind##_int##bits, Neurons_##kind##_##bits)

#define PRODUCT(name, tile)                                                                                                             \
    WARPGROUP_KERNEL(name, tile, int32_t rows, int32_t outputs, int32_t blocks, FINISH_PARAMETERS) {                                    \
        BEGIN_PRODUCT(tile, tile::BM, rows)                                                                                             \
        const Finish finish FINISH;                                                                                                     \
        divide_work<tile>(product, [&] { feed_product<tile>(shared, product); }, [&] {                                                  \
            quantized_gemm<tile, multiply_tile_warpgroup<tile, RowsInOrder>>(shared, product, finish);                                  \
        });                                                                                                                             \
    }                                                                                                                                   \
    EXPORT_WARPGROUP_KERNEL(name, tile)

#define NEURONS_BEHIND(name, tile)                                                                                                      \
    WARPGROUP_KERNEL(name, tile, int32_t outputs, int32_t blocks, NEURON_PARAMETERS) {                                                  \
        BEGIN_PRODUCT(tile, samples * (constant ? 1 : span), 0)                                                                         \
        const Neurons neurons NEURONS;                                                                                                  \
        divide_work<tile>(product, [&] { feed_neurons<tile>(shared, product, neurons); }, [&] {                                         \
            quantized_gemm_neurons<tile, multiply_tile_warpgroup<tile, RowsOfSteps>>(shared, product, neurons);                         \
        });                                                                                                                             \
    }                                                                                                                                   \
    EXPORT_WARPGROUP_KERNEL(name, tile)

PRODUCT_AND_NEURONS(s8, 8)
PRODUCT_AND_NEURONS(s8, 4)
PRODUCT_AND_NEURONS(s8, 2)
PRODUCT_AND_NEURONS(u8, 8)
PRODUCT_AND_NEURONS(u8, 4)
PRODUCT_AND_NEURONS(u8, 2)
PRODUCT_AND_NEURONS(spikes, 8)
PRODUCT_AND_NEURONS(spikes, 4)
PRODUCT_AND_NEURONS(spikes, 2)
