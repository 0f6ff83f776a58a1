// Losses on what neurons do (org.ionforge.compute.ActivityLosses), for some neurons through all steps.
//
// What is one formula an element is one pass over the membranes: 4 bytes read, 4 written, 4 more with the teacher; some ten
// operations, so memory is the limit. The latency takes two exponentials' worth more, all neurons of a group at once; it reads its
// tile from L2. Sums are in double, element i of a row in lane i mod 16.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "losses.h"
#include "vector_math.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int LANES = 16;
constexpr int64_t GROUP = 64;  // neurons whose latency is taken together

struct RowSums {
    double energy[LANES], change[LANES], distance[LANES];
};

struct Row {
    const float *now, *before, *after, *teacher;
    float *gradient;
    int64_t n;
};

// One step of some neurons.
template <bool ENERGY, bool BEFORE, bool AFTER, bool TEACHER>
void take_row(const LayerMembranes &m, const Row &row, RowSums &sums) {
    const float *__restrict now = row.now, *__restrict before = row.before, *__restrict after = row.after, *__restrict teacher = row.teacher;
    float *__restrict gradient = row.gradient;
    const float by_energy = m.by_energy, by_change = m.by_change, by_distance = m.by_distance;
    RowSums own = sums;
    const auto take = [&](int64_t i, int lane) __attribute__((always_inline)) {
        const float u = now[i];
        float g = 0;
        if constexpr (ENERGY) {
            own.energy[lane] += magnitude(u);
            g = u > 0 ? by_energy : u < 0 ? -by_energy : 0.0f;
        }
        if constexpr (BEFORE) {
            const float change = u - before[i];
            own.change[lane] += static_cast<double>(change) * change;
            g += by_change * change;
        }
        if constexpr (AFTER) {
            g -= by_change * (after[i] - u);
        }
        if constexpr (TEACHER) {
            const float apart = u - teacher[i];
            own.distance[lane] += static_cast<double>(apart) * apart;
            g += by_distance * apart;
        }
        gradient[i] = g;
    };
    int64_t i = 0;
    for (; i + LANES <= row.n; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            take(i + lane, lane);
        }
    }
    for (int lane = 0; i < row.n; i++, lane++) {
        take(i, lane);
    }
    sums = own;
}

using TakeRow = void (*)(const LayerMembranes &, const Row &, RowSums &);

template <int... FLAGS>
constexpr std::array<TakeRow, sizeof...(FLAGS)> rows(std::integer_sequence<int, FLAGS...>) {
    return {take_row<(FLAGS & 1) != 0, (FLAGS & 2) != 0, (FLAGS & 4) != 0, (FLAGS & 8) != 0>...};
}

constexpr auto TAKE_ROW = rows(std::make_integer_sequence<int, 16>());

double total(const double *lanes) {
    double all = 0;
    for (int lane = 0; lane < LANES; lane++) {
        all += lanes[lane];
    }
    return all;
}

// The losses that are one formula an element.
void plain(const LayerMembranes &m, int64_t first, int64_t n, ActivitySums &result) {
    RowSums sums{};
    float unwanted[ACTIVITY_TILE];
    for (int64_t t = 0; t < m.steps; t++) {
        const int64_t at = t * m.cells + first;
        const float *now = m.values + at;
        const int which = (m.terms.energy != 0 ? 1 : 0) | (m.terms.consistency != 0 && t > 0 ? 2 : 0)
                          | (m.terms.consistency != 0 && t + 1 < m.steps ? 4 : 0) | (m.terms.distillation != 0 ? 8 : 0);
        const float *teacher = m.terms.distillation != 0 ? m.terms.teacher + at : nullptr;
        TAKE_ROW[which](m, {now, now - m.cells, now + m.cells, teacher, m.gradient == nullptr ? unwanted : m.gradient + at, n}, sums);
    }
    result.energy = total(sums.energy);
    result.change = total(sums.change);
    result.distance = total(sums.distance);
}

