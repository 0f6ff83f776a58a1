/* The face of the cpu backend for random numbers by place. Conventions of ionforge_cpu.h; contract: org.ionforge.compute.RandomFill. */
#ifndef IONFORGE_RANDOM_H
#define IONFORGE_RANDOM_H

#include "ionforge_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

IONFORGE_API void ionforge_random_words_u32(int64_t seed, int64_t stream, int64_t first, uint32_t *words, int64_t n);
IONFORGE_API void ionforge_random_uniform_f32(int64_t seed, int64_t stream, int64_t first, float from, float to, float *values,
                                              int64_t n);
IONFORGE_API void ionforge_random_normal_f32(int64_t seed, int64_t stream, int64_t first, float mean, float deviation, float *values,
                                             int64_t n);
IONFORGE_API void ionforge_random_bernoulli_f32(int64_t seed, int64_t stream, int64_t first, const float *probability, uint32_t *bits,
                                                int64_t n);

#ifdef __cplusplus
}
#endif

#endif
