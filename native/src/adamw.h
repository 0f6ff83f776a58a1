// The scalars of one AdamW step on one run of parameters, worked out in double.
#pragma once
#include <cstdint>

namespace ionforge {

struct AdamWStep {
    float decay;             // 1 − lr·wd
    float beta1, rest1;      // β₁, 1 − β₁
    float beta2, rest2;      // β₂, 1 − β₂
    float rate;              // lr / (1 − β₁ᵗ)
    float root;              // 1 / √(1 − β₂ᵗ)
    float epsilon, minimum, maximum;
};

}  // namespace ionforge
