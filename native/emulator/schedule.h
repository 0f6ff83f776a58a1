#pragma once
#include <cstdint>

namespace ionforge::emulator {

// A number that looks random (splitmix64).
uint64_t mix(uint64_t x);

// The order in which blocks start, lanes run between two collectives, and warps get ahead of each other. A kernel without races gives
// the same in each.
struct Schedule {
    int kind;  // IONFORGE_EMULATOR_FORWARD, _REVERSE or _RANDOM
    uint64_t seed;

    // An order of n things: place -> number. Random ones depend on the seed and on `salt`.
    struct Order {
        uint64_t n, step, start;
        uint64_t operator[](uint64_t place) const { return static_cast<uint64_t>((static_cast<unsigned __int128>(place) * step + start) % n); }
    };
    Order order(uint64_t n, uint64_t salt) const;
};

}  // namespace ionforge::emulator
