// Sampling keys: bits = the first two words of Philox4x32-10 (Salmon and others 2011) of counter (identity, 0), key = seed;
//
//   uniform  = bits
//   weighted = ln(((bits >> 12) + ½)·2⁻⁵²) / weight, −infinity for a weight that is not above 0     (Efraimidis, Spirakis 2006)
//
// sampling_keys_uniform_u64: 8 bytes in, 8 out, 20 multiplications and about 60 other operations a row: bound by memory.
// sampling_keys_weighted_f64: 12 bytes in, 8 out, and a logarithm and a division in double, about 60 operations of half or (on
// consumer chips) 1/64 of the float rate: bound by those there.
#include "portable.cuh"

static __device__ __forceinline__ uint64_t philox(uint64_t identity, uint64_t seed) {
    uint32_t w0 = static_cast<uint32_t>(identity);
    uint32_t w1 = static_cast<uint32_t>(identity >> 32);
    uint32_t w2 = 0;
    uint32_t w3 = 0;
    uint32_t k0 = static_cast<uint32_t>(seed);
    uint32_t k1 = static_cast<uint32_t>(seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = static_cast<uint64_t>(0xD2511F53u) * w0;
        const uint64_t p1 = static_cast<uint64_t>(0xCD9E8D57u) * w2;
        w0 = static_cast<uint32_t>(p1 >> 32) ^ w1 ^ k0;
        w2 = static_cast<uint32_t>(p0 >> 32) ^ w3 ^ k1;
        w1 = static_cast<uint32_t>(p1);
        w3 = static_cast<uint32_t>(p0);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return static_cast<uint64_t>(w1) << 32 | w0;
}

extern "C" __global__ void __launch_bounds__(256)
sampling_keys_uniform_u64(const uint64_t *identity, uint64_t seed, uint64_t *keys, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        keys[i] = philox(identity[i], seed);
    }
}
EXPORT_KERNEL(sampling_keys_uniform_u64)

extern "C" __global__ void __launch_bounds__(256)
sampling_keys_weighted_f64(const uint64_t *identity, const float *weight, uint64_t seed, double *keys, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        const double u = (static_cast<double>(philox(identity[i], seed) >> 12) + 0.5) * 0x1p-52;
        const float w = weight[i];
        keys[i] = w > 0 ? log(u) / static_cast<double>(w) : -INFINITY;
    }
}
EXPORT_KERNEL(sampling_keys_weighted_f64)
