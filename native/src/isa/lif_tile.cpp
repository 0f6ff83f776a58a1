// LIF neurons over all steps, forward and backward (formulas: org.ionforge.compute.Lif and LifDialect).
//
// Forward: 4 (BF16: 2) bytes a neuron and step read, ⅛ written; about 10 operations on a vector, so memory is the limit: 4.1
// bytes at 16 neurons a vector are 66 bytes for some 6 cycles of arithmetic. Steps are the outer loop, so that a tile reads
// rows of kilobytes in their order; the membranes of a tile stay in L1. The next step's row is fetched by hand: at row
// distances that are powers of two the hardware's streams and the cache's sets both run out.
//
// Backward: one sweep forward computes the membranes again, into L2; one sweep back reads them once more beside the gradients
// from outside and writes those of the currents, past the cache where they are many. 12 (6) bytes a neuron and step.
//
// Compiled without contraction: forward's bits are the contract's. Backward says fma where it means it.
#include "lif_tile.h"

#include <initializer_list>

#include "surrogate.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int VECTORS = WORD / LANES;  // of a word

// The dialects that have code of their own; any other is read at run time.
constexpr int32_t OURS = 0;             // LifDialect.IONFORGE
constexpr int32_t SNNTORCH_LEAKY = 1376;  // LifDialect.SNNTORCH_LEAKY: above, subtract, one step late, detached

// Distance to what is fetched ahead while row t of `steps` is read: the next row, or the first of the next tile.
inline int64_t ahead(int64_t t, int64_t steps, int64_t step, int64_t next) {
    return next == 0 ? 0 : t + 1 < steps ? step : next - t * step;
}

// Calls body(t, b, w, count) for every word; count is 32 but for the last word of a row.
template <class Body>
inline __attribute__((always_inline)) void over_words(const LifExtent &extent, int64_t t, Body body) {
    for (int64_t b = 0; b < extent.rows; b++) {
        for (int64_t w = 0; w + 1 < extent.words; w++) {
            body(t, b, w, std::false_type{});
        }
        if (extent.tail == WORD) {
            body(t, b, extent.words - 1, std::false_type{});
        } else {
            body(t, b, extent.words - 1, std::true_type{});
        }
    }
}

inline void fill(float *values, float value, int64_t n) {
    for (int64_t i = 0; i < n; i += LANES) {
        store(values + i, splat(value));
    }
}

// One vector's step. The state of cell c lies at v[c], that of its synapse at i[c].
template <class Choices>
struct Neurons {
    LifStep<Choices, VectorLanes> step;
    LifLayer layer;
    float *v, *i;

    Neurons(const LifLayer &of, float *state, int64_t cells) : step{{of.dialect}, of.numbers}, layer(of), v(state), i(state + cells) {
        fill(v, layer.initial, cells);
        if (step.choices.synapse() != LifSynapse::NONE) {
            fill(i, 0, cells);
        }
    }

    inline __attribute__((always_inline)) Mask advance(bool first, int64_t c, int64_t w, int k, Vec x, Vec &u, Vec &j) {
        const Vec leak = layer.leak.of(w, k), threshold = layer.threshold.of(w, k);
        if (step.choices.synapse() == LifSynapse::NONE) {
            Vec none;
            j = step.current(x, none);
        } else {
            Vec filtered = load(i + c);
            j = step.current(x, filtered);
            store(i + c, filtered);
        }
        u = step.membrane(leak, threshold, load(v + c), j, first);
        const Mask spikes = step.spikes(u, threshold);
        store(v + c, step.reset(u, spikes, threshold));
        return spikes;
    }
};

