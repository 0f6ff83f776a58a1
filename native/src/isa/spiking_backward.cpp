// The way back through a spiking layer (org.ionforge.compute.SpikingLinear): slices of the batch, and in each of them
//
//   1. for every chunk of samples and group of neurons the gradient of the spikes (given, or through the next layer's weights by
//      a product that stays in L2), back through the neurons (lif_tile.h), into panels of gradients of the currents;
//   2. from these panels the gradients of weights, bias and input.
//
// Operations: the product with the next layer's weights and 2·K·N a row each for weights and input; a gradient of spikes is summed
// over the bits set. Bound by the FMA pipes and, for the neurons, by L2. Slices are added in order.
#include "operations.h"
#include "parallel.h"
#include "spiking_plan.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int64_t TASK_TILES = 4 * WORD / NR;  // tiles of inputs of a task of the weight gradient
constexpr int64_t SCATTERED = 2 * MR;          // rows whose gradients are made at once where they are patches

// What a call is about; all by reference to the caller's.
struct Call {
    const ionforge_spiking_layer &layer;
    const ionforge_spiking_input &input;
    const float *currents;
    const ionforge_spiking_upstream &upstream;
    const ionforge_spiking_gradients &gradients;

    bool weights_from_spikes() const { return gradients.weights != nullptr && input.kind == SPIKES; }
    bool weights_from_rows() const { return gradients.weights != nullptr && input.kind != SPIKES; }
    bool to_maps() const { return gradients.input != nullptr && input.patches != nullptr; }
    bool through_next() const { return upstream.next_gradient != nullptr; }
};

// A lane's scratch.
struct Lane {
    CurrentTile currents;
    float *quantised;  // J, where it is not I
    float *by_spikes;  // [T·chunk, width]
    float *next;       // the next layer's gradients, in panels
    float *lif, *product;
    uint32_t *bits;    // a word of inputs, turned over: [WORD, words of rows]
    int64_t block, chunk;  // whose rows lie in currents.inputs and in next
};

// Samples [first, first + samples) of a slice.
struct Slice {
    int64_t first, samples, rows, panel;
    bool last;
};

class SpikingBackward {
public:
    SpikingBackward(const ionforge_spiking_shape &shape, const Call &of, int64_t threads, void *memory)
        : plan(shape, of.input), call(of), pieces(memory), parameters(of.layer.neurons, plan.neurons, pieces),
          input_rows(shape, of.input, plan.product_steps, of.to_maps(), pieces),
          most_tasks(std::max({plan.blocks_of(plan.slice) * plan.groups, plan.input_words, plan.words})),
          lanes(std::min(threads, most_tasks)),
          sums(of.gradients.lif, of.layer.neurons.per_neuron, plan.neurons, plan.chunks(), plan.groups, plan.group_words, lanes, pieces) {
        auto floats = [&](bool wanted, int64_t n) { return pieces.take<float>(wanted ? n : 0); };
        const int64_t slice_rows = plan.padded_rows(plan.slice), chunk_rows = round_up(plan.steps * plan.chunk, MR);
        const int64_t next_words = words_of(std::max(1, call.upstream.next_neurons));
        const bool recomputes = call.currents == nullptr, quantised = call.layer.current.scale != nullptr;
        neuron_panels = floats(recomputes, neuron_panels_size(plan));
        next_panels = floats(call.through_next(), plan.padded_neurons() * call.upstream.next_neurons);
        input_panels = floats(call.gradients.input != nullptr, round_up(plan.inputs, NR) * plan.neurons);
        by_currents = floats(true, slice_rows * plan.padded_neurons() + MR * WORD);  // a tile may read on behind the last panel
        rows_of_inputs = floats(call.weights_from_rows() && !plan.in_place, slice_rows * plan.input_words * WORD);
        slice_rows_at = pieces.take<const float *>(plan.in_place ? slice_rows : 0);
        spike_sums = floats(call.weights_from_spikes(), plan.inputs * plan.padded_neurons());
        lane = pieces.take<Lane>(lanes);
        for (int64_t i = 0; i < lanes; i++) {
            const Lane scratch = {
                {neuron_panels, floats(recomputes, CurrentTile::inputs_size(plan)), pieces.take<const float *>(recomputes ? CurrentTile::rows_size(plan) : 0),
                 floats(recomputes, CurrentTile::values_size(plan))},
                floats(quantised, plan.product_steps * plan.chunk * plan.width()),
                floats(call.through_next(), chunk_rows * plan.width()),
                floats(call.through_next(), chunk_rows * next_words * WORD),
                floats(true, backward_scratch(plan.largest(), call.layer.neurons.dialect, call.gradients.lif.leak != nullptr)),
                floats(call.gradients.input != nullptr, call.to_maps() ? SCATTERED * round_up(plan.inputs, NR) : slice_rows * NR),
                pieces.take<uint32_t>(call.weights_from_spikes() ? WORD * words_of(slice_rows) : 0),
                -1,
                -1};
            if (memory != nullptr) {
                lane[i] = scratch;
            }
        }
    }

