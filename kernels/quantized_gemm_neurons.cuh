// The quantised product with neurons behind it, over all T steps (QuantizedGemm.Spiking): the sums become currents, the currents go
// through LIF neurons (lif_step.cuh), a vote makes words of their spikes, and neither sums nor currents are stored.
//
// A block has a tile of `samples` × BN neurons and the rows (t, b) of `span` steps of it, as many as its tile has: all steps, or spans of
// them one after the other, between which neurons rest in `resting`. With a constant input the rows are samples, multiplied once.
//
// Bytes: those of the product without its result, which is ⅛ byte instead of 4. Operations: 2·K and some 10 for each of T·B·N.
#pragma once
#include "fake_quantise.cuh"
#include "lif_step.cuh"
#include "quantized_gemm.cuh"

constexpr int SHARED_LEAK = 1, SHARED_THRESHOLD = 2;  // bits of `shared`: one for the layer

struct Neurons {
    const float *scale, *bias;   // of each neuron's sum; bias may be null
    const float *current_scale;  // of the current's fake quantisation; null for none
    int32_t lowest, highest;
    const float *leak, *threshold;
    int32_t shared;
    LifDialect dialect;
    int32_t steps, batch, constant, samples, span;
    uint32_t *spikes;
    float *counts, *membrane, *last;  // these and spikes may be null
    float4 *resting;                  // [batch, outputs]: v, i, whether it fired, its spikes so far
};

// Rows (t, b) of some samples from `first` on: `samples` of a step beside each other.
struct RowsOfSteps {
    int32_t step, steps, first, samples, batch;
    __device__ __forceinline__ int plane() const { return step; }
    __device__ __forceinline__ int row(int i) const {
        const int t = step + i / samples, b = first + i % samples;
        return t < steps && b < batch ? t * batch + b : -1;
    }
};

static __device__ __forceinline__ RowsOfSteps rows_of_span(const Neurons &c, int step, int sample) {
    return {c.constant ? 0 : step, c.constant ? 1 : min(step + c.span, c.steps), sample, c.samples, c.batch};
}

struct NeuronPlace {
    int sample, n;  // of the batch, of the layer
    bool inside;
};

// Steps `step` to `end` of one neuron of one sample; every lane of the warp has one.
template <bool COMMON>
static __device__ __forceinline__ void run_neuron(const Neurons &c, const int32_t *sums, int line, int shift, const NeuronPlace &at, int step,
                                                  int end, int outputs) {
    const int n = at.inside ? at.n : 0;
    const float scale = c.scale[n], bias = c.bias == nullptr ? 0.0f : c.bias[n];
    const FakeQuantiser quantiser = fake_quantiser(c.current_scale == nullptr ? 1.0f : *c.current_scale, c.lowest, c.highest);
    const LifNeuron neuron{c.leak[c.shared & SHARED_LEAK ? 0 : n], c.threshold[c.shared & SHARED_THRESHOLD ? 0 : n]};
    const int64_t cell = static_cast<int64_t>(at.sample) * outputs + at.n, cells = static_cast<int64_t>(c.batch) * outputs;
    const int64_t words = (outputs + 31) / 32;
    LifState state = lif_at_rest(c.dialect);
    float count = 0.0f, u = 0.0f;
    if (step > 0 && at.inside) {
        const float4 rested = c.resting[cell];
        state = {rested.x, rested.y, rested.z != 0.0f};
        count = rested.w;
    }
#pragma unroll 1
    for (int t = step; t < end; t++, sums += line) {
        const float product = static_cast<float>(*sums >> shift) * scale;
        float x = c.bias == nullptr ? product : product + bias;
        x = c.current_scale == nullptr ? x : fake_quantise(quantiser, x);
        const bool before = state.fired;
        float current;
        u = lif_step<COMMON>(c.dialect, neuron, x, state, current);
        const bool spike = !COMMON && c.dialect.late_spike() ? before : state.fired;
        const unsigned bits = warp_ballot(spike && at.inside);
        count += spike ? 1.0f : 0.0f;
        if (c.spikes != nullptr && threadIdx.x % 32 == 0) {
            c.spikes[(static_cast<int64_t>(t) * c.batch + at.sample) * words + at.n / 32] = bits;
        }
        if (c.membrane != nullptr && at.inside) {
            c.membrane[t * cells + cell] = u;
        }
    }
    if (!at.inside) {
        return;
    }
    if (end < c.steps) {
        c.resting[cell] = make_float4(state.v, state.i, state.fired ? 1.0f : 0.0f, count);
        return;
    }
    if (c.counts != nullptr) {
        c.counts[cell] = count;
    }
    if (c.last != nullptr) {
        c.last[cell] = u;
    }
}

