// The gated MLP: forward, and loss with gradients (formulas: org.ionforge.compute.GatedMlp).
//
// IonisGate costs 0.40 MFLOP a row forward and 1.20 MFLOP forward and backward, against 60 bytes of input: the FMA pipes are the
// limit, if nothing else gets in the way. So a tile of 96 rows goes through the whole network and back while its activations lie
// in the L2 cache; [batch, 512] activations are never written to memory. Weights are packed once a call.
//
// The gates' variance couples the rows: its derivative −2λ(gᵢ − mean)/N needs the mean before the first row can go back. It is
// linear in the mean, so one pass could sum the parts with gᵢ and with 1 apart, but the second part must then travel the whole
// trunk once for each gate: two more backward passes, 1.6 MFLOP a row. Recomputing the forward pass would cost 0.40. What is
// done: pass 1 goes forward and keeps only the pre-activations z of trunk.2 and of the heads, 512 floats a row (2 KB written
// and 2 KB read: 134 MB for a batch of 65,536, streamed beside 1.2 MFLOP a row); pass 2 recomputes only trunk.1 from 11
// inputs, 0.01 MFLOP. mish and mish' come from one exponential when pass 2 reads z.
//
// Sums: a tile's products are summed in registers, tiles into the shard's gradients, shards in order. All of it is fixed by
// the batch size.
#include "gated_mlp_memory.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int64_t PANEL = ROWS * NR;

void pack_weights(const Plan &p, const float *parameters, const Packed &w, bool backward) {
    const GatedMlpShape &s = p.shape;
    const float *w1 = parameters + p.w1, *b1 = parameters + p.b1, *w2 = parameters + p.w2;
    pack(w.w1, p.depth1, s.hidden1, p.wide1, [&](int64_t c, int64_t n) { return c < s.trunk_inputs ? w1[n * s.trunk_inputs + c] : b1[n]; });
    pack(w.w2, s.hidden1, s.hidden2, p.wide2, [&](int64_t k, int64_t n) { return w2[n * s.hidden1 + k]; });
    pack(w.b2, 1, s.hidden2, p.wide2, [&](int64_t, int64_t n) { return parameters[p.b2 + n]; });
    if (backward) {
        pack(w.w2_back, s.hidden2, s.hidden1, p.wide1, [&](int64_t n, int64_t k) { return w2[n * s.hidden1 + k]; });
    }
    for (int head = 0; head < 3; head++) {
        const int64_t start = p.head_start(head), hidden = p.head_hidden(head), wide = p.head_end(head) - start;
        const float *weight = parameters + p.head_weight(head);
        pack(w.heads + start * s.hidden2, s.hidden2, hidden, wide, [&](int64_t k, int64_t j) { return weight[j * s.hidden2 + k]; });
        pack(w.heads_bias + start, 1, hidden, wide, [&](int64_t, int64_t j) { return parameters[p.head_bias(head) + j]; });
        pack(w.last + start, 1, hidden, wide, [&](int64_t, int64_t j) { return parameters[p.head_last(head) + j]; });
    }
    if (backward) {
        pack(w.heads_back, p.heads, s.hidden2, p.wide2, [&](int64_t j, int64_t k) {
            const int head = j < p.head_end(0) ? 0 : j < p.head_end(1) ? 1 : 2;
            const int64_t row = j - p.head_start(head);
            return row < p.head_hidden(head) ? parameters[p.head_weight(head) + row * s.hidden2 + k] : 0.0f;
        });
    }
}

// One tile of one shard: the stages of the way forward and back, in order.
class Walk {
public:
    Walk(const Plan &plan, const float *values, const Packed &packed, const Activations &activations)
        : p(plan), s(plan.shape), parameters(values), w(packed), a(activations) {
        std::memset(a.x, 0, sizeof(float) * ROWS * round_up(p.depth1, NR));
        for (float *values_of_rows : {a.side_input[0], a.side_input[1], a.target, a.weight}) {
            std::memset(values_of_rows, 0, sizeof(float) * ROWS);
        }
    }