    int64_t bytes() const { return pieces.bytes(); }

    void run() {
        neurons = parameters.fill();
        current = Codes(call.layer.current, 0);
        pack();
        input_rows.fill();
        for (int64_t first = 0; first < plan.batch; first += plan.slice) {
            const int64_t samples = std::min(plan.slice, plan.batch - first);
            const Slice slice{first, samples, plan.product_steps * samples, plan.padded_rows(samples) * WORD, first + samples == plan.batch};
            neurons_back(slice);
            if (plan.in_place) {
                input_rows.point(first, samples, slice_rows_at);
            }
            layer_back(slice);
        }
        if (call.weights_from_spikes()) {
            parallel_for((plan.neurons + LANES - 1) / LANES, [&](int64_t task) {
                unpack_sums(spike_sums, plan.padded_neurons(), call.layer.weights, plan.neurons, plan.inputs, task * LANES,
                            call.gradients.weights);
            });
        }
        sums.write();
    }

private:
    // The weights that the products below want.
    void pack() const {
        if (call.currents == nullptr) {
            pack_all_neurons(plan, call.layer.weights, neuron_panels);
        }
        const int64_t next = call.through_next() ? plan.padded_neurons() / NR : 0;
        const int64_t own = call.gradients.input == nullptr ? 0 : (plan.inputs + NR - 1) / NR, m = call.upstream.next_neurons;
        parallel_for(next + own, [&](int64_t task) {
            if (task < next) {
                pack_inputs(call.upstream.next_weights, m, plan.neurons, task, next_panels + task * m * NR);
            } else {
                pack_inputs(call.layer.weights, plan.neurons, plan.inputs, task - next, input_panels + (task - next) * plan.neurons * NR);
            }
        });
    }

    void neurons_back(const Slice &slice) const {
        const int64_t tasks = plan.blocks_of(slice.samples) * plan.groups;
        const int64_t packs = call.weights_from_rows() && !plan.in_place ? plan.input_words : 0;
        parallel_lanes(tasks + packs, lanes, [&](int64_t task, int64_t at) {
            if (task >= tasks) {
                pack_inputs_of(slice, task - tasks);
                return;
            }
            const int64_t first = slice.first + task / plan.groups * plan.block;
            const int64_t samples = std::min(plan.block, slice.first + slice.samples - first), group = plan.group_at(task % plan.groups);
            Lane &with = lane[at];
            if (call.currents == nullptr) {
                if (with.block != first) {
                    with.currents.take(plan, call.input, input_rows, first, samples);
                    with.block = first;
                }
                with.currents.compute(plan, call.input, input_rows.runs(), call.layer.weights, first, samples, group);
            }
            for (int64_t b = 0; b < samples; b += plan.chunk) {
                const Field<const float> i = call.currents != nullptr
                                                 ? plan.part(call.currents, first + b, group, plan.kind != CONSTANT)
                                                 : with.currents.part(plan, samples, b);
                chunk_back(slice, with, at, i, first + b, std::min(plan.chunk, samples - b), group);
            }
        });
    }

