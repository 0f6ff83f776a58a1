// The operations of one instruction set. src/isa/*.cpp fills one table for each; src/dispatch.cpp picks.
#pragma once
#include <cstdint>

#include "adamw.h"
#include "gated_mlp.h"
#include "ionforge_gemm.h"
#include "ionforge_spiking.h"
#include "precision.h"
#include "inflate.h"
#include "ionforge_text.h"
#include "losses.h"
#include "quantized_gemm.h"
#include "random_fill.h"
#include "optimizers.h"
#include "patches.h"
#include "quantisation.h"
#include "spot_keys.h"

namespace ionforge {

// Moments of one block of a reduction.
struct BlockMoments {
    int64_t count;
    double sum;
    double sum_of_squares;
    float min;
    float max;
};

struct Operations {
    const char *isa;

    // Element-wise operations over n rows on the calling thread (src/isa/grid.cpp, geodesy.cpp, silver.cpp, sampling.cpp,
    // spot_keys.cpp).
    void (*grid_square_decode_f32)(const uint8_t *locators, float *latitude, float *longitude, uint8_t *valid, int64_t n);
    void (*great_circle_measure_f32)(const float *latitude_a, const float *longitude_a, const float *latitude_b,
                                     const float *longitude_b, float *distance, float *azimuth, float *mid_latitude,
                                     float *mid_longitude, int64_t n);
    void (*solar_elevation_f32)(const float *latitude, const float *longitude, const float *day_of_year, const float *hour_utc,
                                float *elevation, int64_t n);
    void (*silver_embedding_f32)(const float *distance_km, const float *xray_flux, const float *kp, float *e_distance,
                                 float *e_xray, float *e_kp, float *quality, int64_t n);
    void (*sampling_keys_uniform_u64)(const uint64_t *identity, uint64_t seed, uint64_t *keys, int64_t n);
    void (*sampling_keys_weighted_f64)(const uint64_t *identity, const float *weight, uint64_t seed, double *keys, int64_t n);
    void (*spot_bucket_u32)(const uint32_t *time, uint32_t *bucket, int64_t n);
    void (*spot_signature_u64)(const SpotColumns &spots, const SignatureRule &rule, uint64_t *keys, int64_t n);

    // One block of a reduction (src/isa/reduce.cpp).
    void (*moments_f32)(const float *values, int64_t n, BlockMoments *result);
    void (*products_f32)(const float *x, const float *y, int64_t n, double *result);

    double (*fma_peak)(int64_t rounds);
    double (*dot_peak)(int64_t rounds);

    // Bytes that a call on `count` rows needs; with or without the backward pass.
    int64_t (*gated_mlp_workspace)(const GatedMlpShape &shape, int64_t count, bool backward);
    // Both return −1, or the position of an index that points outside the data, and then have written nothing.
    int64_t (*gated_mlp_forward)(const GatedMlpShape &shape, Precision precision, const float *parameters, const GatedMlpRows &data,
                                 const GatedMlpOutputs &outputs, void *workspace);
    int64_t (*gated_mlp_gradient)(const GatedMlpShape &shape, Precision precision, const float *parameters, const GatedMlpRows &data,
                                  float huber_delta, float gate_variance, GatedMlpLoss &loss, float *gradients, void *workspace);
    void (*adamw_step)(float *parameters, const float *gradients, float *m, float *v, int64_t n, const AdamWStep &step);

    // The quantised GEMM (src/isa/quantized_gemm.cpp). Packing does one group of 16 outputs.
    int64_t (*quantized_gemm_packed_bytes)(int32_t bits, int64_t outputs, int64_t inputs);
    void (*quantized_gemm_pack)(int32_t bits, const uint8_t *codes, int64_t outputs, int64_t inputs, int64_t group, uint8_t *packed);
    void (*quantized_gemm_task)(const QuantizedGemm &gemm, const QuantizedGemmTask &task);
    // With neurons behind it (src/isa/quantized_gemm_neurons.cpp); `call` as in QuantizedGemm.
    int64_t (*quantized_gemm_neurons_workspace)(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents,
                                                const ionforge_lif_neurons &neurons, int64_t threads);
    void (*quantized_gemm_neurons)(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents,
                                   const ionforge_lif_neurons &neurons, const ionforge_lif_outputs &outputs, uint64_t call,
                                   int64_t threads, void *workspace);
    // Quantisation of one channel or a piece of it (src/isa/quantisation.cpp). The first also gives the range if it is asked to.
    Range (*quantise_row_f32)(const float *x, int64_t n, const Quantiser &quantiser, const QuantisedRow &out, bool ranged);
    Range (*range_row_f32)(const float *x, int64_t n);
    void (*straight_through_row_f32)(const float *gradient, const uint32_t *mask, int64_t n, float *result, bool past_cache);
    StepSums (*step_gradient_row_f32)(const float *x, const float *gradient, int64_t n, const Quantiser &quantiser, StepRule rule,
                                      float factor, float *gx, bool past_cache);
    double (*magnitude_row_f32)(const float *x, int64_t n);
    // Adds to four tables of a histogram's size.
    void (*histogram_row_f32)(const float *x, int64_t n, uint32_t *tables);

