#pragma once
#include <string>

#include "ionforge_emulator.h"

namespace ionforge::emulator {

// What went wrong in a block; `code` is one of ionforge_emulator.h.
struct Failure {
    int code = IONFORGE_EMULATOR_OK;
    std::string text;
    explicit operator bool() const { return code != IONFORGE_EMULATOR_OK; }
};

// "what at file.cu:12".
std::string place_of(const char *what, const char *file, int line);

}  // namespace ionforge::emulator
