// One AdamW step on one run of parameters (org.ionforge.compute.AdamW): 14 FLOP against 16 bytes read and 12 written for each
// element, so memory bandwidth is the limit. The scalars come worked out in double on the host: decay = 1 − lr·wd,
// rate = lr / (1 − β₁ᵗ), root = 1 / √(1 − β₂ᵗ).
#include "portable.cuh"

extern "C" __global__ void __launch_bounds__(256) adamw_step_f32(float *parameters, const float *gradients, float *m, float *v, int64_t n, float decay, float beta1, float rest1, float beta2, float rest2, float rate, float root, float epsilon, float minimum, float maximum) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float g = gradients[i];
    const float mean = beta1 * m[i] + rest1 * g;
    const float square = beta2 * v[i] + rest2 * (g * g);
    m[i] = mean;
    v[i] = square;
    float p = decay * parameters[i] - rate * mean / (root * sqrtf(square) + epsilon);
    // Written so that a NaN stays one.
    p = p < minimum ? minimum : p;
    parameters[i] = p > maximum ? maximum : p;
}
EXPORT_KERNEL(adamw_step_f32)
