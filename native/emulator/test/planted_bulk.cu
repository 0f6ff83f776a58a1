// Boxes, their barriers and clusters: a sound kernel, and twins with planted faults. Never shipped.
#include "bulk.cuh"
#include "warpgroup.cuh"

enum BulkFault { NO_FAULT, READS_TOO_EARLY, FILLS_TOO_EARLY, WRONG_BYTES, ONE_ARRIVAL_TOO_MANY, LEAVES_TOO_EARLY, CROOKED, NO_BARRIER, OVERWRITES_BARRIER, TOO_FAR };

constexpr int BOXES = 5, BOX_WORDS = 32 * 8, BULK_STAGES = 2;

// Five boxes of 32 words × 4 rows × 2 planes, the first with its corner at (x, y, z) and each 32 words further along, go through two stages.
// Each block of the cluster asks for half of the planes for both, and writes what it sees: out[block][box][word]. One warp feeds, one reads.
template <BulkFault FAULT> static __device__ void pass_boxes(unsigned char *shared, uint64_t *barriers, const TensorMap &map, int x, int y, int z, uint32_t *out) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    uint64_t *full = barriers, *empty = barriers + BULK_STAGES;
    if (threadIdx.x == 0 && FAULT != NO_BARRIER) {
        for (int s = 0; s < BULK_STAGES; s++) {
            mbarrier_init(full + s, 1);
            mbarrier_init(empty + s, 2);
        }
    }
    if (FAULT == OVERWRITES_BARRIER && threadIdx.x == 0) {
        barriers[1] = 7;
    }
    cluster_sync();
    const unsigned rank = cluster_rank();
    if (FAULT == LEAVES_TOO_EARLY && rank == 0) {
        return;
    }
    for (int box = 0; box < BOXES; box++) {
        const int s = box % BULK_STAGES;
        unsigned char *stage = shared + s * BOX_WORDS * 4;
        if (threadIdx.x == 32) {
            if (FAULT != FILLS_TOO_EARLY) {
                mbarrier_wait(empty + s, ~(box / BULK_STAGES) & 1);
            }
            mbarrier_expect(full + s, BOX_WORDS * 4 + (FAULT == WRONG_BYTES ? 16 : 0));
            bulk_copy_to_cluster(stage + rank * BOX_WORDS * 2 + (FAULT == CROOKED ? 16 : 0), map, x + 32 * box, y, z + static_cast<int>(rank), full + s,
                                 FAULT == TOO_FAR ? 7 : 3);
        }
        if (threadIdx.x < 32) {
            if (FAULT != READS_TOO_EARLY) {
                mbarrier_wait(full + s, box / BULK_STAGES & 1);
            }
            uint32_t *mine = out + (blockIdx.x * BOXES + box) * BOX_WORDS;
            for (int word = lane; word < BOX_WORDS; word += 32) {
                mine[word] = reinterpret_cast<const uint32_t *>(stage)[word];
            }
            warp_sync();
            if (FAULT == READS_TOO_EARLY) {
                mbarrier_wait(full + s, box / BULK_STAGES & 1);
            }
            if (lane < 2) {
                mbarrier_arrive(empty + s, static_cast<unsigned>(lane));
            }
            if (FAULT == ONE_ARRIVAL_TOO_MANY && lane == 2) {
                mbarrier_arrive(empty + s, rank);
            }
        }
    }
    cluster_sync();
}

#define BULK_KERNEL(name, fault)                                                                                                           \
    extern "C" __global__ void __launch_bounds__(64) __cluster_dims__(2) name(const __grid_constant__ TensorMap map, int32_t x, int32_t y, \
                                                                              int32_t z, uint32_t *out) {                                  \
        SHARED_ARRAY(uint64_t, barriers, 2 * BULK_STAGES);                                                                                 \
        DYNAMIC_SHARED(unsigned char, dynamic);                                                                                            \
        pass_boxes<fault>(dynamic + (0u - shared_address(dynamic)) % 1024, barriers, map, x, y, z, out);                                   \
    }                                                                                                                                      \
    EXPORT_KERNEL(name)                                                                                                                    \
    CLUSTER_BLOCKS(name, 2)

BULK_KERNEL(sound_boxes_u32, NO_FAULT)
BULK_KERNEL(planted_boxes_read_too_early_u32, READS_TOO_EARLY)
BULK_KERNEL(planted_boxes_filled_too_early_u32, FILLS_TOO_EARLY)
BULK_KERNEL(planted_boxes_of_wrong_bytes_u32, WRONG_BYTES)
BULK_KERNEL(planted_boxes_one_arrival_too_many_u32, ONE_ARRIVAL_TOO_MANY)
BULK_KERNEL(planted_boxes_left_too_early_u32, LEAVES_TOO_EARLY)
BULK_KERNEL(planted_boxes_crooked_u32, CROOKED)
BULK_KERNEL(planted_boxes_without_barrier_u32, NO_BARRIER)
BULK_KERNEL(planted_boxes_over_barrier_u32, OVERWRITES_BARRIER)
BULK_KERNEL(planted_boxes_too_far_u32, TOO_FAR)

// The first N lanes meet while the others have gone on: the sums of what the others have left behind, or, without the meeting, of less.
template <bool MEETS> static __device__ void part_meets(uint32_t *values, uint32_t *out) {
    if (threadIdx.x >= 128) {
        return;
    }
    values[threadIdx.x] = threadIdx.x + 1;
    if (MEETS) {
        block_sync_of<128>();
    }
    uint32_t sum = 0;
    for (int i = 0; i < 128; i++) {
        sum += values[i];
    }
    out[threadIdx.x] = sum;
}

#define PART_KERNEL(name, meets)                                                 \
    extern "C" __global__ void __launch_bounds__(160) name(uint32_t *out) {      \
        SHARED_ARRAY(uint32_t, values, 128);                                     \
        part_meets<meets>(values, out);                                          \
    }                                                                            \
    EXPORT_KERNEL(name)

PART_KERNEL(sound_part_barrier_u32, true)
PART_KERNEL(planted_missing_part_barrier_u32, false)
