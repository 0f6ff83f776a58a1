// A fixed pool of threads for one thing: running the tasks 0 … n−1 of a call.
#pragma once
#include <cstdint>
#include <functional>

namespace ionforge {

// Runs task(i) for every i in [0, tasks), on this thread and, when the pool is idle, on its threads too. Tasks may run in any
// order and must not depend on it. A nested or concurrent call finds the pool busy and runs its tasks on its own thread.
void parallel_for(int64_t tasks, const std::function<void(int64_t)> &task);

// The same with a lane for each task, in [0, lanes): tasks that run at the same time have different lanes, so that each lane may
// have scratch memory of its own.
void parallel_lanes(int64_t tasks, int64_t lanes, const std::function<void(int64_t task, int64_t lane)> &task);

int thread_count();
void set_thread_count(int threads);

}  // namespace ionforge
