// Rows of values through a quantiser (org.ionforge.compute.Quantiser), their ranges, histograms and step gradients.
//
// quantise_row_f32: about 10 operations a value against 4 bytes read and up to 5⅛ written: bound by memory. 32 values make a word
// of the mask, and so a round of the loop. range_row_f32: 4 bytes and 4 operations. step_gradient_row_f32: 8 bytes read, 4 written,
// about 20 operations, the sums in double. Sums: value i of a row belongs to lane i mod 16, lanes are added pairwise, so that every
// instruction set gives the same bits.
#include "quantisation.h"

#include <cmath>
#include <cstring>

#include "codes.h"
#include "lanes.h"
#include "simd.h"

namespace ionforge::IONFORGE_ISA {
namespace {

// 1.5·2²³: adding it to |x| < 2²² rounds to a whole number, half to even.
constexpr float ROUNDER = 12582912.0f;

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

// r: the bounds are whole, so that it may be clamped before it is rounded, which makes rounding exact. Low if t is not a number.
inline Vec rounded(Vec t, const Quantiser &q) {
    t = smaller(larger(t, splat(q.low)), splat(q.high));
    t = t + ROUNDER;
    return t - ROUNDER;
}

// Smallest and largest so far, lane by lane, and whether a lane saw a NaN.
struct Ranges {
    Vec min = splat(__builtin_inff());
    Vec max = splat(-__builtin_inff());
    IntVec unordered{};

    void take(Vec v) {
        min = smaller(v, min);
        max = larger(v, max);
        unordered |= v != v;
    }

