// DEFLATE (RFC 1951) to bytes. The work is a chain: bits → table → bits; about 10 cycles a literal and 20 a match, whatever the
// memory does, so what counts is the length of that chain. 64 bits are kept at hand, so that a match with all its extra bits needs
// one refill; a look-up gives the symbol, its base and how many bits it took at once; the next look-up starts before a match is
// copied; copies write whole vectors and may run over their end.
#include <cstring>

#include "inflate.h"
#include "inflate_tables.h"

namespace ionforge::IONFORGE_ISA {
namespace {

enum Phase : int32_t { BEFORE_BLOCK = 0, IN_STORED = 1, IN_CODED = 2, AFTER_LAST = 3 };

// The longest header of a coded block, and what the fast loop may read and write past a symbol.
constexpr int64_t HEADER_BYTES = 640;
constexpr int64_t FAST_INPUT = 16;
constexpr int64_t FAST_OUTPUT = 258 + 64;

inline uint64_t load64(const uint8_t *p) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    return word;
}

inline uint64_t low_bits(uint64_t word, uint32_t count) { return word & ((uint64_t{1} << count) - 1); }

// Bits of the input, with the count that is valid; what lies above the count is the input's next bits or zero.
struct Bits {
    uint64_t word;
    uint32_t count;
    const uint8_t *next;
    const uint8_t *end;

