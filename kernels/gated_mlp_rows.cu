// What the gated MLP does row by row (org.ionforge.compute.GatedMlp): gather, the heads' last layers, sidecars, gates, loss.
//
// Memory is the limit: a row of IonisGate brings 256 floats of the heads' hidden layers (1 KB forward; 2 KB read and 1 KB written
// on the way back) and takes about 900 FLOP. The hidden layers of the three heads lie side by side in one row: base, sun gate,
// storm gate, each of a multiple of 16 floats. Sums over rows go in two stages without atomics: each block adds a slice of the
// rows in a fixed order, then one thread a sum adds the slices in order.
#include "gated_mlp.cuh"

// Row i of the batch, from the data set, as operands x [rows, wide], 0 past the trunk's inputs, and the sidecars' inputs sides [2, rows]; a
// row outside the data becomes NaN, which the loss shows. targets, weights and index may be null. The first row of the batch is
// cursor[0], or `first` if cursor is null.
template <class P>
static __device__ __forceinline__ void gather(const float *features, const float *targets, const float *weights, const int32_t *index, int64_t data_rows, const int64_t *cursor, int64_t first, int64_t rows, int32_t inputs, int32_t trunk_inputs, int32_t sun_input, int32_t storm_input, int32_t wide, typename P::Stored *x, float *sides, float *target, float *weight) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= rows * wide) {
        return;
    }
    const int64_t i = at / wide, column = at % wide, position = (cursor == nullptr ? first : cursor[0]) + i;
    const int64_t row = index == nullptr ? position : index[position];
    const bool inside = row >= 0 && row < data_rows;
    const float *from = features + row * inputs;
    x[at] = P::store(column >= trunk_inputs ? 0.0f : inside ? from[column] : nanf(""));
    if (column == 0) {
        sides[i] = inside ? from[sun_input] : nanf("");
        sides[rows + i] = inside ? from[storm_input] : nanf("");
        if (targets != nullptr) {
            target[i] = inside ? targets[row] : nanf("");
            weight[i] = inside ? weights[row] : nanf("");
        }
    }
}
#define GATHER(name, P)                                                                                                                    \
    extern "C" __global__ void __launch_bounds__(256) name(const float *features, const float *targets, const float *weights, const int32_t *index, int64_t data_rows, const int64_t *cursor, int64_t first, int64_t rows, int32_t inputs, int32_t trunk_inputs, int32_t sun_input, int32_t storm_input, int32_t wide, P::Stored *x, float *sides, float *target, float *weight) { \
        gather<P>(features, targets, weights, index, data_rows, cursor, first, rows, inputs, trunk_inputs, sun_input, storm_input, wide, x, sides, target, weight); \
    }                                                                                                                                       \
    EXPORT_KERNEL(name)
GATHER(gated_mlp_gather_f32, Fp32)
GATHER(gated_mlp_gather_tf32, Tf32)
GATHER(gated_mlp_gather_bf16, Bf16)

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

template <class P>
static __device__ __forceinline__ float warp_dot(const typename P::Stored *a, const float *b, int n) {
    float sum = 0.0f;
    for (int j = static_cast<int>(threadIdx.x) % 32; j < n; j += 32) {
        sum += P::load(a[j]) * b[j];
    }
    for (int m = 16; m > 0; m /= 2) {
        sum += warp_shuffle_xor(sum, m);
    }
    return sum;
}

