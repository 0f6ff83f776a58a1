// Products of signed bytes with weights of 8, 4 and 2 bits: see quantized_gemm.cuh.
#include "quantized_gemm.cuh"

using LargeS8Int8 = LargeTile<Activation::s8, 8>;
using LargeS8Int4 = LargeTile<Activation::s8, 4>;
using MediumS8Int8 = MediumTile<Activation::s8, 8>;
using MediumS8Int4 = MediumTile<Activation::s8, 4>;
using MediumS8Int2 = MediumTile<Activation::s8, 2>;
using SmallS8Int8 = SmallTile<Activation::s8, 8>;
using SmallS8Int4 = SmallTile<Activation::s8, 4>;
using SmallS8Int2 = SmallTile<Activation::s8, 2>;

QUANTIZED_GEMM(quantized_gemm_large_s8_int8, LargeS8Int8, 1)
QUANTIZED_GEMM(quantized_gemm_large_s8_int4, LargeS8Int4, 1)
QUANTIZED_GEMM(quantized_gemm_medium_s8_int8, MediumS8Int8, 2)
QUANTIZED_GEMM(quantized_gemm_medium_s8_int4, MediumS8Int4, 2)
QUANTIZED_GEMM(quantized_gemm_medium_s8_int2, MediumS8Int2, 2)
QUANTIZED_GEMM(quantized_gemm_small_s8_int8, SmallS8Int8, 2)
QUANTIZED_GEMM(quantized_gemm_small_s8_int4, SmallS8Int4, 2)
QUANTIZED_GEMM(quantized_gemm_small_s8_int2, SmallS8Int2, 2)
