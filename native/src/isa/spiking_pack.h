// Weights on their way into panels, fake-quantised as they go, and rows of inputs.
#pragma once
#include "ionforge_spiking.h"
#include "lif_tile.h"

namespace ionforge::IONFORGE_ISA {

// The codes of org.ionforge.compute.Quantiser at zero point 0, of vectors, at one scale.
struct Codes {
    float scale = 1, inverse = 1, lowest = 0, highest = 0;
    bool quantised = false, masked = false;

    Codes() = default;
    // Row n of weights, or n = 0 of a current.
    Codes(const ionforge_quantisation &how, int64_t n);

    // code(x), as a float; x itself if there is no quantisation.
    Vec code(Vec x) const;
    // code(x)·s; a NaN stays one.
    Vec fake_quantised(Vec x) const;
    // The gradient g where it passes at x, else 0.
    Vec passing(Vec x, Vec g) const;
};

// Weights [N, K] turned into panels of NR neurons, [N / NR][K][NR], as codes; neurons past N are 0. One panel of them.
void pack_neurons(const ionforge_spiking_weights &weights, int64_t neurons, int64_t inputs, int64_t panel, float *to);

// Weights [N, K] in panels of NR inputs, [K / NR][N][NR], as codes times their scales; inputs past K are 0. One panel of them.
void pack_inputs(const ionforge_spiking_weights &weights, int64_t neurons, int64_t inputs, int64_t panel, float *to);

// Rows t = 0 … steps − 1 of samples [0, batch) of [T, B, C], which lie `from.step` and `from.row` apart, into panels of WORD
// columns (spiking_product.h): sample b of step t is row t·batch + b. Rows up to `padded` and columns past C are 0.
template <class E>
void pack_rows(const Field<const typename E::Stored> &from, int64_t steps, int64_t batch, int64_t columns, int64_t padded, float *to);

// The way back of a weight gradient: sums [K, width] of K inputs and padded neurons into rows [first, first + LANES) of gradients
// [N, K], masked as the weights say.
void unpack_sums(const float *sums, int64_t width, const ionforge_spiking_weights &weights, int64_t neurons, int64_t inputs, int64_t first,
                 float *gradients);

}  // namespace ionforge::IONFORGE_ISA