// Σ E of n neurons, of which neuron i has the cell place(i), and their gradients added to those of `plain`; scratch [steps, 2, GROUP]. With e = exp(k·(U − θ)):
// p = e/(1 + e), and the probability of silence until a step is one over the product of all 1 + e so far, in double so that small e
// are not lost.
template <class Place>
double latency(const LayerMembranes &m, int64_t n, const Place &place, float *scratch) {
    double threshold[GROUP], product[GROUP], expected[GROUP] = {};
    for (int64_t i = 0; i < n; i++) {
        threshold[i] = m.terms.threshold[m.terms.per_neuron != 0 ? place(i) % m.neurons : 0];
        product[i] = 1;
    }
    const double slope = m.terms.slope;
    for (int64_t t = 0; t < m.steps; t++) {
        const float *u = m.values + t * m.cells;
        float *__restrict silent = scratch + 2 * t * GROUP, *__restrict fires = silent + GROUP;
        for (int64_t i = 0; i < n; i++) {
            const float x = static_cast<float>(slope * (u[place(i)] - threshold[i]));
            const float e = exp_bounded(x < -87.0f ? -87.0f : x > 80.0f ? 80.0f : x);
            product[i] *= x == x ? 1.0 + e : x;
            silent[i] = 1.0f / static_cast<float>(product[i]);
            fires[i] = e / (1.0f + e);
            expected[i] += silent[i];
        }
    }
    float later[GROUP] = {};
    for (int64_t t = m.steps - 1; t >= 0 && m.gradient != nullptr; t--) {
        float *__restrict gradient = m.gradient + t * m.cells;
        const float *silent = scratch + 2 * t * GROUP, *fires = silent + GROUP;
        for (int64_t i = 0; i < n; i++) {
            later[i] += silent[i];
            gradient[place(i)] -= m.by_latency * (fires[i] * later[i]);
        }
    }
    double all = 0;
    for (int64_t i = 0; i < n; i++) {
        all += expected[i];
    }
    return all;
}

// The labelled neurons among the cells from first on.
std::vector<int64_t> labelled(const LayerMembranes &m, int64_t first, int64_t n) {
    std::vector<int64_t> cells;
    for (int64_t sample = first / m.neurons; sample * m.neurons < first + n; sample++) {
        const int64_t row = m.terms.index[sample];
        const int64_t label = row >= 0 && row < m.terms.data_rows ? m.terms.labels[row] : m.neurons;
        const int64_t cell = sample * m.neurons + label;
        if (label < m.neurons && cell >= first && cell < first + n) {
            cells.push_back(cell);
        }
    }
    return cells;
}

// Calls task(i, n) for every group of up to GROUP of `count`, and adds up what it returns.
template <class Task>
double over_groups(int64_t count, const Task &task) {
    double all = 0;
    for (int64_t i = 0; i < count; i += GROUP) {
        all += task(i, std::min(GROUP, count - i));
    }
    return all;
}

double latencies(const LayerMembranes &m, int64_t first, int64_t count) {
    std::vector<float> scratch(2 * GROUP * m.steps);
    if (m.terms.labels == nullptr) {
        return over_groups(count, [&](int64_t from, int64_t n) {
            return latency(m, n, [at = first + from](int64_t i) { return at + i; }, scratch.data());
        });
    }
    const std::vector<int64_t> cells = labelled(m, first, count);
    return over_groups(static_cast<int64_t>(cells.size()), [&](int64_t from, int64_t n) {
        return latency(m, n, [at = cells.data() + from](int64_t i) { return at[i]; }, scratch.data());
    });
}

}  // namespace

void add_rows_f32(const float *__restrict values, int64_t rows, int64_t n, double *__restrict sums) {
    for (int64_t b = 0; b < rows; b++) {
        for (int64_t i = 0; i < n; i++) {
            sums[i] += values[b * n + i];
        }
    }
}

ActivitySums activity_membrane_f32(const LayerMembranes &membranes, int64_t first, int64_t n) {
    ActivitySums sums{};
    plain(membranes, first, n, sums);
    sums.latency = membranes.terms.latency != 0 ? latencies(membranes, first, n) : 0;
    return sums;
}

}  // namespace ionforge::IONFORGE_ISA