// One warp a row of h [rows, wide_base + 2·wide_gate]. `last` [the same width]: weights of the last layers; base_constant and so on:
// their biases; sun_side, storm_side: the sidecars. values [6, rows]: out, base, sun gate, storm gate, sun side, storm side.
// slopes [2, rows], unless null: the gates' derivatives by their logits.
template <class P>
static __device__ __forceinline__ void heads(const typename P::Stored *h, const float *sides, const float *last, const float *base_constant, const float *sun_constant, const float *storm_constant, const float *sun_side, const float *storm_side, int32_t wide_base, int32_t wide_gate, int32_t sidecar_hidden, float *values, float *slopes, int64_t rows) {
    const int64_t row = static_cast<int64_t>(blockIdx.x) * (blockDim.x / 32) + threadIdx.x / 32;
    if (row >= rows) {
        return;
    }
    const int wide_sun = wide_base + wide_gate, wide = wide_sun + wide_gate;
    const float base = warp_dot<P>(h + row * wide, last, wide_base) + *base_constant;
    const float sun_logit = warp_dot<P>(h + row * wide + wide_base, last + wide_base, wide_gate) + *sun_constant;
    const float storm_logit = warp_dot<P>(h + row * wide + wide_sun, last + wide_sun, wide_gate) + *storm_constant;
    if (threadIdx.x % 32 != 0) {
        return;
    }
    const float sun_gate = 0.5f + 1.5f * logistic(sun_logit), storm_gate = 0.5f + 1.5f * logistic(storm_logit);
    const float sun = sidecar(sun_side, sidecar_hidden, sides[row]);
    const float storm = sidecar(storm_side, sidecar_hidden, sides[rows + row]);
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
#define HEADS(name, P)                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(256) name(const P::Stored *h, const float *sides, const float *last, const float *base_constant, const float *sun_constant, const float *storm_constant, const float *sun_side, const float *storm_side, int32_t wide_base, int32_t wide_gate, int32_t sidecar_hidden, float *values, float *slopes, int64_t rows) { \
        heads<P>(h, sides, last, base_constant, sun_constant, storm_constant, sun_side, storm_side, wide_base, wide_gate, sidecar_hidden, values, slopes, rows); \
    }                                                                                                                                       \
    EXPORT_KERNEL(name)
HEADS(gated_mlp_heads_f32, Fp32)
HEADS(gated_mlp_heads_bf16, Bf16)

// The sum of a value over the block's 256 threads, in a fixed order; every thread has it.
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

// The loss's derivatives by each row's base, gates' logits and sides, by [5, rows]; partial [slices, 7]: the sums of Huber·weight,
// of the squared error, of the gates' squared deviations from their means, and of the first three of `by`. gate_sums [slices, 2].
extern "C" __global__ void __launch_bounds__(256) gated_mlp_residuals_f32(const float *values, const float *slopes, const float *target, const float *weight, const double *gate_sums, float delta, float lambda, int64_t rows, int64_t slice_rows, float *by, double *partial) {
    SHARED_ARRAY(double, shared, 8);
    const int64_t first = blockIdx.x * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    const double n = static_cast<double>(rows);
    double means[2] = {0.0, 0.0};
    for (int slice = 0; slice < static_cast<int>(gridDim.x); slice++) {
        means[0] += gate_sums[2 * slice];
        means[1] += gate_sums[2 * slice + 1];
    }
    means[0] /= n;
    means[1] /= n;
    double sums[7] = {};
    for (int64_t i = first + threadIdx.x; i < last; i += blockDim.x) {
        const double residual = static_cast<double>(values[i]) - target[i];
        const double size = fabs(residual), w = weight[i];
        const double slope = residual > delta ? delta : residual < -delta ? -delta : residual;
        sums[0] += w * (size <= delta ? 0.5 * residual * residual : delta * (size - 0.5 * delta));
        sums[1] += residual * residual;
        const float by_out = static_cast<float>(w * slope / n);
        by[i] = by_out;
        sums[4] += by_out;
#pragma unroll
        for (int k = 0; k < 2; k++) {
            const float gate = values[(2 + k) * rows + i];
            const double deviation = gate - means[k];
            sums[2 + k] += deviation * deviation;
            const float by_gate = by_out * values[(4 + k) * rows + i] - static_cast<float>(2.0 * lambda * deviation / n);
            const float by_logit = by_gate * slopes[k * rows + i];
            by[(1 + k) * rows + i] = by_logit;
            sums[5 + k] += by_logit;
            by[(3 + k) * rows + i] = by_out * gate;
        }
    }
#pragma unroll
    for (int k = 0; k < 7; k++) {
        const double sum = block_sum(sums[k], shared);
        if (threadIdx.x == 0) {
            partial[7 * blockIdx.x + k] = sum;
        }
    }
}
EXPORT_KERNEL(gated_mlp_residuals_f32)

