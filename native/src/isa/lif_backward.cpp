// LIF neurons backward through time (formulas: org.ionforge.compute.Lif).
//
// One sweep forward computes the membranes again, into L2; one sweep back reads them once more beside the gradients from outside
// and writes those of the currents, past the cache where they are many. Both take four steps at a time where they can. 12 (BF16: 6)
// bytes a neuron and step, some 25 operations on a vector: 192 bytes for some 15 cycles, so memory is the limit outside the caches.
//
// Compiled without contraction, as the membranes want; the gradients say fma where they mean it.
#include "lif_walk.h"
#include "surrogate.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int ANY_CURVE = -1;

bool keeps_currents(int32_t dialect, bool leak_gradient) {
    return leak_gradient && LifChoices<ANY_DIALECT>{dialect}.decay_input();
}

// What the sweep back carries from step to step, [cells] each, and what the sweep forward left it.
struct Carried {
    static constexpr int64_t ARRAYS = 8, USUAL_ARRAYS = 2;

    float *by_membrane;  // the gradient by the next step's U
    float *by_constant;  // Σ over the steps
    float *synapse;      // i on the way forward
    float *by_synapse;   // by the synapse's state, as the next step saw it
    float *shares[4];    // of leak, threshold, slope, offset
    float *membranes;    // U of all steps
    float *currents;     // J, [steps, cells] where ∂U/∂λ needs it, else null

    Carried(float *scratch, const LifExtent &extent, bool usual, bool with_currents) {
        const int64_t cells = extent.cells();
        float *at = scratch;
        for (float **piece : {&by_membrane, &by_constant, &synapse, &by_synapse, &shares[0], &shares[1], &shares[2], &shares[3]}) {
            *piece = at;
            at += cells;
        }
        fill(scratch, 0, (usual ? USUAL_ARRAYS : ARRAYS) * cells);
        membranes = at;
        currents = with_currents ? at + extent.steps * cells : nullptr;
    }
};

template <class Choices, class E, int CURVE>
class BackwardWalk {
    using Stored = typename E::Stored;
    static constexpr bool USUAL = CURVE != ANY_CURVE;
    static constexpr int MOST = USUAL ? TOGETHER : 1;

public:
    explicit BackwardWalk(const BackwardTile<E> &of)
        : tile(of), step{{of.layer.dialect}, of.layer.numbers}, leak(of.layer.leak), threshold(of.layer.threshold),
          by_state(of.layer.by_state), by_input(of.layer.by_input), slope(of.layer.surrogate.slope), offset(of.layer.surrogate.offset),
          carried(of.scratch, of.extent, USUAL, keeps_currents(of.layer.dialect, of.shares.leak != nullptr)),
          curve(static_cast<Curve>(USUAL ? CURVE : of.layer.surrogate.shape)), width(of.extent.width()), cells(of.extent.cells()) {}

    static void run(const BackwardWalk &given) {
        const BackwardWalk self = given;
        self.forward();
        USUAL && self.tile.past_cache ? self.template back<USUAL>() : self.template back<false>();
        self.finish();
    }

    // The two halves of a run, which need not know the same choices: gradients do not see that a membrane was rounded.
    static void run_forward(const BackwardWalk &given) {
        const BackwardWalk self = given;
        self.forward();
    }

    static void run_back(const BackwardWalk &given) {
        const BackwardWalk self = given;
        self.template back<false>();
        self.finish();
    }

private:
    // The membranes of all steps.
    inline __attribute__((always_inline)) void forward() const {
        for (int64_t t = 0; t < tile.extent.steps;) {
            if (USUAL && t + TOGETHER <= tile.extent.steps) {
                forward_steps<MOST>(t);
                t += TOGETHER;
            } else {
                forward_steps<1>(t);
                t++;
            }
        }
    }

