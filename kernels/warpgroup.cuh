// Products of a warpgroup (128 lanes, the first a multiple of 128) out of shared memory, for compute capability 9.0 alone: wgmma. A file
// that includes this says "only for: 90a". Under the emulator (native/emulator/warpgroup.h) the same names are C++ that does the same.
//
//   matrix_descriptor(p, leading, stride)    a matrix of cores in shared memory: a core is 8 rows of 16 bytes, 128 bytes without a gap;
//                                        `leading` bytes from core to core along k, `stride` bytes from 8 rows to the next; p, leading
//                                        and stride are multiples of 16. No swizzle: a core lies in all banks once
//   swizzled_descriptor(p)               a matrix of rows of 128 bytes, as a swizzled box brings it (bulk.cuh); p is its first row, a
//                                        multiple of 1024, and up to 112 bytes more to begin further along k
//   async_proxy_fence()                  after async_wait or stores of one's own, before the block_sync after which a product reads
//                                        them, or a box comes to their place
//   warpgroup_arrive()                   before the first product of a group
//   warpgroup_multiply_s8(d, a, b)       d += a·b, 64 × 256 × 32, in the background. a is a descriptor, or four registers: the lane's
//   warpgroup_multiply_u8(d, a, b)       fragment of 16 rows × 32 bytes as for mma_s8, of warp w of the four the rows from 16·w. a of
//                                        u8 is unsigned. d[4j + r]: row 16·w + g + 8·(r / 2), column 8j + 2t + r mod 2
//   warpgroup_commit() … warpgroup_wait<N>()    N: groups, committed last, that may still be under way. Until then d is undefined, and
//                                        neither the registers nor the shared memory that the product reads may change
//   warpgroup_take_registers<N>()  warpgroup_give_registers<N>()    from now on each lane of the warpgroup has N, a multiple of 8 up to 256,
//                                        more or fewer than the launch bound gives it; the first waits until others have given enough
//   block_sync_of<N>()                   the first N lanes of the block, a multiple of 128, where the others go ways of their own
#pragma once
#include "tensor.cuh"

#ifdef __CUDACC__

static __device__ __forceinline__ uint64_t matrix_descriptor(const void *p, uint32_t leading, uint32_t stride) {
    return (shared_address(p) & 0x3ffffu) >> 4 | static_cast<uint64_t>(leading >> 4) << 16 | static_cast<uint64_t>(stride >> 4) << 32;
}
static __device__ __forceinline__ uint64_t swizzled_descriptor(const void *p) { return matrix_descriptor(p, 16, 1024) | uint64_t{1} << 62; }
static __device__ __forceinline__ void async_proxy_fence() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }
static __device__ __forceinline__ void warpgroup_arrive() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
static __device__ __forceinline__ void warpgroup_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int N> __device__ __forceinline__ void warpgroup_wait() { asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(N) : "memory"); }
template <int N> __device__ __forceinline__ void block_sync_of() { asm volatile("barrier.sync 1, %0;" ::"n"(N) : "memory"); }
template <int N> __device__ __forceinline__ void warpgroup_take_registers() { asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(N)); }
template <int N> __device__ __forceinline__ void warpgroup_give_registers() { asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(N)); }

#define IONFORGE_D16(i)                                                                                                            \
    "+r"(d[i]), "+r"(d[i + 1]), "+r"(d[i + 2]), "+r"(d[i + 3]), "+r"(d[i + 4]), "+r"(d[i + 5]), "+r"(d[i + 6]), "+r"(d[i + 7]),    \
        "+r"(d[i + 8]), "+r"(d[i + 9]), "+r"(d[i + 10]), "+r"(d[i + 11]), "+r"(d[i + 12]), "+r"(d[i + 13]), "+r"(d[i + 14]),       \
        "+r"(d[i + 15])
#define IONFORGE_D128 IONFORGE_D16(0), IONFORGE_D16(16), IONFORGE_D16(32), IONFORGE_D16(48), IONFORGE_D16(64), IONFORGE_D16(80), IONFORGE_D16(96), IONFORGE_D16(112)
#define IONFORGE_WARPGROUP_MULTIPLY(types, a)                                                                                      \
    "{ .reg .pred add; setp.eq.u32 add, 0, 0; wgmma.mma_async.sync.aligned.m64n256k32.s32." types " "                              \
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                                                  \
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "                                         \
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "                                         \
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "                                         \
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "                                         \
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "                                         \
        "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "                             \
        "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, " a ", add; }"

static __device__ __forceinline__ void warpgroup_multiply_s8(int32_t (&d)[128], uint64_t a, uint64_t b) {
    asm volatile(IONFORGE_WARPGROUP_MULTIPLY("s8.s8", "%128, %129") : IONFORGE_D128 : "l"(a), "l"(b));
}
static __device__ __forceinline__ void warpgroup_multiply_u8(int32_t (&d)[128], uint64_t a, uint64_t b) {
    asm volatile(IONFORGE_WARPGROUP_MULTIPLY("u8.s8", "%128, %129") : IONFORGE_D128 : "l"(a), "l"(b));
}
static __device__ __forceinline__ void warpgroup_multiply_s8(int32_t (&d)[128], const uint32_t (&a)[4], uint64_t b) {
    asm volatile(IONFORGE_WARPGROUP_MULTIPLY("s8.s8", "{%128, %129, %130, %131}, %132")
                 : IONFORGE_D128 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

#undef IONFORGE_D16
#undef IONFORGE_D128
#undef IONFORGE_WARPGROUP_MULTIPLY

#else
#include "warpgroup.h"
#endif
