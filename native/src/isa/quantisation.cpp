// Rows of values through a quantiser (org.ionforge.compute.Quantiser), their ranges, histograms and step gradients.
//
// quantise_row_f32: about 10 operations a value against 4 bytes read and up to 5⅛ written: bound by memory. 32 values make a word
// of the mask, and so a round of the loop. range_row_f32: 4 bytes and 4 operations. step_gradient_row_f32: 8 bytes read, 4 written,
// about 20 operations, the sums in double. Sums: value i of a row belongs to lane i mod 16, lanes are added pairwise, so that every
// instruction set gives the same bits.
#include "quantisation.h"

#include <cmath>
#include <cstring>

#include "lanes.h"
#include "simd.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int WORD = 32;
// 1.5·2²³: adding it to |x| < 2²² rounds to a whole number, half to even.
constexpr float ROUNDER = 12582912.0f;

typedef int8_t ByteVec __attribute__((vector_size(LANES)));

// The larger, and `floor` where v is not a number; the smaller.
inline Vec at_least_floor(Vec v, Vec floor) { return choose(above(v, floor), v, floor); }
inline Vec at_most_ceiling(Vec v, Vec ceiling) { return choose(above(v, ceiling), ceiling, v); }

// fma(x, inverse, inner), where inner is a small whole number. Without the instruction the C library's is right, but slow.
inline Vec in_steps(Vec x, const Quantiser &q) {
#ifdef __FMA__
    return fma(x, splat(q.inverse), splat(q.inner));
#else
    if (q.inner == 0.0f) {
        return x * q.inverse;
    }
    Vec t;
    for (int i = 0; i < LANES; i++) {
        t[i] = std::fmaf(x[i], q.inverse, q.inner);
    }
    return t;
#endif
}

// r before its last clamp: within one of the codes, so that rounding is exact and what lies outside still shows.
inline Vec rounded(Vec t, const Quantiser &q) {
    t = at_most_ceiling(at_least_floor(t, splat(q.low - 1.0f)), splat(q.high + 1.0f));
    t = t + ROUNDER;
    return t - ROUNDER;
}

// 32 codes of `bits` each, the first in the lowest bits.
inline void pack_word(const uint8_t *codes, int bits, uint8_t *packed) {
    for (int eight = 0; eight < WORD / 8; eight++) {
        uint64_t v;
        std::memcpy(&v, codes + 8 * eight, sizeof v);
        if (bits == 8) {
            std::memcpy(packed + 8 * eight, &v, sizeof v);
        } else if (bits == 4) {
            v &= 0x0f0f0f0f0f0f0f0fu;
            v = (v | v >> 4) & 0x00ff00ff00ff00ffu;
            v = (v | v >> 8) & 0x0000ffff0000ffffu;
            v |= v >> 16;
            std::memcpy(packed + 4 * eight, &v, 4);
        } else {
            v &= 0x0303030303030303u;
            v = (v | v >> 6) & 0x000f000f000f000fu;
            v = (v | v >> 12) & 0x000000ff000000ffu;
            v |= v >> 24;
            std::memcpy(packed + 2 * eight, &v, 2);
        }
    }
}

// Smallest and largest so far, lane by lane, and whether a lane saw a NaN.
struct Ranges {
    Vec min = splat(__builtin_inff());
    Vec max = splat(-__builtin_inff());
    IntVec unordered{};

    void take(Vec v) {
        min = at_most_ceiling(min, v);
        max = at_least_floor(max, v);
        unordered |= v != v;
    }

    void take(const Ranges &other) {
        min = at_most_ceiling(min, other.min);
        max = at_least_floor(max, other.max);
        unordered |= other.unordered;
    }

    Range all() const {
        Range range{__builtin_inff(), -__builtin_inff()};
        bool known = true;
        for (int i = 0; i < LANES; i++) {
            range.min = min[i] < range.min ? min[i] : range.min;
            range.max = max[i] > range.max ? max[i] : range.max;
            known &= unordered[i] == 0;
        }
        return known ? range : Range{__builtin_nanf(""), __builtin_nanf("")};
    }
};