    // Of steps t to t + STEPS.
    template <int STEPS>
    inline __attribute__((always_inline)) void forward_steps(int64_t t) const {
        for (int64_t b = 0; b < tile.extent.rows; b++) {
            const Stored *in = tile.currents.of(t, b);
            // The next row of currents, or the first of gradients.
            const Stored *next = t + STEPS < tile.extent.steps ? in + STEPS * tile.currents.step : tile.by_spikes ? tile.by_spikes.of(t, b) : in;
            forward_row<STEPS>(t, b, in, {tile.extent.neurons, in, next});
        }
    }

    template <int STEPS>
    inline __attribute__((always_inline)) void forward_row(int64_t t, int64_t b, const Stored *in, const Ahead<Stored> &ahead) const {
        float *to = membranes(t, b * width), *i = carried.synapse + b * width;
        float *kept = carried.currents == nullptr ? nullptr : carried.currents + t * cells + b * width;
        over_vectors(tile.extent.neurons, [&](int64_t n, auto left) __attribute__((always_inline)) {
            const Stored *next = ahead.of(n);
            Vec v = state(t, b * width, n);
#pragma GCC unroll 4
            for (int g = 0; g < STEPS; g++) {
                const Vec j = synaptic_current(step, read<E>(in + g * tile.currents.step + n, left), i + n);
                ahead.fetch(next + g * tile.currents.step, n);
                const Vec u = step.membrane(leak.of(n), threshold.of(n), v, j, t + g == 0);
                store(to + n * MOST + g * LANES, u);
                v = after(u, n);
                if (!USUAL && kept != nullptr) {
                    store(kept + n, j);
                }
            }
        });
    }

    // V after the step with membranes u.
    Vec after(Vec u, int64_t n) const { return step.reset(u, step.spikes(u, threshold.of(n)), threshold.of(n)); }

    // U of cell c, which starts a row, at step t. Those of the steps that are taken together lie beside each other, vector by vector.
    float *membranes(int64_t t, int64_t c) const { return carried.membranes + t / MOST * MOST * cells + c * MOST + t % MOST * LANES; }

    // V of neuron n of the row from cell c on before step t.
    inline __attribute__((always_inline)) Vec state(int64_t t, int64_t c, int64_t n) const {
        return t == 0 ? splat(tile.layer.initial) : after(load(membranes(t - 1, c) + n * MOST), n);
    }

    // The gradients of all steps; PAST: of the usual neurons, past the cache.
    template <bool PAST>
    inline __attribute__((always_inline)) void back() const {
        for (int64_t end = tile.extent.steps; end > 0;) {
            if (USUAL && end % TOGETHER == 0) {
                back_steps<MOST, PAST>(end - 1);
                end -= TOGETHER;
            } else {
                back_steps<1, PAST>(end - 1);
                end--;
            }
        }
    }

    // Of step t and those before it, STEPS in all.
    template <int STEPS, bool PAST>
    inline __attribute__((always_inline)) void back_steps(int64_t t) const {
        const int64_t late = step.choices.spike_delay() ? 1 : 0;
        for (int64_t b = 0; b < tile.extent.rows; b++) {
            const Stored *given = t + late < tile.extent.steps ? tile.by_spikes.of(t + late, b) : nullptr;
            // The rows before, or the first of the next tile's currents.
            const Stored *row = given == nullptr ? tile.currents.of(t, b) : given;
            const Stored *next = given == nullptr ? row
                                 : t >= STEPS     ? given - STEPS * tile.by_spikes.step
                                 : tile.next == 0 ? row
                                                  : tile.currents.of(STEPS - 1, b) + tile.next;
            back_row<STEPS, PAST>(t, b, given, {tile.extent.neurons, row, next});
        }
    }

