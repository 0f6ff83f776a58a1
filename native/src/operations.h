// The operations of one instruction set. src/isa/*.cpp fills one table for each; src/dispatch.cpp picks.
#pragma once
#include <cstdint>

#include "adamw.h"
#include "gated_mlp.h"

namespace ionforge {

struct Operations {
    const char *isa;

    double (*fma_peak)(int64_t rounds);

    // Bytes that a call on `count` rows needs; with or without the backward pass.
    int64_t (*gated_mlp_workspace)(const GatedMlpShape &shape, int64_t count, bool backward);
    // Both return −1, or the position of an index that points outside the data, and then have written nothing.
    int64_t (*gated_mlp_forward)(const GatedMlpShape &shape, const float *parameters, const GatedMlpRows &data,
                                 const GatedMlpOutputs &outputs, void *workspace);
    int64_t (*gated_mlp_gradient)(const GatedMlpShape &shape, const float *parameters, const GatedMlpRows &data, float huber_delta,
                                  float gate_variance, GatedMlpLoss &loss, float *gradients, void *workspace);
    void (*adamw_step)(float *parameters, const float *gradients, float *m, float *v, int64_t n, const AdamWStep &step);
};

namespace portable { extern const Operations operations; }
namespace avx2 { extern const Operations operations; }
namespace avx512 { extern const Operations operations; }

// The best table this processor runs, or the one IONFORGE_ISA names if the processor runs it.
const Operations &operations();

}  // namespace ionforge
