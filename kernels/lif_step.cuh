// One step of a leaky integrate-and-fire neuron, forward and backward: org.ionforge.compute.LifDialect says what it computes, in
// which order, and what the bits of `code` mean; org.ionforge.compute.Lif has the gradients, Surrogate the curves.
//
// COMMON: the dialect is known to have U = λ·V + x before the reset, without synapse, resistance, late spikes and rounding: the usual case
// without the questions that the others need; those ask them at every step, so that the compiler does not make a loop of each
// answer. native/src/lif_step.h is the same for the host.
#pragma once
#include "portable.cuh"

struct LifDialect {
    int32_t code;
    float synapse_decay, resistance, rest, initial, reset_value;
    const float *levels = nullptr;  // of a rounded membrane: StateLevels.table()

    __device__ bool multiplies_leak() const { return (code & 3) == 0; }
    __device__ bool divides() const { return (code & 3) == 1; }
    __device__ bool decays_input() const { return code >> 2 & 1; }
    __device__ int synapse() const { return code >> 3 & 3; }
    __device__ bool strict() const { return code >> 5 & 1; }
    __device__ bool resets_to_value() const { return (code >> 6 & 3) == 0; }
    __device__ bool subtracts() const { return (code >> 6 & 3) == 1; }
    __device__ bool late_reset() const { return code >> 8 & 1; }
    __device__ bool late_spike() const { return code >> 9 & 1; }
    __device__ bool detached() const { return code >> 10 & 1; }
    __device__ bool rounds_membrane() const { return (code >> 11 & 3) == 1; }
    __device__ bool rounds_leaked() const { return (code >> 11 & 3) == 2; }
    __device__ bool levels_of_threshold() const { return code >> 13 & 1; }
    __device__ int state_bits() const { return code >> 14 & 15; }
    __device__ LifDialect asked() const { return {opaque(code), synapse_decay, resistance, rest, initial, reset_value, levels}; }
    __device__ bool is_common() const { return (code & 0x1a1f) == 0 && resistance == 1.0f; }
};
constexpr int SYNAPSE_NONE = 0, SYNAPSE_DECAY_THEN_ADD = 1, SYNAPSE_ADD_THEN_DECAY = 2;

// Parameters of one neuron.
struct LifNeuron {
    float leak, threshold;
};

// What it carries from step to step: V, the synapse's current, and whether it spiked in the step before.
struct LifState {
    float v, i;
    bool fired;
};

static __device__ __forceinline__ LifState lif_at_rest(const LifDialect &d) { return {d.initial, 0.0f, false}; }

static __device__ __forceinline__ bool lif_fires(const LifDialect &d, float u, float threshold) {
    return d.strict() ? u > threshold : u >= threshold;
}

// V after a step whose membrane was u.
static __device__ __forceinline__ float lif_reset(const LifDialect &d, float u, bool fired, float threshold) {
    const float after = d.resets_to_value() ? d.reset_value : d.subtracts() && !d.late_reset() ? u - threshold : u;
    return fired ? after : u;
}

// The level of StateLevels that x goes to.
static __device__ __forceinline__ float lif_nearest(const LifDialect &d, float x, float threshold) {
    const float unit = d.levels_of_threshold() ? threshold : 1.0f;
    const int codes = 1 << d.state_bits();
    int code = 0;
#pragma unroll 1
    for (int half = codes / 2; half > 0; half /= 2) {
        code += x >= unit * d.levels[code + half - 1] ? half : 0;
    }
    return x == x ? unit * d.levels[codes + code] : x;
}

// U, before a late reset, from V and J.
template <bool COMMON>
static __device__ __forceinline__ float lif_charge(const LifDialect &d, const LifNeuron &neuron, float v, float j) {
    const float leak = neuron.leak;
    if (COMMON || d.multiplies_leak()) {
        const float left = !COMMON && d.rounds_leaked() ? lif_nearest(d, leak * v, neuron.threshold) : leak * v;
        return left + (!COMMON && d.decays_input() ? (1.0f - leak) * j : j);
    }
    const float away = d.rest - v;
    if (d.divides()) {
        return d.decays_input() ? v + (away + j) / leak : v + away / leak + j;
    }
    return d.decays_input() ? v + leak * (away + j) : v + leak * away + j;
}

