// The dense layers of the gated MLP (org.ionforge.compute.GatedMlp) on tensor cores, in TF32 and BF16: the products of gated_mlp.cu
// with operands rounded and stored as such, sums in FP32, and results rounded to operands in the epilogue.
//
//   linear_mish       H = mish(X·Wᵀ + b), D = mish'(X·Wᵀ + b)       X [rows, in], W [out, in]
//   input_gradient    dX = (dY·W)·D                                  dY [rows, out]
//   weight_gradient   dW = dYᵀ·X and db = dYᵀ·1 by slices of rows, in FP32
//
// A block of 256 threads makes a tile of 128 × 128, a warp 64 × 32 of it. Slabs are 64 bytes deep (32 BF16, 16 TF32): 8 KB an operand,
// three of them in shared memory, copied two ahead by cp.async. A tile reads 64 FLOP (BF16) for each byte, a layer of IonisGate
// writes 4 bytes an element (BF16, h and d) for 1024 FLOP: with BF16 the memory is the limit on every GPU named in build.sh, which
// is why activations are stored as operands and never as FP32.
//
// In shared memory an operand that lies with p inside (X, W of the forward product, dY) keeps rows of 64 bytes, its 16-byte
// chunks exchanged by row, and one that lies with p outside keeps rows of p, exchanged by p: eight addresses of a matrix load, or
// the 32 of TF32's single words, then fall into different banks.
#include "gated_mlp.cuh"
#include "tensor.cuh"

constexpr int TILE = 128, SLAB_BYTES = 64, STAGES = 3;
constexpr int OPERAND = TILE * SLAB_BYTES;  // bytes of an operand's slab

static __device__ __forceinline__ int lane() { return static_cast<int>(threadIdx.x) % 32; }

// What a block brings of an operand to shared memory, and a warp from there to fragments. Element (i, p) lies at i·stride + p
// (P_INNER) or at p·stride + i. Outside [i0, end_i) × [p, end_p) it is 0. Widths are multiples of 16 elements.
template <class P, bool P_INNER>
struct Operand {
    typedef typename P::Stored Stored;
    static constexpr int SIZE = static_cast<int>(sizeof(Stored));
    static constexpr int DEPTH = SLAB_BYTES / SIZE;  // of a slab
    static constexpr int CHUNK = 16 / SIZE;          // elements of 16 bytes

    const Stored *from;
    int64_t stride, i0, end_i, p, end_p;

    // Where 16 bytes of a slab are: chunk c of row r, a row being an i (P_INNER) or a p.
    static __device__ __forceinline__ int place(int r, int c) {
        if (P_INNER) {
            return r * SLAB_BYTES + (c ^ ((r >> 1) & 3)) * 16;
        }
        return r * (TILE * SIZE) + (c ^ (SIZE == 2 ? r & 7 : (r & 3) << 1)) * 16;
    }

