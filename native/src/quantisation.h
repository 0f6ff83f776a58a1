// Quantisation, value by value and row by row: org.ionforge.compute.Quantiser in C++.
#pragma once
#include <cmath>
#include <cstdint>

#include "../../kernels/scale_rule.cuh"
#include "ionforge_quantisation.h"

namespace ionforge {

// One channel's quantiser as loops want it, whichever way the scheme rounds: with t = fma(x, inverse, inner), r = min(max(round(t),
// low), high), value = (r − outer)·scale, code = r + shift. The gradient passes where r needs no clamp: passes_from ≤ t ≤ passes_to,
// half a step beyond the bounds, where ties go to the even side.
struct Quantiser {
    float scale, inverse, inner, outer, low, high, passes_from, passes_to;
    int32_t shift;

    Quantiser(const ionforge_quantisation_scheme &scheme, float step, int32_t zero_point) : scale(step), inverse(1.0f / step) {
        const bool within = scheme.zero_point_within != 0;
        inner = outer = within ? static_cast<float>(zero_point) : 0.0f;
        shift = within ? 0 : zero_point;
        low = static_cast<float>(scheme.lowest - shift);
        high = static_cast<float>(scheme.highest - shift);
        const auto even = [](float bound) { return static_cast<int32_t>(bound) % 2 == 0; };
        passes_from = even(low) ? low - 0.5f : std::nextafter(low - 0.5f, low);
        passes_to = even(high) ? high + 0.5f : std::nextafter(high + 0.5f, high);
    }
};

// Values that are asked for so far before they are read: 2 KB.
constexpr int64_t FETCHED_AHEAD = 512;

// Where the codes of a row go; what is not wanted is null.
struct QuantisedRow {
    float *values;
    uint8_t *codes;
    uint8_t *packed;  // `bits` each
    uint32_t *mask;
    int32_t bits;
    bool past_cache;  // the values are not read again soon
    int64_t ahead;    // how many values on lies what is read soon
};

// What a row adds to the gradients of its scale and zero point.
struct StepSums {
    double scale, zero_point;
};

enum class StepRule : int32_t { learnable, lsq };

constexpr int HISTOGRAM_BINS = 1 << 14;

}  // namespace ionforge
