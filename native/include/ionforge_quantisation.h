/* The face of the cpu backend for quantisation. Conventions of ionforge_cpu.h; contracts: org.ionforge.compute.Quantiser,
 * FakeQuantisation and Observers. Outputs that are not wanted, and zero points that are all 0, are null. */
#ifndef IONFORGE_QUANTISATION_H
#define IONFORGE_QUANTISATION_H

#include "ionforge_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ionforge_channels {
    int64_t count, length, stride;
};

struct ionforge_quantisation_scheme {
    int32_t lowest, highest, bits;
    int32_t affine;            /* 1: zero points */
    int32_t zero_point_within; /* 1: round(x/s + z), 0: round(x/s) + z */
    int32_t scale_rule;        /* the ordinal of QuantisationScheme.ScaleRule */
    float smallest_scale;
};

struct ionforge_scales {
    float *scale;
    int32_t *zero_point;
};

struct ionforge_quantised {
    float *values;
    uint8_t *codes;
    uint8_t *packed;
    uint32_t *mask;
};

struct ionforge_step_gradients {
    float *x;
    float *scale;
    float *zero_point;
};

IONFORGE_API void ionforge_quantise_f32(const float *x, const struct ionforge_channels *channels,
                                        const struct ionforge_quantisation_scheme *scheme, const struct ionforge_scales *scales,
                                        const struct ionforge_quantised *outputs);

IONFORGE_API void ionforge_straight_through_f32(const float *gradient, const struct ionforge_channels *channels,
                                                const uint32_t *mask, float *result);

/* rule: the ordinal of FakeQuantisation.StepRule */
IONFORGE_API void ionforge_step_gradients_f32(const float *x, const float *gradient, const struct ionforge_channels *channels,
                                              const struct ionforge_quantisation_scheme *scheme,
                                              const struct ionforge_scales *scales, int32_t rule, float factor,
                                              const struct ionforge_step_gradients *gradients);

IONFORGE_API void ionforge_initial_steps_f32(const float *x, const struct ionforge_channels *channels, int32_t highest,
                                             float *scales);

/* averaging: the constant of a moving average, −1 for smallest and largest; state: smallest and largest of each channel */
IONFORGE_API void ionforge_observe_f32(const float *x, const struct ionforge_channels *channels, float averaging, float *state);

IONFORGE_API void ionforge_scales_of_state(const float *state, int64_t channels,
                                           const struct ionforge_quantisation_scheme *scheme,
                                           const struct ionforge_scales *scales);

/* delayed: 1 to quantise by the scales as they stand */
IONFORGE_API void ionforge_observe_and_quantise_f32(const float *x, const struct ionforge_channels *channels,
                                                    const struct ionforge_quantisation_scheme *scheme, float averaging,
                                                    int32_t delayed, float *state, const struct ionforge_scales *scales,
                                                    const struct ionforge_quantised *outputs);

/* histogram: counts of 16384 bins, and of what is not a number */
IONFORGE_API void ionforge_histogram_count_f32(const float *x, int64_t n, uint64_t *histogram);
IONFORGE_API void ionforge_histogram_quantiles(const uint64_t *histogram, double from, double to, float *state);

#ifdef __cplusplus
}
#endif

#endif
