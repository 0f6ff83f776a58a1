// Grid squares to coordinates: 8 bytes in, 9 out, about 60 integer operations a row and two divisions. One
// AVX-512 core runs it at about 0.6 of the rate at which it copies memory (measured): bound by that when cores share it.
#include <cstdint>

#include "elementwise.h"

namespace ionforge::IONFORGE_ISA {
namespace {

typedef uint32_t __attribute__((may_alias)) Word;  // four characters of a locator

inline int32_t character(uint32_t word, int place) { return static_cast<int32_t>((word >> (8 * place)) & 0xff); }

// 0 for A or a and so on; negative or ≥ 26 for what is no letter
inline int32_t letter(int32_t c) { return (c | 0x20) - 'a'; }

inline bool below(int32_t digit, int32_t base) { return static_cast<uint32_t>(digit) < static_cast<uint32_t>(base); }

}  // namespace

// In half steps of an extended square (1/240° of longitude, 1/480° of latitude) every centre is a whole number, so that one
// division rounds once and all backends agree to the bit.
void grid_square_decode_f32(const uint8_t *__restrict locators, float *__restrict latitude, float *__restrict longitude,
                            uint8_t *__restrict valid, int64_t n) {
    const Word *__restrict words = reinterpret_cast<const Word *>(locators);
    const float nan = __builtin_nanf("");
    for (int64_t i = 0; i < n; i++) {
        const uint32_t front = words[2 * i];
        const uint32_t back = words[2 * i + 1];
        const bool six = (back & 0xffffu) != 0;
        const bool eight = (back >> 16) != 0;
        const int32_t field_lon = letter(character(front, 0));
        const int32_t field_lat = letter(character(front, 1));
        const int32_t square_lon = character(front, 2) - '0';
        const int32_t square_lat = character(front, 3) - '0';
        const int32_t sub_lon = letter(character(back, 0));
        const int32_t sub_lat = letter(character(back, 1));
        const int32_t extended_lon = character(back, 2) - '0';
        const int32_t extended_lat = character(back, 3) - '0';

        const bool good4 = below(field_lon, 18) & below(field_lat, 18) & below(square_lon, 10) & below(square_lat, 10);
        const bool good6 = ((back & 0xffffu) == 0) | (below(sub_lon, 24) & below(sub_lat, 24));
        const bool good8 = ((back >> 16) == 0) | (six & below(extended_lon, 10) & below(extended_lat, 10));
        const bool good = good4 & good6 & good8;

        const int32_t within_lon = !six ? 240 : 20 * sub_lon + (eight ? 2 * extended_lon + 1 : 10);
        const int32_t within_lat = !six ? 240 : 20 * sub_lat + (eight ? 2 * extended_lat + 1 : 10);
        const int32_t steps_lon = 4800 * field_lon + 480 * square_lon + within_lon - 43200;
        const int32_t steps_lat = 4800 * field_lat + 480 * square_lat + within_lat - 43200;
        longitude[i] = good ? static_cast<float>(steps_lon) / 240.0f : nan;
        latitude[i] = good ? static_cast<float>(steps_lat) / 480.0f : nan;
        valid[i] = good;
    }
}

}  // namespace ionforge::IONFORGE_ISA
