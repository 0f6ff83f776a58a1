// The C face of the element-wise operations and reductions: cuts a call into blocks of rows of a fixed size and spreads them
// over the pool. A block's result does not depend on the thread that ran it.
#include <memory>

#include "ionforge_cpu.h"
#include "operations.h"
#include "over_rows.h"

namespace ionforge {
namespace {

// Elements of one block of a reduction (the contract's) and blocks of one task.
constexpr int64_t BLOCK = 4096;
constexpr int64_t BLOCKS = 16;

template <typename OneBlock>
void over_blocks(int64_t n, const OneBlock &one) {
    const int64_t blocks = (n + BLOCK - 1) / BLOCK;
    parallel_for((blocks + BLOCKS - 1) / BLOCKS, [&](int64_t task) {
        for (int64_t block = task * BLOCKS; block < blocks && block < (task + 1) * BLOCKS; block++) {
            const int64_t first = block * BLOCK;
            one(block, first, n - first < BLOCK ? n - first : BLOCK);
        }
    });
}

}  // namespace
}  // namespace ionforge

using ionforge::operations;

extern "C" {

void ionforge_grid_square_decode_f32(const uint8_t *locators, float *latitude, float *longitude, uint8_t *valid, int64_t n) {
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) {
        operations().grid_square_decode_f32(locators + 8 * at, latitude + at, longitude + at, valid + at, rows);
    });
}

void ionforge_great_circle_measure_f32(const float *latitude_a, const float *longitude_a, const float *latitude_b,
                                       const float *longitude_b, float *distance, float *azimuth, float *mid_latitude,
                                       float *mid_longitude, int64_t n) {
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) {
        operations().great_circle_measure_f32(latitude_a + at, longitude_a + at, latitude_b + at, longitude_b + at, distance + at,
                                              azimuth + at, mid_latitude + at, mid_longitude + at, rows);
    });
}

void ionforge_solar_elevation_f32(const float *latitude, const float *longitude, const float *day_of_year, const float *hour_utc,
                                  float *elevation, int64_t n) {
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) {
        operations().solar_elevation_f32(latitude + at, longitude + at, day_of_year + at, hour_utc + at, elevation + at, rows);
    });
}

void ionforge_silver_embedding_f32(const float *distance_km, const float *xray_flux, const float *kp, float *e_distance,
                                   float *e_xray, float *e_kp, float *quality, int64_t n) {
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) {
        operations().silver_embedding_f32(distance_km + at, xray_flux + at, kp + at, e_distance + at, e_xray + at, e_kp + at,
                                          quality + at, rows);
    });
}

void ionforge_sampling_keys_uniform_u64(const uint64_t *identity, uint64_t seed, uint64_t *keys, int64_t n) {
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) {
        operations().sampling_keys_uniform_u64(identity + at, seed, keys + at, rows);
    });
}

void ionforge_sampling_keys_weighted_f64(const uint64_t *identity, const float *weight, uint64_t seed, double *keys, int64_t n) {
    ionforge::over_rows(n, [&](int64_t at, int64_t rows) {
        operations().sampling_keys_weighted_f64(identity + at, weight + at, seed, keys + at, rows);
    });
}

void ionforge_moments_f32(const float *values, int64_t n, struct ionforge_moments *result) {
    const auto blocks = std::make_unique<ionforge::BlockMoments[]>((n + ionforge::BLOCK - 1) / ionforge::BLOCK);
    ionforge::over_blocks(n, [&](int64_t block, int64_t first, int64_t elements) {
        operations().moments_f32(values + first, elements, &blocks[block]);
    });
    *result = {0, 0, 0, __builtin_inff(), -__builtin_inff()};
    for (int64_t block = 0; block * ionforge::BLOCK < n; block++) {
        const ionforge::BlockMoments &part = blocks[block];
        result->count += part.count;
        result->sum += part.sum;
        result->sum_of_squares += part.sum_of_squares;
        result->min = part.min < result->min ? part.min : result->min;
        result->max = part.max > result->max ? part.max : result->max;
    }
}

void ionforge_products_f32(const float *x, const float *y, int64_t n, double *result) {
    const auto blocks = std::make_unique<double[][5]>((n + ionforge::BLOCK - 1) / ionforge::BLOCK);
    ionforge::over_blocks(n, [&](int64_t block, int64_t first, int64_t elements) {
        operations().products_f32(x + first, y + first, elements, blocks[block]);
    });
    for (int k = 0; k < 5; k++) {
        result[k] = 0;
        for (int64_t block = 0; block * ionforge::BLOCK < n; block++) {
            result[k] += blocks[block][k];
        }
    }
}
}
