// The dense layers of the gated MLP (org.ionforge.compute.GatedMlp) in FP32: three products on one tile engine.
//
//   linear_mish       H = mish(X·Wᵀ + b), D = mish'(X·Wᵀ + b)       X [rows, in], W [out, in]
//   input_gradient    dX = (dY·W)·D                                  dY [rows, out]
//   weight_gradient   dW = dYᵀ·X and db = dYᵀ·1 by slices of rows
//
// Each costs 2·rows·in·out FLOP. Every matrix is row-major with rows of a multiple of 16 floats (GatedMlpLayout), zero past its true
// width, so that vectors of four are aligned and no product needs a rest. A block of 256 threads makes a tile of 128 × 128 in
// slabs of 16, a thread 8 × 8 of it: 64 multiply-adds for 4 vectors of shared memory, 4 of 16 cycles of its port. While a slab is
// multiplied, the next is on its way to registers; shared memory holds two, so that there is one barrier a slab. A tile reads
// 32 FLOP for each byte of global memory, mostly from L2: FP32 arithmetic is the limit on every GPU named in build.sh.
//
// Sums over rows are cut into slices by shape and batch alone and added in order: the same bits every time, no atomics.
#include "gated_mlp.cuh"

constexpr int TILE = 128, DEPTH = 16;
constexpr int LINE = TILE + 4;  // keeps 16-byte alignment, spreads the banks
constexpr int SLAB = DEPTH * LINE;

static __device__ __forceinline__ float4 vector_at(const float *p) { return *reinterpret_cast<const float4 *>(p); }

// What a thread brings of an operand: two vectors of each slab of 128 × 16. Element (i, p) lies at i·stride + p (P_INNER) or at
// p·stride + i. Past end_i the last vector is brought again (its results are not kept), past end_p zeros.
template <bool P_INNER>
struct Operand {
    const float *at;      // of the first vector of the next slab
    int32_t second, left;  // from there to the second vector; values of p not yet brought
    int64_t step;
    float4 v[2];

    __device__ __forceinline__ Operand(const float *from, int64_t stride, int64_t i0, int64_t end_i, int64_t first_p, int64_t end_p) {
        const int t = static_cast<int>(threadIdx.x);
        left = static_cast<int32_t>(end_p - first_p);
        if (P_INNER) {
            const int64_t i = i0 + t / 4 < end_i ? i0 + t / 4 : end_i - 1, j = i + TILE / 2 < end_i ? i + TILE / 2 : end_i - 1;
            at = from + i * stride + first_p + t % 4 * 4;
            second = static_cast<int32_t>((j - i) * stride);
            step = DEPTH;
        } else {
            const int64_t i = i0 + t % 32 * 4;
            at = from + (first_p + t / 32) * stride + (i < end_i ? i : end_i - 4);
            second = static_cast<int32_t>(DEPTH / 2 * stride);
            step = DEPTH * stride;
        }
    }

    // The thread's vectors of the next slab into registers.
    __device__ __forceinline__ void load() {
        const int p = static_cast<int>(threadIdx.x) / 32;
        const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        v[0] = P_INNER || p < left ? vector_at(at) : zero;
        v[1] = P_INNER || p + DEPTH / 2 < left ? vector_at(at + second) : zero;
        at += step;
        left -= DEPTH;
    }

    // From registers to a slab [p][i] of shared memory.
    __device__ __forceinline__ void store(float *slab) const {
        const int t = static_cast<int>(threadIdx.x);
#pragma unroll
        for (int half = 0; half < 2; half++) {
            if (P_INNER) {
                float *to = slab + t % 4 * 4 * LINE + t / 4 + half * (TILE / 2);
                to[0] = v[half].x;
                to[LINE] = v[half].y;
                to[2 * LINE] = v[half].z;
                to[3 * LINE] = v[half].w;
            } else {
                *reinterpret_cast<float4 *>(slab + (t / 32 + half * (DEPTH / 2)) * LINE + t % 32 * 4) = v[half];
            }
        }
    }
};

// A thread's 8 × 8 of the tile: rows row + {0 … 3, 16 … 19}, columns column + {0 … 3, 32 … 35}. A warp has 32 × 64.
struct Share {
    int row, column;
    float sum[8][8];

    __device__ __forceinline__ Share() {
        const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
        row = warp / 2 * 32 + lane / 8 * 4;
        column = warp % 2 * 64 + lane % 8 * 4;
#pragma unroll
        for (int i = 0; i < 8; i++) {
#pragma unroll
            for (int j = 0; j < 8; j++) {
                sum[i][j] = 0.0f;
            }
        }
    }

    __device__ __forceinline__ int row_of(int i) const { return row + i % 4 + i / 4 * 16; }
    __device__ __forceinline__ int column_of(int half) const { return column + half * 32; }

    // sum[i, j] += Σ a[p, i]·b[p, j] over a slab. Unrolled further, the vectors read ahead do not fit 128 registers, two blocks' share.
    __device__ __forceinline__ void multiply(const float *a, const float *b) {
#pragma unroll 2
        for (int p = 0; p < DEPTH; p++) {
            const float4 a0 = vector_at(a + p * LINE + row), a1 = vector_at(a + p * LINE + row + 16);
            const float4 b0 = vector_at(b + p * LINE + column), b1 = vector_at(b + p * LINE + column + 32);
            const float x[8] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
            const float y[8] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
#pragma unroll
            for (int i = 0; i < 8; i++) {
#pragma unroll
                for (int j = 0; j < 8; j++) {
                    sum[i][j] = fmaf(x[i], y[j], sum[i][j]);
                }
            }
        }
    }

    __device__ __forceinline__ float4 vector_of(int i, int half) const {
        return make_float4(sum[i][4 * half], sum[i][4 * half + 1], sum[i][4 * half + 2], sum[i][4 * half + 3]);
    }
};

