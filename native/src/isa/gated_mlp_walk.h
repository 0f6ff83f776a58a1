// A tile of rows on its way through the gated MLP and back (formulas: org.ionforge.compute.GatedMlp).
#pragma once
#include "gated_mlp_memory.h"

namespace ionforge::IONFORGE_ISA {

constexpr int64_t PANEL = ROWS * NR;

// One tile of one shard: the stages of the way forward and back, in order. Operands of the dense layers' products are rounded where
// they are made: inputs here, weights by pack_weights, activations, their derivatives and what comes back through them below.
template <Precision P>
class Walk {
public:
    Walk(const Plan &plan, const float *values, const Packed &packed, const Activations &activations)
        : p(plan), s(plan.shape), parameters(values), w(packed), a(activations) {
        std::memset(a.x, 0, sizeof(float) * ROWS * round_up(p.depth1, NR));
        for (float *values_of_rows : {a.side_input[0], a.side_input[1], a.target, a.weight}) {
            std::memset(values_of_rows, 0, sizeof(float) * ROWS);
        }
    }

    // The rows of a tile lie anywhere in the data set: all are on their way before the first is read.
    void gather(const GatedMlpRows &data, int64_t tile) {
        rows = p.rows_of(tile);
        padded = round_up(rows, MR);
        for (int64_t m = 0; m < rows; m++) {
            fetch(data, data.row(tile * ROWS + m));
        }
        for (int64_t m = 0; m < rows; m++) {
            const int64_t row = data.row(tile * ROWS + m);
            const float *from = data.features + row * s.inputs;
            for (int64_t c = 0; c < s.trunk_inputs; c++) {
                a.x[c / NR * PANEL + m * NR + c % NR] = from[c];
            }
            a.x[s.trunk_inputs / NR * PANEL + m * NR + s.trunk_inputs % NR] = 1;
            a.side_input[0][m] = from[s.sun_input];
            a.side_input[1][m] = from[s.storm_input];
            if (data.targets != nullptr) {
                a.target[m] = data.targets[row];
                a.weight[m] = data.weights[row];
            }
        }
        if constexpr (P != Precision::FP32) {
            for (int64_t i = 0; i < ROWS * round_up(p.depth1, NR); i += LANES) {
                store(a.x + i, rounded<P>(load(a.x + i)));
            }
        }
    }

    // Meanwhile fetches the first `wide` columns of `ahead`, what pass 1 has kept of the tile.
    template <bool DERIVATIVE>
    void trunk1(const float *ahead, int64_t wide) {
        for (int64_t j = 0; j < p.wide1; j += NR) {
            float *h = a.h1 + j * ROWS;
            product_of_rows(a.x, PANEL, w.w1 + j * p.depth1, p.depth1, h, padded, nullptr);
            activate<DERIVATIVE>(h, h, a.d1 + (DERIVATIVE ? j * ROWS : 0), j < wide ? ahead + j * ROWS : nullptr);
        }
    }

    // z of trunk.2 and of the heads, into z2 [wide2 / NR, ROWS, NR] and z_heads.
    void trunk2_and_heads(float *z2, float *z_heads) {
        for (int64_t j = 0; j < p.wide2; j += NR) {
            product_of_rows(a.h1, PANEL, w.w2 + j * s.hidden1, s.hidden1, z2 + j * ROWS, padded, w.b2 + j);
            activate<false>(z2 + j * ROWS, a.h2 + j * ROWS, nullptr, nullptr);
        }
        for (int64_t j = 0; j < p.heads; j += NR) {
            product_of_rows(a.h2, PANEL, w.heads + j * s.hidden2, s.hidden2, z_heads + j * ROWS, padded, w.heads_bias + j);
        }
    }

    // Meanwhile fetches z_heads.
    void reactivate_trunk2(const float *z2, const float *z_heads) {
        for (int64_t j = 0; j < p.wide2; j += NR) {
            activate<true>(z2 + j * ROWS, a.h2 + j * ROWS, a.d2 + j * ROWS, j < p.heads ? z_heads + j * ROWS : nullptr);
        }
    }

