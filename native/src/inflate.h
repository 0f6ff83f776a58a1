// The state of a DEFLATE stream between calls (src/isa/inflate.cpp).
#pragma once
#include <cstdint>

namespace ionforge {

// Codes of at most LITERAL_BITS (DISTANCE_BITS) bits are found by one look-up; longer ones point to a table of their own behind the
// first. The sizes are the most that any complete code needs (Mark Adler's enough.c: 286 or 30 symbols, 15 bits).
constexpr int LITERAL_BITS = 11;
constexpr int DISTANCE_BITS = 8;
constexpr int LITERAL_ENTRIES = 2342;
constexpr int DISTANCE_ENTRIES = 402;

struct Inflate {
    uint64_t bits;        // taken from the input and not yet used, lowest first
    int32_t bit_count;    // fewer than 8 between calls
    int32_t phase;        // of the stream: before a block, in a stored block, in a coded one
    int32_t last_block;
    uint32_t stored_left; // bytes of a stored block still to come
    int32_t fixed;        // whether the tables hold the fixed code
    uint32_t literal[LITERAL_ENTRIES];
    uint32_t distance[DISTANCE_ENTRIES];
};

// What comes in, and whether nothing follows it.
struct InflateInput {
    const uint8_t *bytes;
    int64_t length;
    bool last;
};

// Where the bytes go, and how many of the stream lie before it.
struct InflateOutput {
    uint8_t *bytes;
    int64_t history;
    int64_t room;
};

// What stopped a call.
enum InflateStatus : int32_t {
    NEEDS_INPUT = 0,
    FULL = 1,
    ENDED = 2,
    CUT_SHORT = 3,
    // damage from here on
    BLOCK_TYPE = 4,
    STORED_LENGTH = 5,
    CODE_LENGTHS = 6,
    LITERAL_CODE = 7,
    DISTANCE_CODE = 8,
    TOO_FAR_BACK = 9,
};

}  // namespace ionforge
