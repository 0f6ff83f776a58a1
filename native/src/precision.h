// How the operands of matrix products are rounded before they are multiplied (org.ionforge.compute.Precision, in its order).
#pragma once
#include <cstdint>

namespace ionforge {

enum class Precision : int32_t { FP32, TF32, BF16 };

}  // namespace ionforge
