// The silver embedding of a spot at distance d (km) under X-ray flux F (W/m²) and Kp:
//
//   eDistance = min(d/20000, 1)
//   eXray     = 1 | 1 − 0.1 (log10 F + 6) | max(0.1, exp(−0.5 F/1e-5))        F < 1e-6 | < 1e-5 | else
//   eKp       = 1 | 1 − 0.25 (Kp − 2) | 0.5 exp(−0.5 (Kp − 4))                Kp ≤ 2 | ≤ 4 | else
//   qDistance = 0.3 + 0.7 d/500 | 0.7 + 0.3 (d − 500)/1500 | 1 | 1 − 0.3 (d − 5000)/10000 | 0.7 − 0.2 min(1, (d − 15000)/5000)
//               d < 500 | < 2000 | ≤ 5000 | ≤ 15000 | else
//   quality   = qDistance · eXray · eKp, a missing (NaN) index counting as 1
//
// 12 bytes in, 16 out, about 60 operations a row: bound by memory.
#include "portable.cuh"

static __device__ __forceinline__ float xray_factor(float flux) {
    if (flux < 1e-6f) {
        return 1.0f;
    }
    return flux < 1e-5f ? 1.0f - 0.1f * (log10f(flux) + 6.0f) : fmaxf(0.1f, expf(flux * -0.5e5f));
}

static __device__ __forceinline__ float kp_factor(float kp) {
    if (kp <= 2.0f) {
        return 1.0f;
    }
    return kp <= 4.0f ? 1.0f - 0.25f * (kp - 2.0f) : 0.5f * expf(-0.5f * (kp - 4.0f));
}

static __device__ __forceinline__ float distance_factor(float d) {
    if (d < 500.0f) {
        return 0.3f + 0.7f / 500.0f * d;
    }
    if (d < 2000.0f) {
        return 0.7f + 0.3f / 1500.0f * (d - 500.0f);
    }
    if (d <= 5000.0f) {
        return 1.0f;
    }
    return d <= 15000.0f ? 1.0f - 0.3f / 10000.0f * (d - 5000.0f) : 0.7f - 0.2f * fminf(1.0f, (d - 15000.0f) * (1.0f / 5000.0f));
}

extern "C" __global__ void __launch_bounds__(256)
silver_embedding_f32(const float *distance_km, const float *xray_flux, const float *kp_index, float *e_distance, float *e_xray,
                     float *e_kp, float *quality, int64_t n) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float d = distance_km[i];
    const float flux = xray_flux[i];
    const float kp = kp_index[i];
    const bool has_flux = flux == flux;
    const bool has_kp = kp == kp;
    const float xray = has_flux ? xray_factor(flux) : nanf("");
    const float storm = has_kp ? kp_factor(kp) : nanf("");
    e_distance[i] = d >= 0.0f ? fminf(d * (1.0f / 20000.0f), 1.0f) : nanf("");
    e_xray[i] = xray;
    e_kp[i] = storm;
    quality[i] = d >= 0.0f ? distance_factor(d) * (has_flux ? xray : 1.0f) * (has_kp ? storm : 1.0f) : nanf("");
}
EXPORT_KERNEL(silver_embedding_f32)