    // Optimisers on one run of parameters (src/isa/optimizers.cpp); arrays that the step has no use for are null.
    void (*sgd_step_f32)(float *parameters, const float *gradients, float *velocity, int64_t n, bool first, const SgdStep &step);
    void (*rms_prop_step_f32)(float *parameters, const float *gradients, float *square, float *mean, float *velocity, int64_t n,
                              const RmsPropStep &step);
    double (*square_sum_f32)(const float *values, int64_t n);
    void (*scale_f32)(float *values, int64_t n, float factor);

    // Losses (src/isa/cross_entropy.cpp, activity_losses.cpp): of some samples; Σ of rows on top of the sums; of a tile of neurons.
    CrossEntropySums (*cross_entropy_f32)(const ClassScores &batch, int64_t first, int64_t rows);
    void (*add_rows_f32)(const float *values, int64_t rows, int64_t n, double *sums);
    ActivitySums (*activity_membrane_f32)(const LayerMembranes &membranes, int64_t first, int64_t n);

    // Random numbers by place (src/isa/random_fill.cpp).
    void (*random_words_u32)(const RandomPlaces &places, uint32_t *words, int64_t n);
    void (*random_uniform_f32)(const RandomPlaces &places, float from, float to, float *values, int64_t n);
    void (*random_normal_f32)(const RandomPlaces &places, float mean, float deviation, float *values, int64_t n);
    void (*random_bernoulli_f32)(const RandomPlaces &places, const float *probability, uint32_t *bits, int64_t n);

    // LIF neurons (src/isa/lif.cpp); arguments as in ionforge_spiking.h.
    int64_t (*lif_workspace)(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, const ionforge_lif_gradients *gradients,
                             int64_t threads);
    void (*lif_forward)(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, const ionforge_lif_currents &currents,
                        const ionforge_lif_outputs &outputs, int64_t threads, void *workspace);
    void (*lif_backward)(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, const ionforge_lif_currents &currents,
                         const ionforge_lif_upstream &upstream, void *current_gradient, const ionforge_lif_gradients &gradients,
                         int64_t threads, void *workspace);

    // Spiking layers (src/isa/spiking_linear.cpp, spiking_backward.cpp).
    int64_t (*spiking_forward_workspace)(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer,
                                         const ionforge_spiking_input &input, int64_t threads);
    void (*spiking_forward)(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer, const ionforge_spiking_input &input,
                            const ionforge_spiking_outputs &outputs, int64_t threads, void *workspace);
    int64_t (*spiking_backward_workspace)(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer,
                                          const ionforge_spiking_input &input, const float *currents,
                                          const ionforge_spiking_upstream &upstream, const ionforge_spiking_gradients &gradients,
                                          int64_t threads);
    void (*spiking_backward)(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer, const ionforge_spiking_input &input,
                             const float *currents, const ionforge_spiking_upstream &upstream, const ionforge_spiking_gradients &gradients,
                             int64_t threads, void *workspace);
    // Of one image (src/isa/frames.cpp).
    void (*count_spikes_f32)(const Frames &f, const uint32_t *map, float *frame);
    void (*count_spikes_u8)(const Frames &f, const uint32_t *map, uint8_t *frame);

    // Text (src/isa/inflate.cpp, text_columns.cpp), on the calling thread.
    InflateStatus (*inflate)(Inflate &state, const InflateInput &input, const InflateOutput &output, int64_t &consumed, int64_t &produced);
    void (*text_columns)(const uint8_t *text, int64_t length, const ionforge_text_column *column, int32_t columns,
                         ionforge_text_lines &lines);
};

namespace portable { extern const Operations operations; }
namespace avx2 { extern const Operations operations; }
namespace avx512 { extern const Operations operations; }

// The best table this processor runs, or the one IONFORGE_ISA names if the processor runs it.
const Operations &operations();

}  // namespace ionforge
