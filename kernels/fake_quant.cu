// Fake quantisation (org.ionforge.compute.FakeQuantisation): i = 1/s, q = round(x·i) + z or round(fma(x, i, z)), y = (clamp(q) − z)·s.
//
//   fake_quantise_f32          y, codes, packed codes and mask, each if wanted; also each chunk's range if wanted
//   straight_through_f32       gx = g·bit
//   step_gradients_f32         gx, and each chunk's sums of the gradients by scale and zero point; …_sum_f32 adds the chunks
//   magnitude_f32              each chunk's Σ|x|; initial_steps_f32 makes LSQ's first scales of them
//
// Block b works on chunk b mod chunks of channel b / chunks; a thread takes four values in a row, four times. Bytes a value: 4
// read, up to 5⅛ + bits/8 written (8 and 4 for the gradients), about 15 operations: bound by memory. Sums are in double, in an
// order that the layout fixes.
#include "quantiser.cuh"

constexpr int FOURS = CHUNK / (4 * QUANTISER_THREADS);

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
fake_quantise_f32(const float *x, int64_t length, int64_t stride, int64_t chunks, int aligned, const float *scale, const int32_t *zero_point, int lowest, int highest, int within, int bits, float *values, uint8_t *codes, uint8_t *packed, uint32_t *mask, float *ranges) {
    SHARED_ARRAY(float, warps, QUANTISER_THREADS / 16);
    const int64_t channel = blockIdx.x / chunks;
    const int64_t first = blockIdx.x % chunks * CHUNK;
    const Quantiser q = quantiser_of(scale[channel], zero_point == nullptr ? 0 : zero_point[channel], lowest, highest, within);
    const QuantisedRow row = row_of(values, codes, packed, mask, channel, length, stride, bits);
    const float *from = x + channel * stride;
    Range range = {INFINITY, -INFINITY};
#pragma unroll
    for (int k = 0; k < FOURS; k++) {
        const int64_t at = first + (k * QUANTISER_THREADS + threadIdx.x) * 4;
        const float4 four = load_four(from, at, length, aligned);
        if (ranges != nullptr) {
            take_four(range, four, at, length);
        }
        quantise_four(four, at, length, aligned, q, bits, row);
    }
    if (ranges != nullptr) {
        range = block_range(range, warps);
        if (threadIdx.x == 0) {
            ranges[2 * static_cast<int64_t>(blockIdx.x)] = range.min;
            ranges[2 * static_cast<int64_t>(blockIdx.x) + 1] = range.max;
        }
    }
}
EXPORT_KERNEL(fake_quantise_f32)

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
straight_through_f32(const float *gradient, int64_t length, int64_t stride, int64_t chunks, const uint32_t *mask, float *result) {
    const int64_t channel = blockIdx.x / chunks;
    const int64_t first = blockIdx.x % chunks * CHUNK;
    const uint32_t *bits = mask + channel * ((length + 31) / 32);
#pragma unroll 4
    for (int k = threadIdx.x; k < CHUNK; k += QUANTISER_THREADS) {
        const int64_t at = first + k;
        if (at < length) {
            result[channel * stride + at] = gradient[channel * stride + at] * static_cast<float>(bits[at / 32] >> (at % 32) & 1u);
        }
    }
}
EXPORT_KERNEL(straight_through_f32)

static __device__ __forceinline__ double warp_total(double v) {
#pragma unroll
    for (int d = 16; d > 0; d /= 2) {
        v += warp_shuffle_down(v, d);
    }
    return v;
}

