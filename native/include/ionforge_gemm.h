/* The face of the cpu backend for the quantised GEMM. Conventions of ionforge_cpu.h; contract: org.ionforge.compute.QuantizedGemm. */
#ifndef IONFORGE_GEMM_H
#define IONFORGE_GEMM_H

#include "ionforge_cpu.h"

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

#ifdef __cplusplus
}
#endif

#endif
