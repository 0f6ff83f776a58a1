// The forward pass of a spiking layer (org.ionforge.compute.SpikingLinear): for a block of samples and a group of neurons the
// currents are computed into L2 and go straight through the neurons; they are never written to memory unless asked for.
//
// Operations: 2·K·N a row of the product, of which there are B for a constant input and T·B else; bound by the FMA pipes, or, for
// spikes, by loads from L2 at the rate of the spikes. Weights are quantised and packed once a call.
#include "operations.h"
#include "parallel.h"
#include "spiking_plan.h"

namespace ionforge::IONFORGE_ISA {

int64_t CurrentTile::inputs_size(const SpikingPlan &plan) {
    return plan.kind == SPIKES || plan.in_place ? 0 : plan.padded_rows(plan.block) * plan.input_words * WORD;
}

void CurrentTile::take(const SpikingPlan &plan, const ionforge_spiking_input &input, const InputRows &input_rows, int64_t first,
                       int64_t samples) const {
    if (plan.kind == SPIKES) {
        return;
    }
    if (plan.in_place) {
        input_rows.point(first, samples, rows);
        return;
    }
    const int64_t padded = plan.padded_rows(samples), step = plan.batch * plan.inputs;
    if (input.bf16 != 0) {
        const auto *from = static_cast<const uint16_t *>(input.values) + first * plan.inputs;
        pack_rows<Bf16>({from, step, plan.inputs}, plan.product_steps, samples, plan.inputs, padded, inputs);
    } else {
        const auto *from = static_cast<const float *>(input.values) + first * plan.inputs;
        pack_rows<F32>({from, step, plan.inputs}, plan.product_steps, samples, plan.inputs, padded, inputs);
    }
}

namespace {

// Scale and bias of one row of a group: product and sum rounded each for itself.
void scale_and_shift(float *row, const float *scale, const float *bias, int64_t count) {
    for (int64_t n = 0; n < count; n++) {
        const float scaled = scale == nullptr ? row[n] : scale[n] * row[n];
        row[n] = bias == nullptr ? scaled : scaled + bias[n];
    }
}

}  // namespace

void CurrentTile::compute(const SpikingPlan &plan, const ionforge_spiking_input &input, const Runs &runs,
                          const ionforge_spiking_weights &weights, int64_t first, int64_t samples, int64_t group) const {
    const int64_t width = plan.width(), first_neuron = plan.first_neuron(group), count = plan.neurons_in(group);
    const int64_t all_rows = plan.product_steps * samples;
    const float *group_panels = panels + first_neuron * plan.inputs;
    const float *scale = weights.quantisation.scale == nullptr ? nullptr : weights.quantisation.scale + first_neuron;
    const float *bias = weights.bias == nullptr ? nullptr : weights.bias + first_neuron;
    if (plan.in_place) {
        for (int64_t n = 0; n < count; n += NR) {
            product_of_rows_in_place(runs, rows, plan.padded_rows(samples), group_panels + n * plan.inputs, plan.inputs, values + n, width);
        }
    } else if (plan.kind != SPIKES) {
        const int64_t padded = plan.padded_rows(samples);
        for (int64_t n = 0; n < count; n += NR) {
            product_of_panels(inputs, padded * WORD, group_panels + n * plan.inputs, plan.inputs, values + n, width, padded);
        }
    } else {
        const auto *spikes = static_cast<const uint32_t *>(input.values);
        const int64_t vectors = (count + LANES - 1) / LANES;
        uint32_t list[LIST + WORD];
        for (int64_t r = 0; r < all_rows; r++) {
            const uint32_t *row = spikes + (r / samples * plan.batch + first + r % samples) * plan.input_words;
            for (int64_t k = 0; k < plan.inputs; k += LIST) {
                const int64_t set = set_bits(row, k, std::min(LIST, plan.inputs - k), list);
                sum_rows({group_panels, plan.inputs * NR, NR}, list, set, vectors, values + r * width, k > 0);
            }
        }
    }
    if (scale != nullptr || bias != nullptr) {
        for (int64_t r = 0; r < all_rows; r++) {
            scale_and_shift(values + r * width, scale, bias, count);
        }
    }
}

Field<const float> CurrentTile::part(const SpikingPlan &plan, int64_t samples, int64_t first_of_block) const {
    const int64_t width = plan.width();
    return {values + first_of_block * width, plan.kind == CONSTANT ? 0 : samples * width, width};
}

int64_t neuron_panels_size(const SpikingPlan &plan) { return plan.padded_neurons() * plan.inputs; }

void pack_all_neurons(const SpikingPlan &plan, const ionforge_spiking_weights &weights, float *panels) {
    parallel_for(plan.padded_neurons() / NR,
                 [&](int64_t panel) { pack_neurons(weights, plan.neurons, plan.inputs, panel, panels + panel * plan.inputs * NR); });
}

namespace {

// The range of two arrays from theirs; a NaN makes both bounds NaN.
Range range_of(const Range &a, const Range &b) {
    return {a.min != a.min || a.min < b.min ? a.min : b.min, a.max != a.max || a.max > b.max ? a.max : b.max};
}

// Of `count` values of every row.
Range range_of_rows(const float *values, int64_t rows, int64_t width, int64_t count) {
    Range all{__builtin_inff(), -__builtin_inff()};
    for (int64_t n = 0; n < count; n += LANES) {
        Vec low = splat(all.min), high = splat(all.max);
        IntVec nan{};
        for (int64_t r = 0; r < rows; r++) {
            const Vec x = load(values + r * width + n);
            low = smaller(x, low);
            high = larger(x, high);
            nan |= x != x;
        }
        for (int64_t i = 0; i < std::min<int64_t>(LANES, count - n); i++) {
            all = range_of(all, nan[i] != 0 ? Range{__builtin_nanf(""), __builtin_nanf("")} : Range{low[i], high[i]});
        }
    }
    return all;
}

struct SpikingForward {
    SpikingPlan plan;
    Pieces pieces;
    LayerParameters parameters;
    InputRows input_rows;
    float *panels, *inputs, *values, *states;
    const float **rows;
    int64_t *taken;  // the block whose rows a lane has
    Range *ranges;    // of each task's currents
    int64_t blocks, tasks, lanes;

