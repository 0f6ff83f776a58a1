// Leaky integrate-and-fire neurons over all steps, forward and backward through time (org.ionforge.compute.Lif).
//
//   lif_forward    reads a current, 4 (BF16: 2) bytes, and writes a spike, ⅛ byte, for each element of [T, B, N]
//   lif_backward   reads a gradient and a current, 8 (4) bytes, writes a gradient, 4 (2); more than 32 steps: the current twice
//
// Some 10 operations an element forward, 30 back: bound by memory, which is read and written once. The state of a neuron stays
// in registers. A warp has a word of spikes, a lane a neuron, so that rows are read in whole sectors and a vote makes the word.
// Currents do not depend on the state: those of several steps are under way at a time.
//
// Backward computes the membrane again instead of having it stored: the steps of a segment forward, into shared memory (in
// registers they would have to be unrolled, 32 steps of two neurons' code), then back. With more than one segment, the state at
// the start of each is found first in a pass of its own and kept in `checkpoints`, 1/32 of the elements.
//
// All arrays may be slices of wider ones: `row` floats to a row of the caller's arrays, `words` to a row of spikes; currents and
// their gradient have strides of their own, 0 for a step where they are constant.
#include "fake_quantise.cuh"
#include "lif_step.cuh"

constexpr int THREADS = 256;
// Loads under way; other dialects than the common ones have too much code to be repeated.
template <bool COMMON> constexpr int LOADS = COMMON ? 8 : 2;
constexpr int LONGEST_PATH = 32;  // floats of a thread for the steps of a segment
constexpr int SHARED_LEAK = 1, SHARED_THRESHOLD = 2, SHARED_SLOPE = 4, SHARED_OFFSET = 8;  // bits of `shared`: one for the layer

static __device__ __forceinline__ float load(const float *p) { return *p; }
static __device__ __forceinline__ float load(const uint16_t *p) { return bf16_to_float(*p); }
static __device__ __forceinline__ void store(float *p, float x) { *p = x; }
static __device__ __forceinline__ void store(uint16_t *p, float x) { *p = float_to_bf16(x); }

template <typename A> struct Currents {
    const A *values;
    int64_t step_stride, row_stride;
    bool quantised;
    FakeQuantiser quantiser;

    __device__ float raw(int t, int b, int n) const { return load(values + t * step_stride + b * row_stride + n); }
    __device__ float seen(float x) const { return quantised ? fake_quantise(quantiser, x) : x; }
};

template <typename A>
static __device__ __forceinline__ Currents<A> currents_of(const A *values, int64_t step_stride, int64_t row_stride, const float *scale,
                                                          int32_t lowest, int32_t highest) {
    return {values, step_stride, row_stride, scale != nullptr, fake_quantiser(scale != nullptr ? *scale : 1.0f, lowest, highest)};
}

// Where this lane's neuron is: warps take the words of sample 0, then those of sample 1 …
struct Place {
    int b, n;
    bool inside;  // else a lane past the last neuron, or a warp past the last word
    bool any;
};

static __device__ __forceinline__ Place place(int32_t batch, int32_t neurons) {
    const int64_t warp = (static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x) / 32;
    const int words = (neurons + 31) / 32;
    const int b = static_cast<int>(warp / words), n = static_cast<int>(warp % words) * 32 + static_cast<int>(threadIdx.x % 32);
    return {b, n, b < batch && n < neurons, b < batch};
}

static __device__ __forceinline__ float parameter(const float *values, int shared, int bit, int n) { return values[shared & bit ? 0 : n]; }

struct ForwardOutputs {
    uint32_t *spikes;
    float *counts, *membrane, *last;
    int64_t row, words;
    int32_t steps, batch;
};

