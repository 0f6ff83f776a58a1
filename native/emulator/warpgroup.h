// kernels/warpgroup.cuh in C++: products of 128 lanes that are under way until they are waited for (warpgroup.cpp).
#pragma once
#include "tensor.h"

namespace ionforge::emulator {

struct WarpgroupOperands {
    Lane *self;
    int32_t *d;
    const uint32_t *registers;  // of a; null if it is in shared memory
    uint64_t a, b;
};
extern const WarpOperation warpgroup_multiply_s8, warpgroup_multiply_u8;

void warpgroup_wait(unsigned still_under_way, const char *file, int line);

}  // namespace ionforge::emulator

inline uint64_t matrix_descriptor(const void *p, uint32_t leading, uint32_t stride) {
    return (shared_address(p) & 0x3ffffu) >> 4 | static_cast<uint64_t>(leading >> 4) << 16 | static_cast<uint64_t>(stride >> 4) << 32;
}
inline uint64_t swizzled_descriptor(const void *p) { return matrix_descriptor(p, 16, 1024) | uint64_t{1} << 62; }
inline void async_proxy_fence() { ::ionforge::emulator::lane->unfenced = false; }
inline void warpgroup_arrive() { ::ionforge::emulator::lane->arrived = true; }
inline void warpgroup_commit() {
    ::ionforge::emulator::lane->product_groups++;
    ::ionforge::emulator::lane->arrived = false;
}
template <int N> void block_sync_of(IONFORGE_HERE) {
    static_assert(N % 128 == 0);
    ::ionforge::emulator::lane->mask = N;
    ::ionforge::emulator::wait(::ionforge::emulator::Collective::part, file, line);
}
template <int N> void warpgroup_take_registers() { static_assert(N % 8 == 0 && N <= 256); }
template <int N> void warpgroup_give_registers() { static_assert(N % 8 == 0 && N >= 24); }
template <int N> void warpgroup_wait(IONFORGE_HERE) { ::ionforge::emulator::warpgroup_wait(N, file, line); }

#define IONFORGE_WARPGROUP_MULTIPLY(name)                                                                                   \
    inline void name(int32_t(&d)[128], uint64_t a, uint64_t b, IONFORGE_HERE) {                                             \
        ::ionforge::emulator::WarpgroupOperands operands{::ionforge::emulator::lane, d, nullptr, a, b};                     \
        ::ionforge::emulator::perform(::ionforge::emulator::name, &operands, file, line);                                   \
    }
IONFORGE_WARPGROUP_MULTIPLY(warpgroup_multiply_s8)
IONFORGE_WARPGROUP_MULTIPLY(warpgroup_multiply_u8)
#undef IONFORGE_WARPGROUP_MULTIPLY
inline void warpgroup_multiply_s8(int32_t (&d)[128], const uint32_t (&a)[4], uint64_t b, IONFORGE_HERE) {
    ::ionforge::emulator::WarpgroupOperands operands{::ionforge::emulator::lane, d, a, 0, b};
    ::ionforge::emulator::perform(::ionforge::emulator::warpgroup_multiply_s8, &operands, file, line);
}
