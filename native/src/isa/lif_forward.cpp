// LIF neurons through all steps (formulas: org.ionforge.compute.Lif and LifDialect).
//
// 4 (BF16: 2) bytes a neuron and step read, ⅛ written; about 10 operations on a vector: 66 bytes for some 5 cycles, so memory is
// the limit outside the caches. Groups of steps are the outer loop, so that a tile reads rows of kilobytes in their order, four of
// them side by side, and its membranes go to L2 and back once for four steps. What is read next is fetched by hand: at row distances
// that are powers of two the hardware's streams and the cache's sets both run out.
//
// Compiled without contraction: the bits are the contract's.
#include "lif_walk.h"

namespace ionforge::IONFORGE_ISA {
namespace {

// A row's part of what is written beside the spikes.
struct RowOutputs {
    float *counts, *membranes[2];
};

template <class Choices, class E, bool USUAL>
class ForwardWalk {
    static constexpr int MOST = USUAL ? TOGETHER : 1;

public:
    explicit ForwardWalk(const ForwardTile<E> &of)
        : tile(of), step{{of.layer.dialect}, of.layer.numbers}, leak(of.layer.leak), threshold(of.layer.threshold) {}

    static void run(const ForwardWalk &given) {
        const ForwardWalk self = given;
        self.walk();
    }

private:
    inline __attribute__((always_inline)) void walk() const {
        const LifExtent &extent = tile.extent;
        const int64_t cells = extent.cells();
        fill(tile.state, tile.layer.initial, cells);
        fill(tile.state + cells, 0, USUAL && !tile.counts ? 0 : 2 * cells);
        for (int64_t t = 0; t < extent.steps;) {
            if (USUAL && t + TOGETHER <= extent.steps) {
                steps<MOST>(t);
                t += TOGETHER;
            } else {
                steps<1>(t);
                t++;
            }
        }
        for (int64_t b = 0; b < extent.rows && tile.counts; b++) {
            std::memcpy(tile.counts.of(0, b), tile.state + 2 * cells + b * extent.width(), sizeof(float) * extent.neurons);
        }
    }

    // Steps t to t + STEPS of all samples.
    template <int STEPS>
    inline __attribute__((always_inline)) void steps(int64_t t) const {
        const LifExtent &extent = tile.extent;
        const int64_t cells = extent.cells();
        const bool last = t + STEPS == extent.steps;
        // With spikeDelay the bits of step t belong to row t + 1.
        const int64_t late = step.choices.spike_delay() ? 1 : 0;
        for (int64_t b = 0; b < extent.rows; b++) {
            float *state = tile.state + b * extent.width();
            uint32_t *spikes = !(late != 0 && last) ? tile.spikes.of(t + late, b) : nullptr;
            const RowOutputs outputs{tile.counts && !(late != 0 && last) ? state + 2 * cells : nullptr,
                                     {tile.membrane.of(t, b), last ? tile.last_membrane.of(0, b) : nullptr}};
            const typename E::Stored *in = tile.currents.of(t, b);
            const typename E::Stored *next = tile.next == 0 ? in : last ? tile.currents.of(0, b) + tile.next : in + STEPS * tile.currents.step;
            row<STEPS>(t == 0, in, {extent.neurons, in, next}, state, state + cells, spikes, outputs);
            if (late != 0 && t == 0 && tile.spikes) {
                std::fill(tile.spikes.of(0, b), tile.spikes.of(0, b) + extent.width() / WORD, 0u);
            }
        }
    }

    // Some steps of one sample.
    template <int STEPS>
    inline __attribute__((always_inline)) void row(bool first, const typename E::Stored *in, const Ahead<typename E::Stored> &ahead, float *v,
                                                   float *i, uint32_t *spikes, const RowOutputs &outputs) const {
        uint32_t words[STEPS] = {};
        over_vectors(tile.extent.neurons, [&](int64_t n, auto left) __attribute__((always_inline)) {
            const int64_t place = n % WORD;
            const typename E::Stored *next = ahead.of(n);
            Vec before = load(v + n);
#pragma GCC unroll 4
            for (int g = 0; g < STEPS; g++) {
                const Vec j = synaptic_current(step, read<E>(in + g * tile.currents.step + n, left), i + n);
                ahead.fetch(next + g * tile.currents.step, n);
                const Vec u = step.membrane(leak.of(n), threshold.of(n), before, j, first && g == 0);
                const Mask fired = step.spikes(u, threshold.of(n));
                before = step.reset(u, fired, threshold.of(n));
                const uint32_t those = left == LANES ? bits(fired) : bits(fired) & ((1u << left) - 1);
                words[g] = place == 0 ? those : words[g] | those << place;
                if (USUAL || spikes != nullptr) {
                    if (place + LANES == WORD || n + left == tile.extent.neurons) {
                        spikes[g * tile.spikes.step + n / WORD] = words[g];
                    }
                }
                if (outputs.counts != nullptr) {
                    store(outputs.counts + n, load(outputs.counts + n) + choose(fired, splat(1), Vec{}));
                }
                if (!USUAL) {
                    for (float *to : outputs.membranes) {
                        if (to != nullptr) {
                            write<F32>(to + n, u, left);
                        }
                    }
                }
            }
            store(v + n, before);
        });
    }

    ForwardTile<E> tile;
    LifStep<Choices, VectorLanes> step;
    Held<USUAL> leak, threshold;
};

template <class Choices, class E>
void walk_as(const ForwardTile<E> &tile) {
    ForwardWalk<Choices, E, false>::run(ForwardWalk<Choices, E, false>(tile));
}

}  // namespace

LifLayer LifLayer::from(int64_t neuron) const {
    LifLayer part = *this;
    for (Parameter *parameter : {&part.leak, &part.threshold, &part.by_state, &part.by_input, &part.surrogate.slope, &part.surrogate.offset}) {
        *parameter = parameter->from(neuron);
    }
    return part;
}

int64_t forward_state(const LifExtent &extent) { return 3 * extent.cells(); }

template <class E>
void forward_tile(const ForwardTile<E> &tile) {
    const bool usual = shares(tile.layer) && tile.spikes && !tile.membrane && !tile.last_membrane;
    if (usual && tile.layer.dialect == OURS) {
        ForwardWalk<LifChoices<OURS>, E, true>::run(ForwardWalk<LifChoices<OURS>, E, true>(tile));
    } else if (usual && tile.layer.dialect == SNNTORCH_LEAKY) {
        ForwardWalk<LifChoices<SNNTORCH_LEAKY>, E, true>::run(ForwardWalk<LifChoices<SNNTORCH_LEAKY>, E, true>(tile));
    } else if (rounds(tile.layer)) {
        walk_rounded(tile.layer, [&]<class Choices>(Choices) { walk_as<Choices>(tile); });
    } else {
        walk_as<LifChoices<ANY_DIALECT>>(tile);
    }
}

template void forward_tile(const ForwardTile<F32> &);
template void forward_tile(const ForwardTile<Bf16> &);

}  // namespace ionforge::IONFORGE_ISA
