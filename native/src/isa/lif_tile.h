// A tile of LIF neurons on its way through all steps, and back. What a tile carries from step to step stays in the L1 cache;
// per step it reads the currents, and writes bits (forward), or reads the gradients and writes gradients (backward).
//
// Neurons go in words of 32, as their spikes are packed.
#pragma once
#include "ionforge_spiking.h"
#include "lanes.h"
#include "lif_step.h"

namespace ionforge::IONFORGE_ISA {

constexpr int64_t WORD = 32;

// Part of a [T, B, N] array: `at` is its first element; distances are in elements. Null: the array is not there.
template <class T>
struct Field {
    T *at = nullptr;
    int64_t step = 0, row = 0;

    // Null stays null.
    T *of(int64_t t, int64_t b) const { return at == nullptr ? nullptr : at + t * step + b * row; }
    explicit operator bool() const { return at != nullptr; }
};

// The same, cut into words that lie `word` elements apart.
template <class T>
struct WordField : Field<T> {
    int64_t word = WORD;
};

// A parameter from the tile's first neuron on: `each` is 1 for a value of every neuron, in whole words, and 0 for 32 equal ones.
struct Parameter {
    const float *values = nullptr;
    int64_t each = 0;

    Vec of(int64_t n) const { return load(values + each * n); }
    Parameter from(int64_t neuron) const { return {values + each * neuron, each}; }
};

struct Surrogate {
    int32_t shape;  // Surrogate.code()
    Parameter slope, offset;
};

// Everything about the neurons that does not depend on the tile; parameters from neuron 0 on.
struct LifLayer {
    int32_t dialect;
    LifNumbers numbers;
    float initial;
    Parameter leak, threshold;
    Parameter by_state, by_input;  // ∂U/∂V and ∂U/∂i: backward only
    Surrogate surrogate;           // backward only

    // From a neuron on that starts a word.
    LifLayer from(int64_t neuron) const;
};

struct LifExtent {
    int64_t steps, rows, neurons;

    // Of a row of scratch: whole words.
    int64_t width() const { return (neurons + WORD - 1) / WORD * WORD; }
    int64_t cells() const { return rows * width(); }
};

// Where the rows of a tile's arrays follow each other in memory the next row is fetched ahead: `next` is the distance from the
// tile's first element to the next tile's, 0 to fetch nothing.
template <class E>
struct ForwardTile {
    LifExtent extent;
    LifLayer layer;
    Field<const typename E::Stored> currents;
    int64_t next = 0;
    Field<uint32_t> spikes;  // in words
    Field<float> counts, membrane, last_membrane;
    float *state;  // forward_state(extent) floats
};

int64_t forward_state(const LifExtent &extent);

template <class E>
void forward_tile(const ForwardTile<E> &tile);

// Sums of the shares of the parameters' gradients over a tile's steps and rows, in double, [width] each; null: not wanted.
struct ParameterShares {
    double *leak = nullptr, *threshold = nullptr, *slope = nullptr, *offset = nullptr;

    bool any() const { return leak != nullptr || threshold != nullptr || slope != nullptr || offset != nullptr; }
};

template <class E>
struct BackwardTile {
    LifExtent extent;
    LifLayer layer;
    Field<const typename E::Stored> currents;
    int64_t next = 0;  // then currents and by_spikes have rows at the same distance; rows of other steps are fetched ahead anyway
    Field<const typename E::Stored> by_spikes;
    Field<const float> by_counts, by_membrane, by_last_membrane;
    WordField<typename E::Stored> by_currents;  // by every step's current, or
    WordField<float> by_constant;               // by the current that is the same at every step
    bool past_cache = false;                    // by_currents: aligned to vectors, and not read again soon
    ParameterShares shares;
    float *scratch;  // backward_scratch(extent, …) floats
};

int64_t backward_scratch(const LifExtent &extent, int32_t dialect, bool leak_gradient);

template <class E>
void backward_tile(const BackwardTile<E> &tile);

}  // namespace ionforge::IONFORGE_ISA