    // mish of a head's hidden layer and its last layer: base, or a gate's logit, for each row.
    template <bool DERIVATIVE>
    void finish_head(int head, const float *z_heads) {
        const float constant = parameters[p.head_last(head) + p.head_hidden(head)];
        for (int64_t m = 0; m < padded; m++) {
            Vec dot{};
            for (int64_t j = p.head_start(head); j < p.head_end(head); j += LANES) {
                const int64_t at = j / NR * PANEL + m * NR + j % NR;
                Vec d{};
                const Vec h = rounded<P>(DERIVATIVE ? mish(load(z_heads + at), d) : mish(load(z_heads + at)));
                if (DERIVATIVE) {
                    store(a.head + at, h);
                    store(a.dhead + at, rounded<P>(d));
                }
                dot += h * load(w.last + j);
            }
            a.head_z[head][m] = constant + sum(dot);
        }
    }

    void sides() {
        for (int k = 0; k < 2; k++) {
            const float *v1 = parameters + p.side1[k], *e1 = v1 + s.sidecar_hidden, *v2 = parameters + p.side2[k];
            for (int64_t m = 0; m < rows; m += LANES) {
                const Vec x = load(a.side_input[k] + m);
                Vec side = splat(v2[s.sidecar_hidden]), slope;
                for (int64_t j = 0; j < s.sidecar_hidden; j++) {
                    side += abs(splat(v2[j])) * softplus(abs(splat(v1[j])) * x + e1[j], slope);
                }
                store(a.side[k] + m, side);
            }
        }
    }

    // Turns the gates' logits into gates; where asked, keeps their derivative by the logit in by_head.
    template <bool DERIVATIVE>
    void gates() {
        for (int k = 1; k < 3; k++) {
            for (int64_t m = 0; m < rows; m += LANES) {
                Vec slope;
                store(a.head_z[k] + m, 0.5f + 1.5f * logistic(load(a.head_z[k] + m), slope));
                if (DERIVATIVE) {
                    store(a.by_head[k] + m, 1.5f * slope);
                }
            }
        }
    }

    float out(int64_t m) const {
        return a.head_z[0][m] + a.head_z[1][m] * a.side[0][m] + a.head_z[2][m] * a.side[1][m];
    }

    // The loss of the tile's rows, and its derivatives by the heads' and sides' outputs.
    void residuals(float delta, float lambda, const double *gate_mean, const Sums &sums) {
        const double n = static_cast<double>(p.count);
        double *scalar = sums.scalars;
        for (int64_t m = 0; m < rows; m++) {
            const double residual = static_cast<double>(out(m)) - a.target[m];
            const double size = residual < 0 ? -residual : residual;
            const double weight = a.weight[m];
            const double slope = residual > delta ? delta : residual < -delta ? -delta : residual;
            scalar[Sums::HUBER] += weight * (size <= delta ? 0.5 * residual * residual : delta * (size - 0.5 * delta));
            scalar[Sums::SQUARES] += residual * residual;
            const float by_out = static_cast<float>(weight * slope / n);
            a.by_head[0][m] = by_out;
            scalar[Sums::BASE_BIAS] += by_out;
            for (int k = 0; k < 2; k++) {
                const double gate = a.head_z[k + 1][m], deviation = gate - gate_mean[k];
                scalar[Sums::VAR + k] += deviation * deviation;
                a.by_side[k][m] = by_out * static_cast<float>(gate);
                a.by_head[k + 1][m] *= by_out * a.side[k][m] - static_cast<float>(2 * lambda * deviation / n);
                scalar[Sums::SUN_SIDE_BIAS + k] += a.by_side[k][m];
                scalar[Sums::SUN_BIAS + k] += a.by_head[k + 1][m];
            }
        }
        for (int64_t m = rows; m < round_up(rows, LANES); m++) {
            a.by_side[0][m] = a.by_side[1][m] = 0;  // rows of whole vectors beyond the last row add nothing
        }
    }

    void sides_back(const Sums &sums) {
        for (int k = 0; k < 2; k++) {
            const float *v1 = parameters + p.side1[k], *e1 = v1 + s.sidecar_hidden, *v2 = parameters + p.side2[k];
            for (int64_t j = 0; j < s.sidecar_hidden; j++) {
                Vec by_v1{}, by_e1{}, by_v2{};
                for (int64_t m = 0; m < rows; m += LANES) {
                    const Vec x = load(a.side_input[k] + m), by_side = load(a.by_side[k] + m);
                    Vec slope;
                    by_v2 += by_side * softplus(abs(splat(v1[j])) * x + e1[j], slope);
                    const Vec by_z = by_side * slope * abs(splat(v2[j]));
                    by_e1 += by_z;
                    by_v1 += by_z * x;
                }
                const int64_t at = k * s.sidecar_hidden + j;
                sums.side1[at] += sign(v1[j]) * sum(by_v1);
                sums.side1_bias[at] += sum(by_e1);
                sums.side2[at] += sign(v2[j]) * sum(by_v2);
            }
        }
    }