// The walks copy what they are given: in locals nothing that they store can be meant, so that the loops keep it in registers.
template <class Choices, class E, bool SPIKES_ONLY>
void forward(const ForwardTile<E> &given) {
    const ForwardTile<E> tile = given;
    const LifExtent extent = tile.extent;
    const int64_t cells = extent.cells();
    Neurons<Choices> neurons(tile.layer, tile.state, cells);
    float *counts = tile.state + 2 * cells;
    if (!SPIKES_ONLY) {
        fill(counts, 0, cells);
    }
    // With spikeDelay the bits of step t belong to row t + 1.
    const int64_t late = neurons.step.choices.spike_delay() ? 1 : 0;
    for (int64_t t = 0; t < extent.steps; t++) {
        const bool last = t + 1 == extent.steps;
        const int64_t fetch = ahead(t, extent.steps, tile.currents.step, tile.next);
        over_words(extent, t, [&](int64_t, int64_t b, int64_t w, auto part) __attribute__((always_inline)) {
            constexpr bool PART = decltype(part)::value;
            const typename E::Stored *in = tile.currents.of(t, b, w);
            const int64_t c = (b * extent.words + w) * WORD;
            uint32_t word = 0;
#pragma GCC unroll 8
            for (int k = 0; k < VECTORS; k++) {
                const int64_t left = extent.tail - k * LANES;
                if (PART && left <= 0) {
                    break;
                }
                const bool some = PART && left < LANES;
                const Vec x = some ? E::read_some(in + k * LANES, left) : E::read(in + k * LANES);
                if (fetch != 0) {
                    prefetch(in + k * LANES + fetch);
                }
                Vec u, j;
                const Mask spikes = neurons.advance(t == 0, c + k * LANES, w, k, x, u, j);
                word |= bits(spikes) << k * LANES;
                if (!SPIKES_ONLY) {
                    if (!(late && last)) {
                        store(counts + c + k * LANES, load(counts + c + k * LANES) + choose(spikes, splat(1), Vec{}));
                    }
                    for (const Field<float> *to : {&tile.membrane, last ? &tile.last_membrane : nullptr}) {
                        if (to != nullptr && *to) {
                            float *out = to->of(t, b, w) + k * LANES;
                            some ? store_some(out, u, left) : store(out, u);
                        }
                    }
                }
            }
            if (SPIKES_ONLY || tile.spikes) {
                if (late && t == 0) {
                    *tile.spikes.of(0, b, w) = 0;
                }
                if (!(late && last)) {
                    *tile.spikes.of(t + late, b, w) = PART ? word & ((1u << extent.tail) - 1) : word;
                }
            }
        });
    }
    if (!SPIKES_ONLY && tile.counts) {
        for (int64_t b = 0; b < extent.rows; b++) {
            for (int64_t w = 0; w < extent.words; w++) {
                const int64_t count = w + 1 < extent.words ? WORD : extent.tail;
                std::memcpy(tile.counts.of(0, b, w), counts + (b * extent.words + w) * WORD, sizeof(float) * count);
            }
        }
    }
}

// What the sweep back carries, and what the sweep forward left it; [cells] each, membranes [steps, cells].
struct Carried {
    float *by_membrane;  // the gradient by the next step's U
    float *by_synapse;   // by the synapse's state, as the next step saw it
    float *by_constant;  // Σ over the steps
    float *shares[4];
    float *membranes;
    float *currents;  // J, where ∂U/∂λ needs it

    Carried(float *scratch, int64_t cells, int64_t steps, bool with_currents) {
        float *at = scratch + 2 * cells;  // behind the state of the sweep forward
        for (float **piece : {&by_membrane, &by_synapse, &by_constant, &shares[0], &shares[1], &shares[2], &shares[3]}) {
            *piece = at;
            at += cells;
        }
        membranes = at;
        currents = with_currents ? at + steps * cells : nullptr;
    }
};

constexpr int64_t CARRIED = 9;

bool keeps_currents(int32_t dialect, bool leak_gradient) {
    return leak_gradient && LifChoices<ANY_DIALECT>{dialect}.decay_input();
}

template <class Choices, class E, bool GENERAL>
class Descent {
public:
    Descent(const BackwardTile<E> &of, const Carried &with)
        : tile(of), extent(of.extent), layer(of.layer), step{{of.layer.dialect}, of.layer.numbers}, carried(with),
          cells(of.extent.cells()), curve(static_cast<Curve>(of.layer.surrogate.shape)) {}

