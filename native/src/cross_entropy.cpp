// Cross entropy of class scores (org.ionforge.compute.CrossEntropy): samples cut into tasks, whose sums are added in ascending order.
#include <algorithm>
#include <vector>

#include "ionforge_cpu.h"
#include "operations.h"
#include "parallel.h"

extern "C" void ionforge_cpu_cross_entropy_f32(const float *scores, int64_t samples, int32_t classes, float scale,
                                               const uint8_t *labels, int64_t data_rows, const int32_t *index, float *gradient,
                                               double *totals) {
    const ionforge::ClassScores batch{scores, samples, classes, scale, labels, data_rows, index, gradient};
    // Some 8192 scores: ten microseconds of work.
    const int64_t rows = std::max<int64_t>(16, 8192 / classes / 16 * 16);
    std::vector<ionforge::CrossEntropySums> parts((samples + rows - 1) / rows);
    ionforge::parallel_for(static_cast<int64_t>(parts.size()), [&](int64_t task) {
        const int64_t first = task * rows;
        parts[task] = ionforge::operations().cross_entropy_f32(batch, first, std::min(rows, samples - first));
    });
    for (const ionforge::CrossEntropySums &part : parts) {
        totals[0] += part.loss;
        totals[1] += static_cast<double>(part.right);
    }
    totals[2] += static_cast<double>(samples);
}
