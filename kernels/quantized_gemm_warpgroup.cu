// The quantised product with the tensor cores of compute capability 9.0 (wgmma m64n256k32): see quantized_gemm.cuh, and for neurons
// behind it quantized_gemm_neurons.cuh. Bytes by 8-bit weights, both out of shared memory, and spikes by 8-bit weights, the spikes
// spread in registers. Narrower weights would have to be widened in shared memory, and run on mma.sync there too.
// only for: 90a
//
// A block makes 128 rows × 256 outputs, 128 codes a stage: two warpgroups multiply, one lane of a third feeds them. It asks for
// boxes of activations, in swizzled rows, and of packed weights, whose cores are wgmma's core matrices without swizzle, so that the same
// packing serves every kernel. The two blocks of a cluster have the same weights: each brings half of them to both, and reads
// (128 + 128)·K bytes a tile from the L2 cache instead of (128 + 256)·K. A stage is full when its bytes have come, and empty when the
// warps of both blocks have read it.
#include "bulk.cuh"
#include "quantized_gemm_neurons.cuh"
#include "warpgroup.cuh"

template <Activation KIND> struct WarpgroupTile : GemmTile<KIND, 8, 128, 256, 16, 256, 2, 192 * 1024, 4> {
    static constexpr int FEEDERS = 128, CLUSTER = 2;  // a warpgroup gives away or takes registers as one
    static constexpr int ALIGNMENT = 1024;            // of swizzled rows
    static constexpr int SHARED = WarpgroupTile::GemmTile::SHARED + ALIGNMENT;
    static __device__ __forceinline__ void sync() { block_sync_of<WarpgroupTile::THREADS>(); }
};

// One call, as Product, with the barriers of the stages. `box_rows` is how many rows of activations a box brings.
struct BulkProduct {
    const TensorMap &a, &weights;
    int32_t box_rows, rows, outputs, blocks;
    uint64_t *full, *empty;
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

// The boxes of a tile, as far ahead as stages are empty.
template <typename Tile, typename Rows>
static __device__ __forceinline__ void feed_tile(unsigned char *shared, BulkProduct &p, const Rows &rows, int output) {
    constexpr int ROW_BYTES = Tile::CHUNKS * 16, GROUPS = Tile::BN / 8, SHARE = GROUPS / Tile::CLUSTER;
    begin_tile();
    if (threadIdx.x == Tile::THREADS) {
        const int mine = static_cast<int>(cluster_rank()) * SHARE;
        for (int step = 0; step < p.steps<Tile>(); step++, p.turn++) {
            const int s = p.turn % Tile::STAGES;
            unsigned char *stage = shared + s * Tile::STAGE;
            mbarrier_wait(p.empty + s, ~(p.turn / Tile::STAGES) & 1);
            mbarrier_expect(p.full + s, static_cast<unsigned>(p.box_rows * ROW_BYTES + GROUPS * Tile::GROUP));
            bulk_copy(stage, p.a, step * ROW_BYTES / 4, rows.first, rows.plane(), p.full + s);
            bulk_copy_to_cluster(stage + Tile::A_BYTES + mine * Tile::GROUP, p.weights, step * Tile::GROUP / 4, output / 8 + mine, 0,
                                 p.full + s, (1u << Tile::CLUSTER) - 1);
        }
    }
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
            warpgroup_multiply_s8(sum, a[step], matrix_descriptor(weights + 256 * step, 128, Tile::GROUP));
        }
    } else {
        warpgroup_arrive();
#pragma unroll
        for (int step = 0; step < 4; step++) {
            const uint64_t a = swizzled_descriptor(rows + 32 * step);
            const uint64_t b = matrix_descriptor(weights + 256 * step, 128, Tile::GROUP);
            if constexpr (Tile::KIND == Activation::u8) {
                warpgroup_multiply_u8(sum, a, b);
            } else {
                warpgroup_multiply_s8(sum, a, b);
            }
        }
    }
    warpgroup_commit();
}

