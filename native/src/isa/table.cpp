// The table of one instruction set (this file is compiled once for each).
#include "operations.h"

#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_(x)

namespace ionforge::IONFORGE_ISA {

const Operations operations = {
    .isa = STRINGIFY(IONFORGE_ISA),
};

}  // namespace ionforge::IONFORGE_ISA
