// Random numbers by place (org.ionforge.compute.RandomFill): the words of Philox4x32-10, counter (stream, place / 4 · 4), and numbers
// of them (org.ionforge.compute.RandomNumbers). 4 bytes written and about 20 operations a word, 20 more a normal number: bound by
// arithmetic, which makes 64 bits of a product at a time. (A core of Zen 5 takes 53 cycles for 32 uniform numbers; 78 where words leave
// the lanes one by one.) Compiled without contraction: every product and sum is rounded for itself.
#include "random_fill.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "philox.h"

namespace ionforge::IONFORGE_ISA {
namespace {

// Words made at once; numbers are made of them in loops that the compiler turns into vector code.
constexpr int64_t ROUND = 512;

// The four words of LANES counters, from place `place` on, a multiple of 4.
template <int... K>
inline void words_of(uint64_t seed, uint64_t stream, uint64_t place, uint32_t *words, std::integer_sequence<int, K...>) {
    const Words zero = {}, ahead = {4 * K...};
    Words low = zero + stream, high = ahead + place;
    philox(seed, low, high);
    const Words front = {(K % 2 * LANES + K / 2)...}, rear = {(K % 2 * LANES + K / 2 + LANES / 2)...};
    const Words in_order[] = {__builtin_shuffle(low, high, front), __builtin_shuffle(low, high, rear)};
    std::memcpy(words, in_order, sizeof in_order);
}

// Calls `use(at, words, count)` for runs of elements that begin at a multiple of 32: words[k] is the word of element at + k, and
// words[−1] and words[count] are those of its neighbours where they share a counter.
template <typename Use>
void over_words(const RandomPlaces &places, int64_t n, const Use &use) {
    const int64_t skipped = static_cast<int64_t>(places.first % 4);
    uint32_t words[ROUND + 4 * LANES + 4];
    for (int64_t at = 0; at < n; at += ROUND) {
        const int64_t count = n - at < ROUND ? n - at : ROUND;
        const uint64_t place = places.first + static_cast<uint64_t>(at) - static_cast<uint64_t>(skipped);
        for (int64_t k = 0; k < skipped + count + 1; k += 4 * LANES) {
            words_of(places.seed, places.stream, place + static_cast<uint64_t>(k), words + k, std::make_integer_sequence<int, LANES>());
        }
        use(at, words + skipped, count);
    }
}

inline float uniform(uint32_t word) { return (static_cast<float>(static_cast<int32_t>(word >> 9)) + 0.5f) * 0x1p-23f; }

inline float logarithm(float u) {
    const int32_t bits = __builtin_bit_cast(int32_t, u) - 0x3f3504f3;
    const float exponent = static_cast<float>(bits >> 23);
    const float f = __builtin_bit_cast(float, (bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
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

constexpr float QUARTER = static_cast<float>(3.14159265358979323846 / 2 * 0x1p-30);

inline float sine(uint32_t angle) {
    const uint32_t quarter = (angle + (1u << 29)) >> 30;
    const float r = static_cast<float>(static_cast<int32_t>(angle - (quarter << 30))) * QUARTER;
    const float s = r * r;
    float sine = ((2.86567956e-6f * s + -1.98559923e-4f) * s + 8.33338592e-3f) * s + -1.66666672e-1f;
    sine = sine * s * r + r;
    float cosine = ((2.44677067e-5f * s + -1.38877297e-3f) * s + 4.16666567e-2f) * s + -0.5f;
    cosine = cosine * s + 1.0f;
    const float magnitude = quarter & 1 ? cosine : sine;
    return __builtin_bit_cast(float, __builtin_bit_cast(uint32_t, magnitude) ^ (quarter & 2) << 30);
}

}  // namespace

void random_words_u32(const RandomPlaces &places, uint32_t *words, int64_t n) {
    over_words(places, n, [&](int64_t at, const uint32_t *made, int64_t count) { std::memcpy(words + at, made, sizeof(uint32_t) * count); });
}

void random_uniform_f32(const RandomPlaces &places, float from, float to, float *values, int64_t n) {
    const float width = to - from;
    over_words(places, n, [&](int64_t at, const uint32_t *words, int64_t count) {
        for (int64_t k = 0; k < count; k++) {
            values[at + k] = from + width * uniform(words[k]);
        }
    });
}

void random_normal_f32(const RandomPlaces &places, float mean, float deviation, float *values, int64_t n) {
    over_words(places, n, [&](int64_t at, const uint32_t *words, int64_t count) {
        const int64_t odd = static_cast<int64_t>((places.first + static_cast<uint64_t>(at)) % 2);
        float numbers[ROUND + 4];
        for (int64_t k = 0; k < (count + odd + 1) / 2; k++) {
            const uint32_t first = words[2 * k - odd];
            const uint32_t angle = words[2 * k - odd + 1];
            const float radius = std::sqrt(-2.0f * logarithm(static_cast<float>(first) * 0x1p-32f + 0x1p-33f));
            numbers[2 * k] = mean + deviation * (radius * sine(angle + (1u << 30)));
            numbers[2 * k + 1] = mean + deviation * (radius * sine(angle));
        }
        std::memcpy(values + at, numbers + odd, sizeof(float) * count);
    });
}

void random_bernoulli_f32(const RandomPlaces &places, const float *probability, uint32_t *bits, int64_t n) {
    constexpr int WORD = 32;
    // ⌊p·2³²⌋ in two halves, since few instruction sets convert to 32 bits without a sign; the differences are exact.
    const auto spike = [](float p, uint32_t word) __attribute__((always_inline)) {
        const float bounded = p > 0.0f && p < 1.0f ? p : 0.0f;
        const int32_t high = static_cast<int32_t>(bounded * 65536.0f);
        const int32_t low = static_cast<int32_t>((bounded * 65536.0f - static_cast<float>(high)) * 65536.0f);
        const uint32_t limit = static_cast<uint32_t>(high) << 16 | static_cast<uint32_t>(low);
        return static_cast<uint32_t>(p >= 1.0f) | static_cast<uint32_t>(word < limit);
    };
    over_words(places, n, [&](int64_t at, const uint32_t *words, int64_t count) {
        int64_t k = 0;
        for (; k + WORD <= count; k += WORD) {
            uint32_t word = 0;
            for (int j = 0; j < WORD; j++) {
                word |= spike(probability[at + k + j], words[k + j]) << j;
            }
            bits[(at + k) / WORD] = word;
        }
        if (k < count) {
            uint32_t word = 0;
            for (int j = 0; k + j < count; j++) {
                word |= spike(probability[at + k + j], words[k + j]) << j;
            }
            bits[(at + k) / WORD] = word;
        }
    });
}

}  // namespace ionforge::IONFORGE_ISA
