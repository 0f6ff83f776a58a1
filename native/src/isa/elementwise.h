// The element-wise operations and reductions of one instruction set; what each does stands in operations.h.
#pragma once
#include "operations.h"

namespace ionforge::IONFORGE_ISA {

void grid_square_decode_f32(const uint8_t *locators, float *latitude, float *longitude, uint8_t *valid, int64_t n);
void great_circle_measure_f32(const float *latitude_a, const float *longitude_a, const float *latitude_b, const float
                              *longitude_b, float *distance, float *azimuth, float *mid_latitude, float *mid_longitude, int64_t
                              n);
void solar_elevation_f32(const float *latitude, const float *longitude, const float *day_of_year, const float *hour_utc, float
                         *elevation, int64_t n);
void silver_embedding_f32(const float *distance_km, const float *xray_flux, const float *kp, float *e_distance, float *e_xray,
                          float *e_kp, float *quality, int64_t n);
void sampling_keys_uniform_u64(const uint64_t *identity, uint64_t seed, uint64_t *keys, int64_t n);
void sampling_keys_weighted_f64(const uint64_t *identity, const float *weight, uint64_t seed, double *keys, int64_t n);
void spot_bucket_u32(const uint32_t *time, uint32_t *bucket, int64_t n);
void spot_signature_u64(const SpotColumns &spots, const SignatureRule &rule, uint64_t *keys, int64_t n);
void moments_f32(const float *values, int64_t n, BlockMoments *result);
void products_f32(const float *x, const float *y, int64_t n, double *result);

}  // namespace ionforge::IONFORGE_ISA
