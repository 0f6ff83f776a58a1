// Observers (org.ionforge.compute.Observers): the range of each channel, the state that follows it, scale and zero point of the
// state, and histograms.
//
//   range_f32                     each chunk's range; 4 bytes and 2 operations a value: bound by memory
//   track_f32                     the chunks' ranges into the state, and scales of it if wanted: a block a channel
//   scales_of_state_f32           a thread a channel
//   observe_quantise_rows_f32     range, state, scale and quantisation of a whole channel by one block: the second time, its values
//                                 come from the cache, so that memory is read once. 4 bytes read, what is wanted written
//   histogram_count_f32           counts in shared memory, 16 bits each, then added to those in global memory: 4 bytes and one
//                                 shared atomic a value
//   histogram_quantiles_f32       one block
//
// Ranges and counts do not depend on an order; nothing else is summed.
#include "quantiser.cuh"

constexpr int BINS = 1 << 14;

static __device__ __forceinline__ void write_scale(Scale made, float *scale, int32_t *zero_point, int64_t channel) {
    scale[channel] = made.scale;
    if (zero_point != nullptr) {
        zero_point[channel] = made.zero_point;
    }
}

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS) observer_reset_f32(float *state, int64_t channels) {
    const int64_t channel = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (channel < channels) {
        state[2 * channel] = INFINITY;
        state[2 * channel + 1] = -INFINITY;
    }
}
EXPORT_KERNEL(observer_reset_f32)

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
range_f32(const float *x, int64_t length, int64_t stride, int64_t chunks, int aligned, float *ranges) {
    SHARED_ARRAY(float, warps, QUANTISER_THREADS / 16);
    const float *from = x + blockIdx.x / chunks * stride;
    const int64_t first = blockIdx.x % chunks * CHUNK;
    Range range = {INFINITY, -INFINITY};
#pragma unroll
    for (int k = 0; k < CHUNK; k += 4 * QUANTISER_THREADS) {
        const int64_t at = first + k + threadIdx.x * 4;
        take_four(range, load_four(from, at, length, aligned), at, length);
    }
    range = block_range(range, warps);
    if (threadIdx.x == 0) {
        ranges[2 * static_cast<int64_t>(blockIdx.x)] = range.min;
        ranges[2 * static_cast<int64_t>(blockIdx.x) + 1] = range.max;
    }
}
EXPORT_KERNEL(range_f32)

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
track_f32(const float *ranges, int64_t chunks, float averaging, float *state, float *scale, int32_t *zero_point, int lowest, int highest, int affine, int rule, float smallest_scale) {
    SHARED_ARRAY(float, warps, QUANTISER_THREADS / 16);
    const int64_t channel = blockIdx.x;
    Range range = {INFINITY, -INFINITY};
    for (int64_t chunk = threadIdx.x; chunk < chunks; chunk += QUANTISER_THREADS) {
        range.min = smaller(range.min, ranges[2 * (channel * chunks + chunk)]);
        range.max = larger(range.max, ranges[2 * (channel * chunks + chunk) + 1]);
    }
    range = block_range(range, warps);
    if (threadIdx.x == 0) {
        const Range now = tracked(range, averaging, state + 2 * channel);
        state[2 * channel] = now.min;
        state[2 * channel + 1] = now.max;
        if (scale != nullptr) {
            write_scale(scale_of({lowest, highest, affine, rule, smallest_scale}, now), scale, zero_point, channel);
        }
    }
}
EXPORT_KERNEL(track_f32)

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
scales_of_state_f32(const float *state, int64_t channels, float *scale, int32_t *zero_point, int lowest, int highest, int affine, int rule, float smallest_scale) {
    const int64_t channel = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (channel < channels) {
        write_scale(scale_of({lowest, highest, affine, rule, smallest_scale}, {state[2 * channel], state[2 * channel + 1]}), scale, zero_point, channel);
    }
}
EXPORT_KERNEL(scales_of_state_f32)

extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
observe_quantise_rows_f32(const float *x, int64_t length, int64_t stride, int aligned, float averaging, float *state, float *scale, int32_t *zero_point, int lowest, int highest, int affine, int rule, float smallest_scale, int within, int bits, float *values, uint8_t *codes, uint8_t *packed, uint32_t *mask) {
    SHARED_ARRAY(float, warps, QUANTISER_THREADS / 16);
    const int64_t channel = blockIdx.x;
    const float *from = x + channel * stride;
    Range range = {INFINITY, -INFINITY};
    for (int64_t at = threadIdx.x * 4; at < length; at += 4 * QUANTISER_THREADS) {
        take_four(range, load_four(from, at, length, aligned), at, length);
    }
    // Every thread works out state and scale for itself: that is cheaper than waiting for one.
    const Range now = tracked(block_range(range, warps), averaging, state + 2 * channel);
    const Scale made = scale_of({lowest, highest, affine, rule, smallest_scale}, now);
    block_sync();
    if (threadIdx.x == 0) {
        state[2 * channel] = now.min;
        state[2 * channel + 1] = now.max;
        write_scale(made, scale, zero_point, channel);
    }
    const Quantiser q = quantiser_of(made.scale, made.zero_point, lowest, highest, within);
    const QuantisedRow row = row_of(values, codes, packed, mask, channel, length, stride, bits);
    for (int64_t first = 0; first < length; first += 4 * QUANTISER_THREADS) {
        const int64_t at = first + threadIdx.x * 4;
        quantise_four(load_four(from, at, length, aligned), at, length, aligned, q, bits, row);
    }
}
EXPORT_KERNEL(observe_quantise_rows_f32)