// A panel of sums in shared memory, a line for each row of the tile, through its neurons: a warp has 32 of one sample.
template <typename Tile>
static __device__ __forceinline__ void run_panel(const Neurons &c, const int32_t *lines, int first_sample, int first_output, int step, int end,
                                                 int outputs) {
    constexpr int SHIFT = 8 - Tile::CODE_BITS;
    for (int at = static_cast<int>(threadIdx.x); at < c.samples * Tile::PANEL; at += Tile::THREADS) {
        const int sample = at / Tile::PANEL, column = at % Tile::PANEL;
        const NeuronPlace place{first_sample + sample, first_output + column, first_output + column < outputs};
        if (place.sample >= c.batch || place.n - column % 32 >= outputs) {
            continue;  // the whole warp
        }
        const int32_t *sums = lines + sample * Tile::LINE + column;
        const int line = c.constant ? 0 : c.samples * Tile::LINE;
        if (c.dialect.is_common()) {
            run_neuron<true>(c, sums, line, SHIFT, place, step, end, outputs);
        } else {
            run_neuron<false>(c, sums, line, SHIFT, place, step, end, outputs);
        }
    }
}

template <typename Tile, auto MULTIPLY, typename P>
static __device__ __forceinline__ void quantized_gemm_neurons(unsigned char *shared, P &p, const Neurons &c) {
    const WarpPlace<Tile> place;
    const Place tile = place_of_block(tiles_down<Tile>(c.batch, c.samples), (p.outputs - 1) / Tile::BN + 1);
    const int sample = tile.down * c.samples, output = tile.across * Tile::BN;
    int32_t *lines = reinterpret_cast<int32_t *>(shared);
    for (int step = 0; step < c.steps; step += c.span) {
        const int end = min(step + c.span, c.steps);
        const RowsOfSteps rows = rows_of_span(c, step, sample);
        TileSums<Tile> sum = {};
        MULTIPLY(sum, shared, p, rows, output, place);
#pragma unroll
        for (int panel = 0; panel < Tile::BN / Tile::PANEL; panel++) {
            if (place.output == panel * Tile::PANEL) {
#pragma unroll
                for (int i = 0; i < Tile::MT; i++) {
                    store_sums<Tile>(lines + (place.row + 16 * i) * Tile::LINE, sum[i], place.lane);
                }
            }
            Tile::sync();
            run_panel<Tile>(c, lines, sample, output + panel * Tile::PANEL, step, end, p.outputs);
            Tile::sync();
        }
    }
}

// A tile with room for a panel of sums, as wide as a warp's.
template <typename Tile> struct NeuronTile : Tile {
    static constexpr int PANEL = Tile::WN, LINE = PANEL + 8;
    static constexpr int PANEL_BYTES = Tile::BM * LINE * 4 + Tile::ALIGNMENT;
    static constexpr int SHARED = Tile::SHARED > PANEL_BYTES ? Tile::SHARED : PANEL_BYTES;
};

#define NEURON_PARAMETERS                                                                                                           \
    const float *scale, const float *bias, const float *current_scale, int32_t lowest, int32_t highest, const float *leak,          \
        const float *threshold, int32_t shared_parameters, int32_t code, float synapse_decay, float resistance, float rest,         \
        float initial, float reset_value, const float *levels, int32_t steps, int32_t batch, int32_t constant, int32_t samples,     \
        int32_t span, uint32_t *spikes, float *counts, float *membrane, float *last, float4 *resting
#define NEURONS                                                                                                                     \
    {scale, bias, current_scale, lowest, highest, leak, threshold, shared_parameters,                                               \
     LifDialect{code, synapse_decay, resistance, rest, initial, reset_value, levels}, steps, batch, constant, samples, span,        \
     spikes, counts, membrane, last, resting}

#define QUANTIZED_GEMM_NEURONS(name, tile, blocks_of_a_multiprocessor)                                                              \
    extern "C" __global__ void __launch_bounds__(tile::THREADS, blocks_of_a_multiprocessor) name(                                   \
        const unsigned char *a, int64_t pitch, const unsigned char *weights, int32_t outputs, int32_t blocks, NEURON_PARAMETERS) {  \
        DYNAMIC_SHARED(unsigned char, shared);                                                                                      \
        const Product product{a, pitch, weights, 0, outputs, blocks};                                                               \
        quantized_gemm_neurons<tile, multiply_tile<tile, RowsOfSteps>>(shared, product, NEURONS);                                   \
    }                                                                                                                               \
    EXPORT_KERNEL(name)                                                                                                             \
    DYNAMIC_SHARED_BYTES(name, tile::SHARED)