// One word: 32 values. `codes` has room for 32.
template <bool Ranged>
inline uint32_t quantise_word(const float *x, const Quantiser &q, float *values, bool past_cache, uint8_t *codes, Ranges &ranges) {
    uint32_t mask = 0;
    for (int i = 0; i < WORD; i += LANES) {
        const Vec v = load(x + i);
        if constexpr (Ranged) {
            ranges.take(v);
        }
        const Vec near = rounded(in_steps(v, q), q);
        const Vec low = splat(q.low);
        const Vec high = splat(q.high);
        mask |= (bits(at_least(near, low)) & bits(at_least(high, near))) << i;
        const Vec r = at_most_ceiling(at_least_floor(near, low), high);
        if (values != nullptr) {
            Vec y = (r - q.outer) * q.scale;
            y = choose(at_least(v, v), y, v);  // a NaN stays one
            past_cache ? stream(values + i, y) : store(values + i, y);
        }
        if (codes != nullptr) {
            const ByteVec bytes = __builtin_convertvector(__builtin_convertvector(r, IntVec) + q.shift, ByteVec);
            std::memcpy(codes + i, &bytes, sizeof bytes);
        }
    }
    return mask;
}

template <bool Ranged>
Range quantise_row(const float *__restrict x, int64_t n, const Quantiser &q, const QuantisedRow &out) {
    Ranges ranges;
    uint8_t some[WORD];
    const bool past_cache = out.past_cache && reinterpret_cast<uintptr_t>(out.values) % sizeof(Vec) == 0;
    const bool codes = out.codes != nullptr || out.packed != nullptr;
    const int packed_word = WORD * out.bits / 8;
    int64_t i = 0;
    for (; i + WORD <= n; i += WORD) {
        uint8_t *const to = out.codes != nullptr ? out.codes + i : codes ? some : nullptr;
        const uint32_t mask = quantise_word<Ranged>(x + i, q, out.values == nullptr ? nullptr : out.values + i, past_cache, to, ranges);
        if (out.mask != nullptr) {
            out.mask[i / WORD] = mask;
        }
        if (out.packed != nullptr) {
            pack_word(to, out.bits, out.packed + i / WORD * packed_word);
        }
    }
    if (i < n) {  // a word that is not full: the rest repeats the last value and is thrown away
        const int64_t rest = n - i;
        float values[WORD], results[WORD];
        for (int k = 0; k < WORD; k++) {
            values[k] = x[k < rest ? i + k : n - 1];
        }
        const uint32_t mask = quantise_word<Ranged>(values, q, results, false, some, ranges);
        if (out.values != nullptr) {
            std::memcpy(out.values + i, results, sizeof(float) * rest);
        }
        if (out.mask != nullptr) {
            out.mask[i / WORD] = mask & ((1u << rest) - 1);
        }
        if (out.codes != nullptr) {
            std::memcpy(out.codes + i, some, rest);
        }
        if (out.packed != nullptr) {
            uint8_t word[WORD];
            std::memset(some + rest, 0, WORD - rest);
            pack_word(some, out.bits, word);
            std::memcpy(out.packed + i / WORD * packed_word, word, (rest * out.bits + 7) / 8);
        }
    }
    if (past_cache) {
        fence();
    }
    return ranges.all();
}

// Sums of a row in double: value i to lane i mod 16.
constexpr int SUM_LANES = 16;
typedef double WideVec __attribute__((vector_size(LANES * 8)));

struct RowSum {
    WideVec lanes[SUM_LANES / LANES] = {};

    void add(int first, Vec v) { lanes[first / LANES] += __builtin_convertvector(v, WideVec); }

    double all() const {
        double flat[SUM_LANES];
        std::memcpy(flat, lanes, sizeof flat);
        for (int width = SUM_LANES / 2; width > 0; width /= 2) {
            for (int k = 0; k < width; k++) {
                flat[k] += flat[k + width];
            }
        }
        return flat[0];
    }
};

// fma(k, scale, −x) for x within a step of k·scale: then the difference is exact in double, and rounds once.
inline Vec step_error(Vec k, Vec x, const Quantiser &q) {
#ifdef __FMA__
    return fma(k, splat(q.scale), -x);
#else
    const WideVec difference = __builtin_convertvector(k, WideVec) * static_cast<double>(q.scale) - __builtin_convertvector(x, WideVec);
    return __builtin_convertvector(difference, Vec);
#endif
}

template <StepRule Rule>
inline void step_gradient(Vec x, Vec g, const Quantiser &q, float factor, Vec &gx, Vec &of_scale, Vec &of_zero_point) {
    const Vec low = splat(q.low);
    const Vec high = splat(q.high);
    const Vec t = in_steps(x, q);
    const Vec near = rounded(t, q);
    const Vec k = at_most_ceiling(at_least_floor(near, low), high) - q.outer;
    const Vec place = Rule == StepRule::lsq ? t : near;
    const Vec one = splat(1.0f);
    const Vec zero{};
    const Vec passes = choose(at_least(place, low), choose(at_least(high, place), one, zero), zero);
    gx = g * passes;
    const Vec outside = g * k * factor;
    Vec inside;
    if constexpr (Rule == StepRule::lsq) {
        inside = g * (k - t) * factor;
    } else {
        inside = g * step_error(k, x, q) * q.inverse * factor;
    }
    of_scale = choose(above(passes, zero), inside, outside);
    of_zero_point = choose(above(passes, zero), zero, -g * q.scale * factor);
}

