// A CUDA driver for machines without a GPU: the functions of libcuda.so.1 that the CUDA room calls, over the emulator. With its
// folder in LD_LIBRARY_PATH the whole room runs through JCuda: context, module, stream, pool, pinned transfers, events, graphs.
//
// Work on the stream is put off until something waits for it, so that a transfer buffer taken too early or a result read too
// soon is seen. Device memory is the emulator's, poisoned and between red zones. Handles are checked where they are used.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ionforge_emulator.h"

#define DRIVER extern "C" __attribute__((visibility("default"))) int

namespace {

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_HANDLE = 400, NOT_FOUND = 500, LAUNCH_FAILED = 719,
       CAPTURE_UNSUPPORTED = 900 };
using Address = unsigned long long;
using Work = std::function<int()>;

struct Event {
    uint64_t after = 0;  // pieces of work that must be done before it is reached
};

struct Graph {
    std::vector<Work> steps;
};

// The one stream of the one device.
struct Stream {
    std::deque<Work> queue;
    uint64_t enqueued = 0, done = 0;
    std::vector<Work> *capture = nullptr;
};

std::mutex guard;
Stream stream;
int context_word;
thread_local bool context_is_current = false;
int contexts = 0;
int sticky = SUCCESS;  // a failed kernel loses the context
std::set<Address> allocations;
std::set<void *> modules;

// What was asked of the stream: graphs, work that is in none, and waits for it.
enum { GRAPHS, WORK, WAITS };
int64_t asked[3];

int run_until(uint64_t count) {
    asked[WAITS]++;
    while (stream.done < count) {
        Work work = std::move(stream.queue.front());
        stream.queue.pop_front();
        stream.done++;
        if (sticky == SUCCESS) {
            sticky = work();
        }
    }
    return sticky;
}

int enqueue(Work work) {
    if (!context_is_current || contexts == 0) {
        return 201;  // CUDA_ERROR_INVALID_CONTEXT
    }
    if (stream.capture != nullptr) {
        stream.capture->push_back(std::move(work));
    } else {
        stream.queue.push_back(std::move(work));
        stream.enqueued++;
        asked[WORK]++;
    }
    return sticky;
}

// Compute capability, 80 unless EMULATED_CAPABILITY says another.
int capability() {
    const char *asked = std::getenv("EMULATED_CAPABILITY");
    return asked == nullptr ? 80 : std::atoi(asked);
}

void *memory(Address address) { return reinterpret_cast<void *>(address); }

}  // namespace

DRIVER cuInit(unsigned) { return SUCCESS; }
DRIVER cuDriverGetVersion(int *version) { return *version = 13000, SUCCESS; }
DRIVER cuDeviceGet(int *device, int ordinal) { return *device = ordinal, ordinal == 0 ? SUCCESS : 101; }
DRIVER cuDeviceGetName(char *name, int length, int) { return std::snprintf(name, static_cast<size_t>(length), "emulated GPU"), SUCCESS; }
DRIVER cuDeviceTotalMem_v2(size_t *bytes, int) { return *bytes = size_t{1} << 30, SUCCESS; }
DRIVER cuDeviceGetAttribute(int *value, int attribute, int) {
    switch (attribute) {
        case 16: return *value = 2, SUCCESS;   // multiprocessors
        case 75: return *value = capability() / 10, SUCCESS;
        case 76: return *value = capability() % 10, SUCCESS;
        case 115: return *value = 1, SUCCESS;  // memory pools
        default: return INVALID_VALUE;
    }
}
DRIVER cuGetErrorString(int, const char **text) { return *text = "said by the emulated driver", SUCCESS; }
DRIVER cuGetErrorName(int, const char **text) { return *text = "CUDA_ERROR", SUCCESS; }

DRIVER cuDevicePrimaryCtxRetain(void **context, int) { return *context = &context_word, contexts++, SUCCESS; }
DRIVER cuDevicePrimaryCtxRelease_v2(int) {
    if (--contexts == 0 && allocations.size() + modules.size() > 0) {
        std::fprintf(stderr, "%zu device allocations and %zu modules left at the end\n", allocations.size(), modules.size());
        std::abort();
    }
    return SUCCESS;
}
DRIVER cuCtxSetCurrent(void *context) { return context_is_current = context == &context_word, SUCCESS; }