// Back through the heads' last layers and mish: d [rows, wide], mish' of their hidden layers, becomes the loss's derivative by their
// z; partial [slices, 2, wide]: the sums of by·h, for the last layers' weights, and of what d becomes, for the hidden layers'
// biases. A block has 64 columns (x) and a slice of the rows (y), which its four quarters take in turn.
template <class P>
static __device__ __forceinline__ void heads_back(const float *by, const float *last, const typename P::Stored *h, typename P::Stored *d, int32_t wide_base, int32_t wide_gate, int64_t rows, int64_t slice_rows, float *partial) {
    SHARED_ARRAY(float, shared, 2 * 256);
    const int wide = wide_base + 2 * wide_gate, t = static_cast<int>(threadIdx.x);
    const int column = static_cast<int>(blockIdx.x) * 64 + t % 64;
    const int head = column < wide_base ? 0 : column < wide_base + wide_gate ? 1 : 2;
    const int64_t first = blockIdx.y * slice_rows, end = first + slice_rows < rows ? first + slice_rows : rows;
    float by_last = 0.0f, by_bias = 0.0f;
    if (column < wide) {
        const float weight = last[column];
        for (int64_t row = first + t / 64; row < end; row += 4) {
            const float by_head = by[head * rows + row];
            const typename P::Stored by_z = P::store(P::load(d[row * wide + column]) * (by_head * weight));
            by_last += by_head * P::load(h[row * wide + column]);
            by_bias += P::load(by_z);
            d[row * wide + column] = by_z;
        }
    }
    shared[t] = by_last;
    shared[256 + t] = by_bias;
    block_sync();
    if (t < 64 && column < wide) {
        float *to = partial + blockIdx.y * (2 * wide) + column;
        to[0] = shared[t] + shared[64 + t] + shared[128 + t] + shared[192 + t];
        to[wide] = shared[256 + t] + shared[320 + t] + shared[384 + t] + shared[448 + t];
    }
}
#define HEADS_BACK(name, P)                                                                                                                \
    extern "C" __global__ void __launch_bounds__(256) name(const float *by, const float *last, const P::Stored *h, P::Stored *d, int32_t wide_base, int32_t wide_gate, int64_t rows, int64_t slice_rows, float *partial) { \
        heads_back<P>(by, last, h, d, wide_base, wide_gate, rows, slice_rows, partial);                                                     \
    }                                                                                                                                       \
    EXPORT_KERNEL(name)
HEADS_BACK(gated_mlp_heads_back_f32, Fp32)
HEADS_BACK(gated_mlp_heads_back_tf32, Tf32)
HEADS_BACK(gated_mlp_heads_back_bf16, Bf16)

// partial [slices, wide]: the sums of the columns of d [rows, wide], for a bias whose weight's gradient a library multiplies. Blocks as
// above.
template <class P>
static __device__ __forceinline__ void column_sums(const typename P::Stored *d, int32_t wide, int64_t rows, int64_t slice_rows, float *partial) {
    SHARED_ARRAY(float, shared, 256);
    const int t = static_cast<int>(threadIdx.x), column = static_cast<int>(blockIdx.x) * 64 + t % 64;
    const int64_t first = blockIdx.y * slice_rows, end = first + slice_rows < rows ? first + slice_rows : rows;
    float sum = 0.0f;
    for (int64_t row = first + t / 64; row < end && column < wide; row += 4) {
        sum += P::load(d[row * wide + column]);
    }
    shared[t] = sum;
    block_sync();
    if (t < 64 && column < wide) {
        partial[static_cast<int64_t>(blockIdx.y) * wide + column] = shared[t] + shared[64 + t] + shared[128 + t] + shared[192 + t];
    }
}
#define COLUMN_SUMS(name, P)                                                                                                               \
    extern "C" __global__ void __launch_bounds__(256) name(const P::Stored *d, int32_t wide, int64_t rows, int64_t slice_rows, float *partial) { \
        column_sums<P>(d, wide, rows, slice_rows, partial);                                                                                 \
    }                                                                                                                                       \
    EXPORT_KERNEL(name)
COLUMN_SUMS(gated_mlp_column_sums_f32, Fp32)
COLUMN_SUMS(gated_mlp_column_sums_bf16, Bf16)

// The sidecars' gradients, partial [2, slices, 3·hidden + 1], each in the order of its parameters. Block (slice, j, sidecar); block
// j = 0 sums the last bias too.
extern "C" __global__ void __launch_bounds__(256) gated_mlp_sidecar_gradient_f64(const float *sides, const float *sun_side, const float *storm_side, int32_t hidden, const float *by_sides, int64_t rows, int64_t slice_rows, double *partial) {
    SHARED_ARRAY(double, shared, 8);
    const int j = static_cast<int>(blockIdx.y);
    const float *parameters = blockIdx.z == 0 ? sun_side : storm_side;
    const float v1 = parameters[j], e1 = parameters[hidden + j], v2 = parameters[2 * hidden + j];
    const int64_t first = blockIdx.x * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    double by_v1 = 0.0, by_e1 = 0.0, by_v2 = 0.0, by_e2 = 0.0;
    for (int64_t i = first + threadIdx.x; i < last; i += blockDim.x) {
        const float value = sides[blockIdx.z * rows + i], by = by_sides[blockIdx.z * rows + i];
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
        double *to = partial + (static_cast<int64_t>(blockIdx.z) * gridDim.x + blockIdx.x) * (3 * hidden + 1);
        to[j] = v1 > 0.0f ? by_v1 : v1 < 0.0f ? -by_v1 : 0.0;
        to[hidden + j] = by_e1;
        to[2 * hidden + j] = v2 > 0.0f ? by_v2 : v2 < 0.0f ? -by_v2 : 0.0;
        if (j == 0) {
            to[3 * hidden] = by_e2;
        }
    }
}
EXPORT_KERNEL(gated_mlp_sidecar_gradient_f64)

