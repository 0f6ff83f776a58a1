// Sums and extremes of one block of up to 4096 floats, in double: 4 (moments) or 8 (products) bytes an element, about 8
// operations. Bound by memory (measured: 0.8 and 1.0 of the rate at which an AVX-512 core copies).
//
// Element i belongs to lane i mod 16; lanes are added pairwise at the end. The order depends on nothing else, and products of
// floats are exact in double, so that every instruction set gives the same bits.
#include <cstdint>

#include "elementwise.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int LANES = 16;

inline double lanes_sum(double *lane) {
    for (int width = LANES / 2; width > 0; width /= 2) {
        for (int k = 0; k < width; k++) {
            lane[k] += lane[k + width];
        }
    }
    return lane[0];
}

}  // namespace

void moments_f32(const float *__restrict values, int64_t n, BlockMoments *result) {
    double sum[LANES] = {};
    double squares[LANES] = {};
    int32_t count[LANES] = {};
    float min[LANES];
    float max[LANES];
    for (int k = 0; k < LANES; k++) {
        min[k] = __builtin_inff();
        max[k] = -__builtin_inff();
    }
    const auto add = [&](int k, float value) __attribute__((always_inline)) {
        const bool known = value == value;
        const double v = known ? value : 0.0f;
        sum[k] += v;
        squares[k] += v * v;
        count[k] += known;
        min[k] = value < min[k] ? value : min[k];
        max[k] = value > max[k] ? value : max[k];
    };
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            add(k, values[i + k]);
        }
    }
    for (int k = 0; i < n; i++, k++) {
        add(k, values[i]);
    }
    result->count = 0;
    result->min = __builtin_inff();
    result->max = -__builtin_inff();
    for (int k = 0; k < LANES; k++) {
        result->count += count[k];
        result->min = min[k] < result->min ? min[k] : result->min;
        result->max = max[k] > result->max ? max[k] : result->max;
    }
    result->sum = lanes_sum(sum);
    result->sum_of_squares = lanes_sum(squares);
}

void products_f32(const float *__restrict x, const float *__restrict y, int64_t n, double *result) {
    double sums[5][LANES] = {};
    const auto add = [&](int k, float x_value, float y_value) __attribute__((always_inline)) {
        const double a = x_value;
        const double b = y_value;
        sums[0][k] += a;
        sums[1][k] += b;
        sums[2][k] += a * a;
        sums[3][k] += b * b;
        sums[4][k] += a * b;
    };
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            add(k, x[i + k], y[i + k]);
        }
    }
    for (int k = 0; i < n; i++, k++) {
        add(k, x[i], y[i]);
    }
    for (int s = 0; s < 5; s++) {
        result[s] = lanes_sum(sums[s]);
    }
}

}  // namespace ionforge::IONFORGE_ISA