template <bool COMMON, typename A>
static __device__ __forceinline__ void run_forward(const LifDialect &d, const LifNeuron &neuron, const Currents<A> &currents,
                                                   const ForwardOutputs &out, const Place &at) {
    LifState state = lif_at_rest(d);
    int count = 0;
    float u = 0.0f;
    constexpr int AHEAD = LOADS<COMMON>;
    const int64_t cell = at.b * out.row + at.n, cells = out.batch * out.row;
    const int64_t word = at.b * out.words + at.n / 32, word_step = out.batch * out.words;
    for (int t0 = 0; t0 < out.steps; t0 += AHEAD) {
        float x[AHEAD];
#pragma unroll
        for (int k = 0; k < AHEAD; k++) {
            x[k] = at.inside ? currents.raw(min(t0 + k, out.steps - 1), at.b, at.n) : 0.0f;
        }
#pragma unroll
        for (int k = 0; k < AHEAD; k++) {
            const int t = t0 + k;
            if (t < out.steps) {
                const bool before = state.fired;
                float current;
                u = lif_step<COMMON>(d, neuron, currents.seen(x[k]), state, current);
                const bool spike = !COMMON && d.late_spike() ? before : state.fired;
                const unsigned bits = warp_ballot(spike && at.inside);
                count += spike;
                if (out.spikes != nullptr && threadIdx.x % 32 == 0) {
                    out.spikes[t * word_step + word] = bits;
                }
                if (out.membrane != nullptr && at.inside) {
                    out.membrane[t * cells + cell] = u;
                }
            }
        }
    }
    if (at.inside && out.counts != nullptr) {
        out.counts[cell] = static_cast<float>(count);
    }
    if (at.inside && out.last != nullptr) {
        out.last[cell] = u;
    }
}

#define LIF_FORWARD(name, A, COMMON)                                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS) name(                                                                   \
        const A *currents, int64_t step_stride, int64_t row_stride, const float *scale, int32_t lowest, int32_t highest,          \
        const float *leak, const float *threshold, int32_t shared, int32_t code, float synapse_decay, float resistance,           \
        float rest, float initial, float reset_value, const float *levels, uint32_t *spikes, float *counts, float *membrane,      \
        float *last, int64_t row, int64_t words, int32_t steps, int32_t batch, int32_t neurons) {                                 \
        const Place at = place(batch, neurons);                                                                                   \
        if (!at.any) {                                                                                                            \
            return;                                                                                                               \
        }                                                                                                                         \
        const LifDialect d{code, synapse_decay, resistance, rest, initial, reset_value, levels};                                  \
        const int n = at.inside ? at.n : 0;                                                                                       \
        const LifNeuron neuron{parameter(leak, shared, SHARED_LEAK, n), parameter(threshold, shared, SHARED_THRESHOLD, n)};       \
        const Currents<A> in = currents_of(currents, step_stride, row_stride, scale, lowest, highest);                            \
        const ForwardOutputs out{spikes, counts, membrane, last, row, words, steps, batch};                                       \
        run_forward<COMMON>(d, neuron, in, out, at);                                                                              \
    }                                                                                                                             \
    EXPORT_KERNEL(name)

LIF_FORWARD(lif_forward_f32, float, false)
LIF_FORWARD(lif_forward_bf16, uint16_t, false)
LIF_FORWARD(lif_forward_common_f32, float, true)
LIF_FORWARD(lif_forward_common_bf16, uint16_t, true)

// Gradients from outside; any may be null. `through` comes from the next layer, with `slice` floats to a row.
template <typename A> struct Upstream {
    const A *spikes;
    const float *through, *counts, *membrane, *last;
    int64_t row, slice;
    int32_t steps, batch;

    // By the spike given out at step t.
    __device__ float by_spike(int t, const Place &at, float by_count) const {
        float g = by_count;
        if (spikes != nullptr) {
            g += load(spikes + (static_cast<int64_t>(t) * batch + at.b) * row + at.n);
        }
        if (through != nullptr) {
            g += through[(static_cast<int64_t>(t) * batch + at.b) * slice + at.n];
        }
        return g;
    }

    __device__ float by_membrane(int t, const Place &at) const {
        float g = membrane != nullptr ? membrane[(static_cast<int64_t>(t) * batch + at.b) * row + at.n] : 0.0f;
        if (last != nullptr && t == steps - 1) {
            g += last[at.b * row + at.n];
        }
        return g;
    }
};