    // One word of the slice's inputs into panels.
    void pack_inputs_of(const Slice &slice, int64_t word) const {
        const int64_t at = slice.first * plan.inputs + word * WORD, columns = std::min(WORD, plan.inputs - word * WORD);
        const int64_t step = plan.batch * plan.inputs;
        float *to = rows_of_inputs + word * slice.panel;
        if (call.input.bf16 != 0) {
            pack_rows<Bf16>({static_cast<const uint16_t *>(call.input.values) + at, step, plan.inputs}, plan.product_steps, slice.samples,
                            columns, slice.panel / WORD, to);
        } else {
            pack_rows<F32>({static_cast<const float *>(call.input.values) + at, step, plan.inputs}, plan.product_steps, slice.samples,
                           columns, slice.panel / WORD, to);
        }
    }

    // Back through the neurons of a chunk; `i` are its currents before their quantisation.
    void chunk_back(const Slice &slice, Lane &with, int64_t at, const Field<const float> &i, int64_t first, int64_t samples,
                    int64_t group) const {
        const LifExtent extent = plan.extent(samples, group);
        const bool constant = plan.kind == CONSTANT;
        float *panels = by_currents + group * plan.group_words * slice.panel + (first - slice.first) * WORD;
        const WordField<float> out{{panels, constant ? 0 : slice.samples * WORD, WORD}, slice.panel};
        const auto &lif = call.upstream.lif;
        backward_tile<F32>({extent, neurons.from(plan.first_neuron(group)), current.quantised ? quantise(with, i, samples, group) : i, 0,
                            gradient_of_spikes(with, first, samples, group), plan.part(lif.counts, first, group, false),
                            plan.part(lif.membrane, first, group, true), plan.part(lif.last_membrane, first, group, false),
                            constant ? WordField<float>{} : out, constant ? out : WordField<float>{}, false, sums.of_lane(at), with.lif});
        sums.take(first / plan.chunk, group, at);
        if (!current.masked && call.gradients.current == nullptr) {
            return;
        }
        const Field<float> copy = plan.part(call.gradients.current, first, group, true);
        for (int64_t t = 0; t < plan.product_steps; t++) {
            for (int64_t b = 0; b < samples; b++) {
                for (int64_t n = 0; n < extent.neurons; n += WORD) {
                    finish_word(i.of(t, b) + n, out.of(t, b) + n / WORD * out.word, copy ? copy.of(t, b) + n : nullptr,
                                std::min(WORD, extent.neurons - n));
                }
            }
        }
    }

    // Masks a word of gradients and copies it out.
    void finish_word(const float *i, float *gradient, float *copy, int64_t count) const {
        for (int64_t n = 0; current.masked && n < count; n += LANES) {
            const Vec x = count - n < LANES ? load_some(i + n, count - n) : load(i + n);
            store(gradient + n, current.passing(x, load(gradient + n)));
        }
        if (copy != nullptr) {
            std::memcpy(copy, gradient, sizeof(float) * count);
        }
    }

    Field<const float> quantise(const Lane &with, const Field<const float> &i, int64_t samples, int64_t group) const {
        const int64_t width = plan.width(), count = plan.neurons_in(group);
        for (int64_t t = 0; t < plan.product_steps; t++) {
            for (int64_t b = 0; b < samples; b++) {
                const float *from = i.of(t, b);
                float *to = with.quantised + (t * samples + b) * width;
                for (int64_t n = 0; n < count; n += LANES) {
                    store(to + n, current.fake_quantised(count - n < LANES ? load_some(from + n, count - n) : load(from + n)));
                }
            }
        }
        return {with.quantised, plan.kind == CONSTANT ? 0 : samples * width, width};
    }

    Field<const float> gradient_of_spikes(Lane &with, int64_t first, int64_t samples, int64_t group) const {
        const Field<const float> given = plan.part(static_cast<const float *>(call.upstream.lif.spikes), first, group, true);
        if (!call.through_next()) {
            return given;
        }
        const int64_t m = call.upstream.next_neurons, rows = plan.steps * samples, padded = round_up(rows, MR), width = plan.width();
        if (with.chunk != first) {
            pack_rows<F32>({call.upstream.next_gradient + first * m, plan.batch * m, m}, plan.steps, samples, m, padded, with.next);
            with.chunk = first;
        }
        const int64_t count = plan.neurons_in(group);
        for (int64_t n = 0; n < count; n += NR) {
            product_of_panels(with.next, padded * WORD, next_panels + (group * width + n) * m, m, with.by_spikes + n, width, padded);
        }
        for (int64_t r = 0; given && r < rows; r++) {
            const float *row = given.of(r / samples, r % samples);
            for (int64_t n = 0; n < count; n++) {
                with.by_spikes[r * width + n] += row[n];
            }
        }
        return {with.by_spikes, samples * width, width};
    }