    void gather(const GatedMlpRows &data, int64_t tile) {
        rows = p.rows_of(tile);
        padded = round_up(rows, MR);
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
    }

    template <bool DERIVATIVE>
    void trunk1() {
        for (int64_t j = 0; j < p.wide1; j += NR) {
            float *h = a.h1 + j * ROWS;
            product_of_rows(a.x, PANEL, w.w1 + j * p.depth1, p.depth1, h, padded, nullptr);
            activate<DERIVATIVE>(h, h, a.d1 + (DERIVATIVE ? j * ROWS : 0));
        }
    }

    // z of trunk.2 and of the heads, into z2 [wide2 / NR, ROWS, NR] and z_heads.
    void trunk2_and_heads(float *z2, float *z_heads) {
        for (int64_t j = 0; j < p.wide2; j += NR) {
            product_of_rows(a.h1, PANEL, w.w2 + j * s.hidden1, s.hidden1, z2 + j * ROWS, padded, w.b2 + j);
            activate<false>(z2 + j * ROWS, a.h2 + j * ROWS, nullptr);
        }
        for (int64_t j = 0; j < p.heads; j += NR) {
            product_of_rows(a.h2, PANEL, w.heads + j * s.hidden2, s.hidden2, z_heads + j * ROWS, padded, w.heads_bias + j);
        }
    }