// Where the gradient of the currents goes: step_stride 0 for its sum over the steps, which is a float. Null: nowhere.
template <typename A> struct CurrentGradient {
    A *values;
    float *sums;
    int64_t step_stride, row_stride;
    bool masked;
};

// States at the starts of segments 1, 2 …: [segment][V, i][cell].
struct Checkpoints {
    float *values;
    int64_t cells, cell;
    int states;

    __device__ float *at(int segment) const { return values + static_cast<int64_t>(segment - 1) * states * cells + cell; }
    __device__ void save(int segment, const LifState &state) const {
        at(segment)[0] = state.v;
        if (states > 1) {
            at(segment)[cells] = state.i;
        }
    }
    // A late reset looks at the membrane that V then is.
    __device__ LifState restore(int segment, const LifDialect &d, float threshold) const {
        const float v = at(segment)[0];
        return {v, states > 1 ? at(segment)[cells] : 0.0f, d.late_reset() && lif_fires(d, v, threshold)};
    }
};

template <bool COMMON, int SEGMENT, typename A>
static __device__ __forceinline__ void find_checkpoints(const LifDialect &d, const LifNeuron &neuron, const Currents<A> &currents,
                                                        const Checkpoints &checkpoints, int last_segment, const Place &at) {
    constexpr int AHEAD = LOADS<COMMON>;
    LifState state = lif_at_rest(d);
    for (int segment = 0; segment < last_segment; segment++) {
#pragma unroll 1
        for (int k0 = 0; k0 < SEGMENT; k0 += AHEAD) {
            float x[AHEAD];
#pragma unroll
            for (int k = 0; k < AHEAD; k++) {
                x[k] = currents.raw(segment * SEGMENT + k0 + k, at.b, at.n);
            }
#pragma unroll
            for (int k = 0; k < AHEAD; k++) {
                float current;
                lif_step<COMMON>(d, neuron, currents.seen(x[k]), state, current);
            }
        }
        checkpoints.save(segment + 1, state);
    }
}

