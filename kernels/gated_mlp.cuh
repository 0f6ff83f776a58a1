// What the kernel files of the gated MLP share: how operands of products are stored, and mish.
#pragma once
#include "portable.cuh"

// x to nearest even without its `dropped` last bits; a NaN stays one.
static __device__ __forceinline__ uint32_t rounded_bits(float x, int dropped) {
    const uint32_t bits = __float_as_uint(x);
    const uint32_t nearest = (bits + ((1u << (dropped - 1)) - 1u) + ((bits >> dropped) & 1u)) & ~((1u << dropped) - 1u);
    return x == x ? nearest : 0x7fff0000u;
}

// A precision (org.ionforge.compute.Precision): the type that holds an operand, and the way there and back.
struct Fp32 {
    typedef float Stored;
    static __device__ __forceinline__ float store(float x) { return x; }
    static __device__ __forceinline__ float load(float x) { return x; }
};
struct Tf32 {
    typedef float Stored;
    static __device__ __forceinline__ float store(float x) { return __uint_as_float(rounded_bits(x, 13)); }
    static __device__ __forceinline__ float load(float x) { return x; }
};
struct Bf16 {
    typedef uint16_t Stored;
    static __device__ __forceinline__ uint16_t store(float x) { return static_cast<uint16_t>(rounded_bits(x, 16) >> 16); }
    static __device__ __forceinline__ float load(uint16_t x) { return __uint_as_float(static_cast<uint32_t>(x) << 16); }
};

// mish(z) = z·n/(n + 2) with u = eᶻ, n = u(u + 2); the ratio is 1 in float from z = 20 on. mish' = t + z·4u(1 + u)/(n + 2)².
static __device__ __forceinline__ float mish(float z, float &derivative) {
    const float u = expf(z > 20.0f ? 20.0f : z);
    const float n = u * (u + 2.0f);
    const float reciprocal = 1.0f / (n + 2.0f);
    const float t = n * reciprocal;
    derivative = t + z * (4.0f * u * reciprocal) * ((1.0f + u) * reciprocal);
    return z * t;
}