// The weight gradient of the first layer, dW = dYᵀ·X and db = dYᵀ·1 in slices [slices, out·in + out]. With so few inputs reading dy
// bounds the time: a thread has one of its columns and 16 inputs (block z), two halves of the block take alternate rows. Block
// (columns of dy / 128, slices, inputs / 16).
template <class P>
static __device__ __forceinline__ void narrow_gradient(const typename P::Stored *dy, const typename P::Stored *x, float *partial, int64_t rows, int32_t in, int32_t out, int64_t slice_rows) {
    constexpr int INPUTS = 16, ROWS = 16, COLUMNS = 128;
    SHARED_ARRAY(float, inputs, ROWS * INPUTS);
    SHARED_ARRAY(float, halves, COLUMNS * (INPUTS + 1));
    const int t = static_cast<int>(threadIdx.x), half = t / COLUMNS;
    const int64_t column = static_cast<int64_t>(blockIdx.x) * COLUMNS + t % COLUMNS, j0 = static_cast<int64_t>(blockIdx.z) * INPUTS;
    const int64_t first = blockIdx.y * slice_rows, last = first + slice_rows < rows ? first + slice_rows : rows;
    float sum[INPUTS + 1] = {};
    for (int64_t row0 = first; row0 < last; row0 += ROWS) {
        const int64_t mine = row0 + t / INPUTS;
        inputs[t] = mine < last ? P::load(x[mine * in + j0 + t % INPUTS]) : 0.0f;
        block_sync();
#pragma unroll 4
        for (int r = 0; r < ROWS; r += 2) {
            const int64_t row = row0 + r + half;
            const float by = row < last && column < out ? P::load(dy[row * out + column]) : 0.0f;
#pragma unroll
            for (int j = 0; j < INPUTS; j += 4) {
                const float4 v = *reinterpret_cast<const float4 *>(inputs + (r + half) * INPUTS + j);
                sum[j] = fmaf(by, v.x, sum[j]);
                sum[j + 1] = fmaf(by, v.y, sum[j + 1]);
                sum[j + 2] = fmaf(by, v.z, sum[j + 2]);
                sum[j + 3] = fmaf(by, v.w, sum[j + 3]);
            }
            sum[INPUTS] += by;
        }
        block_sync();
    }
#pragma unroll
    for (int j = 0; j <= INPUTS; j++) {
        if (half == 1) {
            halves[t % COLUMNS * (INPUTS + 1) + j] = sum[j];
        }
    }
    block_sync();
    if (half == 0 && column < out) {
        float *to = partial + static_cast<int64_t>(blockIdx.y) * out * (in + 1);
#pragma unroll
        for (int j = 0; j < INPUTS; j++) {
            to[column * in + j0 + j] = sum[j] + halves[t * (INPUTS + 1) + j];
        }
        if (j0 == 0) {
            to[static_cast<int64_t>(out) * in + column] = sum[INPUTS] + halves[t * (INPUTS + 1) + INPUTS];
        }
    }
}
#define NARROW_GRADIENT(name, P)                                                                                                           \
    extern "C" __global__ void __launch_bounds__(256) name(const P::Stored *dy, const P::Stored *x, float *partial, int64_t rows, int32_t in, int32_t out, int64_t slice_rows) { \
        narrow_gradient<P>(dy, x, partial, rows, in, out, slice_rows);                                                                      \
    }                                                                                                                                       \
    EXPORT_KERNEL(name)
NARROW_GRADIENT(gated_mlp_narrow_gradient_f32, Fp32)
NARROW_GRADIENT(gated_mlp_narrow_gradient_bf16, Bf16)
