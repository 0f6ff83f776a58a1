// Matrix products in FP32 on a tile a block: sum[i, j] = Σ_p a(i, p)·b(p, j), for operands of several kinds.
//
// A block of 256 threads makes 8·R rows × 32·C columns; a warp R rows, and a lane every 32nd column of them, so that a vote over
// a warp is a word of neighbouring columns. Per step of p a lane reads R floats that the whole warp reads and C of its own from
// shared memory for R·C multiply-adds: 12 for 32 with R = 8, C = 4. The next slab of the operands is on its way from global memory
// while this one is multiplied.
#pragma once
#include "portable.cuh"

constexpr int TILE_THREADS = 256, TILE_WARPS = TILE_THREADS / 32, TILE_DEPTH = 16;

// Row-major [outer, inner] of one of three kinds; 0 outside.
enum MatrixKind : int32_t { MATRIX_F32, MATRIX_BF16, MATRIX_BITS };
struct Matrix {
    const void *values;
    int32_t kind;
    int64_t stride;  // elements, of bits words, to a row
    int64_t outer, inner;

    __device__ float at(int64_t i, int64_t j) const {
        if (i >= outer || j >= inner) {
            return 0.0f;
        }
        if (kind == MATRIX_F32) {
            return static_cast<const float *>(values)[i * stride + j];
        }
        if (kind == MATRIX_BF16) {
            return bf16_to_float(static_cast<const uint16_t *>(values)[i * stride + j]);
        }
        return static_cast<float>(static_cast<const uint32_t *>(values)[i * stride + j / 32] >> (j % 32) & 1u);
    }
};

// An operand of the product: element (i, p) of a, or (j, p) of b, is the matrix's [i, p], or [p, i] if TURNED. With `ones`, p along
// the columns of ones behind the last i.
template <bool TURNED> struct Operand {
    Matrix matrix;
    bool ones;

    __device__ float at(int64_t i, int64_t p) const {
        if (TURNED && ones && i == matrix.inner) {
            return p < matrix.outer ? 1.0f : 0.0f;
        }
        return TURNED ? matrix.at(p, i) : matrix.at(i, p);
    }
};

// WIDTH × TILE_DEPTH elements on their way: neighbouring threads hold neighbouring addresses.
template <int WIDTH, bool TURNED> struct Slab {
    static constexpr int COUNT = WIDTH * TILE_DEPTH / TILE_THREADS, LINE = WIDTH + 4;  // 16-byte alignment kept, banks spread
    float values[COUNT];

    static __device__ __forceinline__ int outer(int step) {
        const int at = step * TILE_THREADS + static_cast<int>(threadIdx.x);
        return TURNED ? at % WIDTH : at / TILE_DEPTH;
    }
    static __device__ __forceinline__ int depth(int step) {
        const int at = step * TILE_THREADS + static_cast<int>(threadIdx.x);
        return TURNED ? at / WIDTH : at % TILE_DEPTH;
    }
    __device__ __forceinline__ void load(const Operand<TURNED> &from, int64_t i0, int64_t p0) {
#pragma unroll
        for (int step = 0; step < COUNT; step++) {
            values[step] = from.at(i0 + outer(step), p0 + depth(step));
        }
    }
    __device__ __forceinline__ void store(float *shared) const {
#pragma unroll
        for (int step = 0; step < COUNT; step++) {
            shared[depth(step) * LINE + outer(step)] = values[step];
        }
    }
};

template <int R, int C> struct DenseTile {
    static constexpr int ROWS = TILE_WARPS * R, COLUMNS = 32 * C;
    static constexpr int SHARED_A = TILE_DEPTH * (ROWS + 4), SHARED_B = TILE_DEPTH * (COLUMNS + 4);
    float sum[R][C];

    // Row and column of sum[0][0] and the distance of those after it: 1 and 32.
    static __device__ __forceinline__ int row() { return static_cast<int>(threadIdx.x) / 32 * R; }
    static __device__ __forceinline__ int column() { return static_cast<int>(threadIdx.x) % 32; }

    // For p in [first, last). a and b end there, or go on with zeros up to the next multiple of TILE_DEPTH.
    template <bool A_TURNED, bool B_TURNED>
    __device__ __forceinline__ void multiply(const Operand<A_TURNED> &a, const Operand<B_TURNED> &b, int64_t i0, int64_t j0, int64_t first,
                                             int64_t last, float *shared_a, float *shared_b) {
#pragma unroll
        for (int i = 0; i < R; i++) {
#pragma unroll
            for (int j = 0; j < C; j++) {
                sum[i][j] = 0.0f;
            }
        }
        Slab<ROWS, A_TURNED> next_a;
        Slab<COLUMNS, B_TURNED> next_b;
        next_a.load(a, i0, first);
        next_b.load(b, j0, first);
        for (int64_t p0 = first; p0 < last; p0 += TILE_DEPTH) {
            next_a.store(shared_a);
            next_b.store(shared_b);
            block_sync();
            if (p0 + TILE_DEPTH < last) {
                next_a.load(a, i0, p0 + TILE_DEPTH);
                next_b.load(b, j0, p0 + TILE_DEPTH);
            }
            multiply_slab(shared_a + row(), shared_b + column());
            block_sync();
        }
    }

    __device__ __forceinline__ void multiply_slab(const float *shared_a, const float *shared_b) {
#pragma unroll
        for (int p = 0; p < TILE_DEPTH; p++) {
            float x[R], y[C];
#pragma unroll
            for (int i = 0; i < R; i += 4) {
                const float4 four = *reinterpret_cast<const float4 *>(shared_a + p * (ROWS + 4) + i);
                x[i] = four.x, x[i + 1] = four.y, x[i + 2] = four.z, x[i + 3] = four.w;
            }
#pragma unroll
            for (int j = 0; j < C; j++) {
                y[j] = shared_b[p * (COLUMNS + 4) + 32 * j];
            }
#pragma unroll
            for (int i = 0; i < R; i++) {
#pragma unroll
                for (int j = 0; j < C; j++) {
                    sum[i][j] = fmaf(x[i], y[j], sum[i][j]);
                }
            }
        }
    }
};
