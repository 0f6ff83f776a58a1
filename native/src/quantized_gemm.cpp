// The C face of the quantised GEMM: cuts a product into tasks and spreads them over the pool.
#include "quantized_gemm.h"

#include <algorithm>
#include <atomic>

#include "ionforge_gemm.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge {
namespace {

// Prepared activations of one task: a quarter of an L2 cache of 1 MiB, more is for the panel of weights.
constexpr int64_t TASK_BYTES = 1 << 18;
constexpr int64_t TASK_ROWS = 192;
constexpr int64_t LEAST_TASK_ROWS = 24;
// Rows by which a call is cut rather than by columns: enough of them to make each panel of weights worth its way into L1.
constexpr int64_t ROWS_WORTHWHILE = 48;
// Products below which a call is done sooner than another thread has heard of it, and products of a task worth its name.
constexpr int64_t ALONE = 1 << 19;
constexpr int64_t WORTHWHILE = 1 << 23;

int64_t divide_up(int64_t n, int64_t by) { return (n + by - 1) / by; }
int64_t round_up(int64_t n, int64_t to) { return divide_up(n, to) * to; }

struct Cut {
    int64_t rows, groups;  // parts
};

// As many tasks for each thread as for the others, and some more than one each if they are large: a thread may be held up.
Cut cut(const QuantizedGemm &gemm) {
    const int64_t threads = thread_count(), products = gemm.rows * gemm.outputs * gemm.inputs, groups = gemm.groups();
    const int64_t row_parts = divide_up(gemm.rows, std::clamp(TASK_BYTES / gemm.inputs, LEAST_TASK_ROWS, TASK_ROWS));
    if (products < ALONE || threads == 1) {
        return {row_parts, 1};
    }
    const int64_t tasks = round_up(std::clamp(products / WORTHWHILE, threads, 4 * threads), threads);
    if (gemm.rows >= tasks * ROWS_WORTHWHILE || groups < tasks) {
        return {std::min(gemm.rows, round_up(std::max(row_parts, tasks), threads)), 1};
    }
    return {row_parts, std::min(groups, round_up(divide_up(tasks, row_parts), threads))};
}

void run(const QuantizedGemm &gemm) {
    const Cut parts = cut(gemm);
    const int64_t groups = gemm.groups();
    parallel_for(parts.rows * parts.groups, [&](int64_t task) {
        const int64_t r = task / parts.groups, g = task % parts.groups;
        const int64_t first_row = gemm.rows * r / parts.rows, first_group = groups * g / parts.groups;
        operations().quantized_gemm_task(gemm, {first_row, gemm.rows * (r + 1) / parts.rows - first_row, first_group,
                                                groups * (g + 1) / parts.groups - first_group});
    });
}

// Tells the calls apart: a thread that has several tasks on the same rows of a call prepares them once.
std::atomic<uint64_t> calls{0};

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
    ionforge::run({++ionforge::calls, activations, static_cast<ionforge::Activations>(kind), bits, static_cast<const uint8_t *>(packed), rows, outputs,
                   inputs, static_cast<ionforge::Epilogue>(epilogue), scale, bias, inverse, minimum, maximum, out, outputs});
}

int64_t ionforge_cpu_quantized_gemm_neurons_workspace(const ionforge_lif_shape *shape, const ionforge_quantized_currents *currents,
                                                      const ionforge_lif_neurons *neurons, int32_t threads) {
    return ionforge::operations().quantized_gemm_neurons_workspace(*shape, *currents, *neurons, threads);
}

void ionforge_cpu_quantized_gemm_neurons(const ionforge_lif_shape *shape, const ionforge_quantized_currents *currents,
                                         const ionforge_lif_neurons *neurons, const ionforge_lif_outputs *outputs, int32_t threads,
                                         void *workspace) {
    ionforge::operations().quantized_gemm_neurons(*shape, *currents, *neurons, *outputs, ++ionforge::calls, threads, workspace);
}
}