    static void membranes(const Descent &given) {
        const Descent self = given;
        const BackwardTile<E> &tile = self.tile;
        const LifExtent &extent = tile.extent;
        const Carried &carried = self.carried;
        const int64_t cells = self.cells;
        Neurons<Choices> neurons(self.layer, tile.scratch, cells);
        for (int64_t t = 0; t < extent.steps; t++) {
            const bool more = t + 1 < extent.steps;
            const int64_t fetch = tile.next != 0 && more ? tile.currents.step : 0;
            float *to = carried.membranes + t * cells;
            over_words(extent, t, [&](int64_t, int64_t b, int64_t w, auto part) __attribute__((always_inline)) {
                constexpr bool PART = decltype(part)::value;
                const typename E::Stored *in = tile.currents.of(t, b, w);
                const int64_t c = (b * extent.words + w) * WORD;
#pragma GCC unroll 8
                for (int k = 0; k < VECTORS; k++) {
                    const int64_t left = extent.tail - k * LANES;
                    if (PART && left <= 0) {
                        break;
                    }
                    const Vec x = PART && left < LANES ? E::read_some(in + k * LANES, left) : E::read(in + k * LANES);
                    if (fetch != 0) {
                        prefetch(in + k * LANES + fetch);
                    }
                    if (tile.next != 0 && !more && tile.by_spikes) {
                        prefetch(tile.by_spikes.of(t, b, w) + k * LANES);
                    }
                    Vec u, j;
                    neurons.advance(t == 0, c + k * LANES, w, k, x, u, j);
                    store(to + c + k * LANES, u);
                    if (GENERAL && carried.currents != nullptr) {
                        store(carried.currents + t * cells + c + k * LANES, j);
                    }
                }
            });
        }
    }

    static void gradients(const Descent &given) {
        const Descent self = given;
        const bool late = self.step.choices.spike_delay();
        for (int64_t t = self.extent.steps - 1; t >= 0; t--) {
            over_words(self.extent, t, [&](int64_t, int64_t b, int64_t w, auto part) __attribute__((always_inline)) {
                constexpr bool PART = decltype(part)::value;
                const int64_t c = (b * self.extent.words + w) * WORD;
#pragma GCC unroll 8
                for (int k = 0; k < VECTORS; k++) {
                    const int64_t left = self.extent.tail - k * LANES;
                    if (PART && left <= 0) {
                        break;
                    }
                    const int64_t given_at = late ? t + 1 : t;
                    const Vec outside = given_at < self.extent.steps ? self.template by_spike<PART>(given_at, b, w, k, left) : Vec{};
                    const Vec by_input = self.back(t, b, w, k, c + k * LANES, outside, left);
                    self.template write<PART>(t, b, w, k, c + k * LANES, by_input, left);
                }
            });
        }
    }

    void finish() const {
        if (tile.by_constant) {
            for (int64_t b = 0; b < extent.rows; b++) {
                for (int64_t w = 0; w < extent.words; w++) {
                    const int64_t count = w + 1 < extent.words ? WORD : extent.tail;
                    std::memcpy(tile.by_constant.of(0, b, w), carried.by_constant + (b * extent.words + w) * WORD, sizeof(float) * count);
                }
            }
        }
        double *const sums[] = {tile.shares.leak, tile.shares.threshold, tile.shares.slope, tile.shares.offset};
        for (int p = 0; GENERAL && p < 4; p++) {
            if (sums[p] != nullptr) {
                const int64_t width = extent.words * WORD;
                for (int64_t n = 0; n < width; n++) {
                    sums[p][n] = 0;
                    for (int64_t b = 0; b < extent.rows; b++) {
                        sums[p][n] += carried.shares[p][b * width + n];
                    }
                }
            }
        }
    }

private:
    // The gradient from outside by the spike given out at step t.
    template <bool PART>
    inline __attribute__((always_inline)) Vec by_spike(int64_t t, int64_t b, int64_t w, int k, int64_t left) const {
        const bool some = PART && left < LANES;
        Vec g{};
        if (!GENERAL || tile.by_spikes) {
            const typename E::Stored *from = tile.by_spikes.of(t, b, w) + k * LANES;
            g = some ? E::read_some(from, left) : E::read(from);
            if (tile.next != 0) {
                // The row that comes next, or the currents of the tile that comes next.
                t > 0 ? prefetch(from - tile.by_spikes.step) : prefetch(tile.currents.of(0, b, w) + k * LANES + tile.next);
            }
        }
        if (GENERAL && tile.by_counts) {
            g += part_of<PART>(tile.by_counts, 0, b, w, k, left);
        }
        return g;
    }

