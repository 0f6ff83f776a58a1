// How many operations one core does in a second when nothing but their own pipes holds them up: the roofs of the roofline.
#include <ctime>

#include "simd.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace ionforge::IONFORGE_ISA {
namespace {

double now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Four products of unsigned by signed bytes added into each 32-bit lane: one instruction with VNNI, three with AVX2. Without
// either, products of 16-bit pairs, as the compiler makes them of a loop over bytes.
#if defined(__AVX512VNNI__)
typedef __m512i Bytes;
inline Bytes splat_bytes(char x) { return _mm512_set1_epi8(x); }
inline Bytes dot(Bytes total, Bytes a, Bytes b) {
    __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(total) : "v"(a), "v"(b));  // the intrinsic comes with a copy of the sum
    return total;
}
constexpr int DOT_PRODUCTS = 64;
#elif defined(__AVX2__)
typedef __m256i Bytes;
inline Bytes splat_bytes(char x) { return _mm256_set1_epi8(x); }
inline Bytes dot(Bytes total, Bytes a, Bytes b) {
    return _mm256_add_epi32(total, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1)));
}
constexpr int DOT_PRODUCTS = 32;
#else
typedef int32_t Bytes __attribute__((vector_size(16)));
typedef int16_t Halves __attribute__((vector_size(16)));
inline Bytes splat_bytes(char x) {
    return reinterpret_cast<Bytes>(Halves{} + static_cast<int16_t>(x));
}
inline Bytes dot(Bytes total, Bytes a, Bytes b) {
    const Halves products = reinterpret_cast<Halves>(a) * reinterpret_cast<Halves>(b);
    return total + (reinterpret_cast<Bytes>(products) << 16 >> 16) + (reinterpret_cast<Bytes>(products) >> 16);
}
constexpr int DOT_PRODUCTS = 8;
#endif

}  // namespace

// FLOP in a second on the calling thread, over `rounds` rounds of 1,000 · CHAINS multiply-adds of whole vectors.
double fma_peak(int64_t rounds) {
    constexpr int CHAINS = LANES == 16 ? 16 : 12;
    Vec a[CHAINS];
    for (int k = 0; k < CHAINS; k++) {
        a[k] = splat(static_cast<float>(k));
    }
    const Vec b = splat(0.999f), c = splat(0.001f);
    const double start = now();
    for (int64_t i = 0; i < rounds * 1000; i++) {
#pragma GCC unroll 16
        for (int k = 0; k < CHAINS; k++) {
            a[k] = a[k] * b + c;
        }
    }
    const double seconds = now() - start;
    Vec total{};
    for (int k = 0; k < CHAINS; k++) {
        total += a[k];
    }
    volatile float used = sum(total);
    static_cast<void>(used);
    return 2.0 * LANES * CHAINS * 1000 * static_cast<double>(rounds) / seconds;
}

// The same for products of bytes summed in 32 bits, a product and its addition counted as two operations.
double dot_peak(int64_t rounds) {
    constexpr int CHAINS = LANES == 16 ? 16 : 6;  // without VNNI only the last addition waits for the one before
    Bytes total[CHAINS];
    for (int k = 0; k < CHAINS; k++) {
        total[k] = splat_bytes(0);
    }
    Bytes a = splat_bytes(3), b = splat_bytes(2);
    const double start = now();
    for (int64_t i = 0; i < rounds * 1000; i++) {
#pragma GCC unroll 16
        for (int k = 0; k < CHAINS; k++) {
            __asm__ volatile("" : "+x"(a), "+x"(b));  // or the products, always the same, would move out of the loop
            total[k] = dot(total[k], a, b);
        }
    }
    const double seconds = now() - start;
    IntVec all{};
    for (int k = 0; k < CHAINS; k++) {
        all += reinterpret_cast<IntVec>(total[k]);
    }
    volatile int32_t used = all[0];
    static_cast<void>(used);
    return 2.0 * DOT_PRODUCTS * CHAINS * 1000 * static_cast<double>(rounds) / seconds;
}

}  // namespace ionforge::IONFORGE_ISA
