// Between the flat parameters of a gated MLP and the panels that products work on: weights in, gradients out. Each is spread over the
// pool by panels or rows; what is written does not depend on it.
#pragma once
#include <functional>
#include <vector>

#include "gated_mlp_memory.h"
#include "parallel.h"

namespace ionforge::IONFORGE_ISA {

// Packs every weight, rounded as an operand, and the biases, which are none.
template <Precision P>
void pack_weights(const Plan &p, const float *parameters, const Packed &w, bool backward) {
    const GatedMlpShape &s = p.shape;
    const float *w1 = parameters + p.w1, *b1 = parameters + p.b1, *w2 = parameters + p.w2;
    const auto head_weight = [&](int64_t j, int64_t k) {
        const int head = j < p.head_end(0) ? 0 : j < p.head_end(1) ? 1 : 2;
        const int64_t row = j - p.head_start(head);
        return row < p.head_hidden(head) ? rounded<P>(parameters[p.head_weight(head) + row * s.hidden2 + k]) : 0.0f;
    };
    struct Part {
        int64_t panels;
        std::function<void(int64_t)> pack;
    };
    std::vector<Part> parts = {
        {p.wide1 / NR, [&](int64_t panel) {
             pack_panel(w.w1, p.depth1, s.hidden1, panel,
                        [&](int64_t c, int64_t n) { return c < s.trunk_inputs ? rounded<P>(w1[n * s.trunk_inputs + c]) : b1[n]; });
         }},
        {p.wide2 / NR, [&](int64_t panel) {
             pack_panel(w.w2, s.hidden1, s.hidden2, panel, [&](int64_t k, int64_t n) { return rounded<P>(w2[n * s.hidden1 + k]); });
             pack_panel(w.b2, 1, s.hidden2, panel, [&](int64_t, int64_t n) { return parameters[p.b2 + n]; });
         }},
        {p.heads / NR, [&](int64_t panel) {
             pack_panel(w.heads, s.hidden2, p.heads, panel, [&](int64_t k, int64_t j) { return head_weight(j, k); });
         }},
    };
    if (backward) {
        parts.push_back({p.wide1 / NR, [&](int64_t panel) {
            pack_panel(w.w2_back, s.hidden2, s.hidden1, panel, [&](int64_t n, int64_t k) { return rounded<P>(w2[n * s.hidden1 + k]); });
        }});
        parts.push_back({p.wide2 / NR, [&](int64_t panel) { pack_panel(w.heads_back, p.heads, s.hidden2, panel, head_weight); }});
    }
    int64_t panels = 0;
    for (const Part &part : parts) {
        panels += part.panels;
    }
    parallel_for(panels, [&](int64_t panel) {
        auto part = parts.begin();
        for (; panel >= part->panels; part++) {
            panel -= part->panels;
        }
        part->pack(panel);
    });
    for (int head = 0; head < 3; head++) {
        for (int64_t j = 0; j < p.head_end(head) - p.head_start(head); j++) {
            const bool padding = j >= p.head_hidden(head);
            w.heads_bias[p.head_start(head) + j] = padding ? 0.0f : parameters[p.head_bias(head) + j];
            w.last[p.head_start(head) + j] = padding ? 0.0f : parameters[p.head_last(head) + j];
        }
    }
}

// Adds the shards' sums, in order, into the first.
inline void add_shards(const Plan &p, const Sums *sums) {
    constexpr int64_t CHUNK = 4096;
    const Sums &total = sums[0];
    parallel_for((total.floats + CHUNK - 1) / CHUNK, [&](int64_t chunk) {
        const int64_t end = total.floats < (chunk + 1) * CHUNK ? total.floats : (chunk + 1) * CHUNK;
        for (int64_t shard = 1; shard < p.shards; shard++) {
            for (int64_t i = chunk * CHUNK; i < end; i += LANES) {
                store(total.w1 + i, load(total.w1 + i) + load(sums[shard].w1 + i));
            }
        }
    });
    for (int64_t shard = 1; shard < p.shards; shard++) {
        const Sums &more = sums[shard];
        for (int64_t i = 0; i < 2 * p.shape.sidecar_hidden; i++) {
            total.side1[i] += more.side1[i];
            total.side1_bias[i] += more.side1_bias[i];
            total.side2[i] += more.side2[i];
        }
        for (int i = 0; i < Sums::SCALARS; i++) {
            total.scalars[i] += i == Sums::GATE || i == Sums::GATE_STORM ? 0 : more.scalars[i];
        }
    }
}

// Rows [first, last) of a weight's gradient from panels of `wide` rows.
inline void unpack_rows(const float *panels, int64_t wide, int64_t row, int64_t columns, int64_t first, int64_t last, float *to) {
    for (int64_t n = first; n < last; n++) {
        for (int64_t k = 0; k < columns; k += NR) {
            std::memcpy(to + n * columns + k, panels + k * wide + (row + n) * NR, sizeof(float) * (columns - k < NR ? columns - k : NR));
        }
    }
}

// From panels to the flat layout of the parameters.
inline void unpack_gradients(const Plan &p, const Sums &sums, float *gradients) {
    const GatedMlpShape &s = p.shape;
    const int64_t deep = round_up(p.depth1, NR);
    for (int64_t n = 0; n < s.hidden1; n++) {
        const float *from = sums.w1 + n / NR * deep * NR + n % NR;
        for (int64_t c = 0; c < s.trunk_inputs; c++) {
            gradients[p.w1 + n * s.trunk_inputs + c] = from[c * NR];
        }
        gradients[p.b1 + n] = from[s.trunk_inputs * NR];
    }
    constexpr int64_t SHARE = 32;
    parallel_for((s.hidden2 + SHARE - 1) / SHARE, [&](int64_t share) {
        const int64_t end = s.hidden2 < (share + 1) * SHARE ? s.hidden2 : (share + 1) * SHARE;
        unpack_rows(sums.w2, p.wide2, 0, s.hidden1, share * SHARE, end, gradients + p.w2);
    });
    std::memcpy(gradients + p.b2, sums.b2, sizeof(float) * s.hidden2);
    for (int head = 0; head < 3; head++) {
        const int64_t start = p.head_start(head), hidden = p.head_hidden(head);
        unpack_rows(sums.heads, p.heads, start, s.hidden2, 0, hidden, gradients + p.head_weight(head));
        std::memcpy(gradients + p.head_bias(head), sums.heads_bias + start, sizeof(float) * hidden);
        std::memcpy(gradients + p.head_last(head), sums.last + start, sizeof(float) * hidden);
        gradients[p.head_last(head) + hidden] = static_cast<float>(sums.scalars[Sums::BASE_BIAS + head]);
    }
    for (int k = 0; k < 2; k++) {
        for (int64_t j = 0; j < s.sidecar_hidden; j++) {
            gradients[p.side1[k] + j] = static_cast<float>(sums.side1[k * s.sidecar_hidden + j]);
            gradients[p.side1[k] + s.sidecar_hidden + j] = static_cast<float>(sums.side1_bias[k * s.sidecar_hidden + j]);
            gradients[p.side2[k] + j] = static_cast<float>(sums.side2[k * s.sidecar_hidden + j]);
        }
        gradients[p.side2[k] + s.sidecar_hidden] = static_cast<float>(sums.scalars[Sums::SUN_SIDE_BIAS + k]);
    }
}

}  // namespace ionforge::IONFORGE_ISA
