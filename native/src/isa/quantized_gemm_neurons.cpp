// The quantised product with neurons behind it (org.ionforge.compute.QuantizedGemm.Spiking): for a block of samples and some words
// of neurons the currents are made in the L2 cache and go straight through the neurons.
//
// 2·K operations on the dot pipes and some 10 more for each of T·B·N; beside them the neurons are a few per cent, and instead of
// 4 bytes a current only bits of spikes leave the cache.
#include "gemm_columns.h"
#include "lif_layer.h"
#include "operations.h"
#include "parallel.h"
#include "spiking_pack.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int64_t CURRENTS = 65536;    // of a task over all steps: 256 KB of L2
constexpr int64_t STATES = 4096;       // neurons that go through the steps together: their state stays in L1
constexpr int64_t MOST_ROWS = 192;     // of a task's product, unless the steps of one sample are more
constexpr int64_t PREPARED = 1 << 18;  // bytes of its activations
constexpr int64_t GROUPS_OF_WORD = WORD / GROUP;

// How a call is cut; no result depends on it.
struct Plan {
    int64_t steps, batch, neurons, words;
    int64_t product_steps;  // rows of the product a sample: T, or 1 of a constant input
    int64_t block, blocks;  // samples of a task
    int64_t panel_words, panels;

    Plan(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents, int64_t threads)
        : steps(shape.steps), batch(shape.batch), neurons(shape.neurons), words(words_of(neurons)) {
        product_steps = currents.constant != 0 ? 1 : steps;
        block = std::clamp<int64_t>(std::clamp<int64_t>(PREPARED / currents.inputs, 24, MOST_ROWS) / product_steps, 1, batch);
        blocks = (batch + block - 1) / block;
        panel_words = std::clamp<int64_t>(CURRENTS / (product_steps * block * WORD), 1, words);
        const int64_t wanted = std::max<int64_t>((words + panel_words - 1) / panel_words, (threads + blocks - 1) / blocks);
        panel_words = (words + wanted - 1) / wanted;
        panels = (words + panel_words - 1) / panel_words;
    }

    int64_t tasks() const { return blocks * panels; }
    int64_t first_sample(int64_t b) const { return b * block; }
    int64_t samples(int64_t b) const { return std::min(block, batch - first_sample(b)); }
    // Floats from row to row of currents: whole words, and no power of two apart.
    int64_t stride() const { return words * WORD + WORD / 2; }
    // Samples that go through the steps together.
    int64_t chunk() const { return std::clamp<int64_t>(STATES / (panel_words * WORD), 1, block); }
    LifExtent largest() const { return {steps, chunk(), panel_words * WORD}; }
};

template <bool BIASED>
void write_currents(const GemmWalk &walk, int64_t row, int64_t rows, const Columns &columns, const Codes &codes, float *to, int64_t stride) {
    for (int64_t r = 0; r < rows; r++) {
        const int32_t *sums = walk.row_of_sums(row + r);
        for (int64_t j = 0; j < columns.n; j += LANES) {
            store(to + r * stride + j, codes.fake_quantised(dequantize<BIASED>(sums, columns, j)));
        }
    }
}

struct Neurons {
    Plan plan;
    Pieces pieces;
    LayerParameters parameters;
    int64_t lanes;
    float *values, *states;  // of each lane

    Neurons(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents, const ionforge_lif_neurons &neurons, int64_t threads,
            void *memory)
        : plan(shape, currents, threads), pieces(memory), parameters(neurons, plan.neurons, pieces), lanes(std::min(threads, plan.tasks())) {
        values = pieces.take<float>(lanes * values_size());
        states = pieces.take<float>(lanes * forward_state(plan.largest()));
    }

    int64_t values_size() const { return plan.product_steps * plan.block * plan.stride(); }

