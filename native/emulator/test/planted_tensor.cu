// The tensor dialect: sound kernels that use each of its words once, and twins with planted faults. Never shipped.
#include "tensor.cuh"

// y[i] = x[n − 1 − i] for 512 words through shared memory by two groups of copies, of which the second has `tail` bytes in its last
// sixteen. FIRST and SECOND: groups that may be under way when each half is read.
template <int FIRST, int SECOND> static __device__ void reverse_by_copies(uint32_t *tile, const uint32_t *x, uint32_t *y, int32_t tail) {
    const int i = static_cast<int>(threadIdx.x);
    async_copy_16(tile + 4 * i, x + 4 * i);
    async_commit();
    async_copy_16(tile + 256 + 4 * i, x + 256 + 4 * i, i == 63 ? tail : 16);
    async_commit();
    async_wait<FIRST>();
    block_sync();
    for (int k = 0; k < 4; k++) {
        y[511 - (4 * i + k)] = tile[4 * i + k];
    }
    async_wait<SECOND>();
    block_sync();
    for (int k = 0; k < 4; k++) {
        y[255 - (4 * i + k)] = tile[256 + 4 * i + k];
    }
}

extern "C" __global__ void __launch_bounds__(64) sound_async_copy_u32(const uint32_t *x, uint32_t *y, int32_t tail) {
    SHARED_ARRAY(uint32_t, tile, 512);
    reverse_by_copies<1, 0>(tile, x, y, tail);
}
EXPORT_KERNEL(sound_async_copy_u32)

extern "C" __global__ void __launch_bounds__(64) planted_early_read_u32(const uint32_t *x, uint32_t *y, int32_t tail) {
    SHARED_ARRAY(uint32_t, tile, 512);
    reverse_by_copies<2, 0>(tile, x, y, tail);
}
EXPORT_KERNEL(planted_early_read_u32)

// Never waits for the second group.
extern "C" __global__ void __launch_bounds__(64) planted_missing_wait_u32(const uint32_t *x, uint32_t *y, int32_t tail) {
    SHARED_ARRAY(uint32_t, tile, 512);
    reverse_by_copies<1, 1>(tile, x, y, tail);
}
EXPORT_KERNEL(planted_missing_wait_u32)

// Reads what other lanes copied without a barrier after its own wait.
extern "C" __global__ void __launch_bounds__(64) planted_copy_without_barrier_u32(const uint32_t *x, uint32_t *y) {
    SHARED_ARRAY(uint32_t, tile, 256);
    const int i = static_cast<int>(threadIdx.x);
    async_copy_16(tile + 4 * i, x + 4 * i);
    async_commit();
    async_wait<0>();
    for (int k = 0; k < 4; k++) {
        y[4 * i + k] = tile[255 - (4 * i + k)];
    }
}
EXPORT_KERNEL(planted_copy_without_barrier_u32)

extern "C" __global__ void __launch_bounds__(64) planted_crooked_copy_u32(const uint32_t *x, int32_t shift) {
    SHARED_ARRAY(uint32_t, tile, 260);
    async_copy_16(tile + 4 * threadIdx.x + shift, x + 4 * threadIdx.x);
    async_commit();
    async_wait<0>();
}
EXPORT_KERNEL(planted_crooked_copy_u32)

// c = a·b of one warp: a is 16 rows and b 8 columns of 32 bytes. The fragments come by matrix loads; with WRONG, two registers
// of a are in each other's place, as if the second 8 × 8 matrix were the columns on the right and not the rows below.
template <typename C, typename Multiply, bool WRONG = false>
static __device__ void multiply_tile(uint32_t *tile, const uint32_t *a, const uint32_t *b, C *c, Multiply multiply) {
    const int lane = static_cast<int>(threadIdx.x);
    for (int i = lane; i < 192; i += 32) {
        tile[i] = i < 128 ? a[i] : b[i - 128];
    }
    block_sync();
    uint32_t left[4], right[2];
    matrix_load_x4(left, tile + (lane % 16) * 8 + lane / 16 * 4);
    matrix_load_x2(right, tile + 128 + lane % 8 * 8 + lane / 8 % 2 * 4);
    if (WRONG) {
        const uint32_t other = left[1];
        left[1] = left[2];
        left[2] = other;
    }
    C sum[4] = {0, 0, 0, 0};
    multiply(sum, left, right);
    multiply(sum, left, right);
    for (int r = 0; r < 4; r++) {
        c[(lane / 4 + 8 * (r / 2)) * 8 + 2 * (lane % 4) + r % 2] = sum[r];
    }
}