// `path` has U of each step of a segment for each thread; unless COMMON, behind them J.
template <bool COMMON, int SEGMENT, typename A>
static __device__ __forceinline__ LifGradient run_backward(const LifDialect &d, const LifNeuron &neuron, const Surrogate &surrogate,
                                                           const Currents<A> &currents, const Upstream<A> &upstream,
                                                           const CurrentGradient<A> &out, const Checkpoints &checkpoints,
                                                           const Place &at, float *path) {
    constexpr int AHEAD = LOADS<COMMON>;
    const int steps = upstream.steps, last_segment = (steps - 1) / SEGMENT;
    const float by_count = upstream.counts != nullptr ? upstream.counts[at.b * upstream.row + at.n] : 0.0f;
    find_checkpoints<COMMON, SEGMENT>(d, neuron, currents, checkpoints, last_segment, at);
    LifGradient g{};
    float later = 0.0f, sum = 0.0f;  // `later`: by the spike of the next step, where spikes leave late
    for (int segment = last_segment; segment >= 0; segment--) {
        const int first = segment * SEGMENT, count = min(SEGMENT, steps - first);
        LifState state = segment == 0 ? lif_at_rest(d) : checkpoints.restore(segment, d, neuron.threshold);
        const float start = state.v;
        unsigned passes = 0xffffffffu;
        for (int k0 = 0; k0 < count; k0 += AHEAD) {
            float x[AHEAD];
#pragma unroll
            for (int i = 0; i < AHEAD; i++) {
                x[i] = currents.raw(min(first + k0 + i, steps - 1), at.b, at.n);
            }
#pragma unroll
            for (int i = 0; i < AHEAD; i++) {
                if (out.masked && !fake_quantise_passes(currents.quantiser, x[i])) {
                    passes &= ~(1u << (k0 + i));
                }
                float current;
                path[(k0 + i) * THREADS] = lif_step<COMMON>(d, neuron, currents.seen(x[i]), state, current);
                if (!COMMON) {
                    path[(SEGMENT + k0 + i) * THREADS] = current;
                }
            }
        }
        for (int k0 = (count - 1) / AHEAD * AHEAD; k0 >= 0; k0 -= AHEAD) {
            float by_spike[AHEAD];
#pragma unroll
            for (int i = 0; i < AHEAD; i++) {
                by_spike[i] = upstream.by_spike(min(first + k0 + i, steps - 1), at, by_count);
            }
            float u = path[(k0 + AHEAD - 1) * THREADS];
#pragma unroll
            for (int i = AHEAD - 1; i >= 0; i--) {
                const int k = k0 + i, t = first + k;
                const float u_before = k == 0 ? start : path[(k - 1) * THREADS];
                if (t < steps) {
                    float given = by_spike[i];
                    if (!COMMON && d.late_spike()) {
                        given = later;
                        later = by_spike[i];
                    }
                    const float v = k == 0 ? start : lif_reset(d, u_before, lif_fires(d, u_before, neuron.threshold), neuron.threshold);
                    const float current = COMMON ? 0.0f : path[(SEGMENT + k) * THREADS];
                    float by_x = lif_step_back<COMMON>(d, neuron, surrogate, v, current, u, lif_fires(d, u, neuron.threshold), given,
                                                       upstream.by_membrane(t, at), g);
                    by_x = passes >> k & 1 ? by_x : 0.0f;
                    sum += by_x;
                    if (out.values != nullptr) {
                        store(out.values + t * out.step_stride + at.b * out.row_stride + at.n, by_x);
                    }
                }
                u = u_before;
            }
        }
    }
    if (out.sums != nullptr) {
        out.sums[at.b * out.row_stride + at.n] = sum;
    }
    return g;
}

// A parameter's share of this block in partial[block] if it is shared, else of each cell in partial[cell].
static __device__ __forceinline__ void store_parameter(double *partial, bool shared, float g, const Place &at, int32_t neurons, double *warps) {
    if (partial == nullptr) {
        return;
    }
    if (!shared) {
        if (at.inside) {
            partial[static_cast<int64_t>(at.b) * neurons + at.n] = g;
        }
        return;
    }
    double sum = at.inside ? g : 0.0;
#pragma unroll
    for (int distance = 16; distance > 0; distance /= 2) {
        sum += warp_shuffle_down(sum, distance);
    }
    block_sync();  // the sums of the parameter before have been read
    if (threadIdx.x % 32 == 0) {
        warps[threadIdx.x / 32] = sum;
    }
    block_sync();
    if (threadIdx.x == 0) {
        for (int w = 1; w < THREADS / 32; w++) {
            sum += warps[w];
        }
        partial[blockIdx.x] = sum;
    }
}

