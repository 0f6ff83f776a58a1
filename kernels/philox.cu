// Random numbers by place (org.ionforge.compute.RandomFill): the words of Philox4x32-10 (Salmon and others 2011), counter (stream,
// place / 4 · 4), key = seed, and numbers of them (org.ionforge.compute.RandomNumbers), the same to the bit in every room.
//
// A thread has one counter, that is four places: 4 bytes written and about 20 integer operations a word (10 of 40 multiplications
// 32×32→64 a counter), 20 float operations more a normal number. Bound by memory where a chip does 64 integer operations for each
// 4 bytes it writes, as all of this decade do; the first and the last thread may have fewer places.
#include "philox.cuh"

constexpr int THREADS = 256;

// The thread's first place, a multiple of 4, as an element: below 0 if the fill begins within the four.
static __device__ __forceinline__ int64_t own_element(int64_t first) {
    return (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * 4 - first % 4;
}

static __device__ __forceinline__ bool within(int64_t i, int64_t n) { return i >= 0 && i < n; }

extern "C" __global__ void __launch_bounds__(THREADS)
random_words_u32(int64_t seed, int64_t stream, int64_t first, uint32_t *words, int64_t n) {
    const int64_t i = own_element(first);
    if (i >= n) {
        return;
    }
    const PhiloxWords four = philox(seed, stream, first + i);
#pragma unroll
    for (int k = 0; k < 4; k++) {
        if (within(i + k, n)) {
            words[i + k] = four.word[k];
        }
    }
}
EXPORT_KERNEL(random_words_u32)

extern "C" __global__ void __launch_bounds__(THREADS)
random_uniform_f32(int64_t seed, int64_t stream, int64_t first, float from, float to, float *values, int64_t n) {
    const int64_t i = own_element(first);
    if (i >= n) {
        return;
    }
    const PhiloxWords four = philox(seed, stream, first + i);
    const float width = to - from;
#pragma unroll
    for (int k = 0; k < 4; k++) {
        if (within(i + k, n)) {
            const float u = (static_cast<float>(static_cast<int32_t>(four.word[k] >> 9)) + 0.5f) * 0x1p-23f;
            values[i + k] = from + width * u;
        }
    }
}
EXPORT_KERNEL(random_uniform_f32)

static __device__ __forceinline__ float logarithm(float u) {
    const int32_t bits = __float_as_int(u) - 0x3f3504f3;
    const float exponent = static_cast<float>(bits >> 23);
    const float f = __int_as_float((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
    float p = -7.63458163e-2f * f + 1.27617225e-1f;
    p = p * f + -1.31602198e-1f;
    p = p * f + 1.42017409e-1f;
    p = p * f + -1.66233525e-1f;
    p = p * f + 2.00012267e-1f;
    p = p * f + -2.50008225e-1f;
    p = p * f + 3.33333313e-1f;
    const float s = f * f;
    return exponent * 0.693147181f + (p * s * f + (f - 0.5f * s));
}

static __device__ __forceinline__ float sine(uint32_t angle) {
    const uint32_t quarter = (angle + (1u << 29)) >> 30;
    const float r = static_cast<float>(static_cast<int32_t>(angle - (quarter << 30))) * static_cast<float>(3.14159265358979323846 / 2 * 0x1p-30);
    const float s = r * r;
    float sine = ((2.86567956e-6f * s + -1.98559923e-4f) * s + 8.33338592e-3f) * s + -1.66666672e-1f;
    sine = sine * s * r + r;
    float cosine = ((2.44677067e-5f * s + -1.38877297e-3f) * s + 4.16666567e-2f) * s + -0.5f;
    cosine = cosine * s + 1.0f;
    const float magnitude = quarter & 1 ? cosine : sine;
    return quarter & 2 ? -magnitude : magnitude;
}

extern "C" __global__ void __launch_bounds__(THREADS)
random_normal_f32(int64_t seed, int64_t stream, int64_t first, float mean, float deviation, float *values, int64_t n) {
    const int64_t i = own_element(first);
    if (i >= n) {
        return;
    }
    const PhiloxWords four = philox(seed, stream, first + i);
#pragma unroll
    for (int k = 0; k < 4; k += 2) {
        const float radius = sqrtf(-2.0f * logarithm(static_cast<float>(four.word[k]) * 0x1p-32f + 0x1p-33f));
        const uint32_t angle = four.word[k + 1];
        if (within(i + k, n)) {
            values[i + k] = mean + deviation * (radius * sine(angle + (1u << 30)));
        }
        if (within(i + k + 1, n)) {
            values[i + k + 1] = mean + deviation * (radius * sine(angle));
        }
    }
}
EXPORT_KERNEL(random_normal_f32)

// The word that makes a spike is below this; all are if the probability is 1 or more.
static __device__ __forceinline__ uint32_t limit_of(float probability) {
    return probability > 0.0f && probability < 1.0f ? static_cast<uint32_t>(probability * 0x1p32f) : 0u;
}

// A thread has four elements, whose places lie in one counter or two; eight threads make a word of the bits.
extern "C" __global__ void __launch_bounds__(THREADS)
random_bernoulli_f32(int64_t seed, int64_t stream, int64_t first, const float *probability, uint32_t *bits, int64_t n) {
    const int64_t i = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * 4;
    const int shift = static_cast<int>(first % 4);
    const PhiloxWords four = philox(seed, stream, first + i - shift);
    const PhiloxWords next = shift == 0 ? four : philox(seed, stream, first + i - shift + 4);
    uint32_t spikes = 0;
#pragma unroll
    for (int k = 0; k < 4; k++) {
        uint32_t word = four.word[k];
#pragma unroll
        for (int from = 1; from < 4; from++) {
            word = shift == from ? (k + from < 4 ? four.word[(k + from) % 4] : next.word[(k + from) % 4]) : word;
        }
        const float p = i + k < n ? probability[i + k] : 0.0f;
        spikes |= (p >= 1.0f || word < limit_of(p) ? 1u : 0u) << k;
    }
    uint32_t word = spikes << (4 * (threadIdx.x % 8));
#pragma unroll
    for (int m = 1; m < 8; m *= 2) {
        word |= warp_shuffle_xor(word, m);
    }
    if (threadIdx.x % 8 == 0 && i < n) {
        bits[i / 32] = word;
    }
}
EXPORT_KERNEL(random_bernoulli_f32)
