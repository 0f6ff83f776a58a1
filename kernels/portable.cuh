// The dialect of kernels/*.cu. A kernel file includes this, or headers of this folder that do, and nothing else, and compiles
// twice: under nvcc for the GPU, and under g++ for the emulator (native/emulator), where every name below is C++ that does the same.
//
//   extern "C" __global__ void __launch_bounds__(256) operation_variant_type(const float *x, float *y, int64_t n) { … }
//   EXPORT_KERNEL(operation_variant_type)
//
// Parameters are pointers, 32- and 64-bit integers, float, double and TensorMap. No host code, no <<<>>>. Copies that do not wait and
// tensor cores are in tensor.cuh, which includes this, Hopper's own in warpgroup.cuh and bulk.cuh; PTX is there and nowhere else.
//
// Products and sums are rounded each for itself, by both compilers: a kernel that wants a fused multiply-add says fmaf or fma.
//
//   SHARED_ARRAY(float, tile, 32 * 33);      one-dimensional, static size, 16-byte aligned, undefined (poisoned) at first
//   DYNAMIC_SHARED(float, rows);             the launch's dynamic shared bytes; several names are views of the same bytes
//   DYNAMIC_SHARED_BYTES(kernel, bytes)      after EXPORT_KERNEL: the most of them; without it 48 KB. The build holds the sum of
//                                            static and dynamic to each architecture's limit, the emulator every launch to this
//   block_sync()                             every lane of the block, none may have left
//   warp_shuffle(v, lane) warp_shuffle_xor(v, m) warp_shuffle_down(v, d) warp_shuffle_up(v, d)     4- or 8-byte values
//   warp_ballot(p) warp_any(p) warp_all(p) warp_sync()
//       every lane named by the mask (last argument, all 32 by default) at the same call, none may have left;
//       a shuffle down or up past the edge of the warp gives the lane's own value
//   atomic_add(p, v) atomic_max(p, v) atomic_cas(p, expected, v)    32- and 64-bit integers; the old value comes back
//   device_fence()                           writes before it are seen by other blocks before writes after it
//
// bf16_to_float(bits) is exact, float_to_bf16(x) rounds to nearest, half to even. opaque(x) is x, of which the compiler knows
// nothing: it keeps loops with many choices inside from being copied for each of them.
//
// Trigonometry: sin and cos of a double carry a slow path for huge arguments that needs a stack frame, which the build refuses;
// sinf and cosf carry one that costs registers. Use sin_pi(x) = sin(πx) and cos_pi(x) (exact reduction, float and double: the
// sine of degrees is sin_pi(d / 180)), or sin_bounded(x) and cos_bounded(x) for radians with |x| ≤ 1e4 (float, 1.5e-7 absolute).
#pragma once
#include <stdint.h>

#ifdef __CUDACC__

#define EXPORT_KERNEL(name)
#define DYNAMIC_SHARED_BYTES(name, bytes) extern "C" { __constant__ int dynamic_shared_bytes_of_##name = bytes; }
#define SHARED_ARRAY(T, name, n) __shared__ __align__(16) T name[n]
#define DYNAMIC_SHARED(T, name)                                     \
    extern __shared__ __align__(16) unsigned char dynamic_shared[]; \
    T *const name = reinterpret_cast<T *>(dynamic_shared)

constexpr unsigned FULL_WARP = 0xffffffffu;

static __device__ __forceinline__ void block_sync() { __syncthreads(); }
static __device__ __forceinline__ void warp_sync(unsigned mask = FULL_WARP) { __syncwarp(mask); }
static __device__ __forceinline__ void device_fence() { __threadfence(); }

template <typename T> __device__ __forceinline__ T warp_shuffle(T v, int lane, unsigned mask = FULL_WARP) { return __shfl_sync(mask, v, lane); }
template <typename T> __device__ __forceinline__ T warp_shuffle_xor(T v, int m, unsigned mask = FULL_WARP) { return __shfl_xor_sync(mask, v, m); }
template <typename T> __device__ __forceinline__ T warp_shuffle_down(T v, unsigned d, unsigned mask = FULL_WARP) { return __shfl_down_sync(mask, v, d); }
template <typename T> __device__ __forceinline__ T warp_shuffle_up(T v, unsigned d, unsigned mask = FULL_WARP) { return __shfl_up_sync(mask, v, d); }
static __device__ __forceinline__ unsigned warp_ballot(bool p, unsigned mask = FULL_WARP) { return __ballot_sync(mask, p); }
static __device__ __forceinline__ bool warp_any(bool p, unsigned mask = FULL_WARP) { return __any_sync(mask, p); }
static __device__ __forceinline__ bool warp_all(bool p, unsigned mask = FULL_WARP) { return __all_sync(mask, p); }

