// Steps of SGD and RMSprop on one run of parameters (org.ionforge.compute.Sgd, RmsProp), and the norm of a gradient and its clipping
// (GradientNorm).
//
//   sgd_step_f32, rms_prop_step_f32   a thread an element; 20 to 36 bytes and 5 to 12 operations: bound by memory
//   square_sum_f32                    block b writes the sum of the squares of 4096 elements to sums[b], in double
//   norm_f32                          one block adds the sums up, in an order that their number fixes, and works out the clip factor
//   clip_f32                          g ← g·factor; nothing if the factor is 1
#include "portable.cuh"

constexpr int BLOCK = 4096;
constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;

// Written so that a NaN stays one.
static __device__ __forceinline__ float clamped(float p, float minimum, float maximum) {
    p = p < minimum ? minimum : p;
    return p > maximum ? maximum : p;
}

// velocity is null without momentum; `first`: it is the gradient.
extern "C" __global__ void __launch_bounds__(THREADS)
sgd_step_f32(float *parameters, const float *gradients, float *velocity, int64_t n, float rate, float decay, float momentum, float rest, int nesterov, int first, float minimum, float maximum) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float p = parameters[i];
    const float g = gradients[i] + decay * p;
    float u = g;
    if (velocity != nullptr) {
        const float b = first ? g : momentum * velocity[i] + rest * g;
        velocity[i] = b;
        u = nesterov ? g + momentum * b : b;
    }
    parameters[i] = clamped(p - rate * u, minimum, maximum);
}
EXPORT_KERNEL(sgd_step_f32)

// mean is null unless centred, velocity without momentum.
extern "C" __global__ void __launch_bounds__(THREADS)
rms_prop_step_f32(float *parameters, const float *gradients, float *square, float *mean, float *velocity, int64_t n, float rate, float decay, float smoothing, float rest, float epsilon, float momentum, float minimum, float maximum) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float p = parameters[i];
    const float g = gradients[i] + decay * p;
    const float v = smoothing * square[i] + rest * (g * g);
    square[i] = v;
    float spread = v;
    if (mean != nullptr) {
        const float m = smoothing * mean[i] + rest * g;
        mean[i] = m;
        spread = v - m * m;
        spread = spread < 0.0f ? 0.0f : spread;
    }
    float u = g / (sqrtf(spread) + epsilon);
    if (velocity != nullptr) {
        u = momentum * velocity[i] + u;
        velocity[i] = u;
    }
    parameters[i] = clamped(p - rate * u, minimum, maximum);
}
EXPORT_KERNEL(rms_prop_step_f32)

// The sum of all threads of a block, in every one of them. `warps` is shared and has a double for each warp.
static __device__ __forceinline__ double block_sum(double v, double *warps) {
#pragma unroll
    for (int d = 16; d > 0; d /= 2) {
        v += warp_shuffle_down(v, d);
    }
    if (threadIdx.x % 32 == 0) {
        warps[threadIdx.x / 32] = v;
    }
    block_sync();
    double all = 0;
    for (int w = 0; w < WARPS; w++) {
        all += warps[w];
    }
    return all;
}

extern "C" __global__ void __launch_bounds__(THREADS) square_sum_f32(const float *values, int64_t n, double *sums) {
    SHARED_ARRAY(double, warps, WARPS);
    const int64_t first = static_cast<int64_t>(blockIdx.x) * BLOCK;
    double sum = 0;
#pragma unroll 4
    for (int k = threadIdx.x; k < BLOCK; k += THREADS) {
        if (first + k < n) {
            const double v = values[first + k];
            sum += v * v;
        }
    }
    sum = block_sum(sum, warps);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}
EXPORT_KERNEL(square_sum_f32)

// result: the norm, and where limit > 0 the factor that brings it down to the limit.
extern "C" __global__ void __launch_bounds__(THREADS) norm_f32(const double *sums, int64_t count, float limit, float *result) {
    SHARED_ARRAY(double, warps, WARPS);
    double sum = 0;
    for (int64_t b = threadIdx.x; b < count; b += THREADS) {
        sum += sums[b];
    }
    sum = block_sum(sum, warps);
    if (threadIdx.x == 0) {
        const float norm = static_cast<float>(sqrt(sum));
        result[0] = norm;
        if (limit > 0.0f) {
            const float factor = limit / (norm + 1e-6f);
            result[1] = factor > 1.0f ? 1.0f : factor;
        }
    }
}
EXPORT_KERNEL(norm_f32)

extern "C" __global__ void __launch_bounds__(THREADS) clip_f32(float *values, int64_t n, const float *result) {
    const float factor = result[1];
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (factor != 1.0f && i < n) {
        values[i] *= factor;
    }
}
EXPORT_KERNEL(clip_f32)
