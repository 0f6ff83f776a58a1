// Arguments of the gated MLP, as every instruction set takes them. The contract is org.ionforge.compute.GatedMlp.
#pragma once
#include <cstdint>

namespace ionforge {

struct GatedMlpShape {
    int32_t inputs, trunk_inputs, hidden1, hidden2, base_hidden, gate_hidden, sidecar_hidden, sun_input, storm_input;
};

struct GatedMlpRows {
    const float *features;  // [data_rows, inputs]
    const float *targets;   // [data_rows], null in a forward pass
    const float *weights;   // [data_rows], null in a forward pass
    const int32_t *index;   // null: the rows first … first + count − 1 themselves
    int64_t data_rows, first, count;

    int64_t row(int64_t i) const { return index == nullptr ? first + i : index[first + i]; }
};

struct GatedMlpOutputs {
    float *out, *base, *sun_gate, *storm_gate, *sun_side, *storm_side;  // all but out may be null
};

struct GatedMlpLoss {
    double loss, huber, squared_error, var_sun_gate, var_storm_gate;
};

}  // namespace ionforge
