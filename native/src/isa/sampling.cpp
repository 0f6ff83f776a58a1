// Sampling keys: Philox4x32-10 (Salmon and others 2011) of (identity, 0) under the seed.
//
// sampling_keys_uniform_u64: 8 bytes in, 8 out, 20 multiplications 32×32→64 and about 60 other operations a row.
// sampling_keys_weighted_f64: 12 bytes in, 8 out, the same and a logarithm and two divisions in double. Bound by arithmetic: one
// AVX-512 core runs them at 0.6 and 0.4 of the rate at which it copies memory (measured).
#include <cstdint>
#include <cstring>

#include "elementwise.h"
#include "philox.h"
#include "vector_math.h"

namespace ionforge::IONFORGE_ISA {
namespace {

// The first two words of each row's counter, as one number of 64 bits.
inline Words drawn(uint64_t seed, Words identity) {
    Words high = {};
    philox(seed, identity, high);
    return identity;
}

inline double double_of(uint64_t b) {
    double x;
    std::memcpy(&x, &b, sizeof x);
    return x;
}

inline uint64_t bits_of(double x) {
    uint64_t b;
    std::memcpy(&b, &x, sizeof b);
    return b;
}

// Natural logarithm of a normal double in (0, 1), within 1 ULP: m in [√½, √2), f = m − 1, s = f/(2 + f),
// ln(1 + f) = f − f²/2 + s(f²/2 + R), R = s²·(2/3 + 2/5 s² + …), the series of 2·artanh s cut where it is below 2⁻⁵⁷.
inline double log_unit(double x) {
    constexpr uint64_t ROOT_HALF = 0x3fe6a09e667f3bcdu;
    constexpr double EXPONENT = 0x1.8p52;
    const uint64_t b = bits_of(x) - ROOT_HALF;
    const uint64_t mantissa = b & 0x000fffffffffffffu;
    // an arithmetic shift of a 64-bit lane by way of a double's own bits, since few instruction sets have the instruction
    const double k = double_of(((b >> 52) ^ 0x800u) + 0x4338000000000000u) - (EXPONENT + 2048.0);
    const double f = double_of(mantissa + ROOT_HALF) - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    double r = fused(2.0 / 21, z, 2.0 / 19);
    r = fused(r, z, 2.0 / 17);
    r = fused(r, z, 2.0 / 15);
    r = fused(r, z, 2.0 / 13);
    r = fused(r, z, 2.0 / 11);
    r = fused(r, z, 2.0 / 9);
    r = fused(r, z, 2.0 / 7);
    r = fused(r, z, 2.0 / 5);
    r = fused(r, z, 2.0 / 3) * z;
    const double half_square = 0.5 * f * f;
    constexpr double LN2_HIGH = 0x1.62e42fee00000p-1;  // 33 bits: a product with an exponent is exact
    constexpr double LN2_LOW = 0x1.a39ef35793c76p-33;
    return k * LN2_HIGH - ((half_square - (s * (half_square + r) + k * LN2_LOW)) - f);
}

}  // namespace

void sampling_keys_uniform_u64(const uint64_t *__restrict identity, uint64_t seed, uint64_t *__restrict keys, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        Words words;
        std::memcpy(&words, identity + i, sizeof words);
        words = drawn(seed, words);
        std::memcpy(keys + i, &words, sizeof words);
    }
    if (i < n) {
        Words words = {};
        std::memcpy(&words, identity + i, 8 * (n - i));
        words = drawn(seed, words);
        std::memcpy(keys + i, &words, 8 * (n - i));
    }
}

void sampling_keys_weighted_f64(const uint64_t *__restrict identity, const float *__restrict weight, uint64_t seed,
                                double *__restrict keys, int64_t n) {
    constexpr int64_t ROWS = 256;
    const double never = -__builtin_inf();
    uint64_t bits[ROWS];
    for (int64_t first = 0; first < n; first += ROWS) {
        const int64_t rows = n - first < ROWS ? n - first : ROWS;
        sampling_keys_uniform_u64(identity + first, seed, bits, rows);
        for (int64_t i = 0; i < rows; i++) {
            // 52 bits become the mantissa of a number in [1, 2); the half step keeps the logarithm away from 0
            const double u = (double_of(bits[i] >> 12 | 0x3ff0000000000000u) - 1.0) + 0x1p-53;
            const double w = weight[first + i];
            const double key = log_unit(u) / w;
            keys[first + i] = w > 0 ? key : never;
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA
