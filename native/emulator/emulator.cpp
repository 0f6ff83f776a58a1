// The list of kernels, the device memory and the C face.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <new>
#include <thread>

#include "block.h"
#include "parallel.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

namespace ionforge::emulator {
namespace {

struct Kernel {
    const char *name;
    Call call;
    const char *parameters;
    std::atomic<int64_t> launches[3]{};  // that ended well, in each order
};

std::deque<Kernel> &kernels() {
    static std::deque<Kernel> list;
    return list;
}

constexpr uint32_t USUAL_DYNAMIC_SHARED = 48 * 1024;

std::map<std::string, uint32_t> &shared_limits() {
    static std::map<std::string, uint32_t> limits;
    return limits;
}

std::map<std::string, uint32_t> &cluster_sizes() {
    static std::map<std::string, uint32_t> sizes;
    return sizes;
}

uint32_t cluster_size(const char *kernel) {
    const auto declared = cluster_sizes().find(kernel);
    return declared == cluster_sizes().end() ? 1 : declared->second;
}

std::atomic<int64_t> bank_conflicts{0};

thread_local std::string last_error;

int fail(int code, std::string text) {
    last_error = std::move(text);
    return code;
}

// Allocations stand between two red zones.
class DeviceMemory {
public:
    static DeviceMemory &instance() {
        static DeviceMemory memory;
        return memory;
    }

    void *allocate(size_t bytes) {
        const size_t rounded = (bytes + 63) / 64 * 64;
        auto *start = static_cast<unsigned char *>(std::aligned_alloc(256, (rounded + 2 * ZONE + 255) / 256 * 256));
        if (start == nullptr) {
            return nullptr;
        }
        unsigned char *user = start + ZONE;
        std::memset(start, RED, ZONE);
        std::memset(user, 0xFF, bytes);
        std::memset(user + bytes, RED, ZONE);
        ASAN_POISON_MEMORY_REGION(start, ZONE);
        ASAN_POISON_MEMORY_REGION(user + bytes, ZONE);
        std::lock_guard<std::mutex> lock(guard);
        live.emplace(user, bytes);
        return user;
    }

    bool free(void *memory) {
        std::lock_guard<std::mutex> lock(guard);
        const auto found = live.find(static_cast<unsigned char *>(memory));
        if (found == live.end()) {
            return false;
        }
        ASAN_UNPOISON_MEMORY_REGION(found->first - ZONE, found->second + 2 * ZONE);
        std::free(found->first - ZONE);
        live.erase(found);
        return true;
    }

    // Text on the first red zone that was written to, or nothing. The zone is mended, so that it is told once.
    std::string check() {
        std::string text;
        std::lock_guard<std::mutex> lock(guard);
        for (const auto &[user, bytes] : live) {
            for (const bool before : {true, false}) {
                unsigned char *zone = before ? user - ZONE : user + bytes;
                ASAN_UNPOISON_MEMORY_REGION(zone, ZONE);
                if (std::any_of(zone, zone + ZONE, [](unsigned char b) { return b != RED; })) {
                    text = std::string(before ? "wrote before the start" : "wrote past the end") + " of a device allocation of "
                           + std::to_string(bytes) + " bytes";
                    std::memset(zone, RED, ZONE);
                }
                ASAN_POISON_MEMORY_REGION(zone, ZONE);
            }
        }
        return text;
    }

private:
    static constexpr size_t ZONE = 256;
    static constexpr unsigned char RED = 0xA5;
    std::mutex guard;
    std::map<unsigned char *, size_t> live;
};

std::string refusal(const char *kernel, const Index &grid, const Index &block, uint32_t shared) {
    const auto text = [](const Index &i) { return std::to_string(i.x) + "×" + std::to_string(i.y) + "×" + std::to_string(i.z); };
    if (grid.x < 1 || grid.y < 1 || grid.z < 1 || grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535) {
        return "no grid of " + text(grid) + " blocks: 1 to 2147483647 × 65535 × 65535";
    }
    if (block.x < 1 || block.y < 1 || block.z < 1 || block.z > 64 || static_cast<uint64_t>(block.x) * block.y * block.z > 1024) {
        return "no block of " + text(block) + " threads: 1 to 1024 in all, 64 in z";
    }
    if (grid.x % cluster_size(kernel) != 0) {
        return "no grid of " + text(grid) + " blocks: a cluster has " + std::to_string(cluster_size(kernel)) + " beside each other in x";
    }
    const auto declared = shared_limits().find(kernel);
    const uint32_t limit = declared == shared_limits().end() ? USUAL_DYNAMIC_SHARED : declared->second;
    return shared <= limit ? ""
                           : "no block with " + std::to_string(shared) + " bytes of dynamic shared memory: " + std::to_string(limit)
                                 + (declared == shared_limits().end() ? " unless DYNAMIC_SHARED_BYTES says more" : " by DYNAMIC_SHARED_BYTES");
}

Failure run_cluster(const Kernel &kernel, void **parameters, const Geometry &first, uint32_t blocks, uint32_t shared, const Schedule &schedule) {
    try {
        return Block::current().run(kernel.call, parameters, first, blocks, shared, schedule);
    } catch (const std::bad_alloc &) {
        return {IONFORGE_EMULATOR_DEVICE_MEMORY, "no host memory for the stacks of its lanes"};
    }
}

int launch(const Kernel &kernel, void **parameters, const Index &grid, const Index &block, uint32_t shared, const Schedule &schedule) {
    const uint32_t cluster = cluster_size(kernel.name);
    const uint64_t clusters = static_cast<uint64_t>(grid.x) * grid.y * grid.z / cluster;
    std::atomic<bool> failed{false};
    std::mutex guard;
    Failure first;
    Index where{};
    const Schedule::Order order = schedule.order(clusters, 0);
    parallel_for(static_cast<int64_t>(clusters), [&](int64_t task) {
        if (failed.load(std::memory_order_relaxed)) {
            return;
        }
        const uint64_t i = order[static_cast<uint64_t>(task)] * cluster;
        const Geometry geometry{{static_cast<unsigned>(i % grid.x), static_cast<unsigned>(i / grid.x % grid.y), static_cast<unsigned>(i / grid.x / grid.y)}, block, grid};
        if (Failure failure = run_cluster(kernel, parameters, geometry, cluster, shared, schedule)) {
            std::lock_guard<std::mutex> lock(guard);
            if (!failed.exchange(true)) {
                first = std::move(failure);
                where = geometry.block;
            }
        }
    });
    if (first) {
        return fail(first.code, std::string(kernel.name) + ", block (" + std::to_string(where.x) + ", " + std::to_string(where.y) + ", "
                                    + std::to_string(where.z) + "): " + first.text);
    }
    if (const std::string overrun = DeviceMemory::instance().check(); !overrun.empty()) {
        return fail(IONFORGE_EMULATOR_DEVICE_MEMORY, std::string(kernel.name) + ": " + overrun);
    }
    return IONFORGE_EMULATOR_OK;
}

// Each host thread keeps up to 1024 stacks, two mappings each, and a process may have 65530.
void limit_threads() {
    static std::once_flag once;
    std::call_once(once, [] { set_thread_count(std::min(16, thread_count())); });
}

}  // namespace

void count_bank_conflicts(int more) { bank_conflicts.fetch_add(more, std::memory_order_relaxed); }

Registration::Registration(const char *name, Call call, const char *parameters) { kernels().emplace_back(name, call, parameters); }
SharedLimit::SharedLimit(const char *kernel, unsigned bytes) { shared_limits()[kernel] = bytes; }
ClusterSize::ClusterSize(const char *kernel, unsigned blocks) { cluster_sizes()[kernel] = blocks; }

}  // namespace ionforge::emulator

