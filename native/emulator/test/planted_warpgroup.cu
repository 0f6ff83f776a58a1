// Products of a warpgroup: a sound kernel, and twins with planted faults. Never shipped.
#include "warpgroup.cuh"

enum Fault { NONE, NO_ARRIVE, NO_FENCE, NO_WAIT, EARLY_READ, OVERWRITES, LEADING_AND_STRIDE_SWAPPED };

// c = 2·a·b: a is 64 and b 256 rows of 32 bytes, c 64 × 256. The first product takes a from shared memory, the second from registers.
template <Fault FAULT> static __device__ void multiply_warpgroup(unsigned char *shared, const unsigned char *a, const unsigned char *b, int32_t *c) {
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    constexpr uint32_t LEADING = 128, STRIDE = 256;
    for (int piece = static_cast<int>(threadIdx.x); piece < 640; piece += 128) {
        const int row = piece / 2, core = piece % 2;
        async_copy_16(shared + row / 8 * STRIDE + core * LEADING + row % 8 * 16, (row < 64 ? a + 32 * row : b + 32 * (row - 64)) + 16 * core);
    }
    async_commit();
    async_wait<0>();
    if (FAULT != NO_FENCE) {
        async_proxy_fence();
    }
    block_sync();
    uint32_t registers[4];
    for (int r = 0; r < 4; r++) {
        const int row = 16 * warp + lane / 4 + 8 * (r % 2);
        registers[r] = *reinterpret_cast<const uint32_t *>(shared + row / 8 * STRIDE + r / 2 * LEADING + row % 8 * 16 + lane % 4 * 4);
    }
    int32_t sum[128] = {};
    const bool swapped = FAULT == LEADING_AND_STRIDE_SWAPPED;
    const uint64_t left = matrix_descriptor(shared, swapped ? STRIDE : LEADING, swapped ? LEADING : STRIDE);
    const uint64_t right = matrix_descriptor(shared + 64 * 32, LEADING, STRIDE);
    if (FAULT != NO_ARRIVE) {
        warpgroup_arrive();
    }
    warpgroup_multiply_s8(sum, left, right);
    warpgroup_commit();
    warpgroup_arrive();
    warpgroup_multiply_s8(sum, registers, right);
    warpgroup_commit();
    if (FAULT == OVERWRITES) {
        shared[64 * 32 + threadIdx.x] ^= 1;
    }
    if (FAULT != NO_WAIT && FAULT != EARLY_READ) {
        warpgroup_wait<0>();
    } else {
        warpgroup_wait<1>();
    }
    for (int i = 0; i < 128; i++) {
        c[(16 * warp + lane / 4 + 8 * (i % 4 / 2)) * 256 + i / 4 * 8 + lane % 4 * 2 + i % 2] = sum[i];
    }
    if (FAULT == EARLY_READ) {
        warpgroup_wait<0>();
    }
}

#define WARPGROUP_KERNEL(name, fault)                                                                                                      \
    extern "C" __global__ void __launch_bounds__(128) name(const unsigned char *a, const unsigned char *b, int32_t *c) {                   \
        SHARED_ARRAY(unsigned char, shared, 640 * 16);                                                                                     \
        multiply_warpgroup<fault>(shared, a, b, c);                                                                                        \
    }                                                                                                                                      \
    EXPORT_KERNEL(name)

WARPGROUP_KERNEL(sound_warpgroup_s8, NONE)
WARPGROUP_KERNEL(planted_no_arrive_s8, NO_ARRIVE)
WARPGROUP_KERNEL(planted_no_fence_s8, NO_FENCE)
WARPGROUP_KERNEL(planted_product_not_waited_for_s8, NO_WAIT)
WARPGROUP_KERNEL(planted_product_read_early_s8, EARLY_READ)
WARPGROUP_KERNEL(planted_overwritten_operand_s8, OVERWRITES)
WARPGROUP_KERNEL(planted_swapped_descriptor_s8, LEADING_AND_STRIDE_SWAPPED)