    template <int STEPS, bool PAST>
    inline __attribute__((always_inline)) void back_row(int64_t t, int64_t b, const Stored *given, const Ahead<Stored> &ahead) const {
        const int64_t c = b * width;
        const float *u = membranes(t, c);
        Stored *out = tile.by_currents.of(t, b);
        const int64_t word = out == nullptr ? 0 : tile.by_currents.word - WORD;
        over_vectors(tile.extent.neurons, [&](int64_t n, auto left) __attribute__((always_inline)) {
            const Stored *next = ahead.of(n);
            Vec by_u = load(carried.by_membrane + c + n);
#pragma GCC unroll 4
            for (int g = 0; g < STEPS; g++) {
                Vec outside{};
                if (USUAL || given != nullptr) {
                    outside = read<E>(given - g * tile.by_spikes.step + n, left);
                    ahead.fetch(next - g * tile.by_spikes.step, n);
                }
                if (!USUAL && tile.by_counts && !(step.choices.spike_delay() && t + 1 == tile.extent.steps)) {
                    outside += read<F32>(tile.by_counts.of(0, b) + n, left);
                }
                by_u = by_membrane_of(t - g, b, n, load(u + n * MOST - g * LANES), by_u, outside, left);
                const Vec by_current = USUAL ? by_u : through_synapse(c + n, by_u * by_input.of(n));
                const int64_t to = n - g * tile.by_currents.step;
                if ((PAST || (!USUAL && tile.past_cache)) && left == LANES) {
                    E::write_past_cache(out + to, by_current);
                } else if (out == nullptr) {
                    store(carried.by_constant + c + n, load(carried.by_constant + c + n) + by_current);
                } else {
                    write<E>(out + to + n / WORD * word, by_current, left);
                }
            }
            store(carried.by_membrane + c + n, by_u);
        });
    }

    // From the gradient of a spike to that of the membrane that gave it.
    template <class Left>
    inline __attribute__((always_inline)) Vec by_membrane_of(int64_t t, int64_t b, int64_t n, Vec u, Vec by_next, Vec outside, Left left) const {
        const Choices &choices = step.choices;
        const Vec by_v = by_state.of(n) * by_next, by_reset = choices.reset_delay() ? by_next : by_v;
        const Mask fired = step.spikes(u, threshold.of(n));
        Vec whole = outside;
        if (!choices.detach_reset() && choices.reset() != LifReset::NONE) {
            whole = fma(by_reset, choices.reset() == LifReset::TO_VALUE ? step.numbers.reset_value - u : -threshold.of(n), whole);
        }
        const Vec distance = u - threshold.of(n);
        const Vec derivative = surrogate_slope(USUAL ? static_cast<Curve>(CURVE) : curve, distance, slope.of(n), offset.of(n));
        Vec by_u = fma(whole, derivative, choices.reset() == LifReset::TO_VALUE ? choose(fired, Vec{}, by_v) : by_v);
        if (!USUAL) {
            if (tile.by_membrane) {
                by_u += read<F32>(tile.by_membrane.of(t, b) + n, left);
            }
            if (tile.by_last_membrane && t + 1 == tile.extent.steps) {
                by_u += read<F32>(tile.by_last_membrane.of(0, b) + n, left);
            }
            if (tile.shares.any()) {
                const Vec soft = whole * derivative;
                const int64_t c = b * width + n;
                add(1, c, choices.reset() == LifReset::SUBTRACT ? -soft - choose(fired, by_reset, Vec{}) : -soft);
                add(2, c, whole * surrogate_by_slope(distance, offset.of(n), derivative));
                add(3, c, -soft);
                if (tile.shares.leak != nullptr) {
                    add(0, c, by_u * membrane_by_leak(t, c, n));
                }
            }
        }
        return by_u;
    }

    void add(int share, int64_t c, Vec value) const { store(carried.shares[share] + c, load(carried.shares[share] + c) + value); }

    // ∂U/∂λ, from V before the step and J.
    Vec membrane_by_leak(int64_t t, int64_t c, int64_t n) const {
        const Vec v = state(t, c - n, n);
        const Vec j = carried.currents != nullptr ? load(carried.currents + t * cells + c) : Vec{};
        if (step.choices.charge() == LifCharge::LEAK) {
            return v - j;
        }
        const Vec drive = step.numbers.rest - v + j;
        return step.choices.charge() == LifCharge::DIVIDE ? -drive / (leak.of(n) * leak.of(n)) : drive;
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
        const Vec by_current = synapse == LifSynapse::ADD_THEN_DECAY ? alpha * kept : kept;
        store(carried.by_synapse + c, synapse == LifSynapse::DECAY_THEN_ADD ? alpha * kept : by_current);
        return by_current;
    }