// The whole product of a tile. With `totals`, thread i < 128 also adds a[p, i] over all p into *total.
template <bool A_P_INNER, bool B_P_INNER>
static __device__ __forceinline__ void multiply(Share &share, float *shared, Operand<A_P_INNER> a, Operand<B_P_INNER> b, int64_t depth,
                                                bool totals, float *total) {
    const int slabs = static_cast<int>((depth + DEPTH - 1) / DEPTH);
    a.load();
    b.load();
    a.store(shared);
    b.store(shared + SLAB);
    block_sync();
    for (int slab = 0; slab < slabs; slab++) {
        const float *now = shared + slab % 2 * (2 * SLAB);
        float *next = shared + (slab + 1) % 2 * (2 * SLAB);
        const bool more = slab + 1 < slabs;
        if (more) {
            a.load();
            b.load();
        }
        share.multiply(now, now + SLAB);
        if (totals && threadIdx.x < TILE) {
#pragma unroll
            for (int p = 0; p < DEPTH; p++) {
                *total += now[p * LINE + static_cast<int>(threadIdx.x)];
            }
        }
        if (more) {
            a.store(next);
            b.store(next + SLAB);
        }
        block_sync();
    }
}

// Widths in and out are padded; columns of h and d from out_true on become 0. d may be null.
extern "C" __global__ void __launch_bounds__(256, 2) gated_mlp_linear_mish_f32(const float *x, const float *weight, const float *bias, float *h, float *d, int64_t rows, int32_t in, int32_t out, int32_t out_true) {
    SHARED_ARRAY(float, shared, 4 * SLAB);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE, j0 = static_cast<int64_t>(blockIdx.y) * TILE;
    Share share;
    multiply(share, shared, Operand<true>(x, in, i0, rows, 0, in), Operand<true>(weight, in, j0, out, 0, in), in, false, nullptr);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int64_t column = j0 + share.column_of(half);
        if (column >= out) {
            continue;
        }
        const float4 b = vector_at(bias + column);
        const float biases[4] = {b.x, b.y, b.z, b.w};
#pragma unroll
        for (int i = 0; i < 8; i++) {
            const int64_t row = i0 + share.row_of(i);
            float values[4], slopes[4];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                values[j] = mish(share.sum[i][4 * half + j] + biases[j], slopes[j]);
                if (column + j >= out_true) {
                    values[j] = slopes[j] = 0.0f;
                }
            }
            if (row < rows) {
                *reinterpret_cast<float4 *>(h + row * out + column) = make_float4(values[0], values[1], values[2], values[3]);
                if (d != nullptr) {
                    *reinterpret_cast<float4 *>(d + row * out + column) = make_float4(slopes[0], slopes[1], slopes[2], slopes[3]);
                }
            }
        }
    }
}
EXPORT_KERNEL(gated_mlp_linear_mish_f32)

// d [rows, in], mish' of the layer below, becomes (dy·W)·d.
extern "C" __global__ void __launch_bounds__(256, 2) gated_mlp_input_gradient_f32(const float *dy, const float *weight, float *d, int64_t rows, int32_t in, int32_t out, int32_t in_true) {
    SHARED_ARRAY(float, shared, 4 * SLAB);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE, j0 = static_cast<int64_t>(blockIdx.y) * TILE;
    Share share;
    multiply(share, shared, Operand<true>(dy, out, i0, rows, 0, out), Operand<false>(weight, in, j0, in, 0, out), out, false, nullptr);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int64_t column = j0 + share.column_of(half);
#pragma unroll
        for (int i = 0; i < 8; i++) {
            const int64_t row = i0 + share.row_of(i);
            if (column < in && row < rows) {
                float *at = d + row * in + column;
                const float4 slope = vector_at(at), sum = share.vector_of(i, half);
                *reinterpret_cast<float4 *>(at) = make_float4(column < in_true ? sum.x * slope.x : 0.0f, column + 1 < in_true ? sum.y * slope.y : 0.0f,
                                                              column + 2 < in_true ? sum.z * slope.z : 0.0f, column + 3 < in_true ? sum.w * slope.w : 0.0f);
            }
        }
    }
}
EXPORT_KERNEL(gated_mlp_input_gradient_f32)

// partial [slices, out·in + out]: slice z sums the rows from z·slice_rows on, the weight's then the bias's.
extern "C" __global__ void __launch_bounds__(256, 2) gated_mlp_weight_gradient_f32(const float *dy, const float *x, float *partial, int64_t rows, int32_t in, int32_t out, int64_t slice_rows) {
    SHARED_ARRAY(float, shared, 4 * SLAB);
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE, j0 = static_cast<int64_t>(blockIdx.y) * TILE;
    const int64_t first = blockIdx.z * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    float *to = partial + static_cast<int64_t>(blockIdx.z) * out * (in + 1);
    Share share;
    float bias = 0.0f;
    multiply(share, shared, Operand<false>(dy, out, i0, out, first, last), Operand<false>(x, in, j0, in, first, last), last - first,
             blockIdx.y == 0, &bias);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int64_t column = j0 + share.column_of(half);
#pragma unroll
        for (int i = 0; i < 8; i++) {
            const int64_t row = i0 + share.row_of(i);
            if (row < out && column < in) {
                *reinterpret_cast<float4 *>(to + row * in + column) = share.vector_of(i, half);
            }
        }
    }
    if (blockIdx.y == 0 && threadIdx.x < TILE && i0 + threadIdx.x < out) {
        to[static_cast<int64_t>(out) * in + i0 + threadIdx.x] = bias;
    }
}
EXPORT_KERNEL(gated_mlp_weight_gradient_f32)