    // Gradients of weights, bias and input from those of the slice's currents.
    void layer_back(const Slice &slice) const {
        const int64_t columns = (input_rows.column_tiles() + TASK_TILES - 1) / TASK_TILES;
        const int64_t dense = call.weights_from_rows() ? plan.words * columns : 0, sparse = call.weights_from_spikes() ? plan.input_words : 0;
        const int64_t biases = call.gradients.bias != nullptr ? plan.words : 0;
        const int64_t inputs = call.gradients.input == nullptr ? 0 : call.to_maps() ? plan.product_steps : (plan.inputs + NR - 1) / NR;
        parallel_lanes(dense + sparse + inputs + biases, lanes, [&](int64_t task, int64_t at) {
            if (task < dense) {
                weights_from_rows(slice, task / columns, task % columns * TASK_TILES);
            } else if ((task -= dense) < sparse) {
                weights_from_spikes(slice, lane[at], task);
            } else if ((task -= sparse) < inputs) {
                call.to_maps() ? maps_back(slice, lane[at], task) : inputs_back(slice, lane[at], task);
            } else {
                bias_back(slice, task - inputs);
            }
        });
    }

    void weights_from_rows(const Slice &slice, int64_t word, int64_t first_tile) const {
        const float *gradients = by_currents + word * slice.panel;
        const int64_t neurons_of_word = std::min(WORD, plan.neurons - word * WORD);
        alignas(64) float sums_of_tile[MR * NR];
        for (int64_t tile = first_tile; tile < std::min(first_tile + TASK_TILES, input_rows.column_tiles()); tile++) {
            const Columns columns = input_rows.columns(tile);
            for (int64_t i = 0; i < neurons_of_word; i += gradient_rows(i)) {
                if (plan.in_place) {
                    gradient_of_rows_in_place(gradients, i, slice_rows_at, slice.rows, columns, sums_of_tile);
                } else {
                    product_of_rows_of(gradients, i, rows_of_inputs + columns.k / WORD * slice.panel + columns.k % WORD, slice.rows, sums_of_tile);
                }
                for (int64_t row = 0; row < std::min(gradient_rows(i), neurons_of_word - i); row++) {
                    add_weights(slice, word * WORD + i + row, columns, sums_of_tile + row * NR);
                }
            }
        }
    }

    // Gradients of some of neuron n's weights.
    void add_weights(const Slice &slice, int64_t n, const Columns &columns, const float *from) const {
        const Codes codes = slice.last ? Codes(call.layer.weights.quantisation, n) : Codes();
        for (int64_t j = 0; j < columns.count; j += LANES, from += LANES) {
            const int64_t count = std::min<int64_t>(LANES, columns.count - j), at = n * plan.inputs + columns.k + j;
            float *to = call.gradients.weights + at;
            Vec sum = load(from);
            if (slice.first > 0) {
                sum += load_some(to, count);
            }
            if (codes.masked) {
                sum = codes.passing(load_some(call.layer.weights.values + at, count), sum);
            }
            count == LANES ? store(to, sum) : store_some(to, sum, count);
        }
    }

