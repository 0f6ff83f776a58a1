#include <cstdlib>
#include <cstring>
#include <new>

#include "block.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

namespace ionforge::emulator {
namespace {

constexpr size_t RED_ZONE = 256;
constexpr unsigned char RED = 0xA5;
constexpr unsigned char POISON = 0xCD;
constexpr unsigned char NAN_POISON = 0xFF;             // as float or double: a NaN
constexpr size_t STATIC_LIMIT = 48 * 1024;             // what a kernel may declare
constexpr size_t LIMIT = 227 * 1024;                   // what a block may have with opt-in, sm_90 and later
constexpr size_t ROOM = LIMIT + 256 * (RED_ZONE + 16);  // 256 arrays, more than any kernel declares

std::string place(const SharedSite &site) {
    return std::string("shared array ") + site.name + " (" + site.file + ":" + std::to_string(site.line) + ")";
}

}  // namespace

void SharedMemory::Free::operator()(unsigned char *p) const { std::free(p); }

SharedMemory::SharedMemory() : memory(static_cast<unsigned char *>(std::aligned_alloc(64, ROOM / 64 * 64))) {
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
}

void SharedMemory::begin(unsigned bytes) {
    ASAN_UNPOISON_MEMORY_REGION(memory.get(), ROOM / 64 * 64);
    arrays.clear();
    static_bytes = 0;
    dynamic_bytes = bytes;
    std::memset(memory.get(), RED, RED_ZONE);
    ASAN_POISON_MEMORY_REGION(memory.get(), RED_ZONE);
    used = RED_ZONE;
}

void *SharedMemory::add(const SharedSite *site, size_t bytes, bool floating) {
    unsigned char *start = memory.get() + used;
    arrays.push_back({site, used, bytes});
    std::memset(start, floating ? NAN_POISON : POISON, bytes);
    const size_t zone = RED_ZONE + (16 - bytes % 16) % 16;
    std::memset(start + bytes, RED, zone);
    ASAN_POISON_MEMORY_REGION(start + bytes, zone);
    used += bytes + zone;
    return start;
}

void *SharedMemory::array(const SharedSite &site, Failure &failure) {
    for (const Array &each : arrays) {
        if (each.site == &site) {
            return memory.get() + each.offset;
        }
    }
    static_bytes += site.bytes;
    if (static_bytes > STATIC_LIMIT || arrays.size() == 255) {
        failure = {IONFORGE_EMULATOR_SHARED_MEMORY, place(site) + " brings the kernel to " + std::to_string(static_bytes)
                                                        + " bytes of static shared memory; " + std::to_string(STATIC_LIMIT) + " is the limit"};
        return nullptr;
    }
    return add(&site, site.bytes, site.floating);
}

void *SharedMemory::dynamic(bool floating, Failure &failure) {
    for (const Array &each : arrays) {
        if (each.site == nullptr) {
            return memory.get() + each.offset;
        }
    }
    if (dynamic_bytes == 0 || dynamic_bytes + static_bytes > LIMIT) {
        failure = {IONFORGE_EMULATOR_SHARED_MEMORY, "launched with " + std::to_string(dynamic_bytes) + " bytes of dynamic shared memory beside "
                                                        + std::to_string(static_bytes) + " static; 1 to " + std::to_string(LIMIT) + " are possible"};
        return nullptr;
    }
    return add(nullptr, dynamic_bytes, floating);
}

bool SharedMemory::contains(const void *p, size_t bytes) const {
    for (const Array &each : arrays) {
        const unsigned char *start = memory.get() + each.offset;
        if (p >= start && static_cast<const unsigned char *>(p) + bytes <= start + each.bytes) {
            return true;
        }
    }
    return false;
}

Failure SharedMemory::check() {
    ASAN_UNPOISON_MEMORY_REGION(memory.get(), used);
    size_t zone = 0;
    for (size_t i = 0; i <= arrays.size(); i++) {
        const size_t end = i < arrays.size() ? arrays[i].offset : used;
        for (size_t at = zone; at < end; at++) {
            if (memory.get()[at] != RED) {
                const bool before = i == 0;
                if (arrays.empty()) {
                    return {IONFORGE_EMULATOR_SHARED_MEMORY, "wrote to shared memory it did not declare"};
                }
                const Array &array = before ? arrays[0] : arrays[i - 1];
                const std::string name = array.site != nullptr ? place(*array.site) : "the dynamic shared memory";
                return {IONFORGE_EMULATOR_SHARED_MEMORY, before ? "wrote before the start of " + name
                                                                : "wrote " + std::to_string(at - zone + 1) + " bytes past the end of " + name};
            }
        }
        zone = i < arrays.size() ? arrays[i].offset + arrays[i].bytes : used;
    }
    return {};
}

}  // namespace ionforge::emulator
