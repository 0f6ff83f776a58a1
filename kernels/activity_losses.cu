// Losses on spike counts and membranes, and their gradients (org.ionforge.compute.ActivityLosses has the formulas).
//
//   activity_rate      reads a count twice and writes its gradient, a thread a neuron over all samples: 12 bytes a count
//   activity_membrane  a thread a neuron of a sample, backward through the steps: 4 bytes an element read, 4 written, 8 more with the
//                      teacher or the latency, which keeps the probability of silence until each step where the gradient goes
//   activity_add       the blocks' sums on top of the totals, in a fixed order
//
// Some ten operations an element, with the latency two exponentials: bound by memory. Neighbouring threads have neighbouring
// neurons; a neuron's steps are read one by one, what has been read stays in a register for the differences.
#include "portable.cuh"

constexpr int THREADS = 256;

// The sum over the block in thread 0; `sums` has room for a double a thread.
static __device__ __forceinline__ double block_sum(double value, double *sums) {
    block_sync();  // what was summed before has been read
    sums[threadIdx.x] = value;
    block_sync();
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        block_sync();
    }
    return sums[0];
}

extern "C" __global__ void __launch_bounds__(THREADS) activity_rate_f32(const float *counts, int32_t steps, int32_t batch, int32_t neurons, float target, double factor, float *gradient, double *partial) {
    SHARED_ARRAY(double, sums, THREADS);
    const int n = static_cast<int>(blockIdx.x) * THREADS + static_cast<int>(threadIdx.x);
    double above = 0.0;
    if (n < neurons) {
        for (int b = 0; b < batch; b++) {
            above += counts[static_cast<int64_t>(b) * neurons + n];
        }
        above = above / (static_cast<double>(batch) * steps) - target;
        for (int b = 0; gradient != nullptr && b < batch; b++) {
            gradient[static_cast<int64_t>(b) * neurons + n] = static_cast<float>(factor * above);
        }
    }
    const double sum = block_sum(above * above, sums);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
    }
}
EXPORT_KERNEL(activity_rate_f32)

// 1/(1 + e^−x) and 1/(1 + e^x), each to a float's precision.
static __device__ __forceinline__ void logistic(float x, float &p, float &q) {
    const float e = expf(-fabsf(x)), larger = 1.0f / (1.0f + e), smaller = e * larger;
    p = x >= 0.0f ? larger : smaller;
    q = x >= 0.0f ? smaller : larger;
}

// Whether the latency is asked of neuron n of sample b.
static __device__ __forceinline__ bool asked(const uint8_t *labels, int64_t data_rows, const int32_t *index, int b, int n) {
    if (labels == nullptr) {
        return true;
    }
    const int64_t row = index[b];
    return row >= 0 && row < data_rows && labels[row] == n;
}

// energy, consistency, latency, distillation: factors of the gradients, 0 for no such loss. partial: [loss][block].
extern "C" __global__ void __launch_bounds__(THREADS) activity_membrane_f32(const float *membrane, const float *teacher, const float *threshold, int32_t per_neuron, const uint8_t *labels, int64_t data_rows, const int32_t *index, float energy, float consistency, float latency, float distillation, float slope, int32_t steps, int32_t batch, int32_t neurons, float *gradient, double *partial) {
    SHARED_ARRAY(double, sums, THREADS);
    const int64_t cells = static_cast<int64_t>(batch) * neurons, cell = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    double energies = 0.0, changes = 0.0, first_spikes = 0.0, distances = 0.0;
    if (cell < cells) {
        const int b = static_cast<int>(cell / neurons), n = static_cast<int>(cell - static_cast<int64_t>(b) * neurons);
        const bool late = latency != 0.0f && asked(labels, data_rows, index, b, n);
        const float theta = late ? threshold[per_neuron ? n : 0] : 0.0f;
        float silence = 1.0f, p, q;
        for (int t = 0; late && t < steps; t++) {
            logistic(static_cast<float>(slope * (static_cast<double>(membrane[t * cells + cell]) - theta)), p, q);
            silence *= q;
            first_spikes += silence;
            if (gradient != nullptr) {
                gradient[t * cells + cell] = silence;
            }
        }
        float u = membrane[(steps - 1) * cells + cell], after = u, later = 0.0f;
        for (int t = steps - 1; t >= 0; t--) {
            const float before = t > 0 ? membrane[(t - 1) * cells + cell] : u;
            float g = 0.0f;
            if (energy != 0.0f) {
                energies += fabsf(u);
                g = u > 0.0f ? energy : u < 0.0f ? -energy : 0.0f;
            }
            if (consistency != 0.0f) {
                const float change = u - before;
                changes += static_cast<double>(change) * change;
                g += t > 0 ? consistency * change : 0.0f;
                g -= t + 1 < steps ? consistency * (after - u) : 0.0f;
            }
            if (distillation != 0.0f) {
                const float apart = u - teacher[t * cells + cell];
                distances += static_cast<double>(apart) * apart;
                g += distillation * apart;
            }
            if (late && gradient != nullptr) {
                logistic(static_cast<float>(slope * (static_cast<double>(u) - theta)), p, q);
                later += gradient[t * cells + cell];
                g -= latency * p * later;
            }
            if (gradient != nullptr) {
                gradient[t * cells + cell] = g;
            }
            after = u;
            u = before;
        }
    }
    const double values[4] = {energies, changes, first_spikes, distances};
#pragma unroll
    for (int loss = 0; loss < 4; loss++) {
        const double sum = block_sum(values[loss], sums);
        if (threadIdx.x == 0) {
            partial[static_cast<int64_t>(loss) * gridDim.x + blockIdx.x] = sum;
        }
    }
}
EXPORT_KERNEL(activity_membrane_f32)

// totals[i] += factor_i·Σ partial[i][·]; block i.
extern "C" __global__ void __launch_bounds__(THREADS) activity_add_f64(const double *partial, int64_t blocks, double factor0, double factor1, double factor2, double factor3, double *totals) {
    SHARED_ARRAY(double, sums, THREADS);
    const int loss = static_cast<int>(blockIdx.x);
    double own = 0.0;
    for (int64_t i = threadIdx.x; i < blocks; i += THREADS) {
        own += partial[loss * blocks + i];
    }
    const double sum = block_sum(own, sums);
    if (threadIdx.x == 0) {
        totals[loss] += sum * (loss == 0 ? factor0 : loss == 1 ? factor1 : loss == 2 ? factor2 : factor3);
    }
}
EXPORT_KERNEL(activity_add_f64)
