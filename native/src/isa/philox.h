// Philox4x32-10 (Salmon and others 2011), LANES counters at a time.
#pragma once

#include <cstdint>

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace ionforge::IONFORGE_ISA {

// As many 64-bit lanes as a register has.
#if defined(__AVX512F__)
constexpr int LANES = 8;
#elif defined(__AVX2__)
constexpr int LANES = 4;
#else
constexpr int LANES = 2;
#endif
typedef uint64_t Words __attribute__((vector_size(8 * LANES)));

// The full products of the low halves: one instruction, which compilers do not find by themselves.
inline Words product(Words a, Words b) {
#if defined(__AVX512F__)
    return (Words)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    return (Words)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (Words)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

// Each lane's counter (low, high) becomes its words: 0 and 1 in `low`, 2 and 3 in `high`.
inline void philox(uint64_t seed, Words &low, Words &high) {
    const Words zero = {};
    // One word in the low half of a lane, anything in its high half.
    Words w0 = low;
    Words w1 = low >> 32;
    Words w2 = high;
    Words w3 = high >> 32;
    uint32_t k0 = static_cast<uint32_t>(seed);
    uint32_t k1 = static_cast<uint32_t>(seed >> 32);
    for (int round = 0; round < 10; round++) {
        const Words p0 = product(w0, zero + 0xD2511F53u);
        const Words p1 = product(w2, zero + 0xCD9E8D57u);
        w0 = (p1 >> 32) ^ w1 ^ k0;
        w2 = (p0 >> 32) ^ w3 ^ k1;
        w1 = p1;
        w3 = p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    low = (w0 & 0xffffffffu) | w1 << 32;
    high = (w2 & 0xffffffffu) | w3 << 32;
}

}  // namespace ionforge::IONFORGE_ISA