    // Begins to copy the next slab.
    __device__ __forceinline__ void copy(unsigned char *slab) {
        constexpr int CHUNKS = P_INNER ? SLAB_BYTES / 16 : TILE * SIZE / 16;  // of a row
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int number = static_cast<int>(threadIdx.x) + half * 256, r = number / CHUNKS, c = number % CHUNKS;
            const int64_t i = i0 + (P_INNER ? r : c * CHUNK), at = p + (P_INNER ? c * CHUNK : r);
            const bool inside = i < end_i && at < end_p;
            const Stored *source = P_INNER ? from + i * stride + at : from + at * stride + i;
            async_copy_16(slab + place(r, c), inside ? source : from, inside ? 16 : 0);
        }
        p += DEPTH;
    }

    // Element (i, p) of a slab that lies with p outside.
    static __device__ __forceinline__ const Stored *element(const unsigned char *slab, int i, int at) {
        return reinterpret_cast<const Stored *>(slab + place(at, i / CHUNK)) + i % CHUNK;
    }

    // The fragment of 16 rows from i on, 32 bytes of p from step·32 on. For the second operand: of two blocks of 8 columns, {0, 1} and
    // {2, 3}.
    template <bool SECOND>
    static __device__ __forceinline__ void fragment(uint32_t (&r)[4], const unsigned char *slab, int i, int step) {
        // Matrix m of a load is 8 rows and 16 bytes of p; the first operand counts rows first, the second bytes.
        const int m = lane() / 8, eight = SECOND ? m / 2 : m % 2, bytes = SECOND ? m % 2 : m / 2;
        if constexpr (P_INNER) {
            matrix_load_x4(r, slab + place(i + eight * 8 + lane() % 8, step * 2 + bytes));
        } else if constexpr (SIZE == 2) {
            matrix_load_transposed_x4(r, slab + place(step * 16 + bytes * 8 + lane() % 8, i / CHUNK + eight));
        } else {
            // place() for rows of a multiple of 8 plus lane / 4 and p of a multiple of 4 plus lane % 4
            const uint32_t *words = reinterpret_cast<const uint32_t *>(slab) + (step * 8 + lane() % 4) * TILE + lane() / 4;
#pragma unroll
            for (int k = 0; k < 4; k++) {
                r[k] = words[(SECOND ? k % 2 : k / 2) * (4 * TILE) + ((i + 8 * (SECOND ? k / 2 : k % 2)) ^ (lane() % 4 * 8))];
            }
        }
    }
};

static __device__ __forceinline__ void mma(Bf16, float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_bf16(c, a, b); }
static __device__ __forceinline__ void mma(Tf32, float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_tf32(c, a, b); }

// A warp's 64 × 32 of the tile in fragments of 16 × 8. A lane has of each the pairs (row, column), (row, column + 1) of two rows.
struct Share {
    float sum[4][4][4];

    __device__ __forceinline__ Share() {
#pragma unroll
        for (int k = 0; k < 64; k++) {
            sum[k / 16][k / 4 % 4][k % 4] = 0.0f;
        }
    }

    static __device__ __forceinline__ int warp_row() { return static_cast<int>(threadIdx.x) / 128 * 64; }
    static __device__ __forceinline__ int warp_column() { return static_cast<int>(threadIdx.x) / 32 % 4 * 32; }
    // Of the pair in c[2·upper] and c[2·upper + 1] of fragment (m, n).
    static __device__ __forceinline__ int row(int m, int upper) { return warp_row() + m * 16 + lane() / 4 + 8 * upper; }
    static __device__ __forceinline__ int column(int n) { return warp_column() + n * 8 + lane() % 4 * 2; }

    template <class P, class A, class B>
    __device__ __forceinline__ void multiply(const unsigned char *slab_a, const unsigned char *slab_b) {
#pragma unroll
        for (int step = 0; step < SLAB_BYTES / 32; step++) {
            uint32_t b[2][4];
#pragma unroll
            for (int n = 0; n < 2; n++) {
                B::template fragment<true>(b[n], slab_b, warp_column() + n * 16, step);
            }
#pragma unroll
            for (int m = 0; m < 4; m++) {
                uint32_t a[4];
                A::template fragment<false>(a, slab_a, warp_row() + m * 16, step);
#pragma unroll
                for (int n = 0; n < 4; n++) {
                    const uint32_t columns[2] = {b[n / 2][n % 2 * 2], b[n / 2][n % 2 * 2 + 1]};
                    mma(P(), sum[m][n], a, columns);
                }
            }
        }
    }
};

