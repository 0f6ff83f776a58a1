// What the gated MLP does row by row (org.ionforge.compute.GatedMlp): gather, the heads' last layers, sidecars, gates, loss.
//
// Memory is the limit: a row of IonisGate brings 256 floats of the heads' hidden layers (1 KB) and takes about 900 FLOP. Sums over
// rows go in two stages without atomics: each block adds a slice of the rows in double, in a fixed order, then one thread a sum
// adds the slices in order.
#include "portable.cuh"

// Row i of the batch, from the data set; a row outside it becomes NaN, which the loss shows. targets and weights may be null.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_gather_f32(const float *features, const float *targets, const float *weights, const int32_t *index, int64_t data_rows, int64_t first, int64_t rows, int32_t inputs, float *x, float *target, float *weight) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= rows * inputs) {
        return;
    }
    const int64_t i = at / inputs, column = at % inputs;
    const int64_t row = index == nullptr ? first + i : index[first + i];
    const bool inside = row >= 0 && row < data_rows;
    x[at] = inside ? features[row * inputs + column] : nanf("");
    if (column == 0 && targets != nullptr) {
        target[i] = inside ? targets[row] : nanf("");
        weight[i] = inside ? weights[row] : nanf("");
    }
}
EXPORT_KERNEL(gated_mlp_gather_f32)

static __device__ __forceinline__ float softplus(float z) { return (z < 0.0f ? 0.0f : z) + log1pf(expf(-fabsf(z))); }

static __device__ __forceinline__ float logistic(float z) {
    const float e = expf(-fabsf(z));
    return z < 0.0f ? e / (1.0f + e) : 1.0f / (1.0f + e);
}

// v1, e1 and v2 [hidden], then e2, behind one another as in the parameters.
static __device__ __forceinline__ float sidecar(const float *p, int hidden, float x) {
    float side = p[3 * hidden];
    for (int j = 0; j < hidden; j++) {
        side += fabsf(p[2 * hidden + j]) * softplus(fabsf(p[j]) * x + p[hidden + j]);
    }
    return side;
}

static __device__ __forceinline__ float warp_dot(const float *a, const float *b, int n) {
    float sum = 0.0f;
    for (int j = static_cast<int>(threadIdx.x) % 32; j < n; j += 32) {
        sum += a[j] * b[j];
    }
    for (int m = 16; m > 0; m /= 2) {
        sum += warp_shuffle_xor(sum, m);
    }
    return sum;
}

// One warp a row. `base_last`, `sun_last`, `storm_last` are the last layers, weight then bias; `sun_side`, `storm_side` the
// sidecars. values [6, rows]: out, base, sun gate, storm gate, sun side, storm side. slopes [2, rows], unless null: the gates'
// derivatives by their logits.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_heads_f32(const float *x, int32_t inputs, int32_t sun_input, int32_t storm_input, const float *h_base, const float *h_sun, const float *h_storm, const float *base_last, const float *sun_last, const float *storm_last, const float *sun_side, const float *storm_side, int32_t base_hidden, int32_t gate_hidden, int32_t sidecar_hidden, float *values, float *slopes, int64_t rows) {
    const int64_t row = static_cast<int64_t>(blockIdx.x) * (blockDim.x / 32) + threadIdx.x / 32;
    if (row >= rows) {
        return;
    }
    const float base = warp_dot(h_base + row * base_hidden, base_last, base_hidden) + base_last[base_hidden];
    const float sun_logit = warp_dot(h_sun + row * gate_hidden, sun_last, gate_hidden) + sun_last[gate_hidden];
    const float storm_logit = warp_dot(h_storm + row * gate_hidden, storm_last, gate_hidden) + storm_last[gate_hidden];
    if (threadIdx.x % 32 != 0) {
        return;
    }
    const float sun_gate = 0.5f + 1.5f * logistic(sun_logit), storm_gate = 0.5f + 1.5f * logistic(storm_logit);
    const float sun = sidecar(sun_side, sidecar_hidden, x[row * inputs + sun_input]);
    const float storm = sidecar(storm_side, sidecar_hidden, x[row * inputs + storm_input]);
    values[row] = base + sun_gate * sun + storm_gate * storm;
    values[rows + row] = base;
    values[2 * rows + row] = sun_gate;
    values[3 * rows + row] = storm_gate;
    values[4 * rows + row] = sun;
    values[5 * rows + row] = storm;
    if (slopes != nullptr) {
        slopes[row] = 1.5f * logistic(sun_logit) * logistic(-sun_logit);
        slopes[rows + row] = 1.5f * logistic(storm_logit) * logistic(-storm_logit);
    }
}
EXPORT_KERNEL(gated_mlp_heads_f32)

// The sum of a value over the block's 256 threads, in a fixed order; thread 0 has it.
static __device__ __forceinline__ double block_sum(double value, double *shared) {
    for (int m = 16; m > 0; m /= 2) {
        value += warp_shuffle_xor(value, m);
    }
    if (threadIdx.x % 32 == 0) {
        shared[threadIdx.x / 32] = value;
    }
    block_sync();
    double sum = 0.0;
    for (int warp = 0; warp < 8; warp++) {
        sum += shared[warp];
    }
    block_sync();
    return sum;
}

// partial [slices, 2]: the sums of the gates. One block a slice.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_gate_sums_f64(const float *values, int64_t rows, int64_t slice_rows, double *partial) {
    SHARED_ARRAY(double, shared, 8);
    const int64_t first = blockIdx.x * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    double sun = 0.0, storm = 0.0;
    for (int64_t i = first + threadIdx.x; i < last; i += blockDim.x) {
        sun += values[2 * rows + i];
        storm += values[3 * rows + i];
    }
    sun = block_sum(sun, shared);
    storm = block_sum(storm, shared);
    if (threadIdx.x == 0) {
        partial[2 * blockIdx.x] = sun;
        partial[2 * blockIdx.x + 1] = storm;
    }
}
EXPORT_KERNEL(gated_mlp_gate_sums_f64)