    void weights_from_spikes(const Slice &slice, const Lane &with, int64_t word) const {
        const auto *spikes = static_cast<const uint32_t *>(call.input.values) + slice.first * plan.input_words + word;
        const int64_t row_words = words_of(slice.rows), vectors = (plan.neurons + LANES - 1) / LANES;
        for (int64_t w = 0; w < row_words; w++) {
            uint32_t rows[WORD] = {}, turned[WORD];
            for (int64_t r = w * WORD; r < std::min((w + 1) * WORD, slice.rows); r++) {
                rows[r - w * WORD] = spikes[(r / slice.samples * plan.batch + r % slice.samples) * plan.input_words];
            }
            transpose_bits(rows, turned);
            for (int64_t k = 0; k < WORD; k++) {
                with.bits[k * row_words + w] = turned[k];
            }
        }
        uint32_t list[LIST + WORD];
        for (int64_t k = 0; k < std::min(WORD, plan.inputs - word * WORD); k++) {
            float *to = spike_sums + (word * WORD + k) * plan.padded_neurons();
            for (int64_t r = 0; r < slice.rows; r += LIST) {
                const int64_t set = set_bits(with.bits + k * row_words, r, std::min(LIST, slice.rows - r), list);
                sum_rows({by_currents, slice.panel, WORD}, list, set, vectors, to, slice.first > 0 || r > 0);
            }
        }
    }

    void bias_back(const Slice &slice, int64_t word) const {
        const int64_t count = std::min(WORD, plan.neurons - word * WORD);
        for (int64_t n = 0; n < count; n += LANES) {
            const float *from = by_currents + word * slice.panel + n;
            float *to = call.gradients.bias + word * WORD + n;
            const int64_t some = std::min<int64_t>(LANES, count - n);
            Vec sum{};
            for (int64_t r = 0; r < slice.rows; r++) {
                sum += load(from + r * WORD);
            }
            store_some(to, slice.first > 0 ? load_some(to, some) + sum : sum, some);
        }
    }

    void inputs_back(const Slice &slice, const Lane &with, int64_t panel) const {
        product_of_panels(by_currents, slice.panel, input_panels + panel * plan.neurons * NR, plan.neurons, with.product, NR,
                          slice.panel / WORD);
        const int64_t count = std::min<int64_t>(NR, plan.inputs - panel * NR);
        for (int64_t r = 0; r < slice.rows; r++) {
            const int64_t row = r / slice.samples * plan.batch + slice.first + r % slice.samples;
            std::memcpy(call.gradients.input + row * plan.inputs + panel * NR, with.product + r * NR, sizeof(float) * count);
        }
    }

    // The slice's rows of step t, into the gradients of the maps that they are patches of: in order, as the contract of the sums wants.
    void maps_back(const Slice &slice, const Lane &with, int64_t t) const {
        const int64_t width = round_up(plan.inputs, NR);
        for (int64_t b = 0; b < slice.samples; b += SCATTERED) {
            const int64_t count = std::min(SCATTERED, slice.samples - b), first = t * slice.samples + b;
            for (int64_t k = 0; k < plan.inputs; k += NR) {
                product_of_panels(by_currents + first * WORD, slice.panel, input_panels + k * plan.neurons, plan.neurons, with.product + k, width,
                                  round_up(count, MR));
            }
            for (int64_t i = 0; i < count; i++) {
                input_rows.add_gradient(with.product + i * width, t, slice.first + b + i, slice_rows_at[first + i], call.gradients.input);
            }
        }
    }

    SpikingPlan plan;
    const Call call;
    Pieces pieces;
    LayerParameters parameters;
    InputRows input_rows;
    int64_t most_tasks, lanes;
    ShareSums sums;
    float *neuron_panels, *next_panels, *input_panels, *by_currents, *rows_of_inputs, *spike_sums;
    const float **slice_rows_at;  // where the slice's rows lie, if they are read in place
    Lane *lane;
    LifLayer neurons{};
    Codes current;
};

}  // namespace

int64_t spiking_backward_workspace(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer,
                                   const ionforge_spiking_input &input, const float *currents, const ionforge_spiking_upstream &upstream,
                                   const ionforge_spiking_gradients &gradients, int64_t threads) {
    return SpikingBackward(shape, {layer, input, currents, upstream, gradients}, threads, nullptr).bytes();
}

void spiking_backward(const ionforge_spiking_shape &shape, const ionforge_spiking_layer &layer, const ionforge_spiking_input &input,
                      const float *currents, const ionforge_spiking_upstream &upstream, const ionforge_spiking_gradients &gradients,
                      int64_t threads, void *workspace) {
    SpikingBackward(shape, {layer, input, currents, upstream, gradients}, threads, workspace).run();
}

}  // namespace ionforge::IONFORGE_ISA