    void reactivate_trunk2(const float *z2) {
        for (int64_t j = 0; j < p.wide2; j += NR) {
            activate<true>(z2 + j * ROWS, a.h2 + j * ROWS, a.d2 + j * ROWS);
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
                const Vec h = DERIVATIVE ? mish(load(z_heads + at), d) : mish(load(z_heads + at));
                if (DERIVATIVE) {
                    store(a.head + at, h);
                    store(a.dhead + at, d);
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
                    const Vec by_z = load(a.dhead + at) * (by[m] * last);
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
    static double sign(float v) { return v > 0 ? 1 : v < 0 ? -1 : 0; }

    template <bool DERIVATIVE>
    void activate(const float *z, float *h, float *d) const {
        for (int64_t i = 0; i < padded * NR; i += LANES) {
            if (DERIVATIVE) {
                Vec slope;
                store(h + i, mish(load(z + i), slope));
                store(d + i, slope);
            } else {
                store(h + i, mish(load(z + i)));
            }
        }
    }

    // d *= spare over a panel's rows; adds the column sums to `bias` unless null.
    void multiply(float *d, float *bias) const {
        Vec sum0{}, sum1{};
        for (int64_t i = 0; i < rows * NR; i += NR) {
            const Vec d0 = load(d + i) * load(a.spare + i), d1 = load(d + i + LANES) * load(a.spare + i + LANES);
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

// The workspace: packed weights first, then what pass 1 keeps, then each shard's sums and activations.
struct Workspace {
    Pieces pieces;
    Packed packed;
    float *kept;       // [tiles, wide2 + heads, ROWS]: z of trunk.2 and of the heads
    Sums *sums;        // [shards]
    Activations *activations;

    Workspace(const Plan &p, bool backward, void *memory)
        : pieces(memory), packed(p, pieces, backward), kept(pieces.take<float>(backward ? p.tiles * ROWS * (p.wide2 + p.heads) : 0)),
          sums(pieces.take<Sums>(p.shards)), activations(pieces.take<Activations>(p.shards)) {
        for (int64_t shard = 0; shard < p.shards; shard++) {
            const Sums shard_sums(p, pieces);
            const Activations shard_activations(p, pieces, backward);
            if (memory != nullptr) {
                sums[shard] = shard_sums;
                activations[shard] = shard_activations;
            }
        }
    }
};

// The position of the first index that points outside the data, or −1.
int64_t first_outside(const GatedMlpRows &data) {
    if (data.index != nullptr) {
        for (int64_t i = data.first; i < data.first + data.count; i++) {
            if (data.index[i] < 0 || data.index[i] >= data.data_rows) {
                return i;
            }
        }
    }
    return -1;
}

void keep_forward(const Plan &p, const float *parameters, const GatedMlpRows &data, const Workspace &space, int64_t shard) {
    const Sums &sums = space.sums[shard];
    const Activations &a = space.activations[shard];
    std::memset(sums.scalars, 0, sizeof(double) * Sums::SCALARS);
    Walk walk(p, parameters, space.packed, a);
    for (int64_t tile = p.first_tile(shard); tile < p.first_tile(shard + 1); tile++) {
        float *z2 = space.kept + tile * ROWS * (p.wide2 + p.heads);
        walk.gather(data, tile);
        walk.trunk1<false>();
        walk.trunk2_and_heads(z2, z2 + ROWS * p.wide2);
        walk.finish_head<false>(1, z2 + ROWS * p.wide2);
        walk.finish_head<false>(2, z2 + ROWS * p.wide2);
        walk.gates<false>();
        for (int64_t m = 0; m < walk.rows; m++) {
            sums.scalars[Sums::GATE] += a.head_z[1][m];
            sums.scalars[Sums::GATE_STORM] += a.head_z[2][m];
        }
    }
}

void back(const Plan &p, const float *parameters, const GatedMlpRows &data, float delta, float lambda, const double *gate_mean,
          const Workspace &space, int64_t shard) {
    const Sums &sums = space.sums[shard];
    std::memset(sums.b2, 0, sizeof(float) * p.wide2);
    std::memset(sums.heads_bias, 0, sizeof(float) * p.heads);
    std::memset(sums.last, 0, sizeof(float) * p.heads);
    for (double *of_hidden : {sums.side1, sums.side1_bias, sums.side2}) {
        std::memset(of_hidden, 0, sizeof(double) * 2 * p.shape.sidecar_hidden);
    }
    Walk walk(p, parameters, space.packed, space.activations[shard]);
    for (int64_t tile = p.first_tile(shard); tile < p.first_tile(shard + 1); tile++) {
        const float *z2 = space.kept + tile * ROWS * (p.wide2 + p.heads);
        walk.gather(data, tile);
        walk.trunk1<true>();
        walk.reactivate_trunk2(z2);
        for (int head = 0; head < 3; head++) {
            walk.finish_head<true>(head, z2 + ROWS * p.wide2);
        }
        walk.sides();
        walk.gates<true>();
        walk.residuals(delta, lambda, gate_mean, sums);
        walk.sides_back(sums);
        walk.heads_back(sums);
        walk.layers_back(sums, tile > p.first_tile(shard));
    }
}

// Adds the shards, in order, into the first.
void add_shards(const Plan &p, const Workspace &space) {
    constexpr int64_t CHUNK = 4096;
    const Sums &total = space.sums[0];
    parallel_for((total.floats + CHUNK - 1) / CHUNK, [&](int64_t chunk) {
        const int64_t end = total.floats < (chunk + 1) * CHUNK ? total.floats : (chunk + 1) * CHUNK;
        for (int64_t shard = 1; shard < p.shards; shard++) {
            for (int64_t i = chunk * CHUNK; i < end; i += LANES) {
                store(total.w1 + i, load(total.w1 + i) + load(space.sums[shard].w1 + i));
            }
        }
    });
    for (int64_t shard = 1; shard < p.shards; shard++) {
        const Sums &more = space.sums[shard];
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

// From panels to the flat layout of the parameters.
void unpack(const Plan &p, const Sums &sums, float *gradients) {
    const GatedMlpShape &s = p.shape;
    const int64_t deep = round_up(p.depth1, NR);
    for (int64_t n = 0; n < s.hidden1; n++) {
        const float *from = sums.w1 + n / NR * deep * NR + n % NR;
        for (int64_t c = 0; c < s.trunk_inputs; c++) {
            gradients[p.w1 + n * s.trunk_inputs + c] = from[c * NR];
        }
        gradients[p.b1 + n] = from[s.trunk_inputs * NR];
    }
    auto rows_of = [&](const float *panels, int64_t wide, int64_t row, int64_t columns, float *to) {
        for (int64_t k = 0; k < columns; k += NR) {
            const int64_t width = columns - k < NR ? columns - k : NR;
            std::memcpy(to + k, panels + k * wide + row * NR, sizeof(float) * width);
        }
    };
    for (int64_t n = 0; n < s.hidden2; n++) {
        rows_of(sums.w2, p.wide2, n, s.hidden1, gradients + p.w2 + n * s.hidden1);
    }
    std::memcpy(gradients + p.b2, sums.b2, sizeof(float) * s.hidden2);
    for (int head = 0; head < 3; head++) {
        const int64_t start = p.head_start(head), hidden = p.head_hidden(head);
        for (int64_t j = 0; j < hidden; j++) {
            rows_of(sums.heads, p.heads, start + j, s.hidden2, gradients + p.head_weight(head) + j * s.hidden2);
        }
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

}  // namespace

int64_t gated_mlp_workspace(const GatedMlpShape &shape, int64_t count, bool backward) {
    return Workspace(Plan(shape, count), backward, nullptr).pieces.bytes();
}

int64_t gated_mlp_forward(const GatedMlpShape &shape, const float *parameters, const GatedMlpRows &data,
                          const GatedMlpOutputs &outputs, void *workspace) {
    const int64_t outside = first_outside(data);
    if (outside >= 0) {
        return outside;
    }
    const Plan p(shape, data.count);
    const Workspace space(p, false, workspace);
    pack_weights(p, parameters, space.packed, false);
    parallel_for(p.shards, [&](int64_t shard) {
        const Activations &a = space.activations[shard];
        Walk walk(p, parameters, space.packed, a);
        for (int64_t tile = p.first_tile(shard); tile < p.first_tile(shard + 1); tile++) {
            walk.gather(data, tile);
            walk.trunk1<false>();
            walk.trunk2_and_heads(a.h2, a.head);
            for (int head = 0; head < 3; head++) {
                walk.finish_head<false>(head, a.head);
            }
            walk.sides();
            walk.gates<false>();
            for (int64_t m = 0; m < walk.rows; m++) {
                outputs.out[tile * ROWS + m] = walk.out(m);
            }
            float *const targets[] = {outputs.base, outputs.sun_gate, outputs.storm_gate, outputs.sun_side, outputs.storm_side};
            const float *const values[] = {a.head_z[0], a.head_z[1], a.head_z[2], a.side[0], a.side[1]};
            for (int i = 0; i < 5; i++) {
                if (targets[i] != nullptr) {
                    std::memcpy(targets[i] + tile * ROWS, values[i], sizeof(float) * walk.rows);
                }
            }
        }
    });
    return -1;
}

int64_t gated_mlp_gradient(const GatedMlpShape &shape, const float *parameters, const GatedMlpRows &data, float huber_delta,
                           float gate_variance, GatedMlpLoss &loss, float *gradients, void *workspace) {
    const int64_t outside = first_outside(data);
    if (outside >= 0) {
        return outside;
    }
    const Plan p(shape, data.count);
    const Workspace space(p, true, workspace);
    pack_weights(p, parameters, space.packed, true);
    parallel_for(p.shards, [&](int64_t shard) { keep_forward(p, parameters, data, space, shard); });
    const double n = static_cast<double>(data.count);
    double gate_mean[2] = {0, 0};
    for (int64_t shard = 0; shard < p.shards; shard++) {
        for (int k = 0; k < 2; k++) {
            gate_mean[k] += space.sums[shard].scalars[Sums::GATE + k] / n;
        }
    }
    parallel_for(p.shards, [&](int64_t shard) { back(p, parameters, data, huber_delta, gate_variance, gate_mean, space, shard); });
    add_shards(p, space);
    unpack(p, space.sums[0], gradients);
    const double *scalar = space.sums[0].scalars;
    loss.huber = scalar[Sums::HUBER] / n;
    loss.squared_error = scalar[Sums::SQUARES] / n;
    loss.var_sun_gate = scalar[Sums::VAR] / n;
    loss.var_storm_gate = scalar[Sums::VAR_STORM] / n;
    loss.loss = loss.huber - gate_variance * (loss.var_sun_gate + loss.var_storm_gate);
    return -1;
}

}  // namespace ionforge::IONFORGE_ISA