    void run(const ionforge_quantized_currents &currents, const ionforge_lif_outputs &outputs, uint64_t call) const {
        const LifLayer layer = parameters.fill();
        const Codes codes(currents.current, 0);
        parallel_lanes(plan.tasks(), lanes, [&](int64_t task, int64_t lane) {
            const int64_t block = task / plan.panels, first_word = task % plan.panels * plan.panel_words;
            const int64_t words = std::min(plan.panel_words, plan.words - first_word);
            float *to = values + lane * values_size();
            multiply(currents, codes, block, first_word, words, to, call);
            walk(layer, outputs, block, first_word, words, currents.constant != 0, to, states + lane * forward_state(plan.largest()));
        });
    }

private:
    // J of the block's rows (t, b), row t·samples + b.
    void multiply(const ionforge_quantized_currents &c, const Codes &codes, int64_t block, int64_t first_word, int64_t words, float *to,
                  uint64_t call) const {
        thread_local Scratch scratch;
        const int64_t samples = plan.samples(block), groups = (plan.neurons + GROUP - 1) / GROUP;
        const QuantizedGemm gemm{call, c.activations, static_cast<Activations>(c.kind), c.bits, static_cast<const uint8_t *>(c.packed),
                                 plan.product_steps * plan.batch, plan.neurons, c.inputs, Epilogue::DEQUANTIZED, c.scale, c.bias,
                                 0, 0, 0, to, plan.stride()};
        GemmWalk product(gemm, {plan.first_sample(block), plan.product_steps * samples, samples, plan.batch}, scratch);
        const auto write = c.bias == nullptr ? write_currents<false> : write_currents<true>;
        if (narrow(plan.neurons)) {
            const Columns columns(gemm, 0, plan.neurons);
            product.narrow_panel([&](int64_t row, int64_t rows) {
                write(product, row, rows, columns, codes, to + row * plan.stride(), plan.stride());
            });
            return;
        }
        const int64_t first_group = first_word * GROUPS_OF_WORD;
        const Parts panels = Parts::at_most(MAX_GROUPS, std::min(groups - first_group, words * GROUPS_OF_WORD));
        for (int64_t i = 0; i < panels.count; i++) {
            const int64_t first = first_group + panels.start(i), column = first * GROUP;
            const Columns columns(gemm, column, std::min(panels.size(i) * GROUP, plan.neurons - column));
            product.panel(first, panels.size(i), 0, nullptr, 0, [&](int64_t row, int64_t rows) {
                write(product, row, rows, columns, codes, to + row * plan.stride() + column, plan.stride());
            });
        }
    }

    void walk(const LifLayer &layer, const ionforge_lif_outputs &out, int64_t block, int64_t first_word, int64_t words, bool constant,
              const float *from, float *state) const {
        const int64_t first = first_word * WORD, count = std::min(words * WORD, plan.neurons - first), samples = plan.samples(block);
        for (int64_t b = 0, some; b < samples; b += some) {
            some = std::min(plan.chunk(), samples - b);
            const int64_t sample = plan.first_sample(block) + b;
            const auto part = [&](float *array, bool each_step) {
                return Field<float>{array == nullptr ? nullptr : array + sample * plan.neurons + first, each_step ? plan.batch * plan.neurons : 0,
                                    plan.neurons};
            };
            const Field<const float> currents{from + b * plan.stride() + first, constant ? 0 : samples * plan.stride(), plan.stride()};
            const Field<uint32_t> spikes{out.spikes == nullptr ? nullptr : out.spikes + sample * plan.words + first_word,
                                         plan.batch * plan.words, plan.words};
            forward_tile<F32>({{plan.steps, some, count}, layer.from(first), currents, 0, spikes, part(out.counts, false),
                               part(out.membrane, true), part(out.last_membrane, false), state});
        }
    }
};

}  // namespace

int64_t quantized_gemm_neurons_workspace(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents,
                                         const ionforge_lif_neurons &neurons, int64_t threads) {
    return Neurons(shape, currents, neurons, threads, nullptr).pieces.bytes();
}

void quantized_gemm_neurons(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents, const ionforge_lif_neurons &neurons,
                            const ionforge_lif_outputs &outputs, uint64_t call, int64_t threads, void *workspace) {
    Neurons(shape, currents, neurons, threads, workspace).run(currents, outputs, call);
}

}  // namespace ionforge::IONFORGE_ISA