// The whole product of a tile. With `totals`, thread i < 128 also adds a[p, i] over all p into *total (A with p outside only).
template <class P, bool A_P_INNER, bool B_P_INNER>
static __device__ __forceinline__ void multiply(Share &share, unsigned char *shared, Operand<P, A_P_INNER> a, Operand<P, B_P_INNER> b, bool totals, float *total) {
    typedef Operand<P, A_P_INNER> A;
    typedef Operand<P, B_P_INNER> B;
    const int slabs = static_cast<int>((a.end_p - a.p + A::DEPTH - 1) / A::DEPTH);
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; stage++) {
        if (stage < slabs) {
            a.copy(shared + stage * 2 * OPERAND);
            b.copy(shared + stage * 2 * OPERAND + OPERAND);
        }
        async_commit();
    }
    for (int slab = 0; slab < slabs; slab++) {
        async_wait<STAGES - 2>();
        block_sync();
        if (slab + STAGES - 1 < slabs) {
            unsigned char *next = shared + (slab + STAGES - 1) % STAGES * (2 * OPERAND);
            a.copy(next);
            b.copy(next + OPERAND);
        }
        async_commit();
        const unsigned char *now = shared + slab % STAGES * (2 * OPERAND);
        share.multiply<P, A, B>(now, now + OPERAND);
        if constexpr (!A_P_INNER) {
            if (totals && threadIdx.x < TILE) {
                for (int p = 0; p < A::DEPTH; p++) {
                    *total += P::load(*A::element(now, static_cast<int>(threadIdx.x), p));
                }
            }
        }
    }
    async_wait<0>();
}

static __device__ __forceinline__ void store_pair(float *at, float a, float b) { *reinterpret_cast<float2 *>(at) = make_float2(a, b); }
static __device__ __forceinline__ void store_pair(uint16_t *at, uint16_t a, uint16_t b) { *reinterpret_cast<uint32_t *>(at) = a | static_cast<uint32_t>(b) << 16; }

// Widths in and out are padded; columns of h and d from out_true on become 0. d may be null.
template <class P>
static __device__ __forceinline__ void linear_mish(unsigned char *shared, const typename P::Stored *x, const typename P::Stored *weight, const float *bias, typename P::Stored *h, typename P::Stored *d, int64_t rows, int32_t in, int32_t out, int32_t out_true) {
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE, j0 = static_cast<int64_t>(blockIdx.y) * TILE;
    Share share;
    multiply(share, shared, Operand<P, true>{x, in, i0, rows, 0, in}, Operand<P, true>{weight, in, j0, out, 0, in}, false, nullptr);
#pragma unroll
    for (int n = 0; n < 4; n++) {
        const int64_t column = j0 + share.column(n);
        if (column >= out) {
            continue;
        }
        const float bias0 = bias[column], bias1 = bias[column + 1];
#pragma unroll
        for (int k = 0; k < 8; k++) {
            const int64_t row = i0 + share.row(k / 2, k % 2);
            const float *sums = share.sum[k / 2][n] + k % 2 * 2;
            float slope0, slope1;
            float value0 = mish(sums[0] + bias0, slope0), value1 = mish(sums[1] + bias1, slope1);
            if (column >= out_true) {
                value0 = slope0 = 0.0f;
            }
            if (column + 1 >= out_true) {
                value1 = slope1 = 0.0f;
            }
            if (row < rows) {
                store_pair(h + row * out + column, P::store(value0), P::store(value1));
                if (d != nullptr) {
                    store_pair(d + row * out + column, P::store(slope0), P::store(slope1));
                }
            }
        }
    }
}
#define LINEAR_MISH(name, P)                                                                                                                \
    extern "C" __global__ void __launch_bounds__(256, 2) name(const P::Stored *x, const P::Stored *weight, const float *bias, P::Stored *h, P::Stored *d, int64_t rows, int32_t in, int32_t out, int32_t out_true) { \
        SHARED_ARRAY(unsigned char, shared, STAGES * 2 * OPERAND);                                                                           \
        linear_mish<P>(shared, x, weight, bias, h, d, rows, in, out, out_true);                                                              \
    }                                                                                                                                        \
    EXPORT_KERNEL(name)
LINEAR_MISH(gated_mlp_linear_mish_tf32, Tf32)
LINEAR_MISH(gated_mlp_linear_mish_bf16, Bf16)

