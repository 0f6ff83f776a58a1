// Where everything of a gated MLP lies: tensors in the flat parameters, packed weights, one shard's activations and gradients.
#pragma once
#include <initializer_list>

#include "gated_mlp.h"
#include "panel_gemm.h"
#include "pieces.h"

namespace ionforge::IONFORGE_ISA {

// Rows that go through the network together: their activations (7 KB a row of IonisGate) stay in the L2 cache.
constexpr int64_t ROWS = 96;
// The batch is cut into shards by its size alone; each sums its own gradients, and the shards are added in order.
constexpr int64_t MOST_SHARDS = 32;
constexpr int64_t FEWEST_TILES = 5;

struct Plan {
    const GatedMlpShape &shape;
    int64_t depth1, wide1, wide2, wide_base, wide_gate, heads;  // wide: in floats, whole panels; depth1: inputs and a one
    int64_t tiles, shards, count;
    // offsets in the parameters
    int64_t w1, b1, w2, b2, base1, base2, gate1[2], gate2[2], side1[2], side2[2], parameters;

    Plan(const GatedMlpShape &s, int64_t rows) : shape(s), count(rows) {
        depth1 = s.trunk_inputs + 1;
        wide1 = round_up(s.hidden1, NR);
        wide2 = round_up(s.hidden2, NR);
        wide_base = round_up(s.base_hidden, NR);
        wide_gate = round_up(s.gate_hidden, NR);
        heads = wide_base + 2 * wide_gate;
        tiles = (rows + ROWS - 1) / ROWS;
        shards = 1;
        while (shards < MOST_SHARDS && tiles >= 2 * shards * FEWEST_TILES) {
            shards *= 2;
        }
        int64_t at = 0;
        auto layer = [&at](int64_t &weight, int64_t out, int64_t in) {
            weight = at;
            at += out * in + out;
        };
        layer(w1, s.hidden1, s.trunk_inputs);
        b1 = at - s.hidden1;
        layer(w2, s.hidden2, s.hidden1);
        b2 = at - s.hidden2;
        layer(base1, s.base_hidden, s.hidden2);
        layer(base2, 1, s.base_hidden);
        for (int k = 0; k < 2; k++) {
            layer(gate1[k], s.gate_hidden, s.hidden2);
            layer(gate2[k], 1, s.gate_hidden);
        }
        for (int k = 0; k < 2; k++) {
            layer(side1[k], s.sidecar_hidden, 1);
            layer(side2[k], 1, s.sidecar_hidden);
        }
        parameters = at;
    }

    int64_t first_tile(int64_t shard) const { return shard * tiles / shards; }
    int64_t rows_of(int64_t tile) const { return count - tile * ROWS < ROWS ? count - tile * ROWS : ROWS; }
    // The three heads lie side by side, each in whole panels: 0 the base, 1 and 2 the gates.
    int64_t head_start(int head) const { return head == 0 ? 0 : wide_base + (head - 1) * wide_gate; }
    int64_t head_end(int head) const { return head_start(head) + (head == 0 ? wide_base : wide_gate); }
    int64_t head_hidden(int head) const { return head == 0 ? shape.base_hidden : shape.gate_hidden; }
    int64_t head_weight(int head) const { return head == 0 ? base1 : gate1[head - 1]; }
    int64_t head_bias(int head) const { return head_weight(head) + head_hidden(head) * shape.hidden2; }
    int64_t head_last(int head) const { return head == 0 ? base2 : gate2[head - 1]; }
};

struct Packed {
    float *w1, *w2, *b2, *heads, *heads_bias, *last;  // forward; w1 has its bias as the last row
    float *w2_back, *heads_back;                      // the same weights for dX = dY·W

    Packed(const Plan &p, Pieces &pieces, bool backward) {
        w1 = pieces.take<float>(p.depth1 * p.wide1);
        w2 = pieces.take<float>(p.shape.hidden1 * p.wide2);
        b2 = pieces.take<float>(p.wide2);
        heads = pieces.take<float>(p.shape.hidden2 * p.heads);
        heads_bias = pieces.take<float>(p.heads);
        last = pieces.take<float>(p.heads);
        w2_back = backward ? pieces.take<float>(p.shape.hidden2 * p.wide1) : nullptr;
        heads_back = backward ? pieces.take<float>(p.heads * p.wide2) : nullptr;
    }
};

// One tile of rows on its way. Panels are ROWS·NR floats.
struct Activations {
    float *x, *h1, *h2, *head;           // inputs with a one behind them; layer outputs
    float *d1, *d2, *dhead, *spare;      // mish' of each layer, then the loss's derivative by its z; one panel
    float *side_input[2], *target, *weight;
    float *head_z[3], *side[2];          // base and the gates' logits; sides before their gates
    float *by_head[3], *by_side[2];      // the loss's derivatives by them

    Activations(const Plan &p, Pieces &pieces, bool backward) {
        x = pieces.take<float>(ROWS * round_up(p.depth1, NR));
        h1 = pieces.take<float>(ROWS * p.wide1);
        h2 = pieces.take<float>(ROWS * p.wide2);
        head = pieces.take<float>(ROWS * p.heads);
        d1 = backward ? pieces.take<float>(ROWS * p.wide1) : nullptr;
        d2 = backward ? pieces.take<float>(ROWS * p.wide2) : nullptr;
        dhead = backward ? pieces.take<float>(ROWS * p.heads) : nullptr;
        spare = pieces.take<float>(ROWS * NR);
        for (float **rows : {&side_input[0], &side_input[1], &target, &weight, &head_z[0], &head_z[1], &head_z[2], &side[0],
                             &side[1], &by_head[0], &by_head[1], &by_head[2], &by_side[0], &by_side[1]}) {
            *rows = pieces.take<float>(ROWS);
        }
    }
};

// One shard's sums. The floats are one block, so that shards are added as one array.
struct Sums {
    float *w1, *w2, *b2, *heads, *heads_bias, *last;
    int64_t floats;
    double *side1, *side1_bias, *side2;  // [2, sidecar_hidden]
    double *scalars;                     // [SCALARS]
    // The gates' entries come in pairs, sun then storm.
    enum { BASE_BIAS, SUN_BIAS, STORM_BIAS, SUN_SIDE_BIAS, STORM_SIDE_BIAS, HUBER, SQUARES, GATE, GATE_STORM, VAR, VAR_STORM, SCALARS };

    Sums(const Plan &p, Pieces &pieces) {
        const int64_t sizes[] = {round_up(p.depth1, NR) * p.wide1, p.wide2 * p.wide1, p.wide2, p.heads * p.wide2, p.heads, p.heads};
        // Pieces are whole cache lines, one behind the other without gaps.
        floats = 0;
        for (int64_t size : sizes) {
            floats += round_up(size, 16);
        }
        float **starts[] = {&w1, &w2, &b2, &heads, &heads_bias, &last};
        for (int i = 0; i < 6; i++) {
            *starts[i] = pieces.take<float>(sizes[i]);
        }
        for (double **of_hidden : {&side1, &side1_bias, &side2}) {
            *of_hidden = pieces.take<double>(2 * p.shape.sidecar_hidden);
        }
        scalars = pieces.take<double>(SCALARS);
    }
};

}  // namespace ionforge::IONFORGE_ISA
