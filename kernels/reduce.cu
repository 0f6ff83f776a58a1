// Sums and extremes of float arrays, one block of threads for each 4096 elements; the host adds the blocks in ascending order.
//
//   moments  → block b writes {Σx, Σx², number that are not NaN, min, max} to partial[5b …]
//   products → block b writes {Σx, Σy, Σx², Σy², Σxy}
//
// A thread takes every 256th element, warps fold by shuffles, warp 0 folds the warps: one order, whatever the grid. Sums and
// products are in double (a product of floats is exact there). 4 (8) bytes in and 10 operations an element: bound by memory;
// the partial results are 1 % of it.
#include "portable.cuh"

constexpr int BLOCK = 4096;
constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;

static __device__ __forceinline__ double warp_sum(double v) {
#pragma unroll
    for (int d = 16; d > 0; d /= 2) {
        v += warp_shuffle_down(v, d);
    }
    return v;
}

static __device__ __forceinline__ float warp_min(float v) {
#pragma unroll
    for (int d = 16; d > 0; d /= 2) {
        v = fminf(v, warp_shuffle_down(v, d));
    }
    return v;
}

extern "C" __global__ void __launch_bounds__(THREADS) moments_block_f32(const float *values, double *partial, int64_t n) {
    SHARED_ARRAY(double, warps, WARPS * 5);
    const int64_t first = static_cast<int64_t>(blockIdx.x) * BLOCK;
    double sum = 0;
    double squares = 0;
    int count = 0;
    float min = INFINITY;
    float negated_max = INFINITY;
#pragma unroll 4
    for (int k = threadIdx.x; k < BLOCK; k += THREADS) {
        const float x = first + k < n ? values[first + k] : nanf("");
        if (x == x) {
            const double v = x;
            sum += v;
            squares += v * v;
            count++;
            min = fminf(min, x);
            negated_max = fminf(negated_max, -x);
        }
    }
    sum = warp_sum(sum);
    squares = warp_sum(squares);
    const double known = warp_sum(count);
    min = warp_min(min);
    negated_max = warp_min(negated_max);
    const int warp = threadIdx.x / 32;
    if (threadIdx.x % 32 == 0) {
        warps[warp * 5] = sum;
        warps[warp * 5 + 1] = squares;
        warps[warp * 5 + 2] = known;
        warps[warp * 5 + 3] = min;
        warps[warp * 5 + 4] = -negated_max;
    }
    block_sync();
    if (threadIdx.x < 5) {
        double folded = warps[threadIdx.x];
        for (int w = 1; w < WARPS; w++) {
            const double v = warps[w * 5 + threadIdx.x];
            folded = threadIdx.x < 3 ? folded + v : threadIdx.x == 3 ? fmin(folded, v) : fmax(folded, v);
        }
        partial[static_cast<int64_t>(blockIdx.x) * 5 + threadIdx.x] = folded;
    }
}
EXPORT_KERNEL(moments_block_f32)

extern "C" __global__ void __launch_bounds__(THREADS) products_block_f32(const float *x, const float *y, double *partial, int64_t n) {
    SHARED_ARRAY(double, warps, WARPS * 5);
    const int64_t first = static_cast<int64_t>(blockIdx.x) * BLOCK;
    double sums[5] = {0, 0, 0, 0, 0};
#pragma unroll 4
    for (int k = threadIdx.x; k < BLOCK; k += THREADS) {
        if (first + k < n) {
            const double a = x[first + k];
            const double b = y[first + k];
            sums[0] += a;
            sums[1] += b;
            sums[2] += a * a;
            sums[3] += b * b;
            sums[4] += a * b;
        }
    }
    const int warp = threadIdx.x / 32;
#pragma unroll
    for (int s = 0; s < 5; s++) {
        sums[s] = warp_sum(sums[s]);
        if (threadIdx.x % 32 == 0) {
            warps[warp * 5 + s] = sums[s];
        }
    }
    block_sync();
    if (threadIdx.x < 5) {
        double folded = warps[threadIdx.x];
        for (int w = 1; w < WARPS; w++) {
            folded += warps[w * 5 + threadIdx.x];
        }
        partial[static_cast<int64_t>(blockIdx.x) * 5 + threadIdx.x] = folded;
    }
}
EXPORT_KERNEL(products_block_f32)