    SpikingForward(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer, const ionforge_spiking_input &input,
                   int64_t threads, void *memory)
        : plan(shape, input), pieces(memory), parameters(layer.neurons, plan.neurons, pieces),
          input_rows(shape, input, plan.product_steps, false, pieces), blocks(plan.blocks_of(plan.batch)),
          tasks(blocks * plan.groups), lanes(std::min(threads, tasks)) {
        panels = pieces.take<float>(neuron_panels_size(plan));
        inputs = pieces.take<float>(lanes * CurrentTile::inputs_size(plan));
        values = pieces.take<float>(lanes * CurrentTile::values_size(plan));
        states = pieces.take<float>(lanes * forward_state(plan.largest()));
        rows = pieces.take<const float *>(lanes * CurrentTile::rows_size(plan));
        taken = pieces.take<int64_t>(lanes);
        ranges = pieces.take<Range>(tasks);
    }

    void run(const ionforge_spiking_layer &layer, const ionforge_spiking_input &input, const ionforge_spiking_outputs &outputs) const {
        pack_all_neurons(plan, layer.weights, panels);
        input_rows.fill();
        const LifLayer neurons = parameters.fill();
        const Codes current(layer.current, 0);
        std::fill(taken, taken + lanes, -1);
        parallel_lanes(tasks, lanes, [&](int64_t task, int64_t lane) {
            const int64_t block = task / plan.groups, first = block * plan.block, samples = std::min(plan.block, plan.batch - first);
            const int64_t group = plan.group_at(task % plan.groups);
            const CurrentTile tile{panels, inputs + lane * CurrentTile::inputs_size(plan), rows + lane * CurrentTile::rows_size(plan),
                                   values + lane * CurrentTile::values_size(plan)};
            if (taken[lane] != block) {
                tile.take(plan, input, input_rows, first, samples);
                taken[lane] = block;
            }
            tile.compute(plan, input, input_rows.runs(), layer.weights, first, samples, group);
            ranges[task] = finish(tile, current, outputs, first, samples, group);
            for (int64_t b = 0; b < samples; b += plan.chunk) {
                const LifExtent extent = plan.extent(std::min(plan.chunk, samples - b), group);
                forward_tile<F32>({extent, neurons.from(plan.first_neuron(group)), tile.part(plan, samples, b), 0,
                                   spikes(outputs.lif.spikes, first + b, group), plan.part(outputs.lif.counts, first + b, group, false),
                                   plan.part(outputs.lif.membrane, first + b, group, true),
                                   plan.part(outputs.lif.last_membrane, first + b, group, false),
                                   states + lane * forward_state(plan.largest())});
            }
        });
        if (outputs.current_range != nullptr) {
            Range all = ranges[0];
            for (int64_t task = 1; task < tasks; task++) {
                all = range_of(all, ranges[task]);
            }
            outputs.current_range[0] = all.min;
            outputs.current_range[1] = all.max;
        }
    }

private:
    Field<uint32_t> spikes(uint32_t *array, int64_t sample, int64_t group) const {
        return {array == nullptr ? nullptr : array + sample * plan.words + group * plan.group_words, plan.batch * plan.words, plan.words};
    }

    // Writes I and its range where they are wanted, and fake-quantises it for the neurons.
    Range finish(const CurrentTile &tile, const Codes &current, const ionforge_spiking_outputs &outputs, int64_t first, int64_t samples,
                 int64_t group) const {
        const Field<float> to = plan.part(outputs.currents, first, group, true);
        const int64_t width = plan.width(), count = plan.neurons_in(group), rows = plan.product_steps * samples;
        const Range range = outputs.current_range == nullptr ? Range{} : range_of_rows(tile.values, rows, width, count);
        for (int64_t r = 0; r < rows && (to || current.quantised); r++) {
            float *row = tile.values + r * width;
            if (to) {
                std::memcpy(to.of(r / samples, r % samples), row, sizeof(float) * count);
            }
            if (current.quantised) {
                for (int64_t n = 0; n < count; n += LANES) {
                    store(row + n, current.fake_quantised(load(row + n)));
                }
            }
        }
        return range;
    }
};

}  // namespace

int64_t spiking_forward_workspace(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer,
                                  const ionforge_spiking_input &input, int64_t threads) {
    return SpikingForward(shape, layer, input, threads, nullptr).pieces.bytes();
}

void spiking_forward(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer, const ionforge_spiking_input &input,
                     const ionforge_spiking_outputs &outputs, int64_t threads, void *workspace) {
    SpikingForward(shape, layer, input, threads, workspace).run(layer, input, outputs);
}

}  // namespace ionforge::IONFORGE_ISA
