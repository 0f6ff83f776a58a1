// Element-wise operations over the pool: a call is cut into blocks of rows of a fixed size. A block's result does not depend on the
// thread that ran it.
#pragma once
#include <cstdint>

#include "parallel.h"

namespace ionforge {

// Rows of one task: some tens of microseconds of work, far above the cost of handing it over; inputs and outputs fit in L2.
constexpr int64_t TASK_ROWS = 16384;

template <typename Range>
void over_rows(int64_t n, const Range &range) {
    parallel_for((n + TASK_ROWS - 1) / TASK_ROWS, [&](int64_t task) {
        const int64_t first = task * TASK_ROWS;
        range(first, n - first < TASK_ROWS ? n - first : TASK_ROWS);
    });
}

}  // namespace ionforge
