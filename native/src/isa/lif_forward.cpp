// LIF neurons through all steps (formulas: org.ionforge.compute.Lif and LifDialect).
//
// 4 (BF16: 2) bytes a neuron and step read, ⅛ written; about 10 operations on a vector: 66 bytes for some 5 cycles, so memory is
// the limit outside the caches. Steps are the outer loop, so that a tile reads rows of kilobytes in their order; the membranes of
// a tile stay in L1. The next step's row is fetched by hand: at row distances that are powers of two the hardware's streams and
// the cache's sets both run out.
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
        // With spikeDelay the bits of step t belong to row t + 1.
        const int64_t late = step.choices.spike_delay() ? 1 : 0;
        for (int64_t t = 0; t < extent.steps; t++) {
            const bool last = t + 1 == extent.steps;
            const int64_t fetch = tile.next == 0 ? 0 : last ? tile.next - t * tile.currents.step : tile.currents.step;
            for (int64_t b = 0; b < extent.rows; b++) {
                float *state = tile.state + b * extent.width();
                uint32_t *spikes = !(late != 0 && last) ? tile.spikes.of(t + late, b) : nullptr;
                const RowOutputs outputs{tile.counts && !(late != 0 && last) ? state + 2 * cells : nullptr,
                                         {tile.membrane.of(t, b), last ? tile.last_membrane.of(0, b) : nullptr}};
                row(t == 0, tile.currents.of(t, b), fetch, state, state + cells, spikes, outputs);
                if (late != 0 && t == 0 && tile.spikes) {
                    std::fill(tile.spikes.of(0, b), tile.spikes.of(0, b) + extent.width() / WORD, 0u);
                }
            }
        }
        for (int64_t b = 0; b < extent.rows && tile.counts; b++) {
            std::memcpy(tile.counts.of(0, b), tile.state + 2 * cells + b * extent.width(), sizeof(float) * extent.neurons);
        }
    }

    // One step of one sample.
    inline __attribute__((always_inline)) void row(bool first, const typename E::Stored *in, int64_t fetch, float *v, float *i, uint32_t *spikes,
                                                   const RowOutputs &outputs) const {
        uint32_t word = 0;
        over_vectors(tile.extent.neurons, [&](int64_t n, auto left) __attribute__((always_inline)) {
            Vec filtered{};
            if (step.choices.synapse() != LifSynapse::NONE) {
                filtered = load(i + n);
            }
            const Vec j = step.current(read<E>(in + n, left), filtered);
            if (step.choices.synapse() != LifSynapse::NONE) {
                store(i + n, filtered);
            }
            prefetch(in + n + fetch);
            const Vec u = step.membrane(leak.of(n), threshold.of(n), load(v + n), j, first);
            const Mask fired = step.spikes(u, threshold.of(n));
            store(v + n, step.reset(u, fired, threshold.of(n)));
            const int64_t place = n % WORD;
            const uint32_t those = left == LANES ? bits(fired) : bits(fired) & ((1u << left) - 1);
            word = place == 0 ? those : word | those << place;
            if (USUAL || spikes != nullptr) {
                if (place + LANES == WORD || n + left == tile.extent.neurons) {
                    spikes[n / WORD] = word;
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