    // Back through the last layers and mish of the heads: dhead becomes the loss's derivative by the heads' z.
    void heads_back(const Sums &sums) {
        for (int head = 0; head < 3; head++) {
            const float *by = a.by_head[head];
            for (int64_t j = p.head_start(head); j < p.head_end(head); j += LANES) {
                const Vec last = load(w.last + j);
                Vec by_last{}, by_bias{};
                for (int64_t m = 0; m < rows; m++) {
                    const int64_t at = j / NR * PANEL + m * NR + j % NR;
                    const Vec by_z = rounded<P>(load(a.dhead + at) * (by[m] * last));
                    by_last += by[m] * load(a.head + at);
                    by_bias += by_z;
                    store(a.dhead + at, by_z);
                }
                store(sums.last + j, load(sums.last + j) + by_last);
                store(sums.heads_bias + j, load(sums.heads_bias + j) + by_bias);
            }
        }
    }

    void layers_back(const Sums &sums, bool add) {
        for (int64_t k = 0; k < p.wide2; k += NR) {
            product_of_columns(a.dhead, PANEL, p.heads, a.h2 + k * ROWS, rows, sums.heads + k * p.heads, add);
        }
        for (int64_t k = 0; k < p.wide2; k += NR) {
            product_of_rows(a.dhead, PANEL, w.heads_back + k * p.heads, p.heads, a.spare, padded, nullptr);
            multiply(a.d2 + k * ROWS, sums.b2 + k);
        }
        for (int64_t k = 0; k < p.wide1; k += NR) {
            product_of_columns(a.d2, PANEL, s.hidden2, a.h1 + k * ROWS, rows, sums.w2 + k * p.wide2, add);
        }
        const int64_t deep = round_up(p.depth1, NR);
        for (int64_t k = 0; k < p.wide1; k += NR) {
            product_of_rows(a.d2, PANEL, w.w2_back + k * s.hidden2, s.hidden2, a.spare, padded, nullptr);
            multiply(a.d1 + k * ROWS, nullptr);
            product_of_columns(a.x, PANEL, p.depth1, a.d1 + k * ROWS, rows, sums.w1 + k * deep, add);
        }
    }

    int64_t rows = 0;

private:
    void fetch(const GatedMlpRows &data, int64_t row) const {
        const float *features = data.features + row * s.inputs;
        __builtin_prefetch(features);
        __builtin_prefetch(features + s.inputs - 1);
        if (data.targets != nullptr) {
            __builtin_prefetch(data.targets + row);
            __builtin_prefetch(data.weights + row);
        }
    }

    static double sign(float v) { return v > 0 ? 1 : v < 0 ? -1 : 0; }

    template <bool DERIVATIVE>
    void activate(const float *z, float *h, float *d, const float *ahead) const {
        for (int64_t i = 0; i < padded * NR; i += LANES) {
            if (ahead != nullptr) {
                __builtin_prefetch(ahead + i);
            }
            if (DERIVATIVE) {
                Vec slope;
                store(h + i, rounded<P>(mish(load(z + i), slope)));
                store(d + i, rounded<P>(slope));
            } else {
                store(h + i, rounded<P>(mish(load(z + i))));
            }
        }
    }

    // d *= spare over a panel's rows; adds the column sums to `bias` unless null.
    void multiply(float *d, float *bias) const {
        Vec sum0{}, sum1{};
        for (int64_t i = 0; i < rows * NR; i += NR) {
            const Vec d0 = rounded<P>(load(d + i) * load(a.spare + i)), d1 = rounded<P>(load(d + i + LANES) * load(a.spare + i + LANES));
            store(d + i, d0);
            store(d + i + LANES, d1);
            sum0 += d0;
            sum1 += d1;
        }
        if (bias != nullptr) {
            store(bias, load(bias) + sum0);
            store(bias + LANES, load(bias + LANES) + sum1);
        }
    }

    const Plan &p;
    const GatedMlpShape &s;
    const float *parameters;
    const Packed &w;
    const Activations &a;
    int64_t padded = 0;
};

}  // namespace ionforge::IONFORGE_ISA
