// Losses on spike counts and membranes (org.ionforge.compute.ActivityLosses): cut into tasks by the shape alone, whose sums are added
// in ascending order.
#include <algorithm>
#include <vector>

#include "ionforge_activity.h"
#include "operations.h"
#include "parallel.h"

namespace {

constexpr int RATE = 0, ENERGY = 1, CONSISTENCY = 2, LATENCY = 3, DISTILLATION = 4;
constexpr int64_t PIECE = 1 << 16;  // counts of a task

int64_t tasks(int64_t n, int64_t each) { return (n + each - 1) / each; }

}  // namespace

extern "C" {

void ionforge_activity_rate_f32(const float *counts, int32_t steps, int32_t batch, int32_t neurons, float weight, float target,
                                float *gradient, double *totals) {
    const int64_t width = neurons, rows = std::max<int64_t>(1, PIECE / width), pieces = tasks(batch, rows);
    const auto rows_of = [&](int64_t piece) { return std::min(rows, batch - piece * rows); };
    std::vector<double> sums(pieces * width);
    ionforge::parallel_for(pieces, [&](int64_t piece) {
        ionforge::operations().add_rows_f32(counts + piece * rows * width, rows_of(piece), width, sums.data() + piece * width);
    });
    const double all = static_cast<double>(batch) * steps;
    std::vector<float> shares(width);
    double loss = 0;
    for (int64_t piece = 1; piece < pieces; piece++) {
        for (int64_t i = 0; i < width; i++) {
            sums[i] += sums[piece * width + i];
        }
    }
    for (int64_t i = 0; i < width; i++) {
        const double above = sums[i] / all - target;
        loss += above * above / neurons;
        shares[i] = static_cast<float>(2 * weight * above / (neurons * all));
    }
    totals[RATE] += weight == 0 ? 0 : loss;
    ionforge::parallel_for(gradient == nullptr ? 0 : pieces, [&](int64_t piece) {
        for (int64_t b = 0; b < rows_of(piece); b++) {
            std::copy_n(shares.data(), width, gradient + (piece * rows + b) * width);
        }
    });
}

void ionforge_activity_membrane_f32(const float *membrane, int32_t steps, int32_t batch, int32_t neurons,
                                    const ionforge_activity_terms *terms, float *gradient, double *totals) {
    const int64_t cells = static_cast<int64_t>(batch) * neurons;
    const double each = 1.0 / (static_cast<double>(steps) * static_cast<double>(cells));
    const double pairs = steps > 1 ? 1.0 / (static_cast<double>(steps - 1) * static_cast<double>(cells)) : 0.0;
    const double asked = 1.0 / (static_cast<double>(steps) * static_cast<double>(terms->labels != nullptr ? batch : cells));
    const ionforge::LayerMembranes membranes{membrane, steps, cells, neurons, *terms, static_cast<float>(terms->energy * each),
                                             static_cast<float>(2 * terms->consistency * pairs),
                                             static_cast<float>(static_cast<double>(terms->latency) * terms->slope * asked),
                                             static_cast<float>(2 * terms->distillation * each), gradient};
    std::vector<ionforge::ActivitySums> parts(tasks(cells, ionforge::ACTIVITY_TILE));
    ionforge::parallel_for(static_cast<int64_t>(parts.size()), [&](int64_t task) {
        const int64_t first = task * ionforge::ACTIVITY_TILE;
        parts[task] = ionforge::operations().activity_membrane_f32(membranes, first, std::min(ionforge::ACTIVITY_TILE, cells - first));
    });
    for (const ionforge::ActivitySums &part : parts) {
        totals[ENERGY] += part.energy * each;
        totals[CONSISTENCY] += part.change * pairs;
        totals[LATENCY] += part.latency * asked;
        totals[DISTILLATION] += part.distance * each;
    }
}
}