// A warp has read a stage.
template <typename Tile> __device__ __forceinline__ void give_back(const BulkProduct &p, int turn, int lane) {
    warp_sync();
    if (lane < Tile::CLUSTER) {
        mbarrier_arrive(p.empty + turn % Tile::STAGES, static_cast<unsigned>(lane));
    }
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
        const int s = turn % Tile::STAGES;
        unsigned char *stage = shared + s * Tile::STAGE;
        mbarrier_wait(p.full + s, turn / Tile::STAGES & 1);
        multiply_stage_warpgroup<Tile>(sum, stage + first_row * Tile::CHUNKS * 16, stage + Tile::A_BYTES, place.lane, place.warp);
        warpgroup_wait<BEHIND>();
        if (turn - BEHIND >= p.turn) {
            give_back<Tile>(p, turn - BEHIND, place.lane);
        }
    }
    warpgroup_wait<0>();
    if (BEHIND > 0) {
        give_back<Tile>(p, end - 1, place.lane);
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
            mbarrier_init(p.empty + s, Tile::CLUSTER * Tile::THREADS / 32);
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
    SHARED_ARRAY(uint64_t, barriers, 2 * tile::STAGES);                                                                                 \
    DYNAMIC_SHARED(unsigned char, dynamic);                                                                                             \
    unsigned char *shared = dynamic + (0u - shared_address(dynamic)) % tile::ALIGNMENT;                                                 \
    BulkProduct product{a, weights, box_rows, rows, outputs, blocks, barriers, barriers + tile::STAGES, 0};

#define EXPORT_WARPGROUP_KERNEL(name, tile)                                                                                             \
    EXPORT_KERNEL(name)                                                                                                                 \
    DYNAMIC_SHARED_BYTES(name, tile::SHARED)                                                                                            \
    CLUSTER_BLOCKS(name, tile::CLUSTER)

#define PRODUCT_AND_NEURONS(kind, tile, neurons_tile)                                                                                   \
    WARPGROUP_KERNEL(quantized_gemm_warpgroup_##kind##_int8, tile, int32_t rows, int32_t outputs, int32_t blocks, FINISH_PARAMETERS) {  \
        BEGIN_PRODUCT(tile, tile::BM, rows)                                                                                             \
        const Finish finish FINISH;                                                                                                     \
        divide_work<tile>(product, [&] { feed_product<tile>(shared, product); }, [&] {                                                  \
            quantized_gemm<tile, multiply_tile_warpgroup<tile, RowsInOrder>>(shared, product, finish);                                  \
        });                                                                                                                             \
    }                                                                                                                                   \
    EXPORT_WARPGROUP_KERNEL(quantized_gemm_warpgroup_##kind##_int8, tile)                                                               \
    WARPGROUP_KERNEL(quantized_gemm_neurons_warpgroup_##kind##_int8, neurons_tile, int32_t outputs, int32_t blocks, NEURON_PARAMETERS) {\
        BEGIN_PRODUCT(neurons_tile, samples * (constant ? 1 : span), 0)                                                                 \
        const Neurons neurons NEURONS;                                                                                                  \
        divide_work<neurons_tile>(product, [&] { feed_neurons<neurons_tile>(shared, product, neurons); }, [&] {                         \
            quantized_gemm_neurons<neurons_tile, multiply_tile_warpgroup<neurons_tile, RowsOfSteps>>(shared, product, neurons);         \
        });                                                                                                                             \
    }                                                                                                                                   \
    EXPORT_WARPGROUP_KERNEL(quantized_gemm_neurons_warpgroup_##kind##_int8, neurons_tile)

PRODUCT_AND_NEURONS(s8, WarpgroupTile<Activation::s8>, NeuronTile<WarpgroupTile<Activation::s8>>)
PRODUCT_AND_NEURONS(u8, WarpgroupTile<Activation::u8>, NeuronTile<WarpgroupTile<Activation::u8>>)
PRODUCT_AND_NEURONS(spikes, WarpgroupTile<Activation::spikes>, NeuronTile<WarpgroupTile<Activation::spikes>>)
