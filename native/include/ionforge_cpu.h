/* The face of the cpu backend: plain C, no allocation owned by the caller's side, no exceptions across the border.
 *
 * All arrays are contiguous and little-endian; sizes are in elements. Functions are thread-safe. A call with much work spreads
 * it over the library's own threads when they are idle and runs on the calling thread otherwise; the result is the same to the
 * bit either way. The contracts (formulas, units, bounds) stand in the Javadoc of org.ionforge.compute. */
#ifndef IONFORGE_CPU_H
#define IONFORGE_CPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IONFORGE_API __attribute__((visibility("default")))

/* Instruction set in use: "avx512", "avx2" or "portable". IONFORGE_ISA in the environment forces a lower one. */
IONFORGE_API const char *ionforge_cpu_isa(void);

/* FLOP a second of one core in single precision with the instruction set in use, measured over `rounds` rounds (10,000 take about
 * 0.1 s): what a benchmark divides by. */
IONFORGE_API double ionforge_cpu_fma_peak(int64_t rounds);

/* The same for products of unsigned by signed bytes summed in 32 bits, a product and its addition counted as two operations. */
IONFORGE_API double ionforge_cpu_dot_peak(int64_t rounds);

/* Threads that a large call may use, at least 1; the default is the number of online processors. */
IONFORGE_API int32_t ionforge_cpu_threads(void);
IONFORGE_API void ionforge_cpu_set_threads(int32_t threads);

/* ---- Element-wise operations. Outputs must not overlap inputs or each other. ---- */

/* 8-byte locators to the centres of their squares (GridSquares). */
IONFORGE_API void ionforge_grid_square_decode_f32(const uint8_t *locators, float *latitude, float *longitude, uint8_t *valid,
                                                  int64_t n);

/* Distance, initial azimuth and midpoint of paths (GreatCircle). */
IONFORGE_API void ionforge_great_circle_measure_f32(const float *latitude_a, const float *longitude_a, const float *latitude_b,
                                                    const float *longitude_b, float *distance, float *azimuth,
                                                    float *mid_latitude, float *mid_longitude, int64_t n);

/* Elevation of the sun (SolarElevation). */
IONFORGE_API void ionforge_solar_elevation_f32(const float *latitude, const float *longitude, const float *day_of_year,
                                               const float *hour_utc, float *elevation, int64_t n);

/* The silver embedding (SilverEmbedding). */
IONFORGE_API void ionforge_silver_embedding_f32(const float *distance_km, const float *xray_flux, const float *kp,
                                                float *e_distance, float *e_xray, float *e_kp, float *quality, int64_t n);

/* Random keys (SamplingKeys). */
IONFORGE_API void ionforge_sampling_keys_uniform_u64(const uint64_t *identity, uint64_t seed, uint64_t *keys, int64_t n);
IONFORGE_API void ionforge_sampling_keys_weighted_f64(const uint64_t *identity, const float *weight, uint64_t seed, double *keys,
                                                      int64_t n);

/* ---- Reductions (Reductions). ---- */

struct ionforge_moments {
    int64_t count;
    double sum;
    double sum_of_squares;
    float min;
    float max;
};

IONFORGE_API void ionforge_moments_f32(const float *values, int64_t n, struct ionforge_moments *result);

/* result: sums of x, y, x*x, y*y and x*y */
IONFORGE_API void ionforge_products_f32(const float *x, const float *y, int64_t n, double *result);

/* Gated MLP. `shape` holds inputs, trunkInputs, hidden1, hidden2, baseHidden, gateHidden, sidecarHidden, sunInput, stormInput.
 * Both passes return -1, or the position in `index` of a row outside the data, and have then written nothing. The workspace
 * (its bytes from the first function) is the caller's, aligned to 64 bytes; its contents need not be kept or cleared. */
IONFORGE_API int64_t ionforge_cpu_gated_mlp_workspace(const int32_t *shape, int64_t count, int32_t backward);
IONFORGE_API int64_t ionforge_cpu_gated_mlp_forward(const int32_t *shape, int32_t precision, const float *parameters,
                                                    const float *features, const int32_t *index, int64_t data_rows,
                                                    int64_t first, int64_t count, float *out, float *base, float *sun_gate,
                                                    float *storm_gate, float *sun_side, float *storm_side, void *workspace);
/* `loss` receives loss, huber, squaredError, varSunGate, varStormGate. */
IONFORGE_API int64_t ionforge_cpu_gated_mlp_gradient(const int32_t *shape, int32_t precision, const float *parameters,
                                                     const float *features, const float *targets, const float *weights,
                                                     const int32_t *index, int64_t data_rows, int64_t first, int64_t count,
                                                     float huber_delta, float gate_variance, double *loss, float *gradients,
                                                     void *workspace);

/* One AdamW step on one run of `length` parameters. */
IONFORGE_API void ionforge_cpu_adamw_step(float *parameters, const float *gradients, float *m, float *v, int64_t length,
                                          double learning_rate, double beta1, double beta2, double epsilon, double weight_decay,
                                          float minimum, float maximum, int64_t step);

/* Chosen rows as a time-major batch (BatchRows). */
IONFORGE_API void ionforge_cpu_batch_rows_u32(const uint32_t *data, int64_t rows, const int32_t *index, int32_t steps, int32_t batch,
                                              int32_t width, uint32_t *out);

/* Cross entropy of class scores (CrossEntropy). `gradient` may be null; `totals` receives loss, right answers and samples on top of
 * what it holds. */
IONFORGE_API void ionforge_cpu_cross_entropy_f32(const float *scores, int64_t samples, int32_t classes, float scale,
                                                 const uint8_t *labels, int64_t data_rows, const int32_t *index, float *gradient,
                                                 double *totals);

#ifdef __cplusplus
}
#endif

#endif
