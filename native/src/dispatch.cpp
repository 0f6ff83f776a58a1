// Picks the instruction set once, and holds the C face of what is not an operation.
#include <cstdlib>
#include <cstring>

#include "ionforge_cpu.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge {
namespace {

bool runs_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
           && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("bmi2");
}

bool runs_avx2() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
           && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

const Operations &choose() {
    __builtin_cpu_init();
    const char *forced = std::getenv("IONFORGE_ISA");
    const bool any = forced == nullptr || *forced == '\0';
    if (runs_avx512() && (any || std::strcmp(forced, "avx512") == 0)) {
        return avx512::operations;
    }
    if (runs_avx2() && (any || std::strcmp(forced, "portable") != 0)) {
        return avx2::operations;
    }
    return portable::operations;
}

}  // namespace

const Operations &operations() {
    static const Operations &chosen = choose();
    return chosen;
}

}  // namespace ionforge

extern "C" {

const char *ionforge_cpu_isa(void) { return ionforge::operations().isa; }

double ionforge_cpu_fma_peak(int64_t rounds) { return ionforge::operations().fma_peak(rounds); }

double ionforge_cpu_dot_peak(int64_t rounds) { return ionforge::operations().dot_peak(rounds); }

int32_t ionforge_cpu_threads(void) { return ionforge::thread_count(); }

void ionforge_cpu_set_threads(int32_t threads) { ionforge::set_thread_count(threads); }
}
