// Kernels with planted faults, and their sound twins: the emulator's own tests. Never shipped.
#include "portable.cuh"

// Sum of 256 values by a tree in shared memory, then one shuffle tree; the result is exact for small integers.
static __device__ float block_sum(float v, float *partial) {
    for (int d = 16; d > 0; d >>= 1) {
        v += warp_shuffle_down(v, d);
    }
    if (threadIdx.x % 32 == 0) {
        partial[threadIdx.x / 32] = v;
    }
    block_sync();
    float sum = 0;
    for (unsigned w = 0; w < blockDim.x / 32; w++) {
        sum += partial[w];
    }
    return sum;
}

extern "C" __global__ void __launch_bounds__(256) sound_block_sum_f32(const float *x, float *sums, int64_t n) {
    SHARED_ARRAY(float, partial, 8);
    const int64_t i = blockIdx.x * static_cast<int64_t>(blockDim.x) + threadIdx.x;
    const float sum = block_sum(i < n ? x[i] : 0.0f, partial);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}
EXPORT_KERNEL(sound_block_sum_f32)

// y[i] = x[255 - i] through shared memory, and through the dynamic kind.
extern "C" __global__ void __launch_bounds__(256) sound_reversal_f32(const float *x, float *y) {
    DYNAMIC_SHARED(float, tile);
    tile[threadIdx.x] = x[threadIdx.x];
    block_sync();
    y[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}
EXPORT_KERNEL(sound_reversal_f32)
DYNAMIC_SHARED_BYTES(sound_reversal_f32, 4096)

extern "C" __global__ void __launch_bounds__(256) planted_missing_barrier_f32(const float *x, float *y) {
    SHARED_ARRAY(float, tile, 256);
    tile[threadIdx.x] = x[threadIdx.x];
    y[threadIdx.x] = tile[255 - threadIdx.x];
}
EXPORT_KERNEL(planted_missing_barrier_f32)

extern "C" __global__ void __launch_bounds__(256) planted_divergent_barrier(int32_t *y) {
    if (threadIdx.x < 32) {
        block_sync();
        y[threadIdx.x] = 1;
    } else {
        block_sync();
        y[threadIdx.x] = 2;
    }
}
EXPORT_KERNEL(planted_divergent_barrier)

extern "C" __global__ void __launch_bounds__(256) planted_early_leaver(int32_t *y, int32_t n) {
    if (static_cast<int32_t>(threadIdx.x) >= n) {
        return;
    }
    block_sync();
    y[threadIdx.x] = 1;
}
EXPORT_KERNEL(planted_early_leaver)

extern "C" __global__ void __launch_bounds__(256) planted_shared_overrun(int32_t *y, int32_t past) {
    SHARED_ARRAY(int32_t, row, 256);
    int32_t *cells = row;
    cells[static_cast<int32_t>(threadIdx.x) + past] = 1;
    block_sync();
    y[threadIdx.x] = cells[threadIdx.x];
}
EXPORT_KERNEL(planted_shared_overrun)

extern "C" __global__ void __launch_bounds__(256) planted_device_overrun(int32_t *y, int32_t n) {
    const int32_t i = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x);
    if (i <= n) {
        y[i] = i;
    }
}
EXPORT_KERNEL(planted_device_overrun)

// Half of each warp shuffles with a mask of all.
extern "C" __global__ void __launch_bounds__(256) planted_partial_shuffle(int32_t *y) {
    int32_t v = static_cast<int32_t>(threadIdx.x);
    if (threadIdx.x % 32 < 16) {
        v = warp_shuffle_xor(v, 1);
    }
    block_sync();
    y[threadIdx.x] = v;
}
EXPORT_KERNEL(planted_partial_shuffle)

// Reads lane 20 with a mask of the lower half.
extern "C" __global__ void __launch_bounds__(256) planted_absent_source(int32_t *y) {
    int32_t v = static_cast<int32_t>(threadIdx.x);
    if (threadIdx.x % 32 < 16) {
        v = warp_shuffle(v, 20, 0xffffu);
    }
    y[threadIdx.x] = v;
}
EXPORT_KERNEL(planted_absent_source)

