// kernels/tensor.cuh in C++: asynchronous copies that arrive when they are waited for and not before, matrix loads and products as
// collectives of the warp with the fragments' layouts as PTX defines them (tensor.cpp).
#pragma once
#include "device.h"

namespace ionforge::emulator {

// Poisons the destination; the data come at the wait.
void async_copy(void *shared, const void *global, int bytes, const char *file, int line);
void async_commit();
void async_wait(unsigned still_under_way);
uint32_t shared_address(const void *p);

// What a lane brings to a warp operation; each operation reads what it needs.
struct FragmentOperands {
    void *out;
    const void *a, *b;
};
extern const WarpOperation matrix_load_x2, matrix_load_x4, matrix_load_transposed_x2, matrix_load_transposed_x4;
extern const WarpOperation mma_s8, mma_u8, mma_bf16, mma_tf32;

}  // namespace ionforge::emulator

inline uint32_t shared_address(const void *p) { return ::ionforge::emulator::shared_address(p); }
inline void async_copy_16(void *shared, const void *global, int bytes = 16, IONFORGE_HERE) {
    ::ionforge::emulator::async_copy(shared, global, bytes, file, line);
}
inline void async_commit() { ::ionforge::emulator::async_commit(); }
template <int N> void async_wait() { ::ionforge::emulator::async_wait(N); }

#define IONFORGE_MATRIX_LOAD(name, registers)                                                            \
    inline void name(uint32_t(&r)[registers], const void *row, IONFORGE_HERE) {                          \
        ::ionforge::emulator::FragmentOperands operands{r, row, nullptr};                                \
        ::ionforge::emulator::perform(::ionforge::emulator::name, &operands, file, line);                \
    }
IONFORGE_MATRIX_LOAD(matrix_load_x2, 2)
IONFORGE_MATRIX_LOAD(matrix_load_x4, 4)
IONFORGE_MATRIX_LOAD(matrix_load_transposed_x2, 2)
IONFORGE_MATRIX_LOAD(matrix_load_transposed_x4, 4)
#undef IONFORGE_MATRIX_LOAD

#define IONFORGE_MMA(name, T)                                                                            \
    inline void name(T(&c)[4], const uint32_t(&a)[4], const uint32_t(&b)[2], IONFORGE_HERE) {            \
        ::ionforge::emulator::FragmentOperands operands{c, a, b};                                        \
        ::ionforge::emulator::perform(::ionforge::emulator::name, &operands, file, line);                \
    }
IONFORGE_MMA(mma_s8, int32_t)
IONFORGE_MMA(mma_u8, int32_t)
IONFORGE_MMA(mma_bf16, float)
IONFORGE_MMA(mma_tf32, float)
#undef IONFORGE_MMA
