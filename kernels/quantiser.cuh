// org.ionforge.compute.Quantiser on the device: what fake_quant.cu and observe.cu do to a value, a group of four and a block's
// range. Equal to the bit to every other room: the one fused multiply-add is written as such, and the build makes no other.
#pragma once
#include "portable.cuh"
#include "scale_rule.cuh"

using namespace ionforge;

// Values of a block of threads: a channel is cut into chunks of this many, whole words of the mask and whole bytes of codes.
constexpr int CHUNK = 4096;
constexpr int QUANTISER_THREADS = 256;

// One channel's quantiser, whichever way the scheme rounds: r = min(max(round(fma(x, inverse, inner)), low), high), value =
// (r − outer)·scale, code = r + shift.
struct Quantiser {
    float scale, inverse, inner, outer, low, high;
    int shift;
};

static __device__ __forceinline__ Quantiser quantiser_of(float scale, int zero_point, int lowest, int highest, int within) {
    Quantiser q;
    q.scale = scale;
    q.inverse = 1.0f / scale;
    q.inner = q.outer = within ? static_cast<float>(zero_point) : 0.0f;
    q.shift = within ? 0 : zero_point;
    q.low = static_cast<float>(lowest - q.shift);
    q.high = static_cast<float>(highest - q.shift);
    return q;
}

static __device__ __forceinline__ float in_steps(float x, const Quantiser &q) { return fmaf(x, q.inverse, q.inner); }

// `floor` for what is not a number.
static __device__ __forceinline__ float clamped(float v, float floor, float ceiling) {
    v = v > floor ? v : floor;
    return v > ceiling ? ceiling : v;
}

// r before its last clamp: within one of the codes, +0 for either zero.
static __device__ __forceinline__ float rounded(float t, const Quantiser &q) {
    return rintf(clamped(t, q.low - 1.0f, q.high + 1.0f)) + 0.0f;
}

// Where the codes of a channel go; what is not wanted is null.
struct QuantisedRow {
    float *values;
    uint8_t *codes;
    uint8_t *packed;
    uint32_t *mask;
};

static __device__ __forceinline__ QuantisedRow row_of(float *values, uint8_t *codes, uint8_t *packed, uint32_t *mask, int64_t channel, int64_t length, int64_t stride, int bits) {
    QuantisedRow row;
    row.values = values == nullptr ? nullptr : values + channel * stride;
    row.codes = codes == nullptr ? nullptr : codes + channel * length;
    row.packed = packed == nullptr ? nullptr : packed + channel * ((length * bits + 7) / 8);
    row.mask = mask == nullptr ? nullptr : mask + channel * ((length + 31) / 32);
    return row;
}

// Four values from `at` on, as far as the channel goes; `aligned`: 16 bytes at once.
static __device__ __forceinline__ float4 load_four(const float *x, int64_t at, int64_t length, int aligned) {
    if (aligned && at + 4 <= length) {
        return *reinterpret_cast<const float4 *>(x + at);
    }
    return make_float4(at < length ? x[at] : 0.0f, at + 1 < length ? x[at + 1] : 0.0f, at + 2 < length ? x[at + 2] : 0.0f, at + 3 < length ? x[at + 3] : 0.0f);
}

// Quantises four values of a channel. Every lane of the warp comes here, its neighbours with the neighbouring four: eight lanes
// make a word of the mask.
static __device__ __forceinline__ void quantise_four(float4 four, int64_t at, int64_t length, int aligned, const Quantiser &q, int bits, const QuantisedRow &row) {
    const float x[4] = {four.x, four.y, four.z, four.w};
    float y[4];
    uint32_t field = 0;
    uint32_t mask = 0;
#pragma unroll
    for (int k = 0; k < 4; k++) {
        const bool there = at + k < length;
        const float near = rounded(in_steps(x[k], q), q);
        const float r = clamped(near, q.low, q.high);
        mask |= (there && near >= q.low && near <= q.high ? 1u : 0u) << k;
        y[k] = x[k] != x[k] ? x[k] : (r - q.outer) * q.scale;
        const uint32_t code = static_cast<uint32_t>(static_cast<int>(r) + q.shift);
        if (row.codes != nullptr && there) {
            row.codes[at + k] = static_cast<uint8_t>(code);
        }
        field |= there ? (code & ((1u << bits) - 1u)) << (k * bits) : 0u;
    }
    if (row.values != nullptr) {
        if (aligned && at + 4 <= length) {
            *reinterpret_cast<float4 *>(row.values + at) = make_float4(y[0], y[1], y[2], y[3]);
        } else {
#pragma unroll
            for (int k = 0; k < 4; k++) {
                if (at + k < length) {
                    row.values[at + k] = y[k];
                }
            }
        }
    }
    if (row.packed != nullptr) {
        const int64_t first = at * bits / 8;
        const int64_t bytes = (length * bits + 7) / 8;
#pragma unroll
        for (int k = 0; k < 4; k++) {
            if (k * 8 < 4 * bits && first + k < bytes) {
                row.packed[first + k] = static_cast<uint8_t>(field >> (8 * k));
            }
        }
    }
    if (row.mask != nullptr) {
        uint32_t word = mask << (4 * (threadIdx.x % 8));
#pragma unroll
        for (int m = 1; m < 8; m *= 2) {
            word |= warp_shuffle_xor(word, m);
        }
        if (threadIdx.x % 8 == 0 && at < length) {
            row.mask[at / 32] = word;
        }
    }
}

static __device__ __forceinline__ void take(Range &range, float x) {
    range.min = smaller(range.min, x);
    range.max = larger(range.max, x);
}

static __device__ __forceinline__ void take_four(Range &range, float4 four, int64_t at, int64_t length) {
    if (at < length) {
        take(range, four.x);
    }
    if (at + 1 < length) {
        take(range, four.y);
    }
    if (at + 2 < length) {
        take(range, four.z);
    }
    if (at + 3 < length) {
        take(range, four.w);
    }
}

// The range of all threads of a block of QUANTISER_THREADS, in every one of them. `warps` is shared and has room for two floats a
// warp.
static __device__ __forceinline__ Range block_range(Range range, float *warps) {
#pragma unroll
    for (int m = 16; m > 0; m /= 2) {
        const Range other = {warp_shuffle_xor(range.min, m), warp_shuffle_xor(range.max, m)};
        range.min = smaller(range.min, other.min);
        range.max = larger(range.max, other.max);
    }
    const int warp = threadIdx.x / 32;
    if (threadIdx.x % 32 == 0) {
        warps[2 * warp] = range.min;
        warps[2 * warp + 1] = range.max;
    }
    block_sync();
    for (int w = 0; w < QUANTISER_THREADS / 32; w++) {
        range.min = smaller(range.min, warps[2 * w]);
        range.max = larger(range.max, warps[2 * w + 1]);
    }
    return range;
}
