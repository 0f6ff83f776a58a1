// Losses on spike counts and membranes (org.ionforge.compute.ActivityLosses).
//
// A task takes some neurons through all steps, each loss a pass over a row of them that stays in the nearest cache: 4 bytes an
// element read, 4 written, so memory is the limit. The latency, asked of a few neurons as a rule, goes neuron by neuron in double.
#include <algorithm>
#include <cmath>
#include <vector>

#include "ionforge_activity.h"
#include "parallel.h"

namespace {

constexpr int64_t CELLS = 512;
constexpr int RATE = 0, ENERGY = 1, CONSISTENCY = 2, LATENCY = 3, DISTILLATION = 4, TOTALS = 5;

// Sums of a task, added over tasks in ascending order.
struct Sums {
    double of[TOTALS];
};

struct Membranes {
    const float *values;
    int64_t steps, batch, neurons;
    const ionforge_activity_terms &terms;
    float *gradient;

    int64_t cells() const { return batch * neurons; }
    double each() const { return 1.0 / (static_cast<double>(steps) * static_cast<double>(cells())); }
    double pairs() const { return steps > 1 ? 1.0 / (static_cast<double>(steps - 1) * static_cast<double>(cells())) : 0.0; }
    double asked() const { return static_cast<double>(terms.labels != nullptr ? batch : cells()) * static_cast<double>(steps); }
};

// Σ of the doubles of a task.
double sum(const double *values, int64_t n) {
    double all = 0;
    for (int64_t i = 0; i < n; i++) {
        all += values[i];
    }
    return all;
}

// The losses that are one formula an element, of cells first … first + n − 1.
void plain(const Membranes &m, int64_t first, int64_t n, Sums &sums) {
    double energies[CELLS] = {}, changes[CELLS] = {}, distances[CELLS] = {};
    float unwanted[CELLS];
    const auto by_energy = static_cast<float>(m.terms.energy * m.each());
    const auto by_change = static_cast<float>(2 * m.terms.consistency * m.pairs());
    const auto by_distance = static_cast<float>(2 * m.terms.distillation * m.each());
    for (int64_t t = 0; t < m.steps; t++) {
        const int64_t row = t * m.cells() + first;
        const float *u = m.values + row;
        float *g = m.gradient == nullptr ? unwanted : m.gradient + row;
        std::fill_n(g, n, 0.0f);
        if (m.terms.energy != 0) {
            for (int64_t i = 0; i < n; i++) {
                energies[i] += std::fabs(u[i]);
                g[i] = u[i] > 0 ? by_energy : u[i] < 0 ? -by_energy : 0.0f;
            }
        }
        if (m.terms.consistency != 0 && t > 0) {
            const float *before = u - m.cells();
            for (int64_t i = 0; i < n; i++) {
                const float change = u[i] - before[i];
                changes[i] += static_cast<double>(change) * change;
                g[i] += by_change * change;
            }
        }
        if (m.terms.consistency != 0 && t + 1 < m.steps) {
            const float *after = u + m.cells();
            for (int64_t i = 0; i < n; i++) {
                g[i] -= by_change * (after[i] - u[i]);
            }
        }
        if (m.terms.distillation != 0) {
            const float *teacher = m.terms.teacher + row;
            for (int64_t i = 0; i < n; i++) {
                const float apart = u[i] - teacher[i];
                distances[i] += static_cast<double>(apart) * apart;
                g[i] += by_distance * apart;
            }
        }
    }
    sums.of[ENERGY] = sum(energies, n) * m.each();
    sums.of[CONSISTENCY] = sum(changes, n) * m.pairs();
    sums.of[DISTILLATION] = sum(distances, n) * m.each();
}

bool asked(const ionforge_activity_terms &terms, int64_t sample, int64_t neuron) {
    if (terms.labels == nullptr) {
        return true;
    }
    const int64_t row = terms.index[sample];
    return row >= 0 && row < terms.data_rows && terms.labels[row] == neuron;
}

// Adds the gradient of one neuron's latency to those of `plain`; silent and fires have room for the steps.
double latency(const Membranes &m, int64_t cell, double *silent, double *fires) {
    const double slope = m.terms.slope, threshold = m.terms.threshold[m.terms.per_neuron != 0 ? cell % m.neurons : 0];
    double silence = 1, expected = 0;
    for (int64_t t = 0; t < m.steps; t++) {
        const double distance = slope * (m.values[t * m.cells() + cell] - threshold);
        fires[t] = 1 / (1 + std::exp(-distance));
        silence *= 1 / (1 + std::exp(distance));
        silent[t] = silence;
        expected += silence;
    }
    double later = 0;
    for (int64_t t = m.steps - 1; t >= 0 && m.gradient != nullptr; t--) {
        later += silent[t];
        m.gradient[t * m.cells() + cell] -= static_cast<float>(m.terms.latency * slope * fires[t] * later / m.asked());
    }
    return expected / m.asked();
}

template <typename Task>
void add_up(int64_t tasks, double *totals, const Task &task) {
    std::vector<Sums> parts(tasks);
    ionforge::parallel_for(tasks, [&](int64_t i) { task(i, parts[i]); });
    for (const Sums &part : parts) {
        for (int loss = 0; loss < TOTALS; loss++) {
            totals[loss] += part.of[loss];
        }
    }
}

}  // namespace

extern "C" {

void ionforge_activity_rate_f32(const float *counts, int32_t steps, int32_t batch, int32_t neurons, float weight, float target,
                                float *gradient, double *totals) {
    add_up((neurons + CELLS - 1) / CELLS, totals, [&](int64_t task, Sums &sums) {
        const int64_t first = task * CELLS, n = std::min(CELLS, neurons - first);
        const double all = static_cast<double>(batch) * steps;
        double rates[CELLS] = {};
        float shares[CELLS];
        for (int64_t b = 0; b < batch; b++) {
            for (int64_t i = 0; i < n; i++) {
                rates[i] += counts[b * neurons + first + i];
            }
        }
        double loss = 0;
        for (int64_t i = 0; i < n; i++) {
            const double above = rates[i] / all - target;
            loss += above * above / neurons;
            shares[i] = static_cast<float>(2 * weight * above / (neurons * all));
        }
        sums.of[RATE] = weight == 0 ? 0 : loss;
        for (int64_t b = 0; b < batch && gradient != nullptr; b++) {
            std::copy_n(shares, n, gradient + b * neurons + first);
        }
    });
}

void ionforge_activity_membrane_f32(const float *membrane, int32_t steps, int32_t batch, int32_t neurons,
                                    const ionforge_activity_terms *terms, float *gradient, double *totals) {
    const Membranes m{membrane, steps, batch, neurons, *terms, gradient};
    add_up((m.cells() + CELLS - 1) / CELLS, totals, [&](int64_t task, Sums &sums) {
        const int64_t first = task * CELLS, n = std::min(CELLS, m.cells() - first);
        plain(m, first, n, sums);
        if (terms->latency != 0) {
            std::vector<double> silent(m.steps), fires(m.steps);
            for (int64_t cell = first; cell < first + n; cell++) {
                if (asked(*terms, cell / m.neurons, cell % m.neurons)) {
                    sums.of[LATENCY] += latency(m, cell, silent.data(), fires.data());
                }
            }
        }
    });
}
}
