/* The face of the cpu backend for the quantised GEMM. Conventions of ionforge_cpu.h; contract: org.ionforge.compute.QuantizedGemm. */
#ifndef IONFORGE_GEMM_H
#define IONFORGE_GEMM_H

#include "ionforge_cpu.h"
#include "ionforge_spiking.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of `outputs` rows of `inputs` weights of 8, 4 or 2 bits in the layout that ionforge_cpu_quantized_gemm reads. */
IONFORGE_API int64_t ionforge_cpu_quantized_gemm_packed_bytes(int32_t bits, int64_t outputs, int64_t inputs);

/* Canonical codes into that layout; `packed` is aligned to 64 bytes. */
IONFORGE_API void ionforge_cpu_quantized_gemm_pack(int32_t bits, const void *codes, int64_t outputs, int64_t inputs, void *packed);

/* kind: 0 S8, 1 U8, 2 spikes. epilogue: 0 sums (S32), 1 dequantised (F32), 2 requantised (S8); scale and the four after it are
 * looked at as the epilogue needs them, bias may be null. */
IONFORGE_API void ionforge_cpu_quantized_gemm(const void *activations, int32_t kind, int64_t rows, const void *packed, int32_t bits,
                                              int64_t outputs, int64_t inputs, int32_t epilogue, const float *scale,
                                              const float *bias, float inverse, float minimum, float maximum, void *out);

/* A product whose values are the currents of neurons; kind and weights as above, bias may be null. */
struct ionforge_quantized_currents {
    const void *activations, *packed;
    const float *scale, *bias;
    int32_t kind, bits, inputs;
    int32_t constant; /* the rows are samples, the same at every step */
    struct ionforge_quantisation current;
};

/* Threads and workspace as in ionforge_spiking.h. */
IONFORGE_API int64_t ionforge_cpu_quantized_gemm_neurons_workspace(const struct ionforge_lif_shape *shape,
                                                                   const struct ionforge_quantized_currents *currents,
                                                                   const struct ionforge_lif_neurons *neurons, int32_t threads);
IONFORGE_API void ionforge_cpu_quantized_gemm_neurons(const struct ionforge_lif_shape *shape,
                                                      const struct ionforge_quantized_currents *currents,
                                                      const struct ionforge_lif_neurons *neurons,
                                                      const struct ionforge_lif_outputs *outputs, int32_t threads, void *workspace);

#ifdef __cplusplus
}
#endif

#endif
