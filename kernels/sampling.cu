// Sampling keys: bits = the first two words of Philox4x32-10 (Salmon and others 2011) of counter (identity, 0), key = seed;
//
//   uniform  = bits
//   weighted = ln(((bits >> 12) + ½)·2⁻⁵²) / weight, −infinity for a weight that is not above 0     (Efraimidis, Spirakis 2006)
//
// sampling_keys_uniform_u64: 8 bytes in, 8 out, 20 multiplications and about 60 other operations a row: bound by memory.
// sampling_keys_weighted_f64: 12 bytes in, 8 out, and a logarithm and a division in double, about 60 operations of half or (on
// consumer chips) 1/64 of the float rate: bound by those there.
#include "philox.cuh"

static __device__ __forceinline__ uint64_t drawn(uint64_t seed, uint64_t identity) {
    const PhiloxWords words = philox(seed, identity, 0);
    return static_cast<uint64_t>(words.word[1]) << 32 | words.word[0];
}

extern "C" __global__ void __launch_bounds__(256)
sampling_keys_uniform_u64(const uint64_t *identity, uint64_t seed, uint64_t *keys, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        keys[i] = drawn(seed, identity[i]);
    }
}
EXPORT_KERNEL(sampling_keys_uniform_u64)

extern "C" __global__ void __launch_bounds__(256)
sampling_keys_weighted_f64(const uint64_t *identity, const float *weight, uint64_t seed, double *keys, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        const double u = (static_cast<double>(drawn(seed, identity[i]) >> 12) + 0.5) * 0x1p-52;
        const float w = weight[i];
        keys[i] = w > 0 ? log(u) / static_cast<double>(w) : -INFINITY;
    }
}
EXPORT_KERNEL(sampling_keys_weighted_f64)
