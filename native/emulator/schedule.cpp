#include "schedule.h"

#include <numeric>

#include "ionforge_emulator.h"

namespace ionforge::emulator {

uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

Schedule::Order Schedule::order(uint64_t n, uint64_t salt) const {
    if (kind == IONFORGE_EMULATOR_FORWARD) {
        return {n, 1, 0};
    }
    if (kind == IONFORGE_EMULATOR_REVERSE) {
        return {n, n - 1, n - 1};
    }
    // An affine permutation: any step without a common factor with n reaches every place once.
    const uint64_t key = mix(seed ^ mix(salt));
    uint64_t step = key % n | 1;
    while (std::gcd(step, n) != 1) {
        step += 2;
    }
    return {n, step, key >> 32};
}

}  // namespace ionforge::emulator
