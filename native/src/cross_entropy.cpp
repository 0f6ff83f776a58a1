// Cross entropy of class scores (org.ionforge.compute.CrossEntropy). Some thousand exponentials a batch, in double: nothing here
// is worth a vector.
#include <cmath>
#include <limits>
#include <vector>

#include "ionforge_cpu.h"
#include "parallel.h"

namespace {

// Rows of one task; the totals of the tasks are added in ascending order.
constexpr int64_t ROWS = 64;

struct Totals {
    double loss;
    int64_t right;
};

}  // namespace

extern "C" void ionforge_cpu_cross_entropy_f32(const float *scores, int64_t samples, int32_t classes, float scale,
                                               const uint8_t *labels, int64_t data_rows, const int32_t *index, float *gradient,
                                               double *totals) {
    std::vector<Totals> parts((samples + ROWS - 1) / ROWS);
    ionforge::parallel_for(static_cast<int64_t>(parts.size()), [&](int64_t task) {
        Totals part{};
        for (int64_t b = task * ROWS; b < samples && b < (task + 1) * ROWS; b++) {
            const float *row = scores + b * classes;
            const int label = index[b] >= 0 && index[b] < data_rows ? labels[index[b]] : classes;
            bool known = label < classes;
            int answer = 0;
            for (int c = 0; c < classes; c++) {
                known = known && row[c] == row[c];
                answer = static_cast<double>(scale) * row[c] > static_cast<double>(scale) * row[answer] ? c : answer;
            }
            const double largest = known ? static_cast<double>(scale) * row[answer] : std::numeric_limits<double>::quiet_NaN();
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += std::exp(static_cast<double>(scale) * row[c] - largest);
            }
            for (int c = 0; gradient != nullptr && c < classes; c++) {
                const double share = std::exp(static_cast<double>(scale) * row[c] - largest) / sum;
                gradient[b * classes + c] = static_cast<float>(scale * (share - (c == label ? 1 : 0)) / static_cast<double>(samples));
            }
            part.loss += known ? std::log(sum) - (static_cast<double>(scale) * row[label] - largest) : largest;
            part.right += known && answer == label ? 1 : 0;
        }
        parts[task] = part;
    });
    for (const Totals &part : parts) {
        totals[0] += part.loss;
        totals[1] += static_cast<double>(part.right);
    }
    totals[2] += static_cast<double>(samples);
}
