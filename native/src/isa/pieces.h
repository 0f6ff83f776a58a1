// A workspace cut into aligned pieces.
#pragma once
#include <cstdint>

namespace ionforge::IONFORGE_ISA {

// Hands out aligned pieces of the workspace; given none, it counts bytes, and the pointers mean nothing.
class Pieces {
public:
    explicit Pieces(void *memory) : base(reinterpret_cast<uintptr_t>(memory)) {}

    template <typename T>
    T *take(int64_t n) {
        const uintptr_t piece = base + used;
        used += (n * static_cast<int64_t>(sizeof(T)) + 63) / 64 * 64;
        return reinterpret_cast<T *>(piece);
    }

    int64_t bytes() const { return used; }

private:
    uintptr_t base;
    int64_t used = 0;
};

}  // namespace ionforge::IONFORGE_ISA
