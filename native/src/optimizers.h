// The scalars of one optimiser step on one run of parameters, worked out in double.
#pragma once
#include <cstdint>

namespace ionforge {

struct SgdStep {
    float rate, decay;     // lr, wd
    float momentum, rest;  // μ, 1 − dampening
    float ahead;           // μ for Nesterov's, else 0
    float minimum, maximum;
};

struct RmsPropStep {
    float rate, decay;       // lr, wd
    float smoothing, rest;   // α, 1 − α
    float epsilon, momentum;
    float minimum, maximum;
};

}  // namespace ionforge