    template <bool PART>
    static Vec part_of(const Field<const float> &field, int64_t t, int64_t b, int64_t w, int k, int64_t left) {
        const float *from = field.of(t, b, w) + k * LANES;
        return PART && left < LANES ? load_some(from, left) : load(from);
    }

    // From the gradient of a spike to that of the current of the same step.
    inline __attribute__((always_inline)) Vec back(int64_t t, int64_t b, int64_t w, int k, int64_t c, Vec given, int64_t left) const {
        const Choices &choices = step.choices;
        const Vec threshold = layer.threshold.of(w, k), slope = layer.surrogate.slope.of(w, k), offset = layer.surrogate.offset.of(w, k);
        const Vec u = load(carried.membranes + t * cells + c);
        const Vec by_next = load(carried.by_membrane + c);
        const Vec by_state = layer.by_state.of(w, k) * by_next;
        const Vec by_reset = choices.reset_delay() ? by_next : by_state;
        const Mask spikes = step.spikes(u, threshold);
        Vec whole = given;
        if (!choices.detach_reset() && choices.reset() != LifReset::NONE) {
            whole = choices.reset() == LifReset::TO_VALUE ? fma(by_reset, step.numbers.reset_value - u, whole)
                                                          : fma(by_reset, -threshold, whole);
        }
        const Vec distance = u - threshold;
        const Vec derivative = surrogate_slope(curve, distance, slope, offset);
        Vec by_u = fma(whole, derivative, choices.reset() == LifReset::TO_VALUE ? choose(spikes, Vec{}, by_state) : by_state);
        if (GENERAL) {
            if (tile.by_membrane) {
                by_u += outside(tile.by_membrane, t, b, w, k, left);
            }
            if (tile.by_last_membrane && t + 1 == extent.steps) {
                by_u += outside(tile.by_last_membrane, 0, b, w, k, left);
            }
            if (tile.shares.any()) {
                const Vec soft = whole * derivative;
                const bool subtracts = choices.reset() == LifReset::SUBTRACT;
                add(1, c, subtracts ? -soft - choose(spikes, by_reset, Vec{}) : -soft);
                add(2, c, whole * surrogate_by_slope(distance, offset, derivative));
                add(3, c, -soft);
                if (tile.shares.leak != nullptr) {
                    add(0, c, by_u * membrane_by_leak(t, c, w, k, threshold));
                }
            }
        }
        store(carried.by_membrane + c, by_u);
        return through_synapse(c, choices.code() == OURS || choices.code() == SNNTORCH_LEAKY ? by_u : by_u * layer.by_input.of(w, k));
    }

    Vec outside(const Field<const float> &field, int64_t t, int64_t b, int64_t w, int k, int64_t left) const {
        const float *from = field.of(t, b, w) + k * LANES;
        return w + 1 == extent.words && left < LANES ? load_some(from, left) : load(from);
    }

    void add(int share, int64_t c, Vec value) const { store(carried.shares[share] + c, load(carried.shares[share] + c) + value); }

    // ∂U/∂λ, from V before the step and J.
    Vec membrane_by_leak(int64_t t, int64_t c, int64_t w, int k, Vec threshold) const {
        Vec v = splat(layer.initial);
        if (t > 0) {
            const Vec before = load(carried.membranes + (t - 1) * cells + c);
            v = step.reset(before, step.spikes(before, threshold), threshold);
        }
        const Vec j = carried.currents != nullptr ? load(carried.currents + t * cells + c) : Vec{};
        if (step.choices.charge() == LifCharge::LEAK) {
            return v - j;
        }
        const Vec drive = step.numbers.rest - v + j, leak = layer.leak.of(w, k);
        return step.choices.charge() == LifCharge::DIVIDE ? -drive / (leak * leak) : drive;
    }

