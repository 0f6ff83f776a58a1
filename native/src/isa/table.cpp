// The table of one instruction set (this file is compiled once for each).
#include "elementwise.h"
#include "operations.h"

#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_(x)

namespace ionforge::IONFORGE_ISA {

// peaks.cpp
double fma_peak(int64_t);
double dot_peak(int64_t);
// gated_mlp.cpp
int64_t gated_mlp_workspace(const GatedMlpShape &, int64_t, bool);
int64_t gated_mlp_forward(const GatedMlpShape &, Precision, const float *, const GatedMlpRows &, const GatedMlpOutputs &, void *);
int64_t gated_mlp_gradient(const GatedMlpShape &, Precision, const float *, const GatedMlpRows &, float, float, GatedMlpLoss &, float *,
                           void *);
// adamw.cpp
void adamw_step(float *, const float *, float *, float *, int64_t, const AdamWStep &);
// quantized_gemm.cpp
int64_t quantized_gemm_packed_bytes(int32_t, int64_t, int64_t);
void quantized_gemm_pack(int32_t, const uint8_t *, int64_t, int64_t, int64_t, uint8_t *);
void quantized_gemm_task(const QuantizedGemm &, const QuantizedGemmTask &);
// quantized_gemm_neurons.cpp
int64_t quantized_gemm_neurons_workspace(const ionforge_lif_shape &, const ionforge_quantized_currents &, const ionforge_lif_neurons &, int64_t);
void quantized_gemm_neurons(const ionforge_lif_shape &, const ionforge_quantized_currents &, const ionforge_lif_neurons &,
                            const ionforge_lif_outputs &, uint64_t, int64_t, void *);
// quantisation.cpp
Range quantise_row_f32(const float *, int64_t, const Quantiser &, const QuantisedRow &, bool);
Range range_row_f32(const float *, int64_t);
void straight_through_row_f32(const float *, const uint32_t *, int64_t, float *, bool);
StepSums step_gradient_row_f32(const float *, const float *, int64_t, const Quantiser &, StepRule, float, float *, bool);
double magnitude_row_f32(const float *, int64_t);
void histogram_row_f32(const float *, int64_t, uint32_t *);
// optimizers.cpp
void sgd_step_f32(float *, const float *, float *, int64_t, bool, const SgdStep &);
void rms_prop_step_f32(float *, const float *, float *, float *, float *, int64_t, const RmsPropStep &);
double square_sum_f32(const float *, int64_t);
void scale_f32(float *, int64_t, float);
// cross_entropy.cpp, activity_losses.cpp
CrossEntropySums cross_entropy_f32(const ClassScores &, int64_t, int64_t);
void add_rows_f32(const float *, int64_t, int64_t, double *);
ActivitySums activity_membrane_f32(const LayerMembranes &, int64_t, int64_t);
// random_fill.cpp
void random_words_u32(const RandomPlaces &, uint32_t *, int64_t);
void random_uniform_f32(const RandomPlaces &, float, float, float *, int64_t);
void random_normal_f32(const RandomPlaces &, float, float, float *, int64_t);
void random_bernoulli_f32(const RandomPlaces &, const float *, uint32_t *, int64_t);
// lif.cpp
int64_t lif_workspace(const ionforge_lif_shape &, const ionforge_lif_neurons &, const ionforge_lif_gradients *, int64_t);
void lif_forward(const ionforge_lif_shape &, const ionforge_lif_neurons &, const ionforge_lif_currents &, const ionforge_lif_outputs &,
                 int64_t, void *);
void lif_backward(const ionforge_lif_shape &, const ionforge_lif_neurons &, const ionforge_lif_currents &, const ionforge_lif_upstream &,
                  void *, const ionforge_lif_gradients &, int64_t, void *);
// spiking_linear.cpp
int64_t spiking_forward_workspace(const ionforge_spiking_shape &, const ionforge_spiking_layer &, const ionforge_spiking_input &, int64_t);
void spiking_forward(const ionforge_spiking_shape &, const ionforge_spiking_layer &, const ionforge_spiking_input &,
                     const ionforge_spiking_outputs &, int64_t, void *);
// spiking_backward.cpp
int64_t spiking_backward_workspace(const ionforge_spiking_shape &, const ionforge_spiking_layer &, const ionforge_spiking_input &,
                                   const float *, const ionforge_spiking_upstream &, const ionforge_spiking_gradients &, int64_t);
void spiking_backward(const ionforge_spiking_shape &, const ionforge_spiking_layer &, const ionforge_spiking_input &, const float *,
                      const ionforge_spiking_upstream &, const ionforge_spiking_gradients &, int64_t, void *);
// frames.cpp
void count_spikes_f32(const Frames &, const uint32_t *, float *);
void count_spikes_u8(const Frames &, const uint32_t *, uint8_t *);
// inflate.cpp, text_columns.cpp
InflateStatus inflate(Inflate &, const InflateInput &, const InflateOutput &, int64_t &, int64_t &);
void text_columns(const uint8_t *, int64_t, const ionforge_text_column *, int32_t, ionforge_text_lines &);

const Operations operations = {
    .isa = STRINGIFY(IONFORGE_ISA),
    .grid_square_decode_f32 = grid_square_decode_f32,
    .great_circle_measure_f32 = great_circle_measure_f32,
    .solar_elevation_f32 = solar_elevation_f32,
    .silver_embedding_f32 = silver_embedding_f32,
    .sampling_keys_uniform_u64 = sampling_keys_uniform_u64,
    .sampling_keys_weighted_f64 = sampling_keys_weighted_f64,
    .spot_bucket_u32 = spot_bucket_u32,
    .spot_signature_u64 = spot_signature_u64,
    .moments_f32 = moments_f32,
    .products_f32 = products_f32,
    .fma_peak = fma_peak,
    .dot_peak = dot_peak,
    .gated_mlp_workspace = gated_mlp_workspace,
    .gated_mlp_forward = gated_mlp_forward,
    .gated_mlp_gradient = gated_mlp_gradient,
    .adamw_step = adamw_step,
    .quantized_gemm_packed_bytes = quantized_gemm_packed_bytes,
    .quantized_gemm_pack = quantized_gemm_pack,
    .quantized_gemm_task = quantized_gemm_task,
    .quantized_gemm_neurons_workspace = quantized_gemm_neurons_workspace,
    .quantized_gemm_neurons = quantized_gemm_neurons,
    .quantise_row_f32 = quantise_row_f32,
    .range_row_f32 = range_row_f32,
    .straight_through_row_f32 = straight_through_row_f32,
    .step_gradient_row_f32 = step_gradient_row_f32,
    .magnitude_row_f32 = magnitude_row_f32,
    .histogram_row_f32 = histogram_row_f32,
    .sgd_step_f32 = sgd_step_f32,
    .rms_prop_step_f32 = rms_prop_step_f32,
    .square_sum_f32 = square_sum_f32,
    .scale_f32 = scale_f32,
    .cross_entropy_f32 = cross_entropy_f32,
    .add_rows_f32 = add_rows_f32,
    .activity_membrane_f32 = activity_membrane_f32,
    .random_words_u32 = random_words_u32,
    .random_uniform_f32 = random_uniform_f32,
    .random_normal_f32 = random_normal_f32,
    .random_bernoulli_f32 = random_bernoulli_f32,
    .lif_workspace = lif_workspace,
    .lif_forward = lif_forward,
    .lif_backward = lif_backward,
    .spiking_forward_workspace = spiking_forward_workspace,
    .spiking_forward = spiking_forward,
    .spiking_backward_workspace = spiking_backward_workspace,
    .spiking_backward = spiking_backward,
    .count_spikes_f32 = count_spikes_f32,
    .count_spikes_u8 = count_spikes_u8,
    .inflate = inflate,
    .text_columns = text_columns,
};

}  // namespace ionforge::IONFORGE_ISA
