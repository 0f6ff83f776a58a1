// Fields of a column as numbers. The characters of a field come as one word, the first in the lowest byte; a shift brings the last
// digit into the highest, and digits are then added up in pairs, fours and eights. No step branches on the text, so that the compiler
// makes vector code of the loops: several rows at a time.
#pragma once
#include <cstdint>

#include "ionforge_text.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int ROWS = 256;  // of a stretch

// Of one column of a stretch. Rows past the last hold zeros.
struct Fields {
    uint64_t word[ROWS];   // the first eight characters
    uint64_t other[ROWS];  // tokens: the next eight; long numbers and millionths: the last eight
    int64_t length[ROWS];
    int64_t good[ROWS];    // all ones, or zero once a field of the row was not understood
};

constexpr uint64_t ZEROS = 0x3030303030303030u;
constexpr uint64_t OVER_NINE = 0x7676767676767676u;
constexpr uint64_t HIGH_BITS = 0x8080808080808080u;
constexpr int64_t EIGHT_DIGITS = 100000000;
constexpr int64_t MILLION = 1000000;

// The value of eight digits; zero bytes are zeros.
inline uint64_t digits(uint64_t digit) {
    const uint64_t pairs = digit * 10 + (digit >> 8);
    const uint64_t fours = (pairs & 0x00ff00ff00ff00ffu) * 100 + (pairs >> 16 & 0x00ff00ff00ff00ffu);
    return (fours & 0xffff) * 10000 + (fours >> 32 & 0xffff);
}

inline bool are_digits(uint64_t digit) { return (((digit + OVER_NINE) | digit) & HIGH_BITS) == 0; }

inline int64_t all_ones(bool condition) { return -static_cast<int64_t>(condition); }

// The first `length` characters of a word without the '0' in them, 1 to 8; anything for another length.
inline uint64_t leading(uint64_t word, int64_t length) { return (word ^ ZEROS) << ((64 - 8 * length) & 63); }

// A sign and at most seven digits, or eight digits.
template <typename T>
void short_numbers(Fields &fields, const ionforge_text_column &column, T *values, int rows) {
    const int64_t shortest = column.kind == IONFORGE_TEXT_OPTIONAL ? 0 : 1;
    const int64_t least = column.least;
    const int64_t most = column.most;
    for (int r = 0; r < rows; r++) {
        const int64_t length = fields.length[r];
        const uint64_t first = fields.word[r];
        const int64_t negative = all_ones((first & 0xff) == '-') & all_ones(length > 0);
        const uint64_t word = first >> (8 & negative);
        const uint64_t digit = leading(word, length + negative) & static_cast<uint64_t>(all_ones(length > 0));
        const int64_t value = (static_cast<int64_t>(digits(digit)) ^ negative) - negative;
        values[r] = static_cast<T>(value);
        fields.good[r] &= all_ones(are_digits(digit)) & all_ones(length + negative >= shortest) & all_ones(length <= 8)
                          & all_ones(value >= least) & all_ones(value <= most) & all_ones(negative == 0 || length > 1);
    }
}

// 1 to 16 digits.
template <typename T>
void long_numbers(Fields &fields, const ionforge_text_column &column, T *values, int rows) {
    const int64_t least = column.least;
    const int64_t most = column.most;
    for (int r = 0; r < rows; r++) {
        const int64_t length = fields.length[r];
        const uint64_t above = static_cast<uint64_t>(all_ones(length > 8));
        const uint64_t unwanted = static_cast<uint64_t>(64 - 8 * length) & 63 & ~above;
        const uint64_t lower = (fields.other[r] ^ ZEROS) >> unwanted << unwanted;
        const uint64_t upper = leading(fields.word[r], length - 8) & above;
        const int64_t value = static_cast<int64_t>(digits(upper)) * EIGHT_DIGITS + static_cast<int64_t>(digits(lower));
        values[r] = static_cast<T>(value);
        fields.good[r] &= all_ones(are_digits(upper)) & all_ones(are_digits(lower)) & all_ones(length >= 1) & all_ones(length <= 16)
                          & all_ones(value >= least) & all_ones(value <= most);
    }
}

template <typename T>
void whole_numbers(Fields &fields, const ionforge_text_column &column, void *values, int rows) {
    if (column.most < EIGHT_DIGITS) {
        short_numbers(fields, column, static_cast<T *>(values), rows);
    } else {
        long_numbers(fields, column, static_cast<T *>(values), rows);
    }
}

// 1 to 7 digits, a point, 6 digits.
inline void millionths(Fields &fields, const ionforge_text_column &column, int64_t *values, int rows) {
    const int64_t least = column.least;
    const int64_t most = column.most;
    for (int r = 0; r < rows; r++) {
        const int64_t length = fields.length[r];
        const uint64_t end = fields.other[r];
        const uint64_t whole = leading(fields.word[r], length - 7);
        const uint64_t fraction = (end ^ ZEROS) >> 16 << 16;
        const int64_t value = static_cast<int64_t>(digits(whole)) * MILLION + static_cast<int64_t>(digits(fraction));
        values[r] = value;
        fields.good[r] &= all_ones(are_digits(whole)) & all_ones(are_digits(fraction)) & all_ones((end >> 8 & 0xff) == '.')
                          & all_ones(length >= 8) & all_ones(length <= 14) & all_ones(value >= least) & all_ones(value <= most);
    }
}

// The class of every value: the one that begins at the last edge not above it.
inline void classify(Fields &fields, const ionforge_text_column &column, const int64_t *values, int rows) {
    int64_t edge = -1;
    for (int r = 0; r < rows; r++) {
        const int64_t value = values[r];
        if (edge < 0 || value < column.edges[edge] || (edge + 1 < column.edge_count && value >= column.edges[edge + 1])) {
            int64_t low = 0;
            int64_t high = column.edge_count;
            while (low < high) {
                const int64_t middle = (low + high) / 2;
                const bool reached = column.edges[middle] <= value;
                low = reached ? middle + 1 : low;
                high = reached ? high : middle;
            }
            edge = low - 1;
        }
        const int16_t found = edge < 0 ? -1 : column.classes[edge];
        column.class_values[r] = found;
        fields.good[r] &= all_ones(found >= 0);
    }
}

}  // namespace
}  // namespace ionforge::IONFORGE_ISA