    // From the gradient by the synapse's output to that by what went in.
    inline __attribute__((always_inline)) Vec through_synapse(int64_t c, Vec by_output) const {
        const LifSynapse synapse = step.choices.synapse();
        if (synapse == LifSynapse::NONE) {
            return by_output;
        }
        const float alpha = step.numbers.synapse_decay;
        const Vec later = load(carried.by_synapse + c);
        const Vec kept = by_output + (synapse == LifSynapse::DECAY_AFTER_USE ? (1 - alpha) * later : later);
        const Vec by_input = synapse == LifSynapse::ADD_THEN_DECAY ? alpha * kept : kept;
        store(carried.by_synapse + c, synapse == LifSynapse::DECAY_THEN_ADD ? alpha * kept : by_input);
        return by_input;
    }

    template <bool PART>
    inline __attribute__((always_inline)) void write(int64_t t, int64_t b, int64_t w, int k, int64_t c, Vec by_input, int64_t left) const {
        if (tile.by_currents) {
            typename E::Stored *to = tile.by_currents.of(t, b, w) + k * LANES;
            if (PART && left < LANES) {
                E::write_some(to, by_input, left);
            } else if (tile.past_cache) {
                E::write_past_cache(to, by_input);
            } else {
                E::write(to, by_input);
            }
        } else {
            store(carried.by_constant + c, load(carried.by_constant + c) + by_input);
        }
    }

    BackwardTile<E> tile;
    LifExtent extent;
    LifLayer layer;
    LifStep<Choices, VectorLanes> step;
    Carried carried;
    int64_t cells;
    Curve curve;
};

template <class Choices, class E, bool GENERAL>
void backward(const BackwardTile<E> &tile) {
    const int64_t cells = tile.extent.cells();
    const Carried carried(tile.scratch, cells, tile.extent.steps, keeps_currents(tile.layer.dialect, tile.shares.leak != nullptr));
    fill(carried.by_membrane, 0, carried.membranes - carried.by_membrane);
    const Descent<Choices, E, GENERAL> descent(tile, carried);
    Descent<Choices, E, GENERAL>::membranes(descent);
    Descent<Choices, E, GENERAL>::gradients(descent);
    descent.finish();
    if (tile.past_cache) {
        fence();
    }
}

}  // namespace

LifLayer LifLayer::from(int64_t word) const {
    LifLayer part = *this;
    for (Parameter *parameter : {&part.leak, &part.threshold, &part.by_state, &part.by_input, &part.surrogate.slope, &part.surrogate.offset}) {
        *parameter = parameter->from(word);
    }
    return part;
}

int64_t forward_state(const LifExtent &extent) { return 3 * extent.cells(); }

template <class E>
void forward_tile(const ForwardTile<E> &tile) {
    const bool spikes_only = tile.spikes && !tile.counts && !tile.membrane && !tile.last_membrane;
    if (spikes_only && tile.layer.dialect == OURS) {
        forward<LifChoices<OURS>, E, true>(tile);
    } else if (spikes_only && tile.layer.dialect == SNNTORCH_LEAKY) {
        forward<LifChoices<SNNTORCH_LEAKY>, E, true>(tile);
    } else {
        forward<LifChoices<ANY_DIALECT>, E, false>(tile);
    }
}

int64_t backward_scratch(const LifExtent &extent, int32_t dialect, bool leak_gradient) {
    return extent.cells() * (CARRIED + extent.steps * (keeps_currents(dialect, leak_gradient) ? 2 : 1));
}

template <class E>
void backward_tile(const BackwardTile<E> &tile) {
    const bool usual = tile.by_spikes && !tile.by_counts && !tile.by_membrane && !tile.by_last_membrane && !tile.shares.any()
                       && tile.layer.numbers.resistance == 1;
    if (usual && tile.layer.dialect == OURS) {
        backward<LifChoices<OURS>, E, false>(tile);
    } else if (usual && tile.layer.dialect == SNNTORCH_LEAKY) {
        backward<LifChoices<SNNTORCH_LEAKY>, E, false>(tile);
    } else {
        backward<LifChoices<ANY_DIALECT>, E, true>(tile);
    }
}

template void forward_tile(const ForwardTile<F32> &);
template void forward_tile(const ForwardTile<Bf16> &);
template void backward_tile(const BackwardTile<F32> &);
template void backward_tile(const BackwardTile<Bf16> &);

}  // namespace ionforge::IONFORGE_ISA
