// Scale and bias of some columns of the quantised GEMM, and what they make of sums. Compiled without contraction: the product is
// rounded, then the sum.
#pragma once
#include "gemm_walk.h"
#include "simd.h"

namespace ionforge::IONFORGE_ISA {

// Up to SPAN columns, filled up with zeros.
struct Columns {
    float scale[SPAN], bias[SPAN];
    int64_t n;

    Columns(const QuantizedGemm &g, int64_t column, int64_t n) : n(n) {
        if (g.scale != nullptr) {
            std::fill_n(std::copy_n(g.scale + column, n, scale), SPAN - n, 0.0f);
            if (g.bias != nullptr) {
                std::fill_n(std::copy_n(g.bias + column, n, bias), SPAN - n, 0.0f);
            }
        }
    }
};

typedef int32_t LooseIntVec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

inline IntVec load_ints(const int32_t *p) { return *reinterpret_cast<const LooseIntVec *>(p); }

template <bool BIASED>
inline Vec dequantize(const int32_t *sums, const Columns &c, int64_t j) {
    const Vec product = __builtin_convertvector(load_ints(sums + j), Vec) * load(c.scale + j);
    return BIASED ? product + load(c.bias + j) : product;
}

}  // namespace ionforge::IONFORGE_ISA