// What shared memory holds before anything is written there.
extern "C" __global__ void __launch_bounds__(256) planted_unwritten_f32(float *y, uint32_t *z) {
    SHARED_ARRAY(float, reals, 256);
    SHARED_ARRAY(uint32_t, words, 256);
    y[threadIdx.x] = reals[threadIdx.x];
    z[threadIdx.x] = words[threadIdx.x];
}
EXPORT_KERNEL(planted_unwritten_f32)

// Each warp operation and each atomic once. out: 8 rows of 32; totals: sum, maximum, last compare-and-set winner.
extern "C" __global__ void __launch_bounds__(32) sound_warp_operations(int32_t *out, int64_t *totals, uint64_t *counters) {
    const int32_t i = static_cast<int32_t>(threadIdx.x);
    out[i] = warp_shuffle(i * i, 31 - i);
    out[32 + i] = warp_shuffle_xor(i, 5);
    out[64 + i] = warp_shuffle_down(i, 3);
    out[96 + i] = warp_shuffle_up(i, 3);
    out[128 + i] = static_cast<int32_t>(warp_ballot(i % 3 == 0));
    out[160 + i] = warp_any(i == 7) + 2 * warp_any(i == 77);
    out[192 + i] = warp_all(i < 32) + 2 * warp_all(i < 31);
    if (i < 8) {
        out[224 + i] = static_cast<int32_t>(warp_shuffle(i + 1000000000000.0, 7, 0xffu) - 1000000000000.0);
    }
    warp_sync();
    atomic_add(&totals[0], static_cast<int64_t>(i));
    atomic_max(&totals[1], static_cast<int64_t>(i) - 5);
    atomic_add(&counters[0], static_cast<uint64_t>(1));
    if (atomic_cas(&counters[1], static_cast<uint64_t>(0), static_cast<uint64_t>(blockIdx.x + 1)) == 0) {
        atomic_add(&counters[2], static_cast<uint64_t>(1));
    }
}
EXPORT_KERNEL(sound_warp_operations)

// sin_bounded and cos_bounded, sin_pi and cos_pi.
extern "C" __global__ void __launch_bounds__(256) sound_trigonometry_f32(const float *x, float *sines, float *cosines, float *sines_pi, float *cosines_pi, int64_t n) {
    const int64_t i = blockIdx.x * static_cast<int64_t>(blockDim.x) + threadIdx.x;
    if (i < n) {
        sines[i] = sin_bounded(x[i]);
        cosines[i] = cos_bounded(x[i]);
        sines_pi[i] = sin_pi(x[i]);
        cosines_pi[i] = cos_pi(x[i]);
    }
}
EXPORT_KERNEL(sound_trigonometry_f32)

// y[i] = coordinates of the thread, as one number.
extern "C" __global__ void __launch_bounds__(256) sound_geometry(int64_t *y) {
    const int64_t block = blockIdx.x + gridDim.x * (blockIdx.y + static_cast<int64_t>(gridDim.y) * blockIdx.z);
    const int64_t thread = threadIdx.x + blockDim.x * (threadIdx.y + static_cast<int64_t>(blockDim.y) * threadIdx.z);
    y[block * (blockDim.x * blockDim.y * blockDim.z) + thread] = block * 1000 + thread;
}
EXPORT_KERNEL(sound_geometry)

// Reads one element past its shared array and writes nothing wrong: only the address sanitizer sees it.
extern "C" __global__ void __launch_bounds__(256) planted_shared_overread(int32_t *y) {
    SHARED_ARRAY(int32_t, row, 256);
    const int32_t *cells = row;
    row[threadIdx.x] = 1;
    block_sync();
    y[threadIdx.x] = cells[threadIdx.x + 1];
}
EXPORT_KERNEL(planted_shared_overread)