// d [rows, in], mish' of the layer below, becomes (dy·W)·d.
template <class P>
static __device__ __forceinline__ void input_gradient(unsigned char *shared, const typename P::Stored *dy, const typename P::Stored *weight, typename P::Stored *d, int64_t rows, int32_t in, int32_t out, int32_t in_true) {
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE, j0 = static_cast<int64_t>(blockIdx.y) * TILE;
    Share share;
    multiply(share, shared, Operand<P, true>{dy, out, i0, rows, 0, out}, Operand<P, false>{weight, in, j0, in, 0, out}, false, nullptr);
#pragma unroll
    for (int n = 0; n < 4; n++) {
        const int64_t column = j0 + share.column(n);
#pragma unroll
        for (int k = 0; k < 8; k++) {
            const int64_t row = i0 + share.row(k / 2, k % 2);
            if (column < in && row < rows) {
                typename P::Stored *at = d + row * in + column;
                const float *sums = share.sum[k / 2][n] + k % 2 * 2;
                store_pair(at, P::store(column < in_true ? sums[0] * P::load(at[0]) : 0.0f),
                           P::store(column + 1 < in_true ? sums[1] * P::load(at[1]) : 0.0f));
            }
        }
    }
}
#define INPUT_GRADIENT(name, P)                                                                                                             \
    extern "C" __global__ void __launch_bounds__(256, 2) name(const P::Stored *dy, const P::Stored *weight, P::Stored *d, int64_t rows, int32_t in, int32_t out, int32_t in_true) { \
        SHARED_ARRAY(unsigned char, shared, STAGES * 2 * OPERAND);                                                                           \
        input_gradient<P>(shared, dy, weight, d, rows, in, out, in_true);                                                                    \
    }                                                                                                                                        \
    EXPORT_KERNEL(name)
INPUT_GRADIENT(gated_mlp_input_gradient_tf32, Tf32)
INPUT_GRADIENT(gated_mlp_input_gradient_bf16, Bf16)

// partial [slices, out·in + out]: slice z sums the rows from z·slice_rows on, the weight's then the bias's.
template <class P>
static __device__ __forceinline__ void weight_gradient(unsigned char *shared, const typename P::Stored *dy, const typename P::Stored *x, float *partial, int64_t rows, int32_t in, int32_t out, int64_t slice_rows) {
    const int64_t i0 = static_cast<int64_t>(blockIdx.x) * TILE, j0 = static_cast<int64_t>(blockIdx.y) * TILE;
    const int64_t first = blockIdx.z * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    float *to = partial + static_cast<int64_t>(blockIdx.z) * out * (in + 1);
    Share share;
    float bias = 0.0f;
    multiply(share, shared, Operand<P, false>{dy, out, i0, out, first, last}, Operand<P, false>{x, in, j0, in, first, last}, blockIdx.y == 0, &bias);
#pragma unroll
    for (int n = 0; n < 4; n++) {
        const int64_t column = j0 + share.column(n);
#pragma unroll
        for (int k = 0; k < 8; k++) {
            const int64_t row = i0 + share.row(k / 2, k % 2);
            if (row < out && column < in) {
                store_pair(to + row * in + column, share.sum[k / 2][n][k % 2 * 2], share.sum[k / 2][n][k % 2 * 2 + 1]);
            }
        }
    }
    if (blockIdx.y == 0 && threadIdx.x < TILE && i0 + threadIdx.x < out) {
        to[static_cast<int64_t>(out) * in + i0 + threadIdx.x] = bias;
    }
}
#define WEIGHT_GRADIENT(name, P)                                                                                                            \
    extern "C" __global__ void __launch_bounds__(256, 2) name(const P::Stored *dy, const P::Stored *x, float *partial, int64_t rows, int32_t in, int32_t out, int64_t slice_rows) { \
        SHARED_ARRAY(unsigned char, shared, STAGES * 2 * OPERAND);                                                                           \
        weight_gradient<P>(shared, dy, x, partial, rows, in, out, slice_rows);                                                               \
    }                                                                                                                                        \
    EXPORT_KERNEL(name)
WEIGHT_GRADIENT(gated_mlp_weight_gradient_tf32, Tf32)
WEIGHT_GRADIENT(gated_mlp_weight_gradient_bf16, Bf16)