    void finish() const {
        const LifExtent &extent = tile.extent;
        for (int64_t b = 0; b < extent.rows && tile.by_constant; b++) {
            for (int64_t n = 0; n < extent.neurons; n += WORD) {
                std::memcpy(tile.by_constant.of(0, b) + n / WORD * tile.by_constant.word, carried.by_constant + b * width + n,
                            sizeof(float) * (extent.neurons - n < WORD ? extent.neurons - n : WORD));
            }
        }
        double *const sums[] = {tile.shares.leak, tile.shares.threshold, tile.shares.slope, tile.shares.offset};
        for (int share = 0; !USUAL && share < 4; share++) {
            for (int64_t n = 0; n < width && sums[share] != nullptr; n++) {
                sums[share][n] = 0;
                for (int64_t b = 0; b < extent.rows; b++) {
                    sums[share][n] += carried.shares[share][b * width + n];
                }
            }
        }
        if (tile.past_cache) {
            fence();
        }
    }

    BackwardTile<E> tile;
    LifStep<Choices, VectorLanes> step;
    Held<USUAL> leak, threshold, by_state, by_input, slope, offset;
    Carried carried;
    Curve curve;
    int64_t width, cells;
};

template <class Choices, class E>
bool usual_backward(const BackwardTile<E> &tile) {
    switch (static_cast<Curve>(tile.layer.surrogate.shape)) {
        case Curve::FAST_SIGMOID: {
            using Walk = BackwardWalk<Choices, E, static_cast<int>(Curve::FAST_SIGMOID)>;
            Walk::run(Walk(tile));
            return true;
        }
        case Curve::ARCTAN: {
            using Walk = BackwardWalk<Choices, E, static_cast<int>(Curve::ARCTAN)>;
            Walk::run(Walk(tile));
            return true;
        }
        default: return false;
    }
}

}  // namespace

int64_t backward_scratch(const LifExtent &extent, int32_t dialect, bool leak_gradient) {
    const int64_t steps = (extent.steps + TOGETHER - 1) / TOGETHER * TOGETHER;
    return extent.cells() * (Carried::ARRAYS + steps * (keeps_currents(dialect, leak_gradient) ? 2 : 1));
}

template <class E>
void backward_tile(const BackwardTile<E> &tile) {
    const bool usual = shares(tile.layer) && tile.by_spikes && !tile.by_counts && !tile.by_membrane && !tile.by_last_membrane
                       && !tile.shares.any() && tile.layer.numbers.resistance == 1;
    const bool done = usual && tile.layer.dialect == OURS             ? usual_backward<LifChoices<OURS>, E>(tile)
                      : usual && tile.layer.dialect == SNNTORCH_LEAKY ? usual_backward<LifChoices<SNNTORCH_LEAKY>, E>(tile)
                                                                      : false;
    if (!done && rounds(tile.layer)) {
        walk_rounded(tile.layer, [&]<class Choices>(Choices) {
            using Walk = BackwardWalk<Choices, E, ANY_CURVE>;
            Walk::run_forward(Walk(tile));
        });
        using Walk = BackwardWalk<LifChoices<ANY_DIALECT>, E, ANY_CURVE>;
        Walk::run_back(Walk(tile));
    } else if (!done) {
        using Walk = BackwardWalk<LifChoices<ANY_DIALECT>, E, ANY_CURVE>;
        Walk::run(Walk(tile));
    }
}

template void backward_tile(const BackwardTile<F32> &);
template void backward_tile(const BackwardTile<Bf16> &);

}  // namespace ionforge::IONFORGE_ISA
