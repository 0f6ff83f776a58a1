/* The face of the cpu backend for optimisers and gradient norms. Conventions of ionforge_cpu.h; contracts: org.ionforge.compute.Sgd,
 * RmsProp and GradientNorm. What a step has no use for is null. */
#ifndef IONFORGE_OPTIMIZERS_H
#define IONFORGE_OPTIMIZERS_H

#include "ionforge_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One step on one run of parameters. first: 1 at step 1, whose gradient is the velocity. */
IONFORGE_API void ionforge_sgd_step_f32(float *parameters, const float *gradients, float *velocity, int64_t length,
                                        double learning_rate, double momentum, double dampening, double weight_decay,
                                        int32_t nesterov, int32_t first, float minimum, float maximum);

IONFORGE_API void ionforge_rms_prop_step_f32(float *parameters, const float *gradients, float *square, float *mean, float *velocity,
                                             int64_t length, double learning_rate, double smoothing, double epsilon, double momentum,
                                             double weight_decay, float minimum, float maximum);

/* The sum of squares of a run. */
IONFORGE_API double ionforge_square_sum_f32(const float *values, int64_t n);

IONFORGE_API void ionforge_scale_f32(float *values, int64_t n, float factor);

#ifdef __cplusplus
}
#endif

#endif
