// Chosen rows as a time-major batch (org.ionforge.compute.BatchRows): copies, bound by memory.
#include <cstring>

#include "ionforge_cpu.h"
#include "parallel.h"

extern "C" void ionforge_cpu_batch_rows_u32(const uint32_t *data, int64_t rows, const int32_t *index, int32_t steps, int32_t batch,
                                            int32_t width, uint32_t *out) {
    constexpr int64_t BYTES = 1 << 16;  // of one task: far above the cost of handing it over
    const int64_t row = static_cast<int64_t>(steps) * width;
    const int64_t each = BYTES / 4 / row > 0 ? BYTES / 4 / row : 1;
    ionforge::parallel_for((batch + each - 1) / each, [&](int64_t task) {
        for (int64_t b = task * each; b < batch && b < (task + 1) * each; b++) {
            const bool there = index[b] >= 0 && index[b] < rows;
            for (int64_t t = 0; t < steps; t++) {
                uint32_t *to = out + (t * batch + b) * width;
                if (there) {
                    std::memcpy(to, data + index[b] * row + t * width, static_cast<size_t>(width) * 4);
                } else {
                    std::memset(to, 0xFF, static_cast<size_t>(width) * 4);
                }
            }
        }
    });
}
