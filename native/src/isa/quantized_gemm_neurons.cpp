// The quantised product with neurons behind it (org.ionforge.compute.QuantizedGemm.Spiking): for a block of samples and some words
// of neurons the currents are made in the L2 cache and go straight through the neurons.
//
// 2·K operations on the dot pipes and some 10 more for each of T·B·N; beside them the neurons are a few per cent, and instead of
// 4 bytes a current only bits of spikes leave the cache.
#include <cstring>

#include "lif_layer.h"
#include "operations.h"
#include "parallel.h"
#include "quantized_gemm.h"
#include "spiking_pack.h"

namespace ionforge::IONFORGE_ISA {

void quantized_gemm_task(const QuantizedGemm &, const QuantizedGemmTask &);

namespace {

constexpr int64_t CURRENTS = 65536;       // of a task over all steps: 256 KB of L2
constexpr int64_t STATES = 4096;          // neurons that go through the steps together: their state stays in L1
constexpr int64_t MOST_ROWS = 192;        // of a product at a time
constexpr int64_t PREPARED = 1 << 18;     // bytes of its activations
constexpr int64_t GROUPS_OF_WORD = WORD / GROUP;

// How a call is cut; no result depends on it.
struct Plan {
    int64_t steps, batch, neurons, words, inputs, row_bytes;
    int64_t product_steps;  // rows of the product a sample: T, or 1 of a constant input
    int64_t rows;           // of the product at a time
    int64_t block, blocks;  // samples of a task
    int64_t panel_words, panels;

    Plan(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents, int64_t threads)
        : steps(shape.steps), batch(shape.batch), neurons(shape.neurons), words(words_of(neurons)), inputs(currents.inputs) {
        row_bytes = static_cast<Activations>(currents.kind) == Activations::SPIKES ? words_of(inputs) * 4 : inputs;
        product_steps = currents.constant != 0 ? 1 : steps;
        rows = std::clamp<int64_t>(PREPARED / inputs, 24, MOST_ROWS);
        block = std::clamp<int64_t>(rows / product_steps, 1, batch);
        blocks = (batch + block - 1) / block;
        panel_words = std::clamp<int64_t>(CURRENTS / (product_steps * block * WORD), 1, words);
        const int64_t wanted = std::max<int64_t>((words + panel_words - 1) / panel_words, (threads + blocks - 1) / blocks);
        panel_words = (words + wanted - 1) / wanted;
        panels = (words + panel_words - 1) / panel_words;
    }

    int64_t tasks() const { return blocks * panels; }
    bool in_order() const { return product_steps == 1; }  // a block's rows follow each other as they are given
    int64_t first_sample(int64_t b) const { return b * block; }
    int64_t samples(int64_t b) const { return std::min(block, batch - first_sample(b)); }
    // Floats from row to row of currents: whole words, and no power of two apart.
    int64_t stride() const { return words * WORD + WORD / 2; }
    // Samples that go through the steps together.
    int64_t chunk() const { return std::clamp<int64_t>(STATES / (panel_words * WORD), 1, block); }
    LifExtent largest() const { return {steps, chunk(), panel_words * WORD}; }
};

struct Neurons {
    Plan plan;
    Pieces pieces;
    LayerParameters parameters;
    int64_t lanes;
    float *values, *states;  // of each lane
    uint8_t *rows;
    int64_t *gathered;       // the block whose rows lie there

    Neurons(const ionforge_lif_shape &shape, const ionforge_quantized_currents &currents, const ionforge_lif_neurons &neurons, int64_t threads,
            void *memory)
        : plan(shape, currents, threads), pieces(memory), parameters(neurons, plan.neurons, pieces), lanes(std::min(threads, plan.tasks())) {
        values = pieces.take<float>(lanes * values_size());
        states = pieces.take<float>(lanes * forward_state(plan.largest()));
        rows = pieces.take<uint8_t>(lanes * rows_size());
        gathered = pieces.take<int64_t>(lanes);
    }

    int64_t values_size() const { return plan.product_steps * plan.block * plan.stride(); }
    int64_t rows_size() const { return plan.in_order() ? 0 : (plan.product_steps * plan.block * plan.row_bytes + 63) / 64 * 64; }

    void run(const ionforge_quantized_currents &currents, const ionforge_lif_outputs &outputs, uint64_t first_call) const {
        const LifLayer layer = parameters.fill();
        const Codes codes(currents.current, 0);
        std::fill(gathered, gathered + lanes, -1);
        parallel_lanes(plan.tasks(), lanes, [&](int64_t task, int64_t lane) {
            const int64_t block = task / plan.panels, first_word = task % plan.panels * plan.panel_words;
            const int64_t words = std::min(plan.panel_words, plan.words - first_word);
            float *to = values + lane * values_size();
            multiply(currents, block, first_word, words, activations(currents, block, lane), to, first_call + static_cast<uint64_t>(block));
            quantise(codes, block, first_word, words, to);
            walk(layer, outputs, block, first_word, words, currents.constant != 0, to, states + lane * forward_state(plan.largest()));
        });
    }

private:
    // The block's rows (t, b), row t·samples + b.
    const uint8_t *activations(const ionforge_quantized_currents &currents, int64_t block, int64_t lane) const {
        const auto *given = static_cast<const uint8_t *>(currents.activations) + plan.first_sample(block) * plan.row_bytes;
        if (plan.in_order()) {
            return given;
        }
        uint8_t *to = rows + lane * rows_size();
        if (gathered[lane] != block) {
            const int64_t bytes = plan.samples(block) * plan.row_bytes;
            for (int64_t t = 0; t < plan.steps; t++) {
                std::memcpy(to + t * bytes, given + t * plan.batch * plan.row_bytes, bytes);
            }
            gathered[lane] = block;
        }
        return to;
    }

    void multiply(const ionforge_quantized_currents &c, int64_t block, int64_t first_word, int64_t words, const uint8_t *from, float *to,
                  uint64_t call) const {
        const int64_t count = plan.product_steps * plan.samples(block), groups = (plan.neurons + GROUP - 1) / GROUP;
        const int64_t first_group = first_word * GROUPS_OF_WORD, end = std::min(groups, first_group + words * GROUPS_OF_WORD);
        const QuantizedGemm gemm{call, from, static_cast<Activations>(c.kind), c.bits, static_cast<const uint8_t *>(c.packed), count, plan.neurons,
                                 plan.inputs, Epilogue::DEQUANTIZED, c.scale, c.bias, 0, 0, 0, to, plan.stride()};
        for (int64_t row = 0; row < count; row += plan.rows) {
            quantized_gemm_task(gemm, {row, std::min(plan.rows, count - row), first_group, end - first_group});
        }
    }

    void quantise(const Codes &codes, int64_t block, int64_t first_word, int64_t words, float *to) const {
        if (!codes.quantised) {
            return;
        }
        for (int64_t r = 0; r < plan.product_steps * plan.samples(block); r++) {
            float *row = to + r * plan.stride();
            for (int64_t n = first_word * WORD; n < (first_word + words) * WORD; n += LANES) {
                store(row + n, codes.fake_quantised(load(row + n)));
            }
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
                            const ionforge_lif_outputs &outputs, uint64_t first_call, int64_t threads, void *workspace) {
    Neurons(shape, currents, neurons, threads, workspace).run(currents, outputs, first_call);
}

}  // namespace ionforge::IONFORGE_ISA
