// The silver embedding: 12 bytes in, 16 out, about 70 operations a row. One AVX-512 core runs it at about 0.6 of the rate at which it
// copies memory (measured), so two or more on one channel are bound by that.
#include "elementwise.h"
#include "vector_math.h"

namespace ionforge::IONFORGE_ISA {
namespace {

inline float clamped(float x, float low, float high) {
    const float up = x > low ? x : low;
    return up < high ? up : high;
}

inline float xray_factor(float flux) {
    const float log10_flux = 0.434294482f * log_positive(clamped(flux, 1e-6f, 1e-5f));
    const float decay = exp_bounded(clamped(flux * -0.5e5f, -3.0f, 0.0f));
    const float loud = decay > 0.1f ? decay : 0.1f;
    return flux < 1e-6f ? 1.0f : flux < 1e-5f ? 1.0f - 0.1f * (log10_flux + 6.0f) : loud;
}

inline float kp_factor(float kp) {
    const float storm = 0.5f * exp_bounded(clamped(-0.5f * (kp - 4.0f), -80.0f, 0.0f));
    return kp <= 2.0f ? 1.0f : kp <= 4.0f ? 1.0f - 0.25f * (kp - 2.0f) : storm;
}

inline float distance_factor(float d) {
    const float first = 0.3f + 0.7f / 500.0f * d;
    const float second = 0.7f + 0.3f / 1500.0f * (d - 500.0f);
    const float fourth = 1.0f - 0.3f / 10000.0f * (d - 5000.0f);
    const float beyond = (d - 15000.0f) * (1.0f / 5000.0f);
    const float last = 0.7f - 0.2f * (beyond < 1.0f ? beyond : 1.0f);
    const float far = d <= 5000.0f ? 1.0f : d <= 15000.0f ? fourth : last;
    return d < 500.0f ? first : d < 2000.0f ? second : far;
}

}  // namespace

void silver_embedding_f32(const float *__restrict distance_km, const float *__restrict xray_flux, const float *__restrict kp_index,
                          float *__restrict e_distance, float *__restrict e_xray, float *__restrict e_kp,
                          float *__restrict quality, int64_t n) {
    const float nan = __builtin_nanf("");
    for (int64_t i = 0; i < n; i++) {
        const float d = distance_km[i];
        const float flux = xray_flux[i];
        const float kp = kp_index[i];
        const bool far = d >= 0.0f;
        const bool has_flux = flux == flux;
        const bool has_kp = kp == kp;
        const float xray = xray_factor(flux);
        const float storm = kp_factor(kp);
        const float part = d * (1.0f / 20000.0f);
        const float product = distance_factor(d) * (has_flux ? xray : 1.0f) * (has_kp ? storm : 1.0f);
        e_distance[i] = far ? (part < 1.0f ? part : 1.0f) : nan;
        e_xray[i] = has_flux ? xray : nan;
        e_kp[i] = has_kp ? storm : nan;
        quality[i] = far ? product : nan;
    }
}

}  // namespace ionforge::IONFORGE_ISA
