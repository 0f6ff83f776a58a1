#include "parallel.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace ionforge {
namespace {

// How long a thread watches for what it waits for before it goes to sleep: some 30 µs, less than it takes to wake one up. Small
// products follow each other faster than that.
constexpr int WATCH = 1000;

template <typename Condition>
bool watch(const Condition &condition) {
    for (int i = 0; i < WATCH; i++) {
        if (condition()) {
            return true;
        }
        __builtin_ia32_pause();
    }
    return false;
}

// Where a thread may run.
struct Processors {
    cpu_set_t set;
    bool known;

    static Processors allowed() {
        Processors all;
        all.known = sched_getaffinity(0, sizeof all.set, &all.set) == 0;
        return all;
    }
    Processors without(int processor) const {
        Processors others = *this;
        CPU_CLR(processor, &others.set);
        others.known = known && CPU_COUNT(&others.set) > 0;
        return others;
    }
    void keep(pthread_t thread) const {
        if (known) {
            pthread_setaffinity_np(thread, sizeof set, &set);
        }
    }
};

class Pool {
public:
    static Pool &instance() {
        // Never destroyed: worker threads outlive static destruction when the host process exits.
        static Pool *pool = new Pool();
        return *pool;
    }

    void run(int64_t tasks, const std::function<void(int64_t)> &task) {
        std::unique_lock<std::mutex> owner(busy, std::try_to_lock);
        if (tasks <= 1 || !owner.owns_lock() || limit.load() == 1) {
            for (int64_t i = 0; i < tasks; i++) {
                task(i);
            }
            return;
        }
        while (static_cast<int>(workers.size()) < limit.load() - 1) {
            const int number = static_cast<int>(workers.size());
            std::thread worker([this, number, seen = call_of(ticket.load())] { work(number, seen); });
            workers.push_back(worker.native_handle());
            worker.detach();
        }
        const uint64_t call = call_of(ticket.load()) + 1;
        ticket.store((call << INDEX_BITS) - 1);  // the last call has no further task, whatever `total` becomes
        current.store(&task);
        total.store(tasks);
        finished.store(0);
        helpers.store(limit.load() - 1);
        ticket.store(call << INDEX_BITS);
        if (asleep.load() > 0) {
            // The scheduler of a virtual machine takes a halted processor for one that the host has lent out, and would wake
            // them on this one, behind their caller.
            const Processors others = Processors::allowed().without(sched_getcpu());
            for (pthread_t worker : workers) {
                others.keep(worker);
            }
            const std::lock_guard<std::mutex> lock(state);  // held by a worker between its last look and its sleep
            wake.notify_all();
        }
        take(call);
        const auto all = [&] { return finished.load() == tasks; };
        if (!watch(all)) {
            std::unique_lock<std::mutex> lock(state);
            done.wait(lock, all);
        }
    }

    std::atomic<int> limit{static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))};

private:
    // A ticket: the number of the call, and in its low bits the task of it that is next. A call's number and its tasks are taken
    // in one step, so a worker that comes late finds another call's number and leaves its tasks alone.
    static constexpr int INDEX_BITS = 40;

    static uint64_t call_of(uint64_t ticket) { return ticket >> INDEX_BITS; }
    static int64_t index_of(uint64_t ticket) { return static_cast<int64_t>(ticket & ((uint64_t{1} << INDEX_BITS) - 1)); }

    void take(uint64_t call) {
        uint64_t t = ticket.load();
        while (call_of(t) == call) {
            const std::function<void(int64_t)> *task = current.load();
            const int64_t tasks = total.load();
            if (index_of(t) >= tasks) {
                return;
            }
            if (ticket.compare_exchange_weak(t, t + 1)) {  // from here on the call cannot end before this task does
                (*task)(index_of(t));
                if (finished.fetch_add(1) == tasks - 1) {
                    const std::lock_guard<std::mutex> lock(state);
                    done.notify_one();
                }
                t = ticket.load();
            }
        }
    }

    void work(int number, uint64_t seen) {
        const auto called = [&] { return call_of(ticket.load()) != seen; };
        const Processors all = Processors::allowed();
        for (;;) {
            if (!watch(called)) {
                std::unique_lock<std::mutex> lock(state);
                asleep.fetch_add(1);
                wake.wait(lock, called);
                asleep.fetch_sub(1);
                lock.unlock();
                all.keep(pthread_self());
            }
            seen = call_of(ticket.load());
            if (number < helpers.load()) {
                take(seen);
            }
        }
    }

    std::mutex busy;
    std::mutex state;
    std::condition_variable wake;
    std::condition_variable done;
    std::vector<pthread_t> workers;
    std::atomic<const std::function<void(int64_t)> *> current{nullptr};
    std::atomic<int64_t> total{0};
    std::atomic<int64_t> finished{0};
    std::atomic<uint64_t> ticket{0};
    std::atomic<int> helpers{0};
    std::atomic<int> asleep{0};
};

}  // namespace

void parallel_for(int64_t tasks, const std::function<void(int64_t)> &task) { Pool::instance().run(tasks, task); }

void parallel_lanes(int64_t tasks, int64_t lanes, const std::function<void(int64_t, int64_t)> &task) {
    std::atomic<int64_t> next{0};
    parallel_for(std::min(tasks, lanes), [&](int64_t lane) {
        for (int64_t i = next.fetch_add(1); i < tasks; i = next.fetch_add(1)) {
            task(i, lane);
        }
    });
}

int thread_count() { return Pool::instance().limit.load(); }

void set_thread_count(int threads) { Pool::instance().limit.store(threads < 1 ? 1 : threads); }

}  // namespace ionforge
