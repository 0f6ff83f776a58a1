// Arguments of the quantised GEMM, as every instruction set takes them. The contract is org.ionforge.compute.QuantizedGemm.
#pragma once
#include <cstdint>

namespace ionforge {

enum class Activations : int32_t { S8, U8, SPIKES };

enum class Epilogue : int32_t { SUMS, DEQUANTIZED, REQUANTIZED };

// Packed weights come in groups of 16 outputs; a task of a call never cuts a group.
constexpr int64_t GROUP = 16;

struct QuantizedGemm {
    uint64_t call;  // another number for every call
    const void *activations;
    Activations kind;
    int32_t weight_bits;  // 8, 4 or 2
    const uint8_t *weights;
    int64_t rows, outputs, inputs;
    Epilogue epilogue;
    const float *scale;
    const float *bias;  // null for none
    float inverse, minimum, maximum;
    void *out;
    int64_t stride;  // elements from one row of the result to the next

    int64_t groups() const { return (outputs + GROUP - 1) / GROUP; }
};

// A rectangle of the result: what one task of a call computes.
struct QuantizedGemmTask {
    int64_t first_row, rows, first_group, groups;
};

}  // namespace ionforge