// The sum of all threads of a block, in thread 0. `warps` is shared and has a double for each warp.
static __device__ __forceinline__ double block_total(double v, double *warps) {
    v = warp_total(v);
    if (threadIdx.x % 32 == 0) {
        warps[threadIdx.x / 32] = v;
    }
    block_sync();
    double all = 0;
    for (int w = 0; w < QUANTISER_THREADS / 32; w++) {
        all += warps[w];
    }
    return all;
}

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
step_gradients_f32(const float *x, const float *gradient, int64_t length, int64_t stride, int64_t chunks, const float *scale, const int32_t *zero_point, int lowest, int highest, int within, int lsq, float factor, float *gx, double *sums) {
    SHARED_ARRAY(double, scale_warps, QUANTISER_THREADS / 32);
    SHARED_ARRAY(double, zero_point_warps, QUANTISER_THREADS / 32);
    const int64_t channel = blockIdx.x / chunks;
    const int64_t first = blockIdx.x % chunks * CHUNK;
    const Quantiser q = quantiser_of(scale[channel], zero_point == nullptr ? 0 : zero_point[channel], lowest, highest, within);
    double of_scale = 0;
    double of_zero_point = 0;
#pragma unroll 4
    for (int i = threadIdx.x; i < CHUNK; i += QUANTISER_THREADS) {
        const int64_t at = first + i;
        if (at < length) {
            const float value = x[channel * stride + at];
            const float g = gradient[channel * stride + at];
            const float t = in_steps(value, q);
            const float near = rounded(t, q);
            const float k = clamped(near, q.low, q.high) - q.outer;
            const float place = lsq ? t : near;
            const bool inside = place >= q.low && place <= q.high;
            if (gx != nullptr) {
                gx[channel * stride + at] = g * (inside ? 1.0f : 0.0f);
            }
            of_scale += !inside ? g * k * factor : lsq ? g * (k - t) * factor : g * fmaf(k, q.scale, -value) * q.inverse * factor;
            of_zero_point += inside ? 0.0f : -g * q.scale * factor;
        }
    }
    of_scale = block_total(of_scale, scale_warps);
    of_zero_point = block_total(of_zero_point, zero_point_warps);
    if (threadIdx.x == 0) {
        sums[2 * static_cast<int64_t>(blockIdx.x)] = of_scale;
        sums[2 * static_cast<int64_t>(blockIdx.x) + 1] = of_zero_point;
    }
}
EXPORT_KERNEL(step_gradients_f32)

// A thread a channel.
extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
step_gradients_sum_f32(const double *sums, int64_t channels, int64_t chunks, float *of_scale, float *of_zero_point) {
    const int64_t channel = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (channel >= channels) {
        return;
    }
    double scale = 0;
    double zero_point = 0;
    for (int64_t chunk = channel * chunks; chunk < (channel + 1) * chunks; chunk++) {
        scale += sums[2 * chunk];
        zero_point += sums[2 * chunk + 1];
    }
    if (of_scale != nullptr) {
        of_scale[channel] = static_cast<float>(scale);
    }
    if (of_zero_point != nullptr) {
        of_zero_point[channel] = static_cast<float>(zero_point);
    }
}
EXPORT_KERNEL(step_gradients_sum_f32)

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
magnitude_f32(const float *x, int64_t length, int64_t stride, int64_t chunks, double *sums) {
    SHARED_ARRAY(double, warps, QUANTISER_THREADS / 32);
    const int64_t channel = blockIdx.x / chunks;
    const int64_t first = blockIdx.x % chunks * CHUNK;
    double sum = 0;
#pragma unroll 4
    for (int k = threadIdx.x; k < CHUNK; k += QUANTISER_THREADS) {
        if (first + k < length) {
            sum += fabsf(x[channel * stride + first + k]);
        }
    }
    sum = block_total(sum, warps);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}
EXPORT_KERNEL(magnitude_f32)

// A thread a channel.
extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
initial_steps_f32(const double *sums, int64_t channels, int64_t chunks, int64_t length, double root, float *scales) {
    const int64_t channel = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (channel >= channels) {
        return;
    }
    double sum = 0;
    for (int64_t chunk = channel * chunks; chunk < (channel + 1) * chunks; chunk++) {
        sum += sums[chunk];
    }
    scales[channel] = static_cast<float>(2.0 * (sum / static_cast<double>(length)) / root);
}
EXPORT_KERNEL(initial_steps_f32)
