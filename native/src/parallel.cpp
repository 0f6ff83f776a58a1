#include "parallel.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace ionforge {
namespace {

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
        {
            std::lock_guard<std::mutex> lock(state);
            while (static_cast<int>(workers.size()) < limit.load() - 1) {
                const int number = static_cast<int>(workers.size());
                const uint64_t seen = generation;
                workers.emplace_back([this, number, seen] { work(number, seen); });
                workers.back().detach();
            }
            current = &task;
            total = tasks;
            next.store(0);
            helpers = limit.load() - 1;
            active = static_cast<int>(workers.size());
            generation++;
        }
        wake.notify_all();
        take(task);
        std::unique_lock<std::mutex> lock(state);
        done.wait(lock, [this] { return active == 0; });
        current = nullptr;
    }

    std::atomic<int> limit{static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))};

private:
    void take(const std::function<void(int64_t)> &task) {
        for (int64_t i = next.fetch_add(1); i < total; i = next.fetch_add(1)) {
            task(i);
        }
    }

    void work(int number, uint64_t seen) {
        for (;;) {
            const std::function<void(int64_t)> *task;
            bool helps;
            {
                std::unique_lock<std::mutex> lock(state);
                wake.wait(lock, [&] { return generation != seen; });
                seen = generation;
                task = current;
                helps = number < helpers;
            }
            if (helps) {
                take(*task);
            }
            {
                std::lock_guard<std::mutex> lock(state);
                if (--active == 0) {
                    done.notify_one();
                }
            }
        }
    }

    std::mutex busy;
    std::mutex state;
    std::condition_variable wake;
    std::condition_variable done;
    std::vector<std::thread> workers;
    const std::function<void(int64_t)> *current = nullptr;
    int64_t total = 0;
    std::atomic<int64_t> next{0};
    uint64_t generation = 0;
    int helpers = 0;
    int active = 0;
};

}  // namespace

void parallel_for(int64_t tasks, const std::function<void(int64_t)> &task) { Pool::instance().run(tasks, task); }

int thread_count() { return Pool::instance().limit.load(); }

void set_thread_count(int threads) { Pool::instance().limit.store(threads < 1 ? 1 : threads); }

}  // namespace ionforge