template <StepRule Rule>
StepSums step_gradient_row(const float *x, const float *g, int64_t n, const Quantiser &q, float factor, float *gx) {
    RowSum scale, zero_point;
    Vec result, of_scale, of_zero_point;
    for (int64_t i = 0; i < n; i += LANES) {
        const int first = static_cast<int>(i % SUM_LANES);
        if (i + LANES <= n) {
            step_gradient<Rule>(load(x + i), load(g + i), q, factor, result, of_scale, of_zero_point);
            if (gx != nullptr) {
                store(gx + i, result);
            }
        } else {
            const int64_t rest = n - i;
            step_gradient<Rule>(load_some(x + i, rest), load_some(g + i, rest), q, factor, result, of_scale, of_zero_point);
            if (gx != nullptr) {
                store_some(gx + i, result, rest);
            }
            for (int64_t k = rest; k < LANES; k++) {
                of_scale[k] = of_zero_point[k] = 0.0f;
            }
        }
        scale.add(first, of_scale);
        zero_point.add(first, of_zero_point);
    }
    return {scale.all(), zero_point.all()};
}

}  // namespace

Range quantise_row_f32(const float *x, int64_t n, const Quantiser &q, const QuantisedRow &out, bool ranged) {
    return ranged ? quantise_row<true>(x, n, q, out) : quantise_row<false>(x, n, q, out);
}

Range range_row_f32(const float *x, int64_t n) {
    constexpr int UNROLL = 4;
    Ranges ranges[UNROLL];
    int64_t i = 0;
    for (; i + UNROLL * LANES <= n; i += UNROLL * LANES) {
        for (int k = 0; k < UNROLL; k++) {
            ranges[k].take(load(x + i + k * LANES));
        }
    }
    for (; i < n; i++) {
        ranges[0].take(splat(x[i]));
    }
    for (int k = 1; k < UNROLL; k++) {
        ranges[0].take(ranges[k]);
    }
    return ranges[0].all();
}

void straight_through_row_f32(const float *gradient, const uint32_t *mask, int64_t n, float *result) {
    IntVec lane_bit;
    for (int k = 0; k < LANES; k++) {
        lane_bit[k] = 1 << k;
    }
    for (int64_t i = 0; i < n; i += LANES) {
        const IntVec word = IntVec{} + static_cast<int32_t>(mask[i / WORD] >> i % WORD);
        const Vec passes = reinterpret_cast<Vec>(((word & lane_bit) != 0) & reinterpret_cast<IntVec>(splat(1.0f)));
        if (i + LANES <= n) {
            store(result + i, load(gradient + i) * passes);
        } else {
            store_some(result + i, load_some(gradient + i, n - i) * passes, n - i);
        }
    }
}

StepSums step_gradient_row_f32(const float *x, const float *g, int64_t n, const Quantiser &q, StepRule rule, float factor, float *gx) {
    return rule == StepRule::lsq ? step_gradient_row<StepRule::lsq>(x, g, n, q, factor, gx)
                                 : step_gradient_row<StepRule::learnable>(x, g, n, q, factor, gx);
}

double magnitude_row_f32(const float *x, int64_t n) {
    RowSum sum;
    for (int64_t i = 0; i < n; i += LANES) {
        sum.add(static_cast<int>(i % SUM_LANES), abs(i + LANES <= n ? load(x + i) : load_some(x + i, n - i)));
    }
    return sum.all();
}

// Two tables in turn: neighbours are often alike, and an increment waits for the one before it to the same word.
void histogram_row_f32(const float *x, int64_t n, uint32_t *even, uint32_t *odd) {
    const auto bin = [](float value) __attribute__((always_inline)) {
        const uint32_t key = __builtin_bit_cast(uint32_t, value) >> 18;
        return value != value ? HISTOGRAM_BINS : key < HISTOGRAM_BINS / 2 ? HISTOGRAM_BINS / 2 + key : HISTOGRAM_BINS - 1 - key;
    };
    int64_t i = 0;
    for (; i + 2 <= n; i += 2) {
        even[bin(x[i])]++;
        odd[bin(x[i + 1])]++;
    }
    if (i < n) {
        even[bin(x[i])]++;
    }
}

}  // namespace ionforge::IONFORGE_ISA
