// Scale and zero point of a range, by the rule of a scheme: org.ionforge.compute.Quantiser. The kernels and native/src/quantisation.cpp
// include this one text, so that a scale is the same number whoever makes it. Every operation is rounded for itself: compile without
// contraction.
#pragma once
#include <math.h>
#include <stdint.h>

#ifdef __CUDACC__
#define IONFORGE_EITHER_SIDE static __device__ __forceinline__
#else
#define IONFORGE_EITHER_SIDE static inline
#endif

namespace ionforge {

constexpr float SMALLEST_FBGEMM_SCALE = 6.1e-5f;

// Words of QuantisationScheme.ScaleRule.
enum ScaleRule : int32_t { OBSERVER, FUSED_OBSERVER, FUSED_OBSERVER_FBGEMM };

struct ScaleScheme {
    int32_t lowest, highest, affine, rule;
    float smallest_scale;
};

struct Scale {
    float scale;
    int32_t zero_point;
};

// Smallest and largest so far; a NaN makes both NaN.
struct Range {
    float min, max;
};

// Java's min and max: a NaN stays one.
IONFORGE_EITHER_SIDE float smaller(float a, float b) { return a != a || a < b ? a : b; }
IONFORGE_EITHER_SIDE float larger(float a, float b) { return a != a || a > b ? a : b; }

IONFORGE_EITHER_SIDE int32_t clamped_round(const ScaleScheme &scheme, double zero_point) {
    const double r = rint(zero_point);
    return !(r > scheme.lowest) ? scheme.lowest : r > scheme.highest ? scheme.highest : static_cast<int32_t>(r);
}

IONFORGE_EITHER_SIDE Scale by_observer(const ScaleScheme &scheme, Range range) {
    const float a = smaller(range.min, 0.0f);
    const float b = larger(range.max, 0.0f);
    const int32_t steps = scheme.highest - scheme.lowest;
    if (!scheme.affine) {
        const float scale = larger(larger(-a, b) / (static_cast<float>(steps) / 2.0f), scheme.smallest_scale);
        return {scale, scheme.lowest < 0 ? 0 : scheme.highest == 255 ? 128 : scheme.highest / 2};
    }
    const float scale = larger((b - a) / static_cast<float>(steps), scheme.smallest_scale);
    return {scale, clamped_round(scheme, scheme.lowest - rint(static_cast<double>(a / scale)))};
}

IONFORGE_EITHER_SIDE Scale by_fused_observer(const ScaleScheme &scheme, Range range) {
    const int32_t steps = scheme.highest - scheme.lowest;
    float a = range.min;
    float b = range.max;
    const bool centred = !scheme.affine && a < 0.0f && b > 0.0f;
    if (centred) {
        const float high = static_cast<float>(steps / 2);
        const float low = -(high + 1.0f);
        const double step = larger(fabsf(a / low), fabsf(b / high));
        a = static_cast<float>(step * low);
        b = static_cast<float>(step * high);
    }
    a = smaller(a, 0.0f);
    b = larger(b, 0.0f);
    float scale = static_cast<float>((static_cast<double>(b) - a) / steps);
    if (scale == 0.0f || fabsf(1.0f / scale) == INFINITY) {
        scale = 0.1f;
    }
    if (scheme.rule == FUSED_OBSERVER_FBGEMM && scale < SMALLEST_FBGEMM_SCALE) {
        const float growth = SMALLEST_FBGEMM_SCALE / scale;
        const float width = SMALLEST_FBGEMM_SCALE * static_cast<float>(steps);
        scale = SMALLEST_FBGEMM_SCALE;
        const float grown = b == 0.0f ? -width : a * growth;
        b = a == 0.0f ? width : b * growth;
        a = grown;
    }
    if (centred) {
        return {scale, clamped_round(scheme, (scheme.lowest + scheme.highest) / 2.0)};
    }
    const double below = a / static_cast<double>(scale);
    const double above = b / static_cast<double>(scale);
    const bool from_below = fabs(static_cast<double>(scheme.lowest)) + fabs(below) < fabs(static_cast<double>(scheme.highest)) + fabs(above);
    return {scale, clamped_round(scheme, from_below ? scheme.lowest - below : scheme.highest - above)};
}

// A range that has seen nothing has the scale 1.
IONFORGE_EITHER_SIDE Scale scale_of(const ScaleScheme &scheme, Range range) {
    if (range.min == INFINITY && range.max == -INFINITY) {
        return {1.0f, 0};
    }
    return scheme.rule == OBSERVER ? by_observer(scheme, range) : by_fused_observer(scheme, range);
}

// A range into the state of a channel: a moving average, or where averaging < 0 the extremes. A zero is +0.
IONFORGE_EITHER_SIDE float averaged(float m, float x, float averaging) {
    const float shift = averaging * (x - m);
    return fabsf(m) == INFINITY ? x : m + shift;
}
IONFORGE_EITHER_SIDE Range tracked(Range range, float averaging, const float *state) {
    const Range before = {state[0], state[1]};
    const Range after = averaging < 0.0f ? Range{smaller(before.min, range.min), larger(before.max, range.max)}
                                         : Range{averaged(before.min, range.min, averaging), averaged(before.max, range.max, averaging)};
    return {after.min + 0.0f, after.max + 0.0f};
}

}  // namespace ionforge

#undef IONFORGE_EITHER_SIDE