    // To at least 56 bits; 8 bytes must be readable.
    void refill() {
        word |= load64(next) << count;
        next += (63 - count) >> 3;
        count |= 56;
    }
    // As many bytes as there are.
    void refill_carefully() {
        word = low_bits(word, count);
        while (count <= 56 && next < end) {
            word |= static_cast<uint64_t>(*next++) << count;
            count += 8;
        }
    }
    void drop(uint32_t n) {
        word >>= n;
        count -= n;
    }
    uint32_t take(uint32_t n) {
        const uint32_t value = static_cast<uint32_t>(low_bits(word, n));
        drop(n);
        return value;
    }
    // Gives whole bytes back.
    void give_back() {
        next -= count >> 3;
        count &= 7;
        word = low_bits(word, count);
    }
};

// Copies a match; up to 64 bytes past its end may be written.
inline void copy_match(uint8_t *out, uint32_t distance, uint32_t length) {
    const uint8_t *from = out - distance;
    uint8_t *const end = out + length;
    if (distance >= 32) {
        do {
            std::memcpy(out, from, 32);
            out += 32;
            from += 32;
        } while (out < end);
    } else if (distance >= 8) {
        do {
            std::memcpy(out, from, 8);
            out += 8;
            from += 8;
        } while (out < end);
    } else if (distance == 1) {
        std::memset(out, *from, length);
    } else {
        while (out < end) {
            *out++ = *from++;
        }
    }
}

// Reads the header of a block; true if there is one whole.
bool begin_block(Inflate &state, Bits &in, InflateStatus &status) {
    in.refill_carefully();
    if (in.count < 3) {
        status = CUT_SHORT;
        return false;
    }
    state.last_block = in.take(1);
    switch (in.take(2)) {
    case 0: {
        in.drop(in.count & 7);
        in.refill_carefully();
        if (in.count < 32) {
            status = CUT_SHORT;
            return false;
        }
        const uint32_t length = in.take(16);
        if (length != (in.take(16) ^ 0xffffu)) {
            status = STORED_LENGTH;
            return false;
        }
        in.give_back();
        state.stored_left = length;
        state.phase = IN_STORED;
        return true;
    }
    case 1:
        if (!state.fixed) {
            build_fixed(state);
            state.fixed = 1;
        }
        state.phase = IN_CODED;
        return true;
    case 2:
        state.fixed = 0;
        status = read_codes(state, in);
        state.phase = IN_CODED;
        return status == ENDED;
    default:
        status = BLOCK_TYPE;
        return false;
    }
}

uint8_t *copy_stored(Inflate &state, Bits &in, uint8_t *out, const uint8_t *limit) {
    int64_t n = state.stored_left;
    n = n < in.end - in.next ? n : in.end - in.next;
    n = n < limit - out ? n : limit - out;
    std::memcpy(out, in.next, n);
    in.next += n;
    state.stored_left -= static_cast<uint32_t>(n);
    if (state.stored_left == 0) {
        state.phase = state.last_block ? AFTER_LAST : BEFORE_BLOCK;
    }
    return out + n;
}

// Whole symbols while input and output are far from their ends; NEEDS_INPUT where they are not. ENDED is the end of the block.
InflateStatus fast_symbols(const Inflate &state, Bits &bits, uint8_t *&output, const uint8_t *begin, const uint8_t *limit) {
    const uint32_t *const literals = state.literal;
    const uint32_t *const distances = state.distance;
    const uint32_t literal_mask = (1u << LITERAL_BITS) - 1;
    const uint32_t distance_mask = (1u << DISTANCE_BITS) - 1;
    Bits in = bits;
    uint8_t *out = output;
    InflateStatus status = NEEDS_INPUT;
    const uint8_t *const input_limit = in.end - FAST_INPUT;
    if (in.next <= input_limit && out <= limit) {
        in.refill();
        uint32_t entry = literals[in.word & literal_mask];
        do {
            // At least 56 bits: three literals of the first table take 33.
            if (entry & LITERAL) {
                in.drop(entry & TOTAL_BITS);
                *out++ = static_cast<uint8_t>(entry >> VALUE_SHIFT);
                entry = literals[in.word & literal_mask];
                if (entry & LITERAL) {
                    in.drop(entry & TOTAL_BITS);
                    *out++ = static_cast<uint8_t>(entry >> VALUE_SHIFT);
                    entry = literals[in.word & literal_mask];
                    if (entry & LITERAL) {
                        in.drop(entry & TOTAL_BITS);
                        *out++ = static_cast<uint8_t>(entry >> VALUE_SHIFT);
                        in.refill();
                        entry = literals[in.word & literal_mask];
                        continue;
                    }
                }
                in.refill();
            }
            if (entry & SPECIAL) {
                if (entry & POINTER) {
                    entry = literals[(entry >> VALUE_SHIFT) + low_bits(in.word >> LITERAL_BITS, entry >> CODE_SHIFT & CODE_MASK)];
                }
                if (entry & LITERAL) {
                    in.drop(entry & TOTAL_BITS);
                    *out++ = static_cast<uint8_t>(entry >> VALUE_SHIFT);
                    in.refill();
                    entry = literals[in.word & literal_mask];
                    continue;
                }
                if (entry & SPECIAL) {
                    if (entry & END_OF_BLOCK) {
                        in.drop(entry & TOTAL_BITS);
                        status = ENDED;
                    } else {
                        status = LITERAL_CODE;
                    }
                    break;
                }
            }
            // A match takes at most 48 bits.
            const uint32_t length = (entry >> VALUE_SHIFT) + static_cast<uint32_t>(
                    low_bits(in.word, entry & TOTAL_BITS) >> (entry >> CODE_SHIFT & CODE_MASK));
            in.drop(entry & TOTAL_BITS);
            entry = distances[in.word & distance_mask];
            if (entry & SPECIAL) {
                if (entry & POINTER) {
                    entry = distances[(entry >> VALUE_SHIFT) + low_bits(in.word >> DISTANCE_BITS, entry >> CODE_SHIFT & CODE_MASK)];
                }
                if (entry & SPECIAL) {
                    status = DISTANCE_CODE;
                    break;
                }
            }
            const uint32_t distance = (entry >> VALUE_SHIFT) + static_cast<uint32_t>(
                    low_bits(in.word, entry & TOTAL_BITS) >> (entry >> CODE_SHIFT & CODE_MASK));
            in.drop(entry & TOTAL_BITS);
            if (distance > out - begin) {
                status = TOO_FAR_BACK;
                break;
            }
            in.refill();
            entry = literals[in.word & literal_mask];
            copy_match(out, distance, length);
            out += length;
        } while (in.next <= input_limit && out <= limit);
    }
    in.give_back();
    bits = in;
    output = out;
    return status;
}

// A look-up near the end of the input: the entry, or 0 if its bits are not all there.
inline uint32_t careful_entry(const uint32_t *table, uint32_t table_bits, const Bits &in, uint32_t &taken) {
    uint32_t entry = table[low_bits(in.word, table_bits)];
    if (entry & POINTER) {
        entry = table[(entry >> VALUE_SHIFT) + low_bits(in.word >> table_bits, entry >> CODE_SHIFT & CODE_MASK)];
    }
    taken = entry & TOTAL_BITS;
    return entry;
}

// The last symbols of the input, one by one. ENDED is the end of the block, CUT_SHORT the end of the input before it.
InflateStatus careful_symbols(const Inflate &state, Bits &in, uint8_t *&out, const uint8_t *begin, const uint8_t *limit) {
    while (out <= limit) {
        in.refill_carefully();
        uint32_t taken;
        uint32_t entry = careful_entry(state.literal, LITERAL_BITS, in, taken);
        if (taken > in.count) {
            return CUT_SHORT;
        }
        if (entry & LITERAL) {
            in.drop(taken);
            *out++ = static_cast<uint8_t>(entry >> VALUE_SHIFT);
            continue;
        }
        if (entry & SPECIAL) {
            in.drop(taken);
            return entry & END_OF_BLOCK ? ENDED : LITERAL_CODE;
        }
        Bits ahead = in;
        const uint32_t length = (entry >> VALUE_SHIFT) + static_cast<uint32_t>(
                low_bits(ahead.word, taken) >> (entry >> CODE_SHIFT & CODE_MASK));
        ahead.drop(taken);
        entry = careful_entry(state.distance, DISTANCE_BITS, ahead, taken);
        if (taken > ahead.count) {
            return CUT_SHORT;
        }
        if (entry & SPECIAL) {
            return DISTANCE_CODE;
        }
        const uint32_t distance = (entry >> VALUE_SHIFT) + static_cast<uint32_t>(
                low_bits(ahead.word, taken) >> (entry >> CODE_SHIFT & CODE_MASK));
        ahead.drop(taken);
        if (distance > out - begin) {
            return TOO_FAR_BACK;
        }
        in = ahead;
        for (uint32_t i = 0; i < length; i++) {
            out[i] = out[i - static_cast<int64_t>(distance)];
        }
        out += length;
    }
    return NEEDS_INPUT;
}

}  // namespace