#define LIF_BACKWARD(name, A, COMMON)                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, 3) name(                                                                   \
        const A *currents, int64_t step_stride, int64_t row_stride, const float *scale, int32_t lowest, int32_t highest,          \
        int32_t masked, const float *leak, const float *threshold, const float *slope, const float *offset, int32_t shared,       \
        int32_t code, float synapse_decay, float resistance, float rest, float initial, float reset_value, const float *levels,   \
        int32_t shape, float fixed_slope, const A *by_spikes, const float *through, const float *by_counts,                       \
        const float *by_membrane, const float *by_last, int64_t row, int64_t slice, A *by_currents, float *by_constant,           \
        int64_t by_step_stride, int64_t by_row_stride, double *by_leak, double *by_threshold, double *by_slope,                   \
        double *by_offset, float *checkpoints, int32_t steps, int32_t batch, int32_t neurons) {                                   \
        SHARED_ARRAY(float, paths, LONGEST_PATH *THREADS);                                                                        \
        SHARED_ARRAY(double, warps, THREADS / 32);                                                                                \
        const Place at = place(batch, neurons);                                                                                   \
        LifGradient g{};                                                                                                          \
        if (at.inside) {                                                                                                          \
            const LifDialect d{code, synapse_decay, resistance, rest, initial, reset_value, levels};                              \
            const LifNeuron neuron{parameter(leak, shared, SHARED_LEAK, at.n), parameter(threshold, shared, SHARED_THRESHOLD, at.n)}; \
            const Surrogate surrogate{shape, slope == nullptr ? fixed_slope : parameter(slope, shared, SHARED_SLOPE, at.n),       \
                                      offset == nullptr ? 0.0f : parameter(offset, shared, SHARED_OFFSET, at.n)};                 \
            const Currents<A> in = currents_of(currents, step_stride, row_stride, scale, lowest, highest);                        \
            const Upstream<A> upstream{by_spikes, through, by_counts, by_membrane, by_last, row, slice, steps, batch};            \
            const CurrentGradient<A> out{by_currents, by_constant, by_step_stride, by_row_stride, masked != 0};                   \
            const Checkpoints kept{checkpoints, static_cast<int64_t>(batch) * neurons,                                            \
                                   static_cast<int64_t>(at.b) * neurons + at.n, d.synapse() == SYNAPSE_NONE ? 1 : 2};             \
            float *path = paths + threadIdx.x;                                                                                    \
            g = run_backward<COMMON, COMMON ? LONGEST_PATH : LONGEST_PATH / 2>(d, neuron, surrogate, in, upstream, out, kept, at, path); \
        }                                                                                                                         \
        store_parameter(by_leak, shared & SHARED_LEAK, g.leak, at, neurons, warps);                                               \
        store_parameter(by_threshold, shared & SHARED_THRESHOLD, g.threshold, at, neurons, warps);                                \
        store_parameter(by_slope, shared & SHARED_SLOPE, g.slope, at, neurons, warps);                                            \
        store_parameter(by_offset, shared & SHARED_OFFSET, g.offset, at, neurons, warps);                                         \
    }                                                                                                                             \
    EXPORT_KERNEL(name)

LIF_BACKWARD(lif_backward_f32, float, false)
LIF_BACKWARD(lif_backward_bf16, uint16_t, false)
LIF_BACKWARD(lif_backward_common_f32, float, true)
LIF_BACKWARD(lif_backward_common_bf16, uint16_t, true)

// sums[n] = Σ_b partial[b, n], in order of b.
extern "C" __global__ void __launch_bounds__(THREADS) lif_add_samples_f64_f32(const double *partial, float *sums, int32_t batch, int32_t neurons) {
    const int64_t n = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (n < neurons) {
        double sum = 0.0;
        for (int b = 0; b < batch; b++) {
            sum += partial[static_cast<int64_t>(b) * neurons + n];
        }
        sums[n] = static_cast<float>(sum);
    }
}
EXPORT_KERNEL(lif_add_samples_f64_f32)

// sum[0] (+)= Σ partial: one block, lane i takes i, i + 256 …, then the lanes are added as a tree.
extern "C" __global__ void __launch_bounds__(THREADS) lif_add_blocks_f64_f32(const double *partial, float *sum, int64_t n, int32_t add) {
    SHARED_ARRAY(double, lanes, THREADS);
    double own = 0.0;
    for (int64_t i = threadIdx.x; i < n; i += THREADS) {
        own += partial[i];
    }
    lanes[threadIdx.x] = own;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        block_sync();
        if (static_cast<int>(threadIdx.x) < half) {
            lanes[threadIdx.x] += lanes[threadIdx.x + half];
        }
    }
    if (threadIdx.x == 0) {
        sum[0] = static_cast<float>(add ? sum[0] + lanes[0] : lanes[0]);
    }
}
EXPORT_KERNEL(lif_add_blocks_f64_f32)
