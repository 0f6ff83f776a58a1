// Steps of SGD and RMSprop on one run of parameters (org.ionforge.compute.Sgd, RmsProp), sums of squares and scaling. 20 to 36 bytes
// and 5 to 12 operations an element: memory is the limit once the parameters leave the cache. A sum of squares takes element i
// into lane i mod 16, in double.
#include "optimizers.h"

#include <cmath>
#include <cstring>

namespace ionforge::IONFORGE_ISA {
namespace {

// Written so that a NaN stays one.
inline float clamped(float p, float minimum, float maximum) {
    p = p < minimum ? minimum : p;
    return p > maximum ? maximum : p;
}

template <bool Momentum, bool Nesterov>
void sgd(float *__restrict parameters, const float *__restrict gradients, float *__restrict velocity, int64_t n, const SgdStep &s) {
    for (int64_t i = 0; i < n; i++) {
        const float p = parameters[i];
        const float g = gradients[i] + s.decay * p;
        float u = g;
        if constexpr (Momentum) {
            const float b = s.momentum * velocity[i] + s.rest * g;
            velocity[i] = b;
            u = Nesterov ? g + s.ahead * b : b;
        }
        parameters[i] = clamped(p - s.rate * u, s.minimum, s.maximum);
    }
}

// Step 1: the velocity is the gradient, whatever it held.
template <bool Nesterov>
void sgd_first(float *__restrict parameters, const float *__restrict gradients, float *__restrict velocity, int64_t n, const SgdStep &s) {
    for (int64_t i = 0; i < n; i++) {
        const float p = parameters[i];
        const float g = gradients[i] + s.decay * p;
        velocity[i] = g;
        parameters[i] = clamped(p - s.rate * (Nesterov ? g + s.ahead * g : g), s.minimum, s.maximum);
    }
}

template <bool Centred, bool Momentum>
void rms_prop(float *__restrict parameters, const float *__restrict gradients, float *__restrict square, float *__restrict mean,
              float *__restrict velocity, int64_t n, const RmsPropStep &s) {
    for (int64_t i = 0; i < n; i++) {
        const float p = parameters[i];
        const float g = gradients[i] + s.decay * p;
        const float v = s.smoothing * square[i] + s.rest * (g * g);
        square[i] = v;
        float spread = v;
        if constexpr (Centred) {
            const float m = s.smoothing * mean[i] + s.rest * g;
            mean[i] = m;
            spread = v - m * m;
            spread = spread < 0.0f ? 0.0f : spread;
        }
        float u = g / (std::sqrt(spread) + s.epsilon);
        if constexpr (Momentum) {
            u = s.momentum * velocity[i] + u;
            velocity[i] = u;
        }
        parameters[i] = clamped(p - s.rate * u, s.minimum, s.maximum);
    }
}

}  // namespace

void sgd_step_f32(float *parameters, const float *gradients, float *velocity, int64_t n, bool first, const SgdStep &step) {
    if (velocity == nullptr) {
        sgd<false, false>(parameters, gradients, velocity, n, step);
    } else if (first) {
        step.ahead != 0.0f ? sgd_first<true>(parameters, gradients, velocity, n, step) : sgd_first<false>(parameters, gradients, velocity, n, step);
    } else {
        step.ahead != 0.0f ? sgd<true, true>(parameters, gradients, velocity, n, step) : sgd<true, false>(parameters, gradients, velocity, n, step);
    }
}

void rms_prop_step_f32(float *parameters, const float *gradients, float *square, float *mean, float *velocity, int64_t n, const RmsPropStep &step) {
    if (mean == nullptr) {
        velocity == nullptr ? rms_prop<false, false>(parameters, gradients, square, mean, velocity, n, step)
                            : rms_prop<false, true>(parameters, gradients, square, mean, velocity, n, step);
    } else {
        velocity == nullptr ? rms_prop<true, false>(parameters, gradients, square, mean, velocity, n, step)
                            : rms_prop<true, true>(parameters, gradients, square, mean, velocity, n, step);
    }
}

double square_sum_f32(const float *__restrict values, int64_t n) {
    constexpr int LANES = 16;
    double sum[LANES] = {};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            const double v = values[i + k];
            sum[k] += v * v;
        }
    }
    for (int k = 0; i < n; i++, k++) {
        const double v = values[i];
        sum[k] += v * v;
    }
    for (int width = LANES / 2; width > 0; width /= 2) {
        for (int k = 0; k < width; k++) {
            sum[k] += sum[k + width];
        }
    }
    return sum[0];
}

void scale_f32(float *values, int64_t n, float factor) {
    for (int64_t i = 0; i < n; i++) {
        values[i] *= factor;
    }
}

}  // namespace ionforge::IONFORGE_ISA
