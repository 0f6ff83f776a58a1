// One AdamW step (org.ionforge.compute.AdamW): 14 FLOP against 16 bytes read and 12 written for each element, so memory bandwidth is
// the limit. decay = 1 − lr·wd, rate = lr / (1 − β₁ᵗ), root = 1 / √(1 − β₂ᵗ), worked out in double.
#include "portable.cuh"

struct AdamW {
    float decay, beta1, rest1, beta2, rest2, rate, root, epsilon, minimum, maximum;

    __device__ __forceinline__ void step(float &parameter, float g, float &m, float &v) const {
        const float mean = beta1 * m + rest1 * g;
        const float square = beta2 * v + rest2 * (g * g);
        m = mean;
        v = square;
        float p = decay * parameter - rate * mean / (root * sqrtf(square) + epsilon);
        // Written so that a NaN stays one.
        p = p < minimum ? minimum : p;
        parameter = p > maximum ? maximum : p;
    }
};

// One run of parameters with one rate; the host works the scalars out.
extern "C" __global__ void __launch_bounds__(256) adamw_step_f32(float *parameters, const float *gradients, float *m, float *v, int64_t n, float decay, float beta1, float rest1, float beta2, float rest2, float rate, float root, float epsilon, float minimum, float maximum) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        const AdamW adamw = {decay, beta1, rest1, beta2, rest2, rate, root, epsilon, minimum, maximum};
        adamw.step(parameters[i], gradients[i], m[i], v[i]);
    }
}
EXPORT_KERNEL(adamw_step_f32)

// All parameters, in the step of a recorded graph: rates, clamps and the step's corrections {1 − β₁ᵗ, 1/√(1 − β₂ᵗ)} come from the
// device. groups [count ≤ 256, 5] by ascending offset: offset, end, learning rate, minimum, maximum. Nothing is done if *skip.
extern "C" __global__ void __launch_bounds__(256) adamw_groups_f32(float *parameters, const float *gradients, float *m, float *v, int64_t n, const int64_t *skip, const double *corrections, const double *groups, const int64_t *count, double beta1, double beta2, double epsilon, double weight_decay) {
    SHARED_ARRAY(float, decays, 256);
    SHARED_ARRAY(float, rates, 256);
    const int t = static_cast<int>(threadIdx.x), known = static_cast<int>(*count);
    if (*skip != 0) {
        return;
    }
    if (t < known) {
        decays[t] = static_cast<float>(1.0 - groups[5 * t + 2] * weight_decay);
        rates[t] = static_cast<float>(groups[5 * t + 2] / corrections[0]);
    }
    block_sync();
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + t;
    const double place = static_cast<double>(i);
    int g = 0;
    while (g < known && place >= groups[5 * g + 1]) {
        g++;
    }
    if (i >= n || g == known || place < groups[5 * g]) {
        return;  // past the end, or frozen
    }
    const AdamW adamw = {.decay = decays[g], .beta1 = static_cast<float>(beta1), .rest1 = static_cast<float>(1.0 - beta1),
                         .beta2 = static_cast<float>(beta2), .rest2 = static_cast<float>(1.0 - beta2), .rate = rates[g],
                         .root = static_cast<float>(corrections[1]), .epsilon = static_cast<float>(epsilon),
                         .minimum = static_cast<float>(groups[5 * g + 3]), .maximum = static_cast<float>(groups[5 * g + 4])};
    adamw.step(parameters[i], gradients[i], m[i], v[i]);
}
EXPORT_KERNEL(adamw_groups_f32)
