// NVML for machines without a GPU: two GPUs whose energy grows by 1.5 and 0.25 J from one reading to the next. IONFORGE_NVML_STANDIN=old:
// GPUs that count no energy.
#include "vendor.h"

namespace {

enum { SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3 };
constexpr unsigned int GPUS = 2;

struct Gpu {
    unsigned long long millijoules, each;
};
Gpu gpus[GPUS] = {{5'000'000'000'000, 1500}, {7, 250}};
bool open = false;

}  // namespace

VENDOR int nvmlInit_v2() { return open = true, SUCCESS; }
VENDOR int nvmlShutdown() {
    const int code = open ? SUCCESS : UNINITIALIZED;
    open = false;
    return code;
}
VENDOR const char *nvmlErrorString(int code) { return code == NOT_SUPPORTED ? "Not Supported" : "Unknown Error"; }
VENDOR int nvmlDeviceGetCount_v2(unsigned int *count) { return *count = GPUS, open ? SUCCESS : UNINITIALIZED; }
VENDOR int nvmlDeviceGetHandleByIndex_v2(unsigned int index, Gpu **device) {
    if (!open || index >= GPUS) {
        return open ? INVALID_ARGUMENT : UNINITIALIZED;
    }
    return *device = gpus + index, SUCCESS;
}
VENDOR int nvmlDeviceGetTotalEnergyConsumption(Gpu *device, unsigned long long *energy) {
    const char *kind = std::getenv("IONFORGE_NVML_STANDIN");
    if (!open || (kind && std::strcmp(kind, "old") == 0)) {
        return open ? NOT_SUPPORTED : UNINITIALIZED;
    }
    return *energy = device->millijoules += device->each, SUCCESS;
}