// Takes the current x in; returns U and leaves in `current` what reached the membrane. state.fired tells whether it spiked.
template <bool COMMON>
static __device__ __forceinline__ float lif_step(const LifDialect &dialect, const LifNeuron &neuron, float x, LifState &state, float &current) {
    const LifDialect d = COMMON ? dialect : dialect.asked();
    current = x;
    if (!COMMON) {
        const int synapse = d.synapse();
        if (synapse == SYNAPSE_DECAY_THEN_ADD) {
            state.i = d.synapse_decay * state.i + x;
        } else if (synapse == SYNAPSE_ADD_THEN_DECAY) {
            state.i = d.synapse_decay * (state.i + x);
        } else {
            state.i = synapse == SYNAPSE_NONE ? x : state.i + x;
        }
        current = d.resistance * state.i;
        if (synapse > SYNAPSE_ADD_THEN_DECAY) {
            state.i = state.i - d.synapse_decay * state.i;
        }
    }
    float u = lif_charge<COMMON>(d, neuron, state.v, current);
    if (d.late_reset() && state.fired) {
        u = u - neuron.threshold;
    }
    if (!COMMON && d.rounds_membrane()) {
        u = lif_nearest(d, u, neuron.threshold);
    }
    state.fired = lif_fires(d, u, neuron.threshold);
    state.v = lif_reset(d, u, state.fired, neuron.threshold);
    return u;
}

enum SurrogateShape : int32_t { FAST_SIGMOID, ARCTAN, SIGMOID, TRIANGULAR, RECTANGULAR, LEARNABLE };

struct Surrogate {
    int32_t shape;
    float slope, offset;
};

// σ′(u); by_slope gets ∂s/∂k of a learnable one.
static __device__ __forceinline__ float surrogate_derivative(const Surrogate &s, float u, float &by_slope) {
    const float k = s.slope;
    by_slope = 0.0f;
    if (s.shape == FAST_SIGMOID || s.shape == LEARNABLE) {
        const float x = u - s.offset, d = 1.0f / (1.0f + k * fabsf(x));
        by_slope = -(x * d) * (fabsf(x) * d);
        return d * d;
    }
    if (s.shape == ARCTAN) {
        const float c = 1.57079633f * k * u;
        return 0.5f * k / (1.0f + c * c);
    }
    if (s.shape == SIGMOID) {
        const float e = expf(-k * fabsf(u)), d = 1.0f / (1.0f + e);
        return k * e * d * d;
    }
    return s.shape == TRIANGULAR ? fmaxf(0.0f, 1.0f - k * fabsf(u)) : fabsf(u) < 0.5f * k ? 1.0f / k : 0.0f;
}

// Gradients on their way back through time, and sums over the steps of those by the parameters.
struct LifGradient {
    float by_state, by_next_membrane, by_synapse;
    float leak, threshold, slope, offset;
};

// One step back; returns the gradient by x. `v`, `current`, `u`, `fired` are those of the step; by_spike and by_membrane come
// from outside.
template <bool COMMON>
static __device__ __forceinline__ float lif_step_back(const LifDialect &dialect, const LifNeuron &neuron, const Surrogate &surrogate, float v,
                                                      float current, float u, bool fired, float by_spike, float by_membrane,
                                                      LifGradient &g) {
    const LifDialect d = COMMON ? dialect : dialect.asked();
    const float by_reset = d.late_reset() ? g.by_next_membrane : g.by_state;
    float whole = by_spike;
    if (!d.detached()) {
        whole += by_reset * (d.resets_to_value() ? d.reset_value - u : d.subtracts() ? -neuron.threshold : 0.0f);
    }
    float by_slope;
    const float soft = whole * surrogate_derivative(surrogate, u - neuron.threshold, by_slope);
    const float by_u = soft + by_membrane + (d.resets_to_value() && fired ? 0.0f : g.by_state);
    g.threshold -= soft + (d.subtracts() && fired ? by_reset : 0.0f);
    g.slope += whole * by_slope;
    g.offset -= soft;
    g.by_next_membrane = by_u;
    if (COMMON) {
        g.leak += by_u * v;
        g.by_state = by_u * neuron.leak;
        return by_u;
    }
    const bool decays = d.decays_input();
    const float input = decays ? current : 0.0f;
    float by_current = by_u;
    if (d.multiplies_leak()) {
        g.leak += by_u * (v - input);
        g.by_state = by_u * neuron.leak;
        by_current = decays ? by_u * (1.0f - neuron.leak) : by_u;
    } else if (d.divides()) {
        g.leak -= by_u * ((d.rest - v) + input) / (neuron.leak * neuron.leak);
        g.by_state = by_u - by_u / neuron.leak;
        by_current = decays ? by_u / neuron.leak : by_u;
    } else {
        g.leak += by_u * ((d.rest - v) + input);
        g.by_state = by_u - by_u * neuron.leak;
        by_current = decays ? by_u * neuron.leak : by_u;
    }
    by_current *= d.resistance;
    const int synapse = d.synapse();
    if (synapse == SYNAPSE_DECAY_THEN_ADD) {
        by_current += g.by_synapse;
        g.by_synapse = d.synapse_decay * by_current;
    } else if (synapse == SYNAPSE_ADD_THEN_DECAY) {
        by_current = d.synapse_decay * (by_current + g.by_synapse);
        g.by_synapse = by_current;
    } else if (synapse != SYNAPSE_NONE) {
        by_current += (1.0f - d.synapse_decay) * g.by_synapse;
        g.by_synapse = by_current;
    }
    return by_current;
}
