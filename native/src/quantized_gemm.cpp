// The C face of the quantised GEMM: cuts a product into tasks and spreads them over the pool.
#include "quantized_gemm.h"

#include <algorithm>

#include "ionforge_gemm.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge {
namespace {

// Prepared activations of one task: half of an L2 cache of 1 MiB, the other half is for the panel of weights.
constexpr int64_t TASK_BYTES = 1 << 18;
constexpr int64_t TASK_ROWS = 192;
// Products below which a call is done sooner than another thread has heard of it, and products of a task worth its name.
constexpr int64_t ALONE = 1 << 18;
constexpr int64_t WORTHWHILE = 1 << 23;

int64_t divide_up(int64_t n, int64_t by) { return (n + by - 1) / by; }

// Rows go first: a task then prepares its activations once and reads all weights. Where they are too few, columns are cut too.
void run(const QuantizedGemm &gemm) {
    const int64_t threads = thread_count(), products = gemm.rows * gemm.outputs * gemm.inputs;
    int64_t row_parts = divide_up(gemm.rows, std::clamp<int64_t>(TASK_BYTES / gemm.inputs, 24, TASK_ROWS)), group_parts = 1;
    if (products >= ALONE && threads > 1) {
        const int64_t tasks = std::max(threads, std::min(4 * threads, products / WORTHWHILE));
        group_parts = std::min(gemm.groups(), divide_up(tasks, row_parts));
    }
    const int64_t groups = gemm.groups();
    parallel_for(row_parts * group_parts, [&](int64_t task) {
        const int64_t r = task / group_parts, g = task % group_parts;
        const int64_t first_row = gemm.rows * r / row_parts, first_group = groups * g / group_parts;
        operations().quantized_gemm_task(gemm, {first_row, gemm.rows * (r + 1) / row_parts - first_row, first_group,
                                                groups * (g + 1) / group_parts - first_group});
    });
}

}  // namespace
}  // namespace ionforge

extern "C" {

int64_t ionforge_cpu_quantized_gemm_packed_bytes(int32_t bits, int64_t outputs, int64_t inputs) {
    return ionforge::operations().quantized_gemm_packed_bytes(bits, outputs, inputs);
}

void ionforge_cpu_quantized_gemm_pack(int32_t bits, const void *codes, int64_t outputs, int64_t inputs, void *packed) {
    ionforge::parallel_for(ionforge::divide_up(outputs, ionforge::GROUP), [&](int64_t group) {
        ionforge::operations().quantized_gemm_pack(bits, static_cast<const uint8_t *>(codes), outputs, inputs, group,
                                                   static_cast<uint8_t *>(packed));
    });
}

void ionforge_cpu_quantized_gemm(const void *activations, int32_t kind, int64_t rows, const void *packed, int32_t bits,
                                 int64_t outputs, int64_t inputs, int32_t epilogue, const float *scale, const float *bias,
                                 float inverse, float minimum, float maximum, void *out) {
    ionforge::run({activations, static_cast<ionforge::Activations>(kind), bits, static_cast<const uint8_t *>(packed), rows, outputs,
                   inputs, static_cast<ionforge::Epilogue>(epilogue), scale, bias, inverse, minimum, maximum, out});
}
}
