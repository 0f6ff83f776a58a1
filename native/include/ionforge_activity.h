/* The face of the cpu backend for losses on spike counts and membranes. Conventions of ionforge_cpu.h; contract:
 * org.ionforge.compute.ActivityLosses. */
#ifndef IONFORGE_ACTIVITY_H
#define IONFORGE_ACTIVITY_H

#include "ionforge_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A weight of 0: no such loss. */
struct ionforge_activity_terms {
    float energy, consistency, latency, distillation;
    float slope;                 /* of the latency */
    int32_t per_neuron;          /* 1: a threshold for every neuron */
    const float *threshold;
    const uint8_t *labels;       /* null: every neuron is asked */
    const int32_t *index;
    int64_t data_rows;
    const float *teacher;
};

/* `gradient` may be null; each total gets its loss on top of what it holds. */
IONFORGE_API void ionforge_activity_rate_f32(const float *counts, int32_t steps, int32_t batch, int32_t neurons, float weight, float target,
                                             float *gradient, double *totals);
IONFORGE_API void ionforge_activity_membrane_f32(const float *membrane, int32_t steps, int32_t batch, int32_t neurons,
                                                 const struct ionforge_activity_terms *terms, float *gradient, double *totals);

#ifdef __cplusplus
}
#endif

#endif
