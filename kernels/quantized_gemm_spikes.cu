// Products of spike bits with weights of 8, 4 and 2 bits, bits spread to bytes in registers: see quantized_gemm.cuh.
#include "quantized_gemm.cuh"

using LargeSpikesInt8 = LargeTile<Activation::spikes, 8>;
using LargeSpikesInt4 = LargeTile<Activation::spikes, 4>;
using MediumSpikesInt8 = MediumTile<Activation::spikes, 8>;
using MediumSpikesInt4 = MediumTile<Activation::spikes, 4>;
using MediumSpikesInt2 = MediumTile<Activation::spikes, 2>;
using SmallSpikesInt8 = SmallTile<Activation::spikes, 8>;
using SmallSpikesInt4 = SmallTile<Activation::spikes, 4>;
using SmallSpikesInt2 = SmallTile<Activation::spikes, 2>;

QUANTIZED_GEMM(quantized_gemm_large_spikes_int8, LargeSpikesInt8, 1)
QUANTIZED_GEMM(quantized_gemm_large_spikes_int4, LargeSpikesInt4, 1)
QUANTIZED_GEMM(quantized_gemm_medium_spikes_int8, MediumSpikesInt8, 2)
QUANTIZED_GEMM(quantized_gemm_medium_spikes_int4, MediumSpikesInt4, 2)
QUANTIZED_GEMM(quantized_gemm_medium_spikes_int2, MediumSpikesInt2, 2)
QUANTIZED_GEMM(quantized_gemm_small_spikes_int8, SmallSpikesInt8, 2)
QUANTIZED_GEMM(quantized_gemm_small_spikes_int4, SmallSpikesInt4, 2)
QUANTIZED_GEMM(quantized_gemm_small_spikes_int2, SmallSpikesInt2, 2)
