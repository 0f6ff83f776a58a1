// The dense layers of the gated MLP (org.ionforge.compute.GatedMlp): three products on one tile engine.
//
//   linear_mish       H = mish(X·Wᵀ + b), D = mish'(X·Wᵀ + b)       X [rows, in], W [out, in]
//   input_gradient    dX (+)= dY·W, at the end times D               dY [rows, out]
//   weight_gradient   dW = dYᵀ·X and db = dYᵀ·1 by slices of rows    the column behind X's last is 1, for the bias
//
// Each costs 2·rows·in·out FLOP. IonisGate's large layers (512 → 256, 256 → 256 in three heads) read 16 to 64 floats from global
// memory for each 128 × 64 × 16 multiply-adds of a tile: 43 FLOP a byte, so FP32 arithmetic is the limit on every GPU named in
// build.sh. A block of 256 threads makes a tile of 128 × 64, a thread 8 × 4 of it: per step of p it reads 12 floats of shared
// memory for 32 multiply-adds.
//
// Sums over rows are cut into slices by the batch size alone and added in order: the same bits every time, no atomics.
#include "portable.cuh"

constexpr int TILE_I = 128, TILE_J = 64, TILE_P = 16, THREADS = 256;
constexpr int LINE_I = TILE_I + 4, LINE_J = TILE_J + 4;  // keeps 16-byte alignment, spreads the banks

struct DenseTile {
    float sum[8][4];
};

// Element (i, p) of an operand: at i·stride + p, or at p·stride + i; 0 outside. With ONES, the last i is a column of ones.
template <bool P_INNER, bool ONES>
static __device__ __forceinline__ float element(const float *__restrict__ a, int64_t stride, int64_t i, int64_t p, int64_t end_i, int64_t end_p) {
    if (i >= end_i || p >= end_p) {
        return 0.0f;
    }
    if (ONES && i == end_i - 1) {
        return 1.0f;
    }
    return P_INNER ? a[i * stride + p] : a[p * stride + i];
}

// Copies a slab of WIDTH × TILE_P of an operand to shared memory as [p][i], neighbouring threads on neighbouring addresses.
template <int WIDTH, int LINE, bool P_INNER, bool ONES>
static __device__ __forceinline__ void stage(float *to, const float *__restrict__ from, int64_t stride, int64_t i0, int64_t p0, int64_t end_i,
                                      int64_t end_p) {
#pragma unroll
    for (int step = 0; step < WIDTH * TILE_P / THREADS; step++) {
        const int at = step * THREADS + static_cast<int>(threadIdx.x);
        const int i = P_INNER ? at / TILE_P : at % WIDTH;
        const int p = P_INNER ? at % TILE_P : at / WIDTH;
        to[p * LINE + i] = element<P_INNER, ONES>(from, stride, i0 + i, p0 + p, end_i, end_p);
    }
}

// sum[i, j] = Σ a[i, p]·b[p, j] for p in [first, last), i and j of this thread.
template <bool A_P_INNER, bool B_P_INNER, bool B_ONES>
static __device__ __forceinline__ void multiply(DenseTile &tile, float *shared_a, float *shared_b, const float *__restrict__ a, int64_t stride_a,
                                         int64_t i0, int64_t end_i, const float *__restrict__ b, int64_t stride_b, int64_t j0,
                                         int64_t end_j, int64_t first, int64_t last) {
    const int row = static_cast<int>(threadIdx.x) / 16 * 8, column = static_cast<int>(threadIdx.x) % 16 * 4;
#pragma unroll
    for (int i = 0; i < 8; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            tile.sum[i][j] = 0.0f;
        }
    }
    for (int64_t p0 = first; p0 < last; p0 += TILE_P) {
        stage<TILE_I, LINE_I, A_P_INNER, false>(shared_a, a, stride_a, i0, p0, end_i, last);
        stage<TILE_J, LINE_J, B_P_INNER, B_ONES>(shared_b, b, stride_b, j0, p0, end_j, last);
        block_sync();
#pragma unroll
        for (int p = 0; p < TILE_P; p++) {
            const float4 low = *reinterpret_cast<const float4 *>(shared_a + p * LINE_I + row);
            const float4 high = *reinterpret_cast<const float4 *>(shared_a + p * LINE_I + row + 4);
            const float4 right = *reinterpret_cast<const float4 *>(shared_b + p * LINE_J + column);
            const float x[8] = {low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w};
            const float y[4] = {right.x, right.y, right.z, right.w};
#pragma unroll
            for (int i = 0; i < 8; i++) {
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    tile.sum[i][j] = fmaf(x[i], y[j], tile.sum[i][j]);
                }
            }
        }
        block_sync();
    }
}

