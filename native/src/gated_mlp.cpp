// The C face of the gated MLP and of AdamW.
#include <cmath>

#include "ionforge_cpu.h"
#include "operations.h"
#include "parallel.h"

namespace {

ionforge::GatedMlpShape shape_of(const int32_t *s) { return {s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]}; }

}  // namespace

extern "C" {

int64_t ionforge_cpu_gated_mlp_workspace(const int32_t *shape, int64_t count, int32_t backward) {
    return ionforge::operations().gated_mlp_workspace(shape_of(shape), count, backward != 0);
}

int64_t ionforge_cpu_gated_mlp_forward(const int32_t *shape, int32_t precision, const float *parameters, const float *features,
                                       const int32_t *index, int64_t data_rows, int64_t first, int64_t count, float *out,
                                       float *base, float *sun_gate, float *storm_gate, float *sun_side, float *storm_side,
                                       void *workspace) {
    return ionforge::operations().gated_mlp_forward(shape_of(shape), static_cast<ionforge::Precision>(precision), parameters,
                                                    {features, nullptr, nullptr, index, data_rows, first, count},
                                                    {out, base, sun_gate, storm_gate, sun_side, storm_side}, workspace);
}

int64_t ionforge_cpu_gated_mlp_gradient(const int32_t *shape, int32_t precision, const float *parameters, const float *features,
                                        const float *targets, const float *weights, const int32_t *index, int64_t data_rows,
                                        int64_t first, int64_t count, float huber_delta, float gate_variance, double *loss,
                                        float *gradients, void *workspace) {
    ionforge::GatedMlpLoss result{};
    const int64_t outside = ionforge::operations().gated_mlp_gradient(
        shape_of(shape), static_cast<ionforge::Precision>(precision), parameters,
        {features, targets, weights, index, data_rows, first, count}, huber_delta, gate_variance, result, gradients, workspace);
    const double values[] = {result.loss, result.huber, result.squared_error, result.var_sun_gate, result.var_storm_gate};
    for (int i = 0; i < 5; i++) {
        loss[i] = values[i];
    }
    return outside;
}

void ionforge_cpu_adamw_step(float *parameters, const float *gradients, float *m, float *v, int64_t length, double learning_rate,
                             double beta1, double beta2, double epsilon, double weight_decay, float minimum, float maximum,
                             int64_t step) {
    const ionforge::AdamWStep scalars = {
        .decay = static_cast<float>(1 - learning_rate * weight_decay),
        .beta1 = static_cast<float>(beta1),
        .rest1 = static_cast<float>(1 - beta1),
        .beta2 = static_cast<float>(beta2),
        .rest2 = static_cast<float>(1 - beta2),
        .rate = static_cast<float>(learning_rate / (1 - std::pow(beta1, static_cast<double>(step)))),
        .root = static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, static_cast<double>(step)))),
        .epsilon = static_cast<float>(epsilon),
        .minimum = minimum,
        .maximum = maximum,
    };
    constexpr int64_t CHUNK = 1 << 16;
    ionforge::parallel_for((length + CHUNK - 1) / CHUNK, [&](int64_t chunk) {
        const int64_t at = chunk * CHUNK;
        ionforge::operations().adamw_step(parameters + at, gradients + at, m + at, v + at, length - at < CHUNK ? length - at : CHUNK,
                                          scalars);
    });
}
}