// sums[k] = Σ partial[slice, k], slices in order. One thread a sum.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_add_slices_f64(const double *partial, int32_t slices, int32_t count, double *sums) {
    const int k = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (k >= count) {
        return;
    }
    double sum = 0.0;
    for (int slice = 0; slice < slices; slice++) {
        sum += partial[slice * count + k];
    }
    sums[k] = sum;
}
EXPORT_KERNEL(gated_mlp_add_slices_f64)

// The same into the float gradients.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_add_slices_f64_f32(const double *partial, int32_t slices, int32_t count, float *gradient) {
    const int k = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (k >= count) {
        return;
    }
    double sum = 0.0;
    for (int slice = 0; slice < slices; slice++) {
        sum += partial[slice * count + k];
    }
    gradient[k] = static_cast<float>(sum);
}
EXPORT_KERNEL(gated_mlp_add_slices_f64_f32)

// The loss's derivatives by each row's base, gates' logits and sides, by [5, rows]; partial [slices, 4]: the sums of
// Huber·weight, squared error, and the gates' squared deviations from their means gate_sums / rows.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_residuals_f32(const float *values, const float *slopes, const float *target, const float *weight, const double *gate_sums, float delta, float lambda, int64_t rows, int64_t slice_rows, float *by, double *partial) {
    SHARED_ARRAY(double, shared, 8);
    const int64_t first = blockIdx.x * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    const double n = static_cast<double>(rows);
    const double means[2] = {gate_sums[0] / n, gate_sums[1] / n};
    double huber = 0.0, squares = 0.0, deviations[2] = {0.0, 0.0};
    for (int64_t i = first + threadIdx.x; i < last; i += blockDim.x) {
        const double residual = static_cast<double>(values[i]) - target[i];
        const double size = fabs(residual), w = weight[i];
        const double slope = residual > delta ? delta : residual < -delta ? -delta : residual;
        huber += w * (size <= delta ? 0.5 * residual * residual : delta * (size - 0.5 * delta));
        squares += residual * residual;
        const float by_out = static_cast<float>(w * slope / n);
        by[i] = by_out;
#pragma unroll
        for (int k = 0; k < 2; k++) {
            const float gate = values[(2 + k) * rows + i];
            const double deviation = gate - means[k];
            deviations[k] += deviation * deviation;
            const float by_gate = by_out * values[(4 + k) * rows + i] - static_cast<float>(2.0 * lambda * deviation / n);
            by[(1 + k) * rows + i] = by_gate * slopes[k * rows + i];
            by[(3 + k) * rows + i] = by_out * gate;
        }
    }
    huber = block_sum(huber, shared);
    squares = block_sum(squares, shared);
    const double sun = block_sum(deviations[0], shared), storm = block_sum(deviations[1], shared);
    if (threadIdx.x == 0) {
        partial[4 * blockIdx.x] = huber;
        partial[4 * blockIdx.x + 1] = squares;
        partial[4 * blockIdx.x + 2] = sun;
        partial[4 * blockIdx.x + 3] = storm;
    }
}
EXPORT_KERNEL(gated_mlp_residuals_f32)

// d [rows, hidden], mish' of a head's hidden layer, becomes the loss's derivative by its z. One thread an element.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_head_gradient_f32(const float *by, const float *last, float *d, int64_t rows, int32_t hidden) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at < rows * hidden) {
        d[at] *= by[at / hidden] * last[at % hidden];
    }
}
EXPORT_KERNEL(gated_mlp_head_gradient_f32)

// A sidecar's gradient, partial [slices, 3·hidden + 1] in the order of its parameters. Block (slice, j); block j = 0 sums the
// last bias too.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_sidecar_gradient_f64(const float *x, int32_t inputs, int32_t input, const float *parameters, int32_t hidden, const float *by_side, int64_t rows, int64_t slice_rows, double *partial) {
    SHARED_ARRAY(double, shared, 8);
    const int j = static_cast<int>(blockIdx.y);
    const float v1 = parameters[j], e1 = parameters[hidden + j], v2 = parameters[2 * hidden + j];
    const int64_t first = blockIdx.x * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    double by_v1 = 0.0, by_e1 = 0.0, by_v2 = 0.0, by_e2 = 0.0;
    for (int64_t i = first + threadIdx.x; i < last; i += blockDim.x) {
        const float value = x[i * inputs + input], by = by_side[i];
        const float z = fabsf(v1) * value + e1;
        const float by_z = by * fabsf(v2) * logistic(z);
        by_v1 += by_z * value;
        by_e1 += by_z;
        by_v2 += by * softplus(z);
        by_e2 += by;
    }
    by_v1 = block_sum(by_v1, shared);
    by_e1 = block_sum(by_e1, shared);
    by_v2 = block_sum(by_v2, shared);
    by_e2 = block_sum(by_e2, shared);
    if (threadIdx.x == 0) {
        double *to = partial + static_cast<int64_t>(blockIdx.x) * (3 * hidden + 1);
        to[j] = v1 > 0.0f ? by_v1 : v1 < 0.0f ? -by_v1 : 0.0;
        to[hidden + j] = by_e1;
        to[2 * hidden + j] = v2 > 0.0f ? by_v2 : v2 < 0.0f ? -by_v2 : 0.0;
        if (j == 0) {
            to[3 * hidden] = by_e2;
        }
    }
}
EXPORT_KERNEL(gated_mlp_sidecar_gradient_f64)
