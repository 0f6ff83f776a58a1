// How a spiking layer is cut: what depends on the shape alone, so that sums do too.
//
//   chunk   samples whose neurons go through the steps together (a tile of lif_tile.h with a group's words)
//   block   samples whose product is computed at once: a chunk, or, of a constant input, enough to feed the pipes
//   slice   samples whose gradients of the currents are kept until the weights' gradient has taken them (backward)
//   group   words of neurons of a block
#pragma once
#include <algorithm>

#include "lif_layer.h"
#include "spiking_pack.h"
#include "spiking_product.h"

namespace ionforge::IONFORGE_ISA {

enum InputKind { CONSTANT, SEQUENCE, SPIKES };

struct SpikingPlan {
    static constexpr int64_t GROUP_WORDS = 4;
    static constexpr int64_t MEMBRANES = 65536;    // of a tile over all steps: 256 KB of L2
    static constexpr int64_t CHUNK_ROWS = 512;     // rows of the product of a chunk
    static constexpr int64_t BLOCK_ROWS = 144;     // of a constant input
    static constexpr int64_t SLICE_ROWS = 1024;
    static constexpr int64_t IN_PLACE_WORDS = 2;   // of neurons, at most, whose products read rows of an array as they lie

    int64_t steps, batch, inputs, neurons;
    int kind;
    bool in_place;  // rows of the input are read as they lie
    int64_t words, group_words, groups, input_words;
    int64_t product_steps;  // rows of the product a sample: 1, or T
    int64_t chunk, block, slice;

    SpikingPlan(const ionforge_spiking_shape &shape, const ionforge_spiking_input &input)
        : steps(shape.steps), batch(shape.batch), inputs(shape.inputs), neurons(shape.neurons), kind(input.kind) {
        words = words_of(neurons);
        in_place = kind != SPIKES && input.bf16 == 0 && (words <= IN_PLACE_WORDS || input.patches != nullptr);
        group_words = std::min(words, GROUP_WORDS);
        groups = (words + group_words - 1) / group_words;
        input_words = words_of(inputs);
        product_steps = kind == CONSTANT ? 1 : steps;
        chunk = std::clamp<int64_t>(std::min(MEMBRANES / (steps * group_words * WORD), CHUNK_ROWS / steps), 1, batch);
        block = kind == CONSTANT ? std::min(batch, std::max<int64_t>(1, BLOCK_ROWS / chunk) * chunk) : chunk;
        slice = std::min(batch, std::max<int64_t>(1, SLICE_ROWS / (product_steps * block)) * block);
    }

    int64_t width() const { return group_words * WORD; }
    // Rows of a product with `samples` samples, padded to whole tiles.
    int64_t padded_rows(int64_t samples) const { return round_up(product_steps * samples, MR); }
    int64_t padded_neurons() const { return words * WORD; }
    int64_t blocks_of(int64_t samples) const { return (samples + block - 1) / block; }
    int64_t chunks() const { return (batch + chunk - 1) / chunk; }

    // Groups in an order in which neighbours in time are no neighbours in memory: two threads would write bits of one cache line.
    int64_t group_at(int64_t place) const { return place % 2 == 0 ? place / 2 : (groups + 1) / 2 + place / 2; }
    int64_t first_neuron(int64_t group) const { return group * width(); }
    int64_t neurons_in(int64_t group) const { return std::min(width(), neurons - first_neuron(group)); }
    LifExtent extent(int64_t samples, int64_t group) const { return {steps, samples, neurons_in(group)}; }
    LifExtent largest() const { return {steps, chunk, width()}; }

    // Part of an array [T, B, N] of the caller's; `each_step` false for [B, N].
    template <class T>
    Field<T> part(T *array, int64_t sample, int64_t group, bool each_step) const {
        return {array == nullptr ? nullptr : array + sample * neurons + first_neuron(group), each_step ? batch * neurons : 0, neurons};
    }
};

// The currents of a block and a group: product, scale, bias.
struct CurrentTile {
    const float *panels;  // the weights, packed by pack_neurons
    float *inputs;        // the block's packed rows, or
    const float **rows;   // where they lie
    float *values;        // [padded rows, width]

    static int64_t inputs_size(const SpikingPlan &plan);
    static int64_t values_size(const SpikingPlan &plan) { return plan.padded_rows(plan.block) * plan.width(); }
    static int64_t rows_size(const SpikingPlan &plan) { return plan.in_place ? plan.padded_rows(plan.block) : 0; }
    // The block's rows into `inputs`, or where they are into `rows`; nothing to do for spikes.
    void take(const SpikingPlan &plan, const ionforge_spiking_input &input, const InputRows &input_rows, int64_t first, int64_t samples) const;
    // I of every row of the block and every neuron of the group into `values`.
    void compute(const SpikingPlan &plan, const ionforge_spiking_input &input, const Runs &runs, const ionforge_spiking_weights &weights,
                 int64_t first, int64_t samples, int64_t group) const;
    // The part of `values` that belongs to samples from `first_of_block` on.
    Field<const float> part(const SpikingPlan &plan, int64_t samples, int64_t first_of_block) const;
};

// Packs all weights for the currents' product, [round_up(N, WORD) / NR][K][NR].
int64_t neuron_panels_size(const SpikingPlan &plan);
void pack_all_neurons(const SpikingPlan &plan, const ionforge_spiking_weights &weights, float *panels);

}  // namespace ionforge::IONFORGE_ISA
