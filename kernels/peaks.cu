// What a device gives to whoever does nothing but arithmetic: the roofs of the roofline, for benchmarks to divide by.
//
//   peak_fma_f32   8 chains of multiply-adds a thread: 16 FLOP a round and thread, no memory but one float a thread at the end
//   peak_dot_s8    4 chains of 16 × 8 × 32 products of bytes a warp: 32,768 operations a round and warp
//   peak_dot_bf16  the same of 16 × 8 × 16 products of BF16: 16,384 operations a round and warp
//
// Four blocks of 256 threads on every multiprocessor hide the latency of an instruction (4 cycles for a multiply-add, up to 33 for a
// product of tiles). The products are mma.sync: on compute capability 9.0 wgmma goes beyond, by a half or more.
#include "tensor.cuh"

constexpr int CHAINS = 8;
constexpr int TILES = 4;

extern "C" __global__ void __launch_bounds__(256) peak_fma_f32(float *sink, int32_t rounds) {
    float a[CHAINS];
#pragma unroll
    for (int k = 0; k < CHAINS; k++) {
        a[k] = static_cast<float>(threadIdx.x + k);
    }
#pragma unroll 8
    for (int i = 0; i < rounds; i++) {
#pragma unroll
        for (int k = 0; k < CHAINS; k++) {
            a[k] = fmaf(a[k], 0.999f, 0.001f);
        }
    }
    float sum = 0;
#pragma unroll
    for (int k = 0; k < CHAINS; k++) {
        sum += a[k];
    }
    sink[static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x] = sum;
}
EXPORT_KERNEL(peak_fma_f32)

template <typename T, typename Multiply>
static __device__ __forceinline__ void add_products(T *sink, int32_t rounds, const Multiply &multiply) {
    T c[TILES][4];
#pragma unroll
    for (int t = 0; t < TILES; t++) {
        c[t][0] = c[t][1] = c[t][2] = c[t][3] = static_cast<T>(t);  // unlike, or the compiler would do one for all
    }
#pragma unroll 4
    for (int i = 0; i < rounds; i++) {
#pragma unroll
        for (int t = 0; t < TILES; t++) {
            multiply(c[t]);
        }
    }
    T sum = 0;
#pragma unroll
    for (int t = 0; t < TILES; t++) {
        sum += c[t][0] + c[t][1] + c[t][2] + c[t][3];
    }
    sink[static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x] = sum;
}

extern "C" __global__ void __launch_bounds__(256) peak_dot_s8(int32_t *sink, int32_t rounds) {
    const uint32_t ones = 0x01010101u;
    const uint32_t a[4] = {ones * (threadIdx.x & 3), ones, ones, ones};
    const uint32_t b[2] = {ones, ones * 2};
    add_products(sink, rounds, [&](int32_t(&c)[4]) { mma_s8(c, a, b); });
}
EXPORT_KERNEL(peak_dot_s8)

extern "C" __global__ void __launch_bounds__(256) peak_dot_bf16(float *sink, int32_t rounds) {
    const uint32_t ones = 0x3f803f80u;  // 1 and 1
    const uint32_t a[4] = {ones, ones, ones, ones};
    const uint32_t b[2] = {ones, 0x40004000u};  // 2 and 2
    add_products(sink, rounds, [&](float(&c)[4]) { mma_bf16(c, a, b); });
}
EXPORT_KERNEL(peak_dot_bf16)
