// LIF neurons alone: cuts [T, B, N] into tiles and walks them (lif_forward.cpp, lif_backward.cpp). Which tiles there are depends on the shape alone.
#include "lif_layer.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge::IONFORGE_ISA {
namespace {

// Neurons of a tile: forward the membranes stay in L2, in L1 where there are too few for the larger tiles to keep all threads busy;
// backward the membranes of all steps stay in L2.
constexpr int64_t FORWARD_CELLS = 4096, MOST_FORWARD_CELLS = 16384, FORWARD_TILES = 64;
constexpr int64_t BACKWARD_CELLS = 2048;
constexpr int64_t BACKWARD_MEMBRANES = 65536;
// Gradients of that many bytes go past the cache, which could not hold them until they are read.
constexpr int64_t LARGE = 16 << 20;

// The rows and words of [B, N] cut into tiles.
struct Grid {
    int64_t batch, neurons, words, tile_rows, tile_words, rows, columns;

    // Where nothing tells samples apart, all neurons are one row.
    Grid(const ionforge_lif_shape &shape, bool one_row, int64_t cells) {
        batch = one_row ? 1 : shape.batch;
        neurons = one_row ? static_cast<int64_t>(shape.batch) * shape.neurons : shape.neurons;
        words = words_of(neurons);
        tile_words = std::min(words, std::max<int64_t>(1, cells / WORD));
        tile_rows = std::clamp<int64_t>(cells / (tile_words * WORD), 1, batch);
        rows = (batch + tile_rows - 1) / tile_rows;
        columns = (words + tile_words - 1) / tile_words;
    }

    int64_t tiles() const { return rows * columns; }
    int64_t first_row(int64_t tile) const { return tile / columns * tile_rows; }
    int64_t first_neuron(int64_t tile) const { return tile % columns * tile_words * WORD; }
    LifExtent extent(int64_t steps, int64_t tile) const {
        return {steps, std::min(tile_rows, batch - first_row(tile)), std::min(tile_words * WORD, neurons - first_neuron(tile))};
    }
    LifExtent largest(int64_t steps) const { return {steps, tile_rows, tile_words * WORD}; }

    // A tile's part of an array of rows of N; `steps` false for one that is the same at all of them.
    template <class T>
    Field<T> part(T *array, int64_t tile, bool steps) const {
        return {array == nullptr ? nullptr : array + first_row(tile) * neurons + first_neuron(tile), steps ? batch * neurons : 0, neurons};
    }

    Field<uint32_t> spikes(uint32_t *array, int64_t tile) const {
        return {array == nullptr ? nullptr : array + first_row(tile) * words + first_neuron(tile) / WORD, batch * words, words};
    }

    // From one tile of an array to the next.
    int64_t next() const { return tile_words < words ? tile_words * WORD : tile_rows * neurons; }
};

struct Forward {
    Grid grid;
    Pieces pieces;
    LayerParameters parameters;
    float *states;
    int64_t lanes, state;

    Forward(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, int64_t threads, void *memory)
        : grid(shape, neurons.per_neuron == 0 && shape.neurons % WORD == 0,
               std::clamp(static_cast<int64_t>(shape.batch) * shape.neurons / FORWARD_TILES, FORWARD_CELLS, MOST_FORWARD_CELLS)),
          pieces(memory),
          parameters(neurons, grid.neurons, pieces), lanes(std::min(threads, grid.tiles())), state(forward_state(grid.largest(shape.steps))) {
        states = pieces.take<float>(lanes * state);
    }

    template <class E>
    void run(const ionforge_lif_shape &shape, const ionforge_lif_currents &currents, const ionforge_lif_outputs &outputs) const {
        const LifLayer layer = parameters.fill();
        const auto *values = static_cast<const typename E::Stored *>(currents.values);
        parallel_lanes(grid.tiles(), lanes, [&](int64_t tile, int64_t lane) {
            forward_tile<E>({grid.extent(shape.steps, tile), layer.from(grid.first_neuron(tile)), grid.part(values, tile, currents.constant == 0),
                             grid.next(), grid.spikes(outputs.spikes, tile), grid.part(outputs.counts, tile, false),
                             grid.part(outputs.membrane, tile, true), grid.part(outputs.last_membrane, tile, false), states + lane * state});
        });
    }
};

struct Backward {
    Grid grid;
    Pieces pieces;
    LayerParameters parameters;
    int64_t lanes, scratch;
    ShareSums sums;
    float *scratches;