    void take(const Ranges &other) {
        min = smaller(other.min, min);
        max = larger(other.max, max);
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

// Whether vectors from here on may be streamed.
inline bool on_lines(const float *p) { return reinterpret_cast<uintptr_t>(p) % sizeof(Vec) == 0; }

// To memory, past the cache if that is wanted: what does not fit there need not be read before it is written.
inline void put(float *p, Vec v, bool streamed) { streamed ? stream(p, v) : store(p, v); }

// Asks for what is read later: the processor's own reading ahead ends with each page.
inline void fetch(const float *p, int count) {
    constexpr int LINE = 16;
    for (int i = 0; i < count; i += LINE) {
        __builtin_prefetch(p + i);
    }
}

// Where a word's values, codes and packed codes go; what is not wanted is null.
struct Word {
    float *values;
    uint8_t *codes;
    uint8_t *packed;
};

// One word: 32 values. Returns its mask.
template <bool Ranged>
inline uint32_t quantise_word(const float *x, const Quantiser &q, const Word &to, int bits, bool past_cache, Ranges &ranges) {
    uint32_t mask = 0;
    IntVec whole[WORD_VECTORS];
    for (int k = 0; k < WORD_VECTORS; k++) {
        const Vec v = load(x + k * LANES);
        if constexpr (Ranged) {
            ranges.take(v);
        }
        const Vec t = in_steps(v, q);
        mask |= inside(t, splat(q.passes_from), splat(q.passes_to)) << (k * LANES);
        const Vec r = rounded(t, q);
        whole[k] = __builtin_convertvector(r, IntVec) + q.shift;
        if (to.values != nullptr) {
            Vec y = (r - q.outer) * q.scale;
            y = choose(at_least(v, v), y, v);  // a NaN stays one
            put(to.values + k * LANES, y, past_cache);
        }
    }
    if (to.codes != nullptr) {
        store_codes(to.codes, codes_of(whole));
    }
    if (to.packed != nullptr) {
        pack_codes(to.packed, codes_of(whole), bits);
    }
    return mask;
}

template <bool Ranged>
Range quantise_row(const float *__restrict x, int64_t n, const Quantiser &q, const QuantisedRow &out) {
    Ranges ranges;
    const bool past_cache = out.past_cache && on_lines(out.values);
    const int packed_bytes = WORD * out.bits / 8;
    Word to{out.values, out.codes, out.packed};
    int64_t i = 0;
    for (; i + WORD <= n; i += WORD) {
        fetch(x + i + out.ahead, WORD);
        const uint32_t mask = quantise_word<Ranged>(x + i, q, to, out.bits, past_cache, ranges);
        if (out.mask != nullptr) {
            out.mask[i / WORD] = mask;
        }
        to.values = to.values == nullptr ? nullptr : to.values + WORD;
        to.codes = to.codes == nullptr ? nullptr : to.codes + WORD;
        to.packed = to.packed == nullptr ? nullptr : to.packed + packed_bytes;
    }
    if (i < n) {  // a word that is not full: the rest repeats the last value, and its codes are 0
        const int64_t rest = n - i;
        float values[WORD], results[WORD];
        uint8_t codes[WORD], packed[WORD];
        for (int k = 0; k < WORD; k++) {
            values[k] = x[k < rest ? i + k : n - 1];
        }
        const uint32_t mask = quantise_word<Ranged>(values, q, {results, codes, nullptr}, out.bits, false, ranges);
        if (to.values != nullptr) {
            std::memcpy(to.values, results, sizeof(float) * rest);
        }
        if (to.codes != nullptr) {
            std::memcpy(to.codes, codes, rest);
        }
        if (to.packed != nullptr) {
            Codes padded;
            std::memset(codes + rest, 0, WORD - rest);
            std::memcpy(&padded, codes, WORD);
            pack_codes(packed, padded, out.bits);
            std::memcpy(to.packed, packed, (rest * out.bits + 7) / 8);
        }
        if (out.mask != nullptr) {
            out.mask[i / WORD] = mask & ((1u << rest) - 1);
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
    const Vec t = in_steps(x, q);
    const Vec k = rounded(t, q) - q.outer;
    const Vec from = splat(Rule == StepRule::lsq ? q.low : q.passes_from);
    const Vec to = splat(Rule == StepRule::lsq ? q.high : q.passes_to);
    const Vec one = splat(1.0f);
    const Vec zero{};
    const Vec passes = choose(at_least(t, from), choose(at_least(to, t), one, zero), zero);
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
StepSums step_gradient_row(const float *x, const float *g, int64_t n, const Quantiser &q, float factor, float *gx, bool past_cache) {
    RowSum scale, zero_point;
    Vec result, of_scale, of_zero_point;
    const bool streamed = past_cache && on_lines(gx);
    for (int64_t i = 0; i < n; i += LANES) {
        const int first = static_cast<int>(i % SUM_LANES);
        if (i + LANES <= n) {
            fetch(x + i + FETCHED_AHEAD, LANES);
            fetch(g + i + FETCHED_AHEAD, LANES);
            step_gradient<Rule>(load(x + i), load(g + i), q, factor, result, of_scale, of_zero_point);
            if (gx != nullptr) {
                put(gx + i, result, streamed);
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
    if (streamed) {
        fence();
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
        fetch(x + i + FETCHED_AHEAD, UNROLL * LANES);
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

void straight_through_row_f32(const float *gradient, const uint32_t *mask, int64_t n, float *result, bool past_cache) {
    const bool streamed = past_cache && on_lines(result);
    IntVec lane_bit;
    for (int k = 0; k < LANES; k++) {
        lane_bit[k] = 1 << k;
    }
    for (int64_t i = 0; i < n; i += LANES) {
        const IntVec word = IntVec{} + static_cast<int32_t>(mask[i / WORD] >> i % WORD);
        const Vec passes = reinterpret_cast<Vec>(((word & lane_bit) != 0) & reinterpret_cast<IntVec>(splat(1.0f)));
        if (i + LANES <= n) {
            fetch(gradient + i + FETCHED_AHEAD, LANES);
            put(result + i, load(gradient + i) * passes, streamed);
        } else {
            store_some(result + i, load_some(gradient + i, n - i) * passes, n - i);
        }
    }
    if (streamed) {
        fence();
    }
}

StepSums step_gradient_row_f32(const float *x, const float *g, int64_t n, const Quantiser &q, StepRule rule, float factor, float *gx,
                               bool past_cache) {
    return rule == StepRule::lsq ? step_gradient_row<StepRule::lsq>(x, g, n, q, factor, gx, past_cache)
                                 : step_gradient_row<StepRule::learnable>(x, g, n, q, factor, gx, past_cache);
}

double magnitude_row_f32(const float *x, int64_t n) {
    RowSum sum;
    for (int64_t i = 0; i < n; i += LANES) {
        sum.add(static_cast<int>(i % SUM_LANES), abs(i + LANES <= n ? load(x + i) : load_some(x + i, n - i)));
    }
    return sum.all();
}

// Four tables in turn: neighbours are often alike, and an increment waits for the one before it to the same word. Signs are random,
// so that no branch may depend on them.
void histogram_row_f32(const float *x, int64_t n, uint32_t *tables) {
    constexpr int ROOM = HISTOGRAM_BINS + 1;
    constexpr int64_t ROUND = 256;
    uint16_t bins[ROUND];
    for (int64_t at = 0; at < n; at += ROUND) {
        const int count = static_cast<int>(n - at < ROUND ? n - at : ROUND);
        for (int k = 0; k < count; k++) {
            uint32_t bits;
            std::memcpy(&bits, x + at + k, sizeof bits);
            const uint32_t sign = static_cast<uint32_t>(static_cast<int32_t>(bits) >> 31);
            const uint32_t bin = (bits >> 18) ^ (HISTOGRAM_BINS / 2 | (sign & (HISTOGRAM_BINS / 2 - 1)));
            bins[k] = static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? HISTOGRAM_BINS : bin);
        }
        int k = 0;
        for (; k + 4 <= count; k += 4) {
            tables[bins[k]]++;
            tables[ROOM + bins[k + 1]]++;
            tables[2 * ROOM + bins[k + 2]]++;
            tables[3 * ROOM + bins[k + 3]]++;
        }
        for (; k < count; k++) {
            tables[bins[k]]++;
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA
