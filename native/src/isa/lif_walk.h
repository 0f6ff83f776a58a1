// What the walks of a tile's neurons through the steps share (lif_forward.cpp, lif_backward.cpp).
//
// The walks copy what they are given: nothing that they store can be meant by a local, so that their loops keep it in registers.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "lif_tile.h"

namespace ionforge::IONFORGE_ISA {

// What has code of its own: the dialects and surrogates that are used most, with parameters that all neurons share. Anything else
// is read at run time.
constexpr int32_t OURS = 0;               // LifDialect.IONFORGE
constexpr int32_t SNNTORCH_LEAKY = 1376;  // LifDialect.SNNTORCH_LEAKY: above, subtract, one step late, detached

constexpr int32_t MINT = 96;              // LifDialect.MINT: above, subtract

// Membranes rounded to levels, of the dialects above: the rounding is part of the loop, not a call for every vector.
constexpr int32_t rounded(int32_t dialect, LifRounding where, bool of_threshold, int bits) {
    return dialect | static_cast<int32_t>(where) << 11 | of_threshold << 13 | bits << 14;
}
using RoundedInPlace =
        std::integer_sequence<int32_t, rounded(OURS, LifRounding::MEMBRANE, true, 8), rounded(OURS, LifRounding::MEMBRANE, true, 4),
                              rounded(OURS, LifRounding::MEMBRANE, true, 2), rounded(OURS, LifRounding::LEAKED, true, 8),
                              rounded(OURS, LifRounding::LEAKED, true, 4), rounded(OURS, LifRounding::LEAKED, true, 2),
                              rounded(MINT, LifRounding::LEAKED, false, 8)>;

// Calls walk with the choices of the dialect if it is among CODES, and says whether it is.
template <int32_t... CODES, class Walk>
bool walks_as_one_of(int32_t dialect, std::integer_sequence<int32_t, CODES...>, const Walk &walk) {
    const auto walks_as = [&]<int32_t CODE>(LifChoices<CODE> choices) {
        if (dialect != CODE) {
            return false;
        }
        walk(choices);
        return true;
    };
    return (walks_as(LifChoices<CODES>()) || ...);
}

// Whether a layer's membranes are rounded.
inline bool rounds(const LifLayer &layer) { return LifChoices<ANY_ROUNDED>{layer.dialect}.rounding() != LifRounding::NONE; }

// Calls walk with the choices of a layer that rounds membranes. Where levels are found by arithmetic, one loop serves any number of them.
template <class Walk>
void walk_rounded(const LifLayer &layer, const Walk &walk) {
    constexpr int32_t bits = 15 << 14;
    const int32_t dialect = layer.numbers.levels.step != 0 ? (layer.dialect & ~bits) | 8 << 14 : layer.dialect;
    if (!walks_as_one_of(dialect, RoundedInPlace(), walk)) {
        walk(LifChoices<ANY_ROUNDED>());
    }
}

// The current that membranes get of an input, by way of the state of their synapses at i where they have one.
template <class Step> inline __attribute__((always_inline)) Vec synaptic_current(const Step &step, Vec x, float *i) {
    if (step.choices.synapse() == LifSynapse::NONE) {
        Vec none{};
        return step.current(x, none);
    }
    Vec filtered = load(i);
    const Vec j = step.current(x, filtered);
    store(i, filtered);
    return j;
}

// Whether a layer's neurons share their parameters.
inline bool shares(const LifLayer &layer) {
    return layer.leak.each == 0 && layer.threshold.each == 0 && layer.surrogate.slope.each == 0 && layer.surrogate.offset.each == 0;
}

// Steps that a walk of the usual neurons takes at a time: what goes from step to step stays in registers between them, and four rows
// are no more streams than the hardware follows. Without wide vectors arithmetic is the limit, and registers are few.
constexpr int TOGETHER = LANES < 8 ? 1 : 4;

// What is read after the vectors of a row: what lies some way ahead in it and, where it ends, in the row that comes after it.
template <class Stored>
class Ahead {
public:
    Ahead(int64_t neurons, const Stored *row, const Stored *following)
        : here(row + DISTANCE), after(following - std::max<int64_t>(0, neurons - DISTANCE)), turn(neurons - DISTANCE) {}

    // After the vector of neuron n.
    const Stored *of(int64_t n) const { return (n < turn ? here : after) + n; }

    // Asks for what is read after the vector of neuron n, once a line. (To ask for what lies outside an array does no harm.)
    static void fetch(const Stored *next, int64_t n) {
        if (n % LINE == 0) {
            prefetch(next);
        }
    }

private:
    static constexpr int64_t DISTANCE = 1024 / sizeof(Stored), LINE = 64 / sizeof(Stored);

    const Stored *here, *after;
    int64_t turn;
};

// Calls body(n, left) for every vector of a row's neurons, from n on; `left` is a constant LANES but where the row ends.
template <class Body>
inline __attribute__((always_inline)) void over_vectors(int64_t neurons, Body body) {
    int64_t n = 0;
    for (; n + WORD <= neurons; n += WORD) {
#pragma GCC unroll 8
        for (int k = 0; k < WORD; k += LANES) {
            body(n + k, std::integral_constant<int64_t, LANES>{});
        }
    }
    for (; n < neurons; n += LANES) {
        body(n, neurons - n < LANES ? neurons - n : LANES);
    }
}

template <class E, class Left>
inline Vec read(const typename E::Stored *p, Left left) {
    return left == LANES ? E::read(p) : E::read_some(p, left);
}

template <class E, class Left>
inline void write(typename E::Stored *p, Vec v, Left left) {
    left == LANES ? E::write(p, v) : E::write_some(p, v, left);
}

inline void fill(float *values, float value, int64_t n) {
    for (int64_t i = 0; i < n; i += LANES) {
        store(values + i, splat(value));
    }
}

// A parameter in a register, if all neurons share it.
template <bool SHARED>
struct Held {
    Parameter parameter;
    Vec value;

    explicit Held(const Parameter &of) : parameter(of), value(load(of.values)) {}

    Vec of(int64_t n) const { return SHARED ? value : parameter.of(n); }
};

}  // namespace ionforge::IONFORGE_ISA