    Backward(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, const ionforge_lif_gradients &gradients, int64_t threads,
             void *memory)
        : grid(shape, neurons.per_neuron == 0, std::clamp<int64_t>(BACKWARD_MEMBRANES / shape.steps, WORD, BACKWARD_CELLS)), pieces(memory),
          parameters(neurons, grid.neurons, pieces), lanes(std::min(threads, grid.tiles())),
          scratch(backward_scratch(grid.largest(shape.steps), neurons.dialect, gradients.leak != nullptr)),
          sums(gradients, neurons.per_neuron, grid.neurons, grid.rows, grid.columns, grid.tile_words, lanes, pieces) {
        scratches = pieces.take<float>(lanes * scratch);
    }

    template <class E>
    void run(const ionforge_lif_shape &shape, const ionforge_lif_currents &currents, const ionforge_lif_upstream &upstream, void *gradient) const {
        using Stored = typename E::Stored;
        const LifLayer layer = parameters.fill();
        const bool constant = currents.constant != 0;
        auto *by_currents = constant ? nullptr : static_cast<Stored *>(gradient);
        auto *by_constant = constant ? static_cast<float *>(gradient) : nullptr;
        const int64_t elements = grid.batch * grid.neurons, bytes = elements * shape.steps * static_cast<int64_t>(sizeof(Stored));
        const bool aligned = reinterpret_cast<uintptr_t>(gradient) % sizeof(Vec) == 0 && elements % LANES == 0 && grid.neurons % LANES == 0;
        parallel_lanes(grid.tiles(), lanes, [&](int64_t tile, int64_t lane) {
            backward_tile<E>({grid.extent(shape.steps, tile), layer.from(grid.first_neuron(tile)),
                              grid.part(static_cast<const Stored *>(currents.values), tile, !constant), grid.next(),
                              grid.part(static_cast<const Stored *>(upstream.spikes), tile, true), grid.part(upstream.counts, tile, false),
                              grid.part(upstream.membrane, tile, true), grid.part(upstream.last_membrane, tile, false),
                              {grid.part(by_currents, tile, true)}, {grid.part(by_constant, tile, false)}, aligned && bytes >= LARGE,
                              sums.of_lane(lane), scratches + lane * scratch});
            sums.take(tile / grid.columns, tile % grid.columns, lane);
        });
        sums.write();
    }
};

}  // namespace

int64_t lif_workspace(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, const ionforge_lif_gradients *gradients,
                      int64_t threads) {
    return gradients == nullptr ? Forward(shape, neurons, threads, nullptr).pieces.bytes()
                                : Backward(shape, neurons, *gradients, threads, nullptr).pieces.bytes();
}

void lif_forward(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, const ionforge_lif_currents &currents,
                 const ionforge_lif_outputs &outputs, int64_t threads, void *workspace) {
    const Forward forward(shape, neurons, threads, workspace);
    currents.bf16 != 0 ? forward.run<Bf16>(shape, currents, outputs) : forward.run<F32>(shape, currents, outputs);
}

void lif_backward(const ionforge_lif_shape &shape, const ionforge_lif_neurons &neurons, const ionforge_lif_currents &currents,
                  const ionforge_lif_upstream &upstream, void *current_gradient, const ionforge_lif_gradients &gradients, int64_t threads,
                  void *workspace) {
    const Backward backward(shape, neurons, gradients, threads, workspace);
    currents.bf16 != 0 ? backward.run<Bf16>(shape, currents, upstream, current_gradient)
                       : backward.run<F32>(shape, currents, upstream, current_gradient);
}

}  // namespace ionforge::IONFORGE_ISA
