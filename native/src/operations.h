// The operations of one instruction set. src/isa/*.cpp fills one table for each; src/dispatch.cpp picks.
#pragma once
#include <cstdint>

namespace ionforge {

struct Operations {
    const char *isa;
};

namespace portable { extern const Operations operations; }
namespace avx2 { extern const Operations operations; }
namespace avx512 { extern const Operations operations; }

// The best table this processor runs, or the one IONFORGE_ISA names if the processor runs it.
const Operations &operations();

}  // namespace ionforge
