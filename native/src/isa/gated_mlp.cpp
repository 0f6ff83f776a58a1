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
//
// In TF32 and BF16 the arithmetic is the same FP32; operands are rounded where they are made (gated_mlp_walk.h).
#include "gated_mlp_parameters.h"
#include "gated_mlp_walk.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge::IONFORGE_ISA {
namespace {

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

template <Precision P>
void keep_forward(const Plan &p, const float *parameters, const GatedMlpRows &data, const Workspace &space, int64_t shard) {
    const Sums &sums = space.sums[shard];
    const Activations &a = space.activations[shard];
    std::memset(sums.scalars, 0, sizeof(double) * Sums::SCALARS);
    Walk<P> walk(p, parameters, space.packed, a);
    for (int64_t tile = p.first_tile(shard); tile < p.first_tile(shard + 1); tile++) {
        float *z2 = space.kept + tile * ROWS * (p.wide2 + p.heads);
        walk.gather(data, tile);
        walk.template trunk1<false>(nullptr, 0);
        walk.trunk2_and_heads(z2, z2 + ROWS * p.wide2);
        walk.template finish_head<false>(1, z2 + ROWS * p.wide2);
        walk.template finish_head<false>(2, z2 + ROWS * p.wide2);
        walk.template gates<false>();
        for (int64_t m = 0; m < walk.rows; m++) {
            sums.scalars[Sums::GATE] += a.head_z[1][m];
            sums.scalars[Sums::GATE_STORM] += a.head_z[2][m];
        }
    }
}

template <Precision P>
void back(const Plan &p, const float *parameters, const GatedMlpRows &data, float delta, float lambda, const double *gate_mean,
          const Workspace &space, int64_t shard) {
    const Sums &sums = space.sums[shard];
    std::memset(sums.b2, 0, sizeof(float) * p.wide2);
    std::memset(sums.heads_bias, 0, sizeof(float) * p.heads);
    std::memset(sums.last, 0, sizeof(float) * p.heads);
    for (double *of_hidden : {sums.side1, sums.side1_bias, sums.side2}) {
        std::memset(of_hidden, 0, sizeof(double) * 2 * p.shape.sidecar_hidden);
    }
    Walk<P> walk(p, parameters, space.packed, space.activations[shard]);
    for (int64_t tile = p.first_tile(shard); tile < p.first_tile(shard + 1); tile++) {
        const float *z2 = space.kept + tile * ROWS * (p.wide2 + p.heads);
        walk.gather(data, tile);
        walk.template trunk1<true>(z2, p.wide2);
        walk.reactivate_trunk2(z2, z2 + ROWS * p.wide2);
        for (int head = 0; head < 3; head++) {
            walk.template finish_head<true>(head, z2 + ROWS * p.wide2);
        }
        walk.sides();
        walk.template gates<true>();
        walk.residuals(delta, lambda, gate_mean, sums);
        walk.sides_back(sums);
        walk.heads_back(sums);
        walk.layers_back(sums, tile > p.first_tile(shard));
    }
}

template <Precision P>
int64_t forward(const GatedMlpShape &shape, const float *parameters, const GatedMlpRows &data, const GatedMlpOutputs &outputs,
                void *workspace) {
    const int64_t outside = first_outside(data);
    if (outside >= 0) {
        return outside;
    }
    const Plan p(shape, data.count);
    const Workspace space(p, false, workspace);
    pack_weights<P>(p, parameters, space.packed, false);
    parallel_for(p.shards, [&](int64_t shard) {
        const Activations &a = space.activations[shard];
        Walk<P> walk(p, parameters, space.packed, a);
        for (int64_t tile = p.first_tile(shard); tile < p.first_tile(shard + 1); tile++) {
            walk.gather(data, tile);
            walk.template trunk1<false>(nullptr, 0);
            walk.trunk2_and_heads(a.h2, a.head);
            for (int head = 0; head < 3; head++) {
                walk.template finish_head<false>(head, a.head);
            }
            walk.sides();
            walk.template gates<false>();
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

template <Precision P>
int64_t gradient(const GatedMlpShape &shape, const float *parameters, const GatedMlpRows &data, float huber_delta, float gate_variance,
                 GatedMlpLoss &loss, float *gradients, void *workspace) {
    const int64_t outside = first_outside(data);
    if (outside >= 0) {
        return outside;
    }
    const Plan p(shape, data.count);
    const Workspace space(p, true, workspace);
    pack_weights<P>(p, parameters, space.packed, true);
    parallel_for(p.shards, [&](int64_t shard) { keep_forward<P>(p, parameters, data, space, shard); });
    const double n = static_cast<double>(data.count);
    double gate_mean[2] = {0, 0};
    for (int64_t shard = 0; shard < p.shards; shard++) {
        for (int k = 0; k < 2; k++) {
            gate_mean[k] += space.sums[shard].scalars[Sums::GATE + k] / n;
        }
    }
    parallel_for(p.shards, [&](int64_t shard) { back<P>(p, parameters, data, huber_delta, gate_variance, gate_mean, space, shard); });
    add_shards(p, space.sums);
    unpack_gradients(p, space.sums[0], gradients);
    const double *scalar = space.sums[0].scalars;
    loss.huber = scalar[Sums::HUBER] / n;
    loss.squared_error = scalar[Sums::SQUARES] / n;
    loss.var_sun_gate = scalar[Sums::VAR] / n;
    loss.var_storm_gate = scalar[Sums::VAR_STORM] / n;
    loss.loss = loss.huber - gate_variance * (loss.var_sun_gate + loss.var_storm_gate);
    return -1;
}

}  // namespace

int64_t gated_mlp_workspace(const GatedMlpShape &shape, int64_t count, bool backward) {
    return Workspace(Plan(shape, count), backward, nullptr).pieces.bytes();
}

int64_t gated_mlp_forward(const GatedMlpShape &shape, Precision precision, const float *parameters, const GatedMlpRows &data,
                          const GatedMlpOutputs &outputs, void *workspace) {
    switch (precision) {
        case Precision::TF32: return forward<Precision::TF32>(shape, parameters, data, outputs, workspace);
        case Precision::BF16: return forward<Precision::BF16>(shape, parameters, data, outputs, workspace);
        default: return forward<Precision::FP32>(shape, parameters, data, outputs, workspace);
    }
}

int64_t gated_mlp_gradient(const GatedMlpShape &shape, Precision precision, const float *parameters, const GatedMlpRows &data,
                           float huber_delta, float gate_variance, GatedMlpLoss &loss, float *gradients, void *workspace) {
    switch (precision) {
        case Precision::TF32:
            return gradient<Precision::TF32>(shape, parameters, data, huber_delta, gate_variance, loss, gradients, workspace);
        case Precision::BF16:
            return gradient<Precision::BF16>(shape, parameters, data, huber_delta, gate_variance, loss, gradients, workspace);
        default: return gradient<Precision::FP32>(shape, parameters, data, huber_delta, gate_variance, loss, gradients, workspace);
    }
}

}  // namespace ionforge::IONFORGE_ISA