// Two counts of 16 bits a word: a block has fewer than 65536 values.
extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
histogram_count_f32(const float *x, int64_t n, int values_of_block, uint64_t *histogram) {
    SHARED_ARRAY(uint32_t, counts, BINS / 2);
    SHARED_ARRAY(uint32_t, unknown, 1);
    for (int k = threadIdx.x; k < BINS / 2; k += QUANTISER_THREADS) {
        counts[k] = 0;
    }
    if (threadIdx.x == 0) {
        unknown[0] = 0;
    }
    block_sync();
    const int64_t first = static_cast<int64_t>(blockIdx.x) * values_of_block;
    for (int64_t i = first + threadIdx.x; i < first + values_of_block && i < n; i += QUANTISER_THREADS) {
        const float value = x[i];
        const uint32_t key = __float_as_uint(value) >> 18;
        const uint32_t bin = key < BINS / 2 ? BINS / 2 + key : BINS - 1 - key;
        if (value == value) {
            atomic_add(&counts[bin / 2], 1u << (16 * (bin % 2)));
        } else {
            atomic_add(&unknown[0], 1u);
        }
    }
    block_sync();
    for (int k = threadIdx.x; k < BINS / 2; k += QUANTISER_THREADS) {
        const uint32_t pair = counts[k];
        if (pair & 0xffffu) {
            atomic_add(&histogram[2 * k], static_cast<uint64_t>(pair & 0xffffu));
        }
        if (pair >> 16) {
            atomic_add(&histogram[2 * k + 1], static_cast<uint64_t>(pair >> 16));
        }
    }
    if (threadIdx.x == 0 && unknown[0] > 0) {
        atomic_add(&histogram[BINS], static_cast<uint64_t>(unknown[0]));
    }
}
EXPORT_KERNEL(histogram_count_f32)

// The number that a bin starts with, for a number that is not negative; the last finite bin ends with 2¹²⁸.
static __device__ __forceinline__ double bin_edge(uint32_t key) {
    return key == 0x7f800000u >> 18 ? 0x1p128 : static_cast<double>(__uint_as_float(key << 18));
}

// The number that `target` of the counts lie below; `below` of them lie before bin `bin`.
static __device__ __forceinline__ float quantile(const uint64_t *histogram, double target, uint64_t below, int bin) {
    while (histogram[bin] == 0 || static_cast<double>(below + histogram[bin]) < target) {
        below += histogram[bin++];
    }
    const bool negative = bin < BINS / 2;
    const uint32_t key = static_cast<uint32_t>(negative ? BINS / 2 - 1 - bin : bin - BINS / 2);
    if (key == 0x7f800000u >> 18) {
        return negative ? -INFINITY : INFINITY;
    }
    const double low = negative ? -bin_edge(key + 1) : bin_edge(key);
    const double fraction = (target - static_cast<double>(below)) / static_cast<double>(histogram[bin]);
    const double value = fma(bin_edge(key + 1) - bin_edge(key), fraction, low);
    const double most = 0x1.fffffep127;
    return static_cast<float>(value < -most ? -most : value > most ? most : value) + 0.0f;
}

// Thread t adds up 64 bins; two threads then look for a quantile each, first among the threads, then in one's bins.
extern "C" __global__ void __launch_bounds__(QUANTISER_THREADS)
histogram_quantiles_f32(const uint64_t *histogram, double from, double to, float *state) {
    SHARED_ARRAY(uint64_t, sums, QUANTISER_THREADS);
    constexpr int OWN = BINS / QUANTISER_THREADS;
    uint64_t sum = 0;
    for (int k = 0; k < OWN; k++) {
        sum += histogram[threadIdx.x * OWN + k];
    }
    sums[threadIdx.x] = sum;
    block_sync();
    if (threadIdx.x >= 2) {
        return;
    }
    uint64_t total = 0;
    for (int t = 0; t < QUANTISER_THREADS; t++) {
        total += sums[t];
    }
    if (histogram[BINS] > 0) {
        state[threadIdx.x] = nanf("");
        return;
    }
    if (total == 0) {
        state[threadIdx.x] = threadIdx.x == 0 ? INFINITY : -INFINITY;
        return;
    }
    const double target = (threadIdx.x == 0 ? from : to) * static_cast<double>(total);
    uint64_t below = 0;
    int t = 0;
    while (sums[t] == 0 || static_cast<double>(below + sums[t]) < target) {
        below += sums[t++];
    }
    state[threadIdx.x] = quantile(histogram, target, below, t * OWN);
}
EXPORT_KERNEL(histogram_quantiles_f32)
