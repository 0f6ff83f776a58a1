// Losses of a piece of a batch, as src/isa/cross_entropy.cpp and activity_losses.cpp take them from cross_entropy.cpp and
// activity_losses.cpp, which add the pieces up in their order.
#pragma once
#include <cstdint>

#include "ionforge_activity.h"

namespace ionforge {

// Class scores of a batch and whose classes are asked for (org.ionforge.compute.CrossEntropy); gradient may be null.
struct ClassScores {
    const float *scores;
    int64_t samples;
    int32_t classes;
    float scale;
    const uint8_t *labels;
    int64_t data_rows;
    const int32_t *index;
    float *gradient;
};

struct CrossEntropySums {
    double loss;
    int64_t right;
};

// Neurons of a tile of membranes: a row and its neighbours stay in L1, all its steps in L2 as long as they are few.
constexpr int64_t ACTIVITY_TILE = 2048;

// Membranes [steps, cells] of a layer (org.ionforge.compute.ActivityLosses) and the factors of each loss's gradients; gradient may
// be null.
struct LayerMembranes {
    const float *values;
    int64_t steps, cells, neurons;
    const ionforge_activity_terms &terms;
    float by_energy, by_change, by_latency, by_distance;
    float *gradient;
};

// Σ |U|, Σ (U[t] − U[t−1])², Σ E and Σ (U − teacher)² over a tile's neurons and steps; 0 where the loss has no weight.
struct ActivitySums {
    double energy, change, latency, distance;
};

}  // namespace ionforge