InflateStatus inflate(Inflate &state, const InflateInput &input, const InflateOutput &output, int64_t &consumed, int64_t &produced) {
    Bits in = {state.bits, static_cast<uint32_t>(state.bit_count), input.bytes, input.bytes + input.length};
    uint8_t *out = output.bytes;
    const uint8_t *const begin = output.bytes - output.history;
    const uint8_t *const limit = output.bytes + output.room - FAST_OUTPUT;
    InflateStatus status = NEEDS_INPUT;
    while (status == NEEDS_INPUT) {
        if (state.phase == AFTER_LAST) {
            status = ENDED;
        } else if (out > limit) {
            status = FULL;
        } else if (state.phase == BEFORE_BLOCK) {
            if ((!input.last && in.end - in.next < HEADER_BYTES) || !begin_block(state, in, status)) {
                break;
            }
            status = NEEDS_INPUT;
        } else if (state.phase == IN_STORED) {
            if (in.next == in.end && state.stored_left > 0) {
                status = input.last ? CUT_SHORT : NEEDS_INPUT;
                break;
            }
            out = copy_stored(state, in, out, limit + 1);
        } else {
            InflateStatus stopped = fast_symbols(state, in, out, begin, limit);
            if (stopped == NEEDS_INPUT && out <= limit) {
                if (!input.last) {
                    break;
                }
                stopped = careful_symbols(state, in, out, begin, limit);
            }
            if (stopped == ENDED) {
                state.phase = state.last_block ? AFTER_LAST : BEFORE_BLOCK;
            } else {
                status = stopped;
            }
        }
    }
    in.give_back();
    state.bits = in.word;
    state.bit_count = static_cast<int32_t>(in.count);
    if (status == ENDED) {
        state.bits = 0;
        state.bit_count = 0;
    }
    consumed = in.next - input.bytes;
    produced = out - output.bytes;
    return status;
}

}  // namespace ionforge::IONFORGE_ISA
