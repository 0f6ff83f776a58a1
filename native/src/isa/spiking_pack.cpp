// Every value moves once or twice: bound by the caches. Compiled without contraction: the codes are the contract's.
#include "spiking_pack.h"

#include <algorithm>
#include <utility>

#include "panel_gemm.h"

namespace ionforge::IONFORGE_ISA {
namespace {

// 1.5·2²³: adding it and taking it off rounds |x| < 2²² to a whole number, half to even.
constexpr float ROUNDING = 12582912.0f;

// Swaps the blocks of S × S lanes beside the diagonal, for every pair of vectors S apart.
template <int S, size_t... LANE>
inline void exchange(Vec *v, std::index_sequence<LANE...>) {
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) {
        if (!(i & S)) {
            const Vec a = v[i], b = v[i + S];
            v[i] = __builtin_shufflevector(a, b, (LANE & S ? LANES + LANE - S : LANE)...);
            v[i + S] = __builtin_shufflevector(a, b, (LANE & S ? LANES + LANE : LANE + S)...);
        }
    }
}

// LANES vectors turned over, in place: vector i takes lane i of each.
inline void transpose(Vec *v) {
    constexpr auto lanes = std::make_index_sequence<LANES>();
    if constexpr (LANES >= 16) {
        exchange<8>(v, lanes);
    }
    if constexpr (LANES >= 8) {
        exchange<4>(v, lanes);
    }
    exchange<2>(v, lanes);
    exchange<1>(v, lanes);
}

}  // namespace

Codes::Codes(const ionforge_quantisation &how, int64_t n) {
    if (how.scale != nullptr) {
        scale = how.scale[n];
        inverse = 1 / scale;
        lowest = static_cast<float>(how.lowest);
        highest = static_cast<float>(how.highest);
        quantised = true;
        masked = how.mask != 0;
    }
}

Vec Codes::code(Vec x) const {
    if (!quantised) {
        return x;
    }
    // Clamped first: the bounds are whole numbers, so that it comes to the same, and what is rounded is small. Not a number: lowest.
    Vec q = inverse * x;
    q = choose(above(q, splat(lowest)), q, splat(lowest));
    q = choose(above(q, splat(highest)), splat(highest), q);
    return (q + ROUNDING) - ROUNDING;
}

Vec Codes::fake_quantised(Vec x) const {
    return quantised ? choose(at_least(x, x), code(x) * scale, x) : x;
}

Vec Codes::passing(Vec x, Vec g) const {
    if (!masked) {
        return g;
    }
    const Vec q = (inverse * x + ROUNDING) - ROUNDING;
    return choose(at_least(q, splat(lowest)), choose(at_least(splat(highest), q), g, Vec{}), Vec{});
}

void pack_neurons(const ionforge_spiking_weights &weights, int64_t neurons, int64_t inputs, int64_t panel, float *to) {
    for (int64_t half = 0; half < NR; half += LANES) {
        const int64_t first = panel * NR + half, rows = std::clamp<int64_t>(neurons - first, 0, LANES);
        Codes codes[LANES];
        for (int64_t i = 0; i < rows; i++) {
            codes[i] = Codes(weights.quantisation, first + i);
        }
        for (int64_t k = 0; k < inputs; k += LANES) {
            const int64_t count = std::min<int64_t>(inputs - k, LANES);
            Vec block[LANES];
            for (int64_t i = 0; i < LANES; i++) {
                const float *from = weights.values + (first + i) * inputs + k;
                block[i] = i >= rows ? Vec{} : codes[i].code(count < LANES ? load_some(from, count) : load(from));
            }
            transpose(block);
            for (int64_t i = 0; i < count; i++) {
                store(to + (k + i) * NR + half, block[i]);
            }
        }
    }
}

void pack_inputs(const ionforge_spiking_weights &weights, int64_t neurons, int64_t inputs, int64_t panel, float *to) {
    for (int64_t n = 0; n < neurons; n++, to += NR) {
        const Codes codes(weights.quantisation, n);
        for (int64_t half = 0; half < NR; half += LANES) {
            const int64_t first = panel * NR + half, count = std::clamp<int64_t>(inputs - first, 0, LANES);
            const float *from = weights.values + n * inputs + first;
            store(to + half, count == 0 ? Vec{} : codes.fake_quantised(count < LANES ? load_some(from, count) : load(from)));
        }
    }
}

template <class E>
void pack_rows(const Field<const typename E::Stored> &from, int64_t steps, int64_t batch, int64_t columns, int64_t padded, float *to) {
    const int64_t panel = padded * WORD;
    for (int64_t first = 0; first < columns; first += WORD, to += panel) {
        for (int64_t t = 0; t < steps; t++) {
            for (int64_t b = 0; b < batch; b++) {
                const typename E::Stored *row = from.of(t, b) + first;
                float *out = to + (t * batch + b) * WORD;
                for (int64_t c = 0; c < WORD; c += LANES) {
                    const int64_t left = columns - first - c;
                    store(out + c, left >= LANES ? E::read(row + c) : left > 0 ? E::read_some(row + c, left) : Vec{});
                }
            }
        }
        std::fill(to + steps * batch * WORD, to + panel, 0.0f);
    }
}

void unpack_sums(const float *sums, int64_t width, const ionforge_spiking_weights &weights, int64_t neurons, int64_t inputs, int64_t first,
                 float *gradients) {
    const int64_t rows = std::min<int64_t>(neurons - first, LANES);
    Codes codes[LANES];
    for (int64_t i = 0; i < rows; i++) {
        codes[i] = Codes(weights.quantisation, first + i);
    }
    for (int64_t k = 0; k < inputs; k += LANES) {
        const int64_t count = std::min<int64_t>(inputs - k, LANES);
        Vec block[LANES];
        for (int64_t i = 0; i < LANES; i++) {
            block[i] = i < count ? load(sums + (k + i) * width + first) : Vec{};
        }
        transpose(block);
        for (int64_t i = 0; i < rows; i++) {
            const int64_t at = (first + i) * inputs + k;
            store_some(gradients + at, codes[i].passing(load_some(weights.values + at, count), block[i]), count);
        }
    }
}

template void pack_rows<F32>(const Field<const float> &, int64_t, int64_t, int64_t, int64_t, float *);
template void pack_rows<Bf16>(const Field<const uint16_t> &, int64_t, int64_t, int64_t, int64_t, float *);

}  // namespace ionforge::IONFORGE_ISA
