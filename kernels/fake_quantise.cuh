// Symmetric fake quantisation at a known scale: org.ionforge.compute.Quantiser with zero point 0.
#pragma once
#include "portable.cuh"

struct FakeQuantiser {
    float scale, inverse, lowest, highest;
};

static __device__ __forceinline__ FakeQuantiser fake_quantiser(float scale, int32_t lowest, int32_t highest) {
    return {scale, 1.0f / scale, static_cast<float>(lowest), static_cast<float>(highest)};
}

// The code as a float. Not a number: the lowest.
static __device__ __forceinline__ float fake_quantise_code(const FakeQuantiser &q, float x) {
    const float rounded = rintf(x * q.inverse);
    return rounded > q.highest ? q.highest : rounded > q.lowest ? rounded : q.lowest;
}

static __device__ __forceinline__ float fake_quantise(const FakeQuantiser &q, float x) {
    return x != x ? x : fake_quantise_code(q, x) * q.scale;
}

// Whether the straight-through gradient passes.
static __device__ __forceinline__ bool fake_quantise_passes(const FakeQuantiser &q, float x) {
    const float rounded = rintf(x * q.inverse);
    return rounded >= q.lowest && rounded <= q.highest;
}
