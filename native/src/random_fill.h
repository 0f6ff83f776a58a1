// Which random numbers: org.ionforge.compute.RandomFill.Places.
#pragma once
#include <cstdint>

namespace ionforge {

struct RandomPlaces {
    uint64_t seed, stream, first;

    RandomPlaces from(int64_t at) const { return {seed, stream, first + static_cast<uint64_t>(at)}; }
};

}  // namespace ionforge
