// Products of bytes and spike bits with weights of 8, 4 and 2 bits, and LIF neurons behind them: see quantized_gemm_neurons.cuh.
#include "quantized_gemm_neurons.cuh"

#define BOTH_TILES(kind, bits)                                                                            \
    using Medium_##kind##_##bits = NeuronTile<MediumTile<Activation::kind, bits>>;                        \
    using Small_##kind##_##bits = NeuronTile<SmallTile<Activation::kind, bits>>;                          \
    QUANTIZED_GEMM_NEURONS(quantized_gemm_neurons_medium_##kind##_int##bits, Medium_##kind##_##bits, 2)   \
    QUANTIZED_GEMM_NEURONS(quantized_gemm_neurons_small_##kind##_int##bits, Small_##kind##_##bits, 2)

BOTH_TILES(s8, 8)
BOTH_TILES(s8, 4)
BOTH_TILES(s8, 2)
BOTH_TILES(u8, 8)
BOTH_TILES(u8, 4)
BOTH_TILES(u8, 2)
BOTH_TILES(spikes, 8)
BOTH_TILES(spikes, 4)
BOTH_TILES(spikes, 2)
