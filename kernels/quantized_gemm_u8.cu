// Products of unsigned bytes (pixels) with weights of 8, 4 and 2 bits: see quantized_gemm.cuh.
#include "quantized_gemm.cuh"

using MediumU8Int8 = MediumTile<Activation::u8, 8>;
using MediumU8Int4 = MediumTile<Activation::u8, 4>;
using MediumU8Int2 = MediumTile<Activation::u8, 2>;
using SmallU8Int8 = SmallTile<Activation::u8, 8>;
using SmallU8Int4 = SmallTile<Activation::u8, 4>;
using SmallU8Int2 = SmallTile<Activation::u8, 2>;

QUANTIZED_GEMM(quantized_gemm_medium_u8_int8, MediumU8Int8, 2)
QUANTIZED_GEMM(quantized_gemm_medium_u8_int4, MediumU8Int4, 2)
QUANTIZED_GEMM(quantized_gemm_medium_u8_int2, MediumU8Int2, 2)
QUANTIZED_GEMM(quantized_gemm_small_u8_int8, SmallU8Int8, 2)
QUANTIZED_GEMM(quantized_gemm_small_u8_int4, SmallU8Int4, 2)
QUANTIZED_GEMM(quantized_gemm_small_u8_int2, SmallU8Int2, 2)
