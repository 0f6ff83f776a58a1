// The derivatives of org.ionforge.compute.Surrogate on vectors: ds/dU at distance u from the threshold.
#pragma once
#include "lanes.h"

namespace ionforge::IONFORGE_ISA {

enum class Curve { FAST_SIGMOID, ARCTAN, SIGMOID, TRIANGULAR, RECTANGULAR, LEARNABLE };

// 1/d for d ≥ 1, and 0 but for 2⁻¹²⁶ for ∞.
inline Vec inverse(Vec d) { return reciprocal(smaller(splat(0x1p126f), d)); }

inline Vec surrogate_slope(Curve curve, Vec u, Vec k, Vec offset) {
    const Vec one = splat(1.0f);
    switch (curve) {
        case Curve::FAST_SIGMOID: {
            const Vec d = fma(k, abs(u), one);
            return inverse(d * d);
        }
        case Curve::ARCTAN: {
            const Vec x = (1.57079632679f * k) * u;
            return 0.5f * k * inverse(fma(x, x, one));
        }
        case Curve::SIGMOID: {
            const Vec e = exp(-k * abs(u));
            const Vec d = one + e;
            return k * e * inverse(d * d);
        }
        case Curve::TRIANGULAR: {
            const Vec height = one - k * abs(u);
            return choose(at_least(Vec{}, height), Vec{}, height);
        }
        case Curve::RECTANGULAR:
            return choose(above(0.5f * k, abs(u)), one / k, Vec{});
        default: {
            const Vec d = fma(k, abs(u - offset), one);
            return inverse(d * d);
        }
    }
}

// ∂s/∂k of the learnable surrogate, whose derivative is `slope`.
inline Vec surrogate_by_slope(Vec u, Vec offset, Vec slope) {
    const Vec x = u - offset;
    return -x * abs(x) * slope;
}

}  // namespace ionforge::IONFORGE_ISA