// A module has every kernel of the emulator, whatever the image.
DRIVER cuModuleLoadData(void **module, const void *image) {
    if (image == nullptr) {
        return INVALID_VALUE;
    }
    *module = new int;
    return modules.insert(*module), SUCCESS;
}
DRIVER cuModuleUnload(void *module) {
    if (modules.erase(module) == 0) {
        return INVALID_HANDLE;
    }
    return delete static_cast<int *>(module), SUCCESS;
}
DRIVER cuModuleGetFunction(void **function, void *module, const char *name) {
    for (int32_t i = 0; modules.contains(module) && i < ionforge_emulator_kernel_count(); i++) {
        if (std::strcmp(ionforge_emulator_kernel_name(i), name) == 0) {
            return *function = reinterpret_cast<void *>(static_cast<intptr_t>(i + 1)), SUCCESS;
        }
    }
    return NOT_FOUND;
}
DRIVER cuFuncSetAttribute(void *, int attribute, int value) { return attribute == 8 && value > 48 * 1024 && value <= 227 * 1024 ? SUCCESS : INVALID_VALUE; }

DRIVER cuStreamCreate(void **handle, unsigned) { return *handle = &stream, SUCCESS; }
DRIVER cuStreamDestroy_v2(void *handle) { return handle == &stream ? SUCCESS : INVALID_HANDLE; }
DRIVER cuStreamSynchronize(void *handle) {
    std::lock_guard<std::mutex> lock(guard);
    return handle != &stream ? INVALID_HANDLE : stream.capture != nullptr ? CAPTURE_UNSUPPORTED : run_until(stream.enqueued);
}

DRIVER cuEventCreate(void **event, unsigned) { return *event = new Event, SUCCESS; }
DRIVER cuEventDestroy_v2(void *event) { return delete static_cast<Event *>(event), SUCCESS; }
DRIVER cuEventRecord(void *event, void *) { return static_cast<Event *>(event)->after = stream.enqueued, SUCCESS; }
DRIVER cuEventSynchronize(void *event) {
    std::lock_guard<std::mutex> lock(guard);
    return run_until(static_cast<Event *>(event)->after);
}

DRIVER cuMemHostAlloc(void **host, size_t bytes, unsigned) { return *host = std::malloc(bytes), *host == nullptr ? OUT_OF_MEMORY : SUCCESS; }
DRIVER cuMemFreeHost(void *host) { return std::free(host), SUCCESS; }
DRIVER cuMemGetInfo_v2(size_t *free, size_t *total) { return *free = size_t{1} << 29, *total = size_t{1} << 30, SUCCESS; }
DRIVER cuMemAllocAsync(Address *address, size_t bytes, void *) {
    std::lock_guard<std::mutex> lock(guard);
    *address = bytes > size_t{1} << 30 ? 0 : reinterpret_cast<Address>(ionforge_emulator_allocate(static_cast<int64_t>(bytes)));
    return *address == 0 ? OUT_OF_MEMORY : (allocations.insert(*address), SUCCESS);
}
DRIVER cuMemFreeAsync(Address address, void *) {
    std::lock_guard<std::mutex> lock(guard);
    return allocations.erase(address) == 0 ? INVALID_VALUE : enqueue([=] { return ionforge_emulator_free(memory(address)) == 0 ? SUCCESS : INVALID_VALUE; });
}
DRIVER cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, void *) {
    std::lock_guard<std::mutex> lock(guard);
    return enqueue([=] { return std::memcpy(memory(to), from, bytes), SUCCESS; });
}
DRIVER cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, void *) {
    std::lock_guard<std::mutex> lock(guard);
    return enqueue([=] { return std::memcpy(to, memory(from), bytes), SUCCESS; });
}
DRIVER cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void *) {
    std::lock_guard<std::mutex> lock(guard);
    return enqueue([=] { return std::memmove(memory(to), memory(from), bytes), SUCCESS; });
}
DRIVER cuMemsetD8Async(Address to, unsigned char value, size_t bytes, void *) {
    std::lock_guard<std::mutex> lock(guard);
    return enqueue([=] { return std::memset(memory(to), value, bytes), SUCCESS; });
}
DRIVER cuDeviceGetDefaultMemPool(void **pool, int) { return *pool = &allocations, SUCCESS; }
DRIVER cuMemPoolSetAttribute(void *pool, int attribute, void *value) {
    return pool == &allocations && attribute == 4 && *static_cast<uint64_t *>(value) == ~uint64_t{0} ? SUCCESS : INVALID_VALUE;
}