struct MultiplyS8 {
    __device__ void operator()(int32_t (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) const { mma_s8(c, a, b); }
};
struct MultiplyU8 {
    __device__ void operator()(int32_t (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) const { mma_u8(c, a, b); }
};
struct MultiplyBf16 {
    __device__ void operator()(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) const { mma_bf16(c, a, b); }
};
struct MultiplyTf32 {
    __device__ void operator()(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) const { mma_tf32(c, a, b); }
};

extern "C" __global__ void __launch_bounds__(32) sound_mma_s8(const uint32_t *a, const uint32_t *b, int32_t *c) {
    SHARED_ARRAY(uint32_t, tile, 192);
    multiply_tile(tile, a, b, c, MultiplyS8{});
}
EXPORT_KERNEL(sound_mma_s8)

extern "C" __global__ void __launch_bounds__(32) sound_mma_u8(const uint32_t *a, const uint32_t *b, int32_t *c) {
    SHARED_ARRAY(uint32_t, tile, 192);
    multiply_tile(tile, a, b, c, MultiplyU8{});
}
EXPORT_KERNEL(sound_mma_u8)

extern "C" __global__ void __launch_bounds__(32) sound_mma_bf16(const uint32_t *a, const uint32_t *b, float *c) {
    SHARED_ARRAY(uint32_t, tile, 192);
    multiply_tile(tile, a, b, c, MultiplyBf16{});
}
EXPORT_KERNEL(sound_mma_bf16)

extern "C" __global__ void __launch_bounds__(32) sound_mma_tf32(const uint32_t *a, const uint32_t *b, float *c) {
    SHARED_ARRAY(uint32_t, tile, 192);
    multiply_tile(tile, a, b, c, MultiplyTf32{});
}
EXPORT_KERNEL(sound_mma_tf32)

extern "C" __global__ void __launch_bounds__(32) planted_fragment_layout_s8(const uint32_t *a, const uint32_t *b, int32_t *c) {
    SHARED_ARRAY(uint32_t, tile, 192);
    multiply_tile<int32_t, MultiplyS8, true>(tile, a, b, c, MultiplyS8{});
}
EXPORT_KERNEL(planted_fragment_layout_s8)

// y: the four 8 × 8 matrices of x, each transposed.
extern "C" __global__ void __launch_bounds__(32) sound_transposed_load_u16(const uint32_t *x, uint32_t *y) {
    SHARED_ARRAY(uint32_t, tile, 128);
    const int lane = static_cast<int>(threadIdx.x);
    for (int i = lane; i < 128; i += 32) {
        tile[i] = x[i];
    }
    warp_sync();
    uint32_t four[4], two[2];
    matrix_load_transposed_x4(four, tile + 4 * lane);
    matrix_load_transposed_x2(two, tile + 4 * (lane % 16));
    for (int j = 0; j < 4; j++) {
        y[32 * j + lane] = j < 2 && four[j] != two[j] ? 0 : four[j];
    }
}
EXPORT_KERNEL(sound_transposed_load_u16)

// Half of the warp has gone another way.
extern "C" __global__ void __launch_bounds__(32) planted_partial_mma_s8(int32_t *c) {
    const uint32_t a[4] = {0, 0, 0, 0}, b[2] = {0, 0};
    int32_t sum[4] = {0, 0, 0, 0};
    if (threadIdx.x < 16) {
        mma_s8(sum, a, b);
    }
    warp_sync();
    c[threadIdx.x] = sum[0];
}
EXPORT_KERNEL(planted_partial_mma_s8)

// Rows a multiple of 128 bytes apart lie in the same banks: eight passes where one would do.
extern "C" __global__ void __launch_bounds__(32) planted_bank_conflict_u32(uint32_t *y, int32_t pitch) {
    SHARED_ARRAY(uint32_t, tile, 1024);
    uint32_t r[2];
    matrix_load_x2(r, tile + (threadIdx.x % 8) * pitch);
    y[threadIdx.x] = r[0];
}
EXPORT_KERNEL(planted_bank_conflict_u32)
