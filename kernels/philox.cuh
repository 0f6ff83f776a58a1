// Philox4x32-10 (Salmon and others 2011): 20 multiplications 32×32→64 and about 80 other integer operations a counter.
#pragma once

#include "portable.cuh"

struct PhiloxWords {
    uint32_t word[4];
};

// The words of counter (low, high), each of 64 bits, under the seed as key.
static __device__ __forceinline__ PhiloxWords philox(uint64_t seed, uint64_t low, uint64_t high) {
    uint32_t w0 = static_cast<uint32_t>(low);
    uint32_t w1 = static_cast<uint32_t>(low >> 32);
    uint32_t w2 = static_cast<uint32_t>(high);
    uint32_t w3 = static_cast<uint32_t>(high >> 32);
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
    return {{w0, w1, w2, w3}};
}
