// How many multiply-adds one core does in a second when nothing but their own pipes holds them up: the roof of the roofline.
#include <ctime>

#include "simd.h"

namespace ionforge::IONFORGE_ISA {

// FLOP in a second on the calling thread, over `rounds` rounds of 1,000 · CHAINS multiply-adds of whole vectors.
double fma_peak(int64_t rounds) {
    constexpr int CHAINS = LANES == 16 ? 16 : 12;
    Vec a[CHAINS];
    for (int k = 0; k < CHAINS; k++) {
        a[k] = splat(static_cast<float>(k));
    }
    const Vec b = splat(0.999f), c = splat(0.001f);
    timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int64_t i = 0; i < rounds * 1000; i++) {
#pragma GCC unroll 16
        for (int k = 0; k < CHAINS; k++) {
            a[k] = a[k] * b + c;
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    Vec total{};
    for (int k = 0; k < CHAINS; k++) {
        total += a[k];
    }
    volatile float used = sum(total);
    static_cast<void>(used);
    const double seconds = static_cast<double>(to.tv_sec - from.tv_sec) + 1e-9 * static_cast<double>(to.tv_nsec - from.tv_nsec);
    return 2.0 * LANES * CHAINS * 1000 * static_cast<double>(rounds) / seconds;
}

}  // namespace ionforge::IONFORGE_ISA
