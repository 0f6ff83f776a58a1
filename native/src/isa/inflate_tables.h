// Look-up tables of DEFLATE's codes: what a symbol means and how many bits it took, in one word.
#pragma once
#include <cstring>

#include "inflate.h"

namespace ionforge::IONFORGE_ISA {
namespace {

// An entry: bits of the code and its extra bits together, bits of the code alone, flags, and from bit 16 on the value: a literal, or
// the base to which the extra bits are added, or where a pointer points (its code field holds the bits of the table there).
constexpr uint32_t TOTAL_BITS = 0x1f;
constexpr uint32_t CODE_SHIFT = 5;
constexpr uint32_t CODE_MASK = 0xf;
constexpr uint32_t SPECIAL = 1u << 9;  // neither literal nor match
constexpr uint32_t POINTER = 1u << 10;
constexpr uint32_t END_OF_BLOCK = 1u << 11;
constexpr uint32_t VALUE_SHIFT = 16;
constexpr uint32_t LITERAL = 1u << 31;

constexpr int LONGEST_CODE = 15;
constexpr int LITERAL_SYMBOLS = 288;
constexpr int DISTANCE_SYMBOLS = 32;
constexpr int LARGEST_LITERAL_COUNT = 286;
constexpr int LARGEST_DISTANCE_COUNT = 30;

constexpr uint16_t LENGTH_BASE[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr uint8_t LENGTH_EXTRA[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr uint16_t DISTANCE_BASE[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

// An entry without the bits of its code.
uint32_t literal_meaning(int symbol) {
    if (symbol < 256) {
        return LITERAL | static_cast<uint32_t>(symbol) << VALUE_SHIFT;
    }
    if (symbol == 256) {
        return SPECIAL | END_OF_BLOCK;
    }
    return symbol < LARGEST_LITERAL_COUNT ? static_cast<uint32_t>(LENGTH_BASE[symbol - 257]) << VALUE_SHIFT | LENGTH_EXTRA[symbol - 257]
                                         : SPECIAL;
}

uint32_t distance_meaning(int symbol) {
    const uint32_t extra = symbol < 4 ? 0 : symbol / 2 - 1;
    return symbol < LARGEST_DISTANCE_COUNT ? static_cast<uint32_t>(DISTANCE_BASE[symbol]) << VALUE_SHIFT | extra : SPECIAL;
}

// Adds the bits of a code to a meaning.
uint32_t with_code(uint32_t meaning, uint32_t length) { return (meaning + length) | length << CODE_SHIFT; }

uint32_t reversed(uint32_t code, int length) {
    uint32_t result = 0;
    for (int i = 0; i < length; i++) {
        result |= (code >> i & 1) << (length - 1 - i);
    }
    return result;
}

// Whether the lengths make a code: no more codes than fit, and no fewer unless there is at most one of a single bit.
bool is_code(const uint16_t *count, bool may_lack) {
    int left = 1;
    int longest = 0;
    for (int length = 1; length <= LONGEST_CODE; length++) {
        left = 2 * left - count[length];
        if (left < 0) {
            return false;
        }
        longest = count[length] ? length : longest;
    }
    return left == 0 || longest == 0 || (may_lack && longest == 1);
}

// Fills a table from the lengths of its symbols' codes; false if they are no code.
template <typename Meaning>
bool build(uint32_t *table, int table_bits, const uint8_t *lengths, int symbols, Meaning meaning) {
    uint16_t count[LONGEST_CODE + 1] = {};
    for (int symbol = 0; symbol < symbols; symbol++) {
        count[lengths[symbol]]++;
    }
    count[0] = 0;
    if (!is_code(count, true)) {
        return false;
    }
    uint16_t place[LONGEST_CODE + 2] = {};
    for (int length = 1; length <= LONGEST_CODE; length++) {
        place[length + 1] = place[length] + count[length];
    }
    const int coded = place[LONGEST_CODE + 1];
    uint16_t sorted[LITERAL_SYMBOLS];
    for (int symbol = 0; symbol < symbols; symbol++) {
        if (lengths[symbol]) {
            sorted[place[lengths[symbol]]++] = static_cast<uint16_t>(symbol);
        }
    }
    if (coded <= 1) {
        for (int i = 0; i < 1 << table_bits; i++) {
            table[i] = with_code(SPECIAL, 1);
        }
    }
    uint32_t code = 0;
    int previous = 0;
    int next_table = 1 << table_bits;
    int64_t prefix = -1;
    int sub_table = 0;
    int sub_bits = 0;
    for (int i = 0; i < coded; i++) {
        const int symbol = sorted[i];
        const int length = lengths[symbol];
        code <<= length - previous;
        previous = length;
        const uint32_t bits = reversed(code, length);
        const uint32_t entry = with_code(meaning(symbol), length);
        if (length <= table_bits) {
            for (uint32_t at = bits; at < 1u << table_bits; at += 1u << length) {
                table[at] = entry;
            }
        } else {
            const uint32_t root = bits & ((1u << table_bits) - 1);
            if (root != prefix) {
                prefix = root;
                sub_bits = length - table_bits;
                for (int left = 1 << sub_bits; sub_bits + table_bits < LONGEST_CODE; left <<= 1) {
                    left -= count[sub_bits + table_bits];
                    if (left <= 0) {
                        break;
                    }
                    sub_bits++;
                }
                sub_table = next_table;
                next_table += 1 << sub_bits;
                table[root] = SPECIAL | POINTER | static_cast<uint32_t>(sub_bits) << CODE_SHIFT
                              | static_cast<uint32_t>(sub_table) << VALUE_SHIFT;
            }
            for (uint32_t at = bits >> table_bits; at < 1u << sub_bits; at += 1u << (length - table_bits)) {
                table[sub_table + at] = entry;
            }
        }
        count[length]--;
        code++;
    }
    return true;
}

bool build_both(Inflate &state, const uint8_t *literal_lengths, int literals, const uint8_t *distance_lengths, int distances) {
    return build(state.literal, LITERAL_BITS, literal_lengths, literals, literal_meaning)
           && build(state.distance, DISTANCE_BITS, distance_lengths, distances, distance_meaning);
}

void build_fixed(Inflate &state) {
    uint8_t lengths[LITERAL_SYMBOLS + DISTANCE_SYMBOLS];
    std::memset(lengths, 8, 144);
    std::memset(lengths + 144, 9, 112);
    std::memset(lengths + 256, 7, 24);
    std::memset(lengths + 280, 8, 8);
    std::memset(lengths + LITERAL_SYMBOLS, 5, DISTANCE_SYMBOLS);
    build_both(state, lengths, LITERAL_SYMBOLS, lengths + LITERAL_SYMBOLS, DISTANCE_SYMBOLS);
}

// The code in which the lengths of the other codes are written: bits and symbol of every 7 bits.
struct LengthCode {
    uint8_t bits[128];
    uint8_t symbol[128];

    bool build(const uint8_t *lengths) {
        uint16_t count[LONGEST_CODE + 1] = {};
        for (int symbol = 0; symbol < 19; symbol++) {
            count[lengths[symbol]]++;
        }
        count[0] = 0;
        if (!is_code(count, false)) {
            return false;
        }
        std::memset(bits, 1, sizeof bits);  // no code at all reads as zeros
        std::memset(symbol, 0, sizeof symbol);
        uint32_t code = 0;
        for (int length = 1; length <= 7; length++, code <<= 1) {
            for (int s = 0; s < 19; s++) {
                if (lengths[s] == length) {
                    for (uint32_t at = reversed(code, length); at < 128; at += 1u << length) {
                        bits[at] = static_cast<uint8_t>(length);
                        symbol[at] = static_cast<uint8_t>(s);
                    }
                    code++;
                }
            }
        }
        return true;
    }
};

// Reads the codes of a block; ENDED if they are whole and sound.
template <typename Bits>
InflateStatus read_codes(Inflate &state, Bits &in) {
    constexpr uint8_t ORDER[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    in.refill_carefully();
    if (in.count < 14) {
        return CUT_SHORT;
    }
    const int literals = 257 + in.take(5);
    const int distances = 1 + in.take(5);
    const int written = 4 + in.take(4);
    if (literals > LARGEST_LITERAL_COUNT || distances > LARGEST_DISTANCE_COUNT) {
        return CODE_LENGTHS;
    }
    uint8_t code_lengths[19] = {};
    for (int i = 0; i < written; i++) {
        in.refill_carefully();
        if (in.count < 3) {
            return CUT_SHORT;
        }
        code_lengths[ORDER[i]] = static_cast<uint8_t>(in.take(3));
    }
    LengthCode code;
    if (!code.build(code_lengths)) {
        return CODE_LENGTHS;
    }
    uint8_t lengths[LARGEST_LITERAL_COUNT + LARGEST_DISTANCE_COUNT];
    for (int have = 0; have < literals + distances;) {
        in.refill_carefully();
        const uint32_t bits = code.bits[in.word & 127];
        const uint32_t symbol = code.symbol[in.word & 127];
        const uint32_t extra = symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
        if (bits + extra > in.count) {
            return CUT_SHORT;
        }
        in.drop(bits);
        if (symbol < 16) {
            lengths[have++] = static_cast<uint8_t>(symbol);
            continue;
        }
        const int times = (symbol == 18 ? 11 : 3) + in.take(extra);
        if ((symbol == 16 && have == 0) || have + times > literals + distances) {
            return CODE_LENGTHS;
        }
        std::memset(lengths + have, symbol == 16 ? lengths[have - 1] : 0, times);
        have += times;
    }
    const bool sound = lengths[256] != 0 && build_both(state, lengths, literals, lengths + literals, distances);
    return sound ? ENDED : CODE_LENGTHS;
}

}  // namespace
}  // namespace ionforge::IONFORGE_ISA
