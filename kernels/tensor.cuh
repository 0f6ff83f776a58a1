// The dialect's tensor part, beside portable.cuh: asynchronous copies to shared memory, matrix fragments and their products, from
// compute capability 8.0 on. Under the emulator (native/emulator/tensor.h) the same names are C++ that does the same to the bit.
//
//   async_copy_16(shared, global, bytes = 16)   copies `bytes` of 16 (0, 4, 8, 12 or 16), the rest of the 16 become 0; both
//                                           addresses multiples of 16. The data are there only after
//   async_commit() … async_wait<N>()        N: groups of this lane, committed last, that may still be under way; then a block_sync
//                                           before other lanes' data are read
//   matrix_load_x4(r, row) matrix_load_x2   8 × 8 matrices of 16-bit elements, 4 or 2 of them: lanes 8j … 8j + 7 give the addresses
//                                           of the rows of matrix j (16 bytes each, 16-byte aligned); lane i gets in r[j] the elements
//                                           2·(i mod 4) and the next of row i/4
//   matrix_load_transposed_x4 _x2           the same of the transposed matrices: element (i/4) of rows 2·(i mod 4) and the next
//   mma_s8(c, a, b)   16 × 8 × 32           c += a·b, exact, modulo 2³²
//   mma_u8(c, a, b)   16 × 8 × 32           a unsigned, b signed
//   mma_bf16(c, a, b) 16 × 8 × 16           products exact, sums in FP32; the order of the sum is the hardware's own. The emulator
//   mma_tf32(c, a, b) 16 × 8 × 8            adds them in double in order of k, then to c, and rounds once: hold results to a bound
//
// Every lane of the warp takes part. Fragments (PTX ISA, "Matrix Fragments for mma"), with g = lane / 4, t = lane mod 4 and bytes of
// the inner dimension k, whatever the type: a row of a, and a column of b, is 32 bytes.
//   a[r]: row g + 8·(r mod 2), bytes 4t + 16·(r / 2) … + 3      b[r]: column g, bytes 4t + 16·r … + 3
//   c[r]: row g + 8·(r / 2), column 2t + r mod 2
#pragma once
#include "portable.cuh"

#ifdef __CUDACC__

static __device__ __forceinline__ uint32_t shared_address(const void *p) { return static_cast<uint32_t>(__cvta_generic_to_shared(p)); }

static __device__ __forceinline__ void async_copy_16(void *shared, const void *global, int bytes = 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)), "l"(global), "r"(bytes) : "memory");
}
static __device__ __forceinline__ void async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int N> __device__ __forceinline__ void async_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory"); }

static __device__ __forceinline__ void matrix_load_x4(uint32_t (&r)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}
static __device__ __forceinline__ void matrix_load_x2(uint32_t (&r)[2], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(shared_address(row)) : "memory");
}
static __device__ __forceinline__ void matrix_load_transposed_x4(uint32_t (&r)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}
static __device__ __forceinline__ void matrix_load_transposed_x2(uint32_t (&r)[2], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(shared_address(row)) : "memory");
}

static __device__ __forceinline__ void mma_s8(int32_t (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
static __device__ __forceinline__ void mma_u8(int32_t (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm("mma.sync.aligned.m16n8k32.row.col.s32.u8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
static __device__ __forceinline__ void mma_bf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
// The elements are floats of which the low 13 bits are not looked at.
static __device__ __forceinline__ void mma_tf32(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#else
#include "tensor.h"
#endif
