// The quantised product with the tensor cores of compute capability 9.0 (wgmma m64n256k32): see quantized_gemm.cuh, and for neurons
// behind it quantized_gemm_neurons.cuh. Bytes by 8-bit weights, both out of shared memory, and spikes by 8-bit weights, the spikes
// spread in registers. Narrower weights would have to be widened in shared memory, and run on mma.sync there too.
// only for: 90a
//
// A block of two warpgroups makes 128 rows × 256 outputs, 128 codes a stage. Packed weights are made of cores, which are wgmma's core
// matrices without swizzle, so that the same packing serves every kernel. Stages come by cp.async, not by TMA: what limits this kernel
// is what the L2 cache gives, (128 + 256)·K bytes a tile, for want of a cluster that shares them.
#include "quantized_gemm_neurons.cuh"
#include "warpgroup.cuh"

// The four steps of 32 codes of a stage, in the background; `rows` is the warpgroup's first row in the stage.
template <typename Tile>
static __device__ __forceinline__ void multiply_stage_warpgroup(int32_t (&sum)[128], const unsigned char *rows, const unsigned char *weights, int lane, int warp) {
    if constexpr (Tile::KIND == Activation::spikes) {
        const uint4 upper = *reinterpret_cast<const uint4 *>(rows + (warp % 4 * 16 + lane / 4) * 16);
        const uint4 lower = *reinterpret_cast<const uint4 *>(rows + (warp % 4 * 16 + 8 + lane / 4) * 16);
        const uint32_t high[4] = {upper.x, upper.y, upper.z, upper.w}, low[4] = {lower.x, lower.y, lower.z, lower.w};
        uint32_t a[4][4];
#pragma unroll
        for (int step = 0; step < 4; step++) {
#pragma unroll
            for (int r = 0; r < 4; r++) {
                a[step][r] = spread_bits((r % 2 == 0 ? high : low)[step] >> (4 * (lane % 4) + 16 * (r / 2)));
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
            const uint64_t a = matrix_descriptor(rows + 256 * step, 128, Tile::CHUNKS * 128);
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

// The sums of a tile, as multiply_tile makes them.
template <typename Tile, typename Rows>
static __device__ __forceinline__ void multiply_tile_warpgroup(TileSums<Tile> &sums, unsigned char *shared, const Product &p, const Rows &rows,
                                                               int output, const WarpPlace<Tile> &place) {
    int32_t(&sum)[128] = reinterpret_cast<int32_t(&)[128]>(sums);
    const int first_row = place.warp / 4 * 64, steps = (p.blocks - 1) / Tile::BLOCKS + 1;
    constexpr int AHEAD = Tile::STAGES - 2;
#pragma unroll
    for (int s = 0; s < AHEAD; s++) {
        if (s < steps) {
            copy_stage<Tile>(shared + s * Tile::STAGE, p, rows, output, s);
        }
        async_commit();
    }
    for (int step = 0; step < steps; step++) {
        async_wait<AHEAD - 1>();
        async_proxy_fence();
        block_sync();  // the stage is there for all; of products only those of the step before may be under way
        unsigned char *stage = shared + step % Tile::STAGES * Tile::STAGE;
        multiply_stage_warpgroup<Tile>(sum, stage + first_row * Tile::CHUNKS * 16, stage + Tile::A_BYTES, place.lane, place.warp);
        if (step + AHEAD < steps) {
            copy_stage<Tile>(shared + (step + AHEAD) % Tile::STAGES * Tile::STAGE, p, rows, output, step + AHEAD);
        }
        async_commit();
        if constexpr (Tile::KIND == Activation::spikes) {
            warpgroup_wait<0>();  // the fragments in registers are made anew
        } else {
            warpgroup_wait<1>();
        }
    }
    warpgroup_wait<0>();
    async_wait<0>();
    block_sync();
}

template <Activation KIND> using WarpgroupTile = GemmTile<KIND, 8, 128, 256, 16, 256, 2, 192 * 1024, 4>;
using WarpgroupS8 = WarpgroupTile<Activation::s8>;
using WarpgroupU8 = WarpgroupTile<Activation::u8>;
using WarpgroupSpikes = WarpgroupTile<Activation::spikes>;
using NeuronsS8 = NeuronTile<WarpgroupS8>;
using NeuronsU8 = NeuronTile<WarpgroupU8>;
using NeuronsSpikes = NeuronTile<WarpgroupSpikes>;

QUANTIZED_GEMM_KERNEL(quantized_gemm_warpgroup_s8_int8, WarpgroupS8, 1, multiply_tile_warpgroup)
QUANTIZED_GEMM_KERNEL(quantized_gemm_warpgroup_u8_int8, WarpgroupU8, 1, multiply_tile_warpgroup)
QUANTIZED_GEMM_KERNEL(quantized_gemm_warpgroup_spikes_int8, WarpgroupSpikes, 1, multiply_tile_warpgroup)
QUANTIZED_GEMM_NEURONS(quantized_gemm_neurons_warpgroup_s8_int8, NeuronsS8, 1, multiply_tile_warpgroup)
QUANTIZED_GEMM_NEURONS(quantized_gemm_neurons_warpgroup_u8_int8, NeuronsU8, 1, multiply_tile_warpgroup)
QUANTIZED_GEMM_NEURONS(quantized_gemm_neurons_warpgroup_spikes_int8, NeuronsSpikes, 1, multiply_tile_warpgroup)