using namespace ionforge::emulator;

extern "C" {

int32_t ionforge_emulator_kernel_count(void) { return static_cast<int32_t>(kernels().size()); }

const char *ionforge_emulator_kernel_name(int32_t kernel) {
    return kernel < 0 || kernel >= ionforge_emulator_kernel_count() ? nullptr : kernels()[static_cast<size_t>(kernel)].name;
}

const char *ionforge_emulator_kernel_parameters(int32_t kernel) {
    return kernel < 0 || kernel >= ionforge_emulator_kernel_count() ? nullptr : kernels()[static_cast<size_t>(kernel)].parameters;
}

int32_t ionforge_emulator_launch(int32_t kernel, void **parameters, const uint32_t *grid, const uint32_t *block, uint32_t dynamic_shared_bytes,
                                 int32_t schedule, uint64_t seed) {
    if (kernel < 0 || kernel >= ionforge_emulator_kernel_count()) {
        return fail(IONFORGE_EMULATOR_UNKNOWN_KERNEL, "no kernel number " + std::to_string(kernel));
    }
    Kernel &which = kernels()[static_cast<size_t>(kernel)];
    const Index grid_size{grid[0], grid[1], grid[2]}, block_size{block[0], block[1], block[2]};
    if (const std::string why = refusal(which.name, grid_size, block_size, dynamic_shared_bytes); !why.empty()) {
        return fail(IONFORGE_EMULATOR_GEOMETRY, std::string(which.name) + ": " + why);
    }
    limit_threads();
    const int code = launch(which, parameters, grid_size, block_size, dynamic_shared_bytes, {schedule, seed});
    if (code == IONFORGE_EMULATOR_OK) {
        which.launches[schedule].fetch_add(1, std::memory_order_relaxed);
    }
    return code;
}

int64_t ionforge_emulator_launches(int32_t kernel, int32_t schedule) {
    const bool known = kernel >= 0 && kernel < ionforge_emulator_kernel_count() && schedule >= IONFORGE_EMULATOR_FORWARD
        && schedule <= IONFORGE_EMULATOR_RANDOM;
    return known ? kernels()[static_cast<size_t>(kernel)].launches[schedule].load() : 0;
}

void *ionforge_emulator_allocate(int64_t bytes) {
    void *memory = bytes < 0 ? nullptr : DeviceMemory::instance().allocate(static_cast<size_t>(bytes));
    if (memory == nullptr) {
        fail(IONFORGE_EMULATOR_DEVICE_MEMORY, "no host memory for an allocation of " + std::to_string(bytes) + " bytes");
    }
    return memory;
}

int32_t ionforge_emulator_free(void *memory) {
    return DeviceMemory::instance().free(memory) ? IONFORGE_EMULATOR_OK
                                                 : fail(IONFORGE_EMULATOR_DEVICE_MEMORY, "freed twice, or never allocated");
}

int32_t ionforge_emulator_tensor_map(void *map, void *address, const uint64_t *size, const uint32_t *box, int32_t swizzled) {
    const std::string why = make_tensor_map(*static_cast<TensorMap *>(map), address, size, box, swizzled != 0);
    return why.empty() ? IONFORGE_EMULATOR_OK : fail(IONFORGE_EMULATOR_GEOMETRY, "no tensor map: " + why);
}

int64_t ionforge_emulator_bank_conflicts(void) { return bank_conflicts.load(); }

const char *ionforge_emulator_last_error(void) { return last_error.c_str(); }
}
