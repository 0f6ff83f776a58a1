// What surrounds the products of a gated MLP's training step (org.ionforge.compute.GatedMlpTraining): parameters to padded
// matrices, the loss and where the run stands, gradients from their slices. 200,000 parameters and 33 MB of slices for IonisGate at a
// batch of 65,536: bound by memory, a few microseconds.
//
// Where a run stands lies on the device, so that one recorded graph does every step: state [8 numbers of 64 bits] = {next row of the
// order, steps done, failure, losses recorded, 1 − β₁ᵗ (double), 1/√(1 − β₂ᵗ) (double), 0, 0}. A loss that is no finite number sets
// the failure: the step changes no parameter, and those after it leave parameters, gradients and state alone.
#include "gated_mlp.cuh"

constexpr int CURSOR = 0, STEPS = 1, FAILURE = 2, RECORDED = 3, MEAN_CORRECTION = 4, ROOT_CORRECTION = 5;
constexpr int64_t RUNS = 0, FAILS_NOW = 1, HAS_FAILED = 2;

// A tensor in the flat parameters, in its padded matrix or vector and in the slices of its gradient: one line of the table
// [tensors, 8] that GatedMlpLayout makes.
struct Tensor {
    int64_t first, columns, matrix, stride, partial, slice_stride, slices, wide;

    // The tensor that parameter i belongs to: the last that starts at or before it.
    __device__ __forceinline__ Tensor(const int64_t *table, int tensors, int64_t i) {
        int t = 0;
        while (t + 1 < tensors && table[8 * (t + 1)] <= i) {
            t++;
        }
        const int64_t *line = table + 8 * t;
        first = line[0], columns = line[1], matrix = line[2], stride = line[3];
        partial = line[4], slice_stride = line[5], slices = line[6], wide = line[7];
    }

    __device__ __forceinline__ int64_t place(int64_t i) const { return (i - first) / columns * stride + (i - first) % columns; }
};

// Each parameter to its place among the matrices [count] of operands or, from there on, the vectors; a place below 0 is none. The
// padding was cleared before. One thread a parameter.
template <class P>
static __device__ __forceinline__ void pack(const float *parameters, const int64_t *table, int32_t tensors, int64_t n, int64_t count, typename P::Stored *matrices, float *vectors) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const Tensor tensor(table, tensors, i);
    const int64_t at = tensor.matrix + tensor.place(i);
    if (tensor.matrix >= count) {
        vectors[at - count] = parameters[i];
    } else if (tensor.matrix >= 0) {
        matrices[at] = P::store(parameters[i]);
    }
}
#define PACK(name, P)                                                                                                                      \
    extern "C" __global__ void __launch_bounds__(256) name(const float *parameters, const int64_t *table, int32_t tensors, int64_t n, int64_t count, P::Stored *matrices, float *vectors) { \
        pack<P>(parameters, table, tensors, n, count, matrices, vectors);                                                                   \
    }                                                                                                                                       \
    EXPORT_KERNEL(name)
PACK(gated_mlp_pack_f32, Fp32)
PACK(gated_mlp_pack_tf32, Tf32)
PACK(gated_mlp_pack_bf16, Bf16)

// Each parameter's gradient: its slices, in order. `wide`: from the slices in double. One thread a parameter.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_add_slices_f32(const float *partial, const double *partial_f64, const int64_t *table, int32_t tensors, int64_t n, const int64_t *state, float *gradients) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= n || (state != nullptr && state[FAILURE] == HAS_FAILED)) {
        return;
    }
    const Tensor tensor(table, tensors, i);
    const int64_t at = tensor.partial + tensor.place(i);
    if (tensor.wide) {
        double sum = 0.0;
        for (int64_t slice = 0; slice < tensor.slices; slice++) {
            sum += partial_f64[at + slice * tensor.slice_stride];
        }
        gradients[i] = static_cast<float>(sum);
    } else {
        float sum = 0.0f;
        for (int64_t slice = 0; slice < tensor.slices; slice++) {
            sum += partial[at + slice * tensor.slice_stride];
        }
        gradients[i] = sum;
    }
}
EXPORT_KERNEL(gated_mlp_add_slices_f32)

static __device__ __forceinline__ double power(double base, int64_t exponent) {
    double result = 1.0;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1) {
            result *= base;
        }
        base *= base;
    }
    return result;
}

// loss [5] = {loss, Huber, squared error, variances of the gates}, means over the rows, from partial [slices, 7]
// (gated_mlp_residuals_f32). In a training (state not null) also the next record of ring [capacity, 5], and the state moves on.
// One warp.
extern "C" __global__ void __launch_bounds__(32) gated_mlp_loss_f64(const double *partial, int32_t slices, int64_t rows, float lambda, double *loss, int64_t *state, double *ring, int32_t capacity, double beta1, double beta2) {
    SHARED_ARRAY(double, sums, 4);
    const int t = static_cast<int>(threadIdx.x);
    if (t < 4) {
        double sum = 0.0;
        for (int slice = 0; slice < slices; slice++) {
            sum += partial[7 * slice + t];
        }
        sums[t] = sum / static_cast<double>(rows);
    }
    block_sync();
    if (t > 0) {
        return;
    }
    const double figures[5] = {sums[0] - lambda * (sums[2] + sums[3]), sums[0], sums[1], sums[2], sums[3]};
    for (int k = 0; k < 5; k++) {
        loss[k] = figures[k];
    }
    if (state == nullptr) {
        return;
    }
    if (state[FAILURE] != RUNS) {
        state[FAILURE] = HAS_FAILED;
        return;
    }
    for (int k = 0; k < 5; k++) {
        ring[state[RECORDED] % capacity * 5 + k] = figures[k];
    }
    state[RECORDED]++;
    if (!(fabs(figures[0]) < INFINITY)) {
        state[FAILURE] = FAILS_NOW;
        return;
    }
    const int64_t step = ++state[STEPS];
    state[CURSOR] += rows;
    double *corrections = reinterpret_cast<double *>(state);
    corrections[MEAN_CORRECTION] = 1.0 - power(beta1, step);
    corrections[ROOT_CORRECTION] = 1.0 / sqrt(1.0 - power(beta2, step));
}
EXPORT_KERNEL(gated_mlp_loss_f64)