// mish(z) = z·n/(n + 2) with u = eᶻ, n = u(u + 2); the ratio is 1 in float from z = 20 on. mish' = t + z·4u(1 + u)/(n + 2)².
static __device__ __forceinline__ float mish(float z, float &derivative) {
    const float u = expf(z > 20.0f ? 20.0f : z);
    const float n = u * (u + 2.0f);
    const float reciprocal = 1.0f / (n + 2.0f);
    const float t = n * reciprocal;
    derivative = t + z * (4.0f * u * reciprocal) * ((1.0f + u) * reciprocal);
    return z * t;
}

// d may be null. `stride` is the distance of x's rows.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_linear_mish_f32(const float *x, int64_t stride, const float *weight, const float *bias, float *h, float *d, int64_t rows, int32_t in, int32_t out) {
    SHARED_ARRAY(float, shared_a, TILE_P * LINE_I);
    SHARED_ARRAY(float, shared_b, TILE_P * LINE_J);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE_I, j0 = static_cast<int64_t>(blockIdx.y) * TILE_J;
    DenseTile tile;
    multiply<true, true, false>(tile, shared_a, shared_b, x, stride, i0, rows, weight, in, j0, out, 0, in);
    const int64_t row = i0 + threadIdx.x / 16 * 8, column = j0 + threadIdx.x % 16 * 4;
#pragma unroll
    for (int i = 0; i < 8; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (row + i < rows && column + j < out) {
                const int64_t at = (row + i) * out + column + j;
                float slope;
                h[at] = mish(tile.sum[i][j] + bias[column + j], slope);
                if (d != nullptr) {
                    d[at] = slope;
                }
            }
        }
    }
}
EXPORT_KERNEL(gated_mlp_linear_mish_f32)

// dx = dy·W, plus what dx holds if `add`, times `scale` unless null (which may be dx itself if not `add`).
extern "C" __global__ void __launch_bounds__(256) gated_mlp_input_gradient_f32(const float *dy, const float *weight, float *dx, int32_t add, const float *scale, int64_t rows, int32_t in, int32_t out) {
    SHARED_ARRAY(float, shared_a, TILE_P * LINE_I);
    SHARED_ARRAY(float, shared_b, TILE_P * LINE_J);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE_I, j0 = static_cast<int64_t>(blockIdx.y) * TILE_J;
    DenseTile tile;
    multiply<true, false, false>(tile, shared_a, shared_b, dy, out, i0, rows, weight, in, j0, in, 0, out);
    const int64_t row = i0 + threadIdx.x / 16 * 8, column = j0 + threadIdx.x % 16 * 4;
#pragma unroll
    for (int i = 0; i < 8; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (row + i < rows && column + j < in) {
                const int64_t at = (row + i) * in + column + j;
                const float sum = add ? tile.sum[i][j] + dx[at] : tile.sum[i][j];
                dx[at] = scale == nullptr ? sum : sum * scale[at];
            }
        }
    }
}
EXPORT_KERNEL(gated_mlp_input_gradient_f32)

// partial [slices, out, in + 1]: slice z sums the rows from z·slice_rows on; the last column is the bias's. `stride` as above.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_weight_gradient_f32(const float *dy, const float *x, int64_t stride, float *partial, int64_t rows, int32_t in, int32_t out, int64_t slice_rows) {
    SHARED_ARRAY(float, shared_a, TILE_P * LINE_I);
    SHARED_ARRAY(float, shared_b, TILE_P * LINE_J);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE_I, j0 = static_cast<int64_t>(blockIdx.y) * TILE_J;
    const int64_t first = blockIdx.z * slice_rows;
    const int64_t last = first + slice_rows < rows ? first + slice_rows : rows;
    DenseTile tile;
    multiply<false, false, true>(tile, shared_a, shared_b, dy, out, i0, out, x, stride, j0, in + 1, first, last);
    const int64_t row = i0 + threadIdx.x / 16 * 8, column = j0 + threadIdx.x % 16 * 4;
    float *to = partial + static_cast<int64_t>(blockIdx.z) * out * (in + 1);
#pragma unroll
    for (int i = 0; i < 8; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (row + i < out && column + j <= in) {
                to[(row + i) * (in + 1) + column + j] = tile.sum[i][j];
            }
        }
    }
}
EXPORT_KERNEL(gated_mlp_weight_gradient_f32)

// Adds the slices in order; weight [out, in] and, right behind it, bias [out]. One thread an element.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_add_slices_f32(const float *partial, int32_t slices, float *gradient, int32_t in, int32_t out) {
    const int64_t size = static_cast<int64_t>(out) * (in + 1);
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= size) {
        return;
    }
    float sum = 0.0f;
    for (int slice = 0; slice < slices; slice++) {
        sum += partial[slice * size + at];
    }
    const int64_t row = at / (in + 1), column = at % (in + 1);
    gradient[column < in ? row * in + column : static_cast<int64_t>(out) * in + row] = sum;
}
EXPORT_KERNEL(gated_mlp_add_slices_f32)