static __device__ __forceinline__ int32_t atomic_add(int32_t *p, int32_t v) { return atomicAdd(p, v); }
static __device__ __forceinline__ uint32_t atomic_add(uint32_t *p, uint32_t v) { return atomicAdd(p, v); }
static __device__ __forceinline__ uint64_t atomic_add(uint64_t *p, uint64_t v) {
    return atomicAdd(reinterpret_cast<unsigned long long *>(p), static_cast<unsigned long long>(v));
}
static __device__ __forceinline__ int64_t atomic_add(int64_t *p, int64_t v) {  // two's complement: the same addition
    return static_cast<int64_t>(atomic_add(reinterpret_cast<uint64_t *>(p), static_cast<uint64_t>(v)));
}
static __device__ __forceinline__ int32_t atomic_max(int32_t *p, int32_t v) { return atomicMax(p, v); }
static __device__ __forceinline__ uint32_t atomic_max(uint32_t *p, uint32_t v) { return atomicMax(p, v); }
static __device__ __forceinline__ int64_t atomic_max(int64_t *p, int64_t v) {
    return atomicMax(reinterpret_cast<long long *>(p), static_cast<long long>(v));
}
static __device__ __forceinline__ uint64_t atomic_max(uint64_t *p, uint64_t v) {
    return atomicMax(reinterpret_cast<unsigned long long *>(p), static_cast<unsigned long long>(v));
}
static __device__ __forceinline__ uint32_t atomic_cas(uint32_t *p, uint32_t expected, uint32_t v) { return atomicCAS(p, expected, v); }
static __device__ __forceinline__ int32_t atomic_cas(int32_t *p, int32_t expected, int32_t v) { return atomicCAS(p, expected, v); }
static __device__ __forceinline__ uint64_t atomic_cas(uint64_t *p, uint64_t expected, uint64_t v) {
    return atomicCAS(reinterpret_cast<unsigned long long *>(p), static_cast<unsigned long long>(expected), static_cast<unsigned long long>(v));
}

static __device__ __forceinline__ int32_t opaque(int32_t x) {
    asm volatile("" : "+r"(x));
    return x;
}

static __device__ __forceinline__ float sin_pi(float x) { return sinpif(x); }
static __device__ __forceinline__ float cos_pi(float x) { return cospif(x); }
static __device__ __forceinline__ double sin_pi(double x) { return sinpi(x); }
static __device__ __forceinline__ double cos_pi(double x) { return cospi(x); }

#else
#include "device.h"
#endif

static __device__ __forceinline__ float bf16_to_float(uint16_t bits) { return __uint_as_float(static_cast<uint32_t>(bits) << 16); }
static __device__ __forceinline__ uint16_t float_to_bf16(float x) {
    const uint32_t bits = __float_as_uint(x);
    return static_cast<uint16_t>(x != x ? bits >> 16 | 0x40u : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

// sin and cos of r in [−π/4, π/4], minimax polynomials.
static __device__ __forceinline__ float sin_near_zero(float r) {
    const float s = r * r;
    return fmaf(fmaf(fmaf(fmaf(2.86567956e-6f, s, -1.98559923e-4f), s, 8.33338592e-3f), s, -1.66666672e-1f) * s, r, r);
}
static __device__ __forceinline__ float cos_near_zero(float r) {
    const float s = r * r;
    return fmaf(fmaf(fmaf(fmaf(2.44677067e-5f, s, -1.38877297e-3f), s, 4.16666567e-2f), s, -0.5f), s, 1.0f);
}

// sin of x + quarter·π/2 for |x| ≤ 1e4. π/2 is taken away in three parts (Cody and Waite), each product exact by fma.
static __device__ __forceinline__ float sin_quadrant(float x, int quarter) {
    const float j = rintf(x * 0.636619772f);
    float r = fmaf(j, -1.57079601e+0f, x);
    r = fmaf(j, -3.13916473e-7f, r);
    r = fmaf(j, -5.39030253e-15f, r);
    const int q = static_cast<int>(j) + quarter;
    const float y = (q & 1) ? cos_near_zero(r) : sin_near_zero(r);
    return (q & 2) ? -y : y;
}
static __device__ __forceinline__ float sin_bounded(float x) { return sin_quadrant(x, 0); }
static __device__ __forceinline__ float cos_bounded(float x) { return sin_quadrant(x, 1); }