// Words of 32 bits, three dimensions, no gap between rows or planes, 16-byte pieces swizzled within 128 or not: what the engine asks for.
DRIVER cuTensorMapEncodeTiled(void *map, int type, uint32_t rank, void *address, const uint64_t *size, const uint64_t *pitches,
                              const uint32_t *box, const uint32_t *steps, int interleave, int swizzle, int promotion, int fill) {
    const bool asked = reinterpret_cast<uintptr_t>(map) % 64 == 0 && type == 2 && rank == 3 && pitches[0] == 4 * size[0]
        && pitches[1] == pitches[0] * size[1] && steps[0] == 1 && steps[1] == 1 && steps[2] == 1 && interleave == 0
        && (swizzle == 0 || swizzle == 3) && promotion == 3 && fill == 0;
    return asked && ionforge_emulator_tensor_map(map, address, size, box, swizzle == 3) == IONFORGE_EMULATOR_OK ? SUCCESS : INVALID_VALUE;
}

// Room for any parameter, a tensor map included.
struct alignas(64) Parameter {
    unsigned char bytes[128];
};

// Parameters are copied at the call, as the real driver does.
DRIVER cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void *,
                      void **parameters, void **extra) {
    std::lock_guard<std::mutex> lock(guard);
    const auto kernel = static_cast<int32_t>(reinterpret_cast<intptr_t>(function)) - 1;
    const char *letters = ionforge_emulator_kernel_parameters(kernel);
    if (letters == nullptr || extra != nullptr) {
        return INVALID_VALUE;
    }
    std::vector<Parameter> values(std::strlen(letters));
    for (size_t i = 0; i < values.size(); i++) {
        std::memcpy(&values[i], parameters[i], letters[i] == 't' ? sizeof(Parameter) : letters[i] == 'i' || letters[i] == 'f' ? 4 : 8);
    }
    return enqueue([=]() mutable {
        std::vector<void *> pointers;
        for (Parameter &value : values) {
            pointers.push_back(&value);
        }
        const uint32_t grid[3] = {gx, gy, gz}, block[3] = {bx, by, bz};
        if (ionforge_emulator_launch(kernel, pointers.data(), grid, block, shared, IONFORGE_EMULATOR_FORWARD, 0) != IONFORGE_EMULATOR_OK) {
            std::fprintf(stderr, "%s\n", ionforge_emulator_last_error());
            return static_cast<int>(LAUNCH_FAILED);
        }
        return static_cast<int>(SUCCESS);
    });
}

DRIVER cuLaunchHostFunc(void *handle, void (*work)(void *), void *data) {
    std::lock_guard<std::mutex> lock(guard);
    return handle != &stream ? INVALID_HANDLE : enqueue([=] { return work(data), SUCCESS; });
}

DRIVER cuStreamBeginCapture_v2(void *handle, int mode) {
    std::lock_guard<std::mutex> lock(guard);
    if (handle != &stream || mode != 2 || stream.capture != nullptr) {
        return INVALID_VALUE;
    }
    return stream.capture = new std::vector<Work>, SUCCESS;
}
DRIVER cuStreamEndCapture(void *handle, void **graph) {
    std::lock_guard<std::mutex> lock(guard);
    if (handle != &stream || stream.capture == nullptr) {
        return INVALID_VALUE;
    }
    *graph = new Graph{std::move(*stream.capture)};
    delete stream.capture;
    return stream.capture = nullptr, SUCCESS;
}
DRIVER cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long) {
    return *executable = new Graph(*static_cast<Graph *>(graph)), SUCCESS;
}
DRIVER cuGraphDestroy(void *graph) { return delete static_cast<Graph *>(graph), SUCCESS; }
DRIVER cuGraphExecDestroy(void *executable) { return delete static_cast<Graph *>(executable), SUCCESS; }
DRIVER cuGraphLaunch(void *executable, void *) {
    std::lock_guard<std::mutex> lock(guard);
    int code = SUCCESS;
    const int64_t before = asked[WORK];
    for (const Work &step : static_cast<Graph *>(executable)->steps) {
        code = code == SUCCESS ? enqueue(step) : code;
    }
    asked[WORK] = before;
    asked[GRAPHS]++;
    return code;
}

// Not NVIDIA's: for tests of how much a step asks for.
extern "C" __attribute__((visibility("default"))) const int64_t *emulated_driver_asked() { return asked; }
