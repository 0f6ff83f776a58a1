// Separated text to typed columns, a stretch of lines at a time that stays in the first-level cache: first the positions of all
// separators, 64 bytes a step, then column by column. Within a column all rows do the same work, so there is little to guess for the
// branch predictor and much to overlap: about 30 cycles a line for the separators, 4 a number, 15 a token.
#include <immintrin.h>

#include <cstring>

#include "ionforge_text.h"
#include "text_numbers.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int64_t STRETCH = 16384;  // bytes that are indexed at a time
constexpr int64_t STEP = 64;
constexpr int LARGEST_TOKEN = 16;
constexpr int LENGTH_BITS = 5;

inline uint64_t load64(const uint8_t *p) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    return word;
}

// 64 bytes of text. Bit i of `equal` is set where byte i is the character.
struct Text64 {
#if defined(__AVX512BW__)
    __m512i bytes;
    explicit Text64(const uint8_t *p) : bytes(_mm512_loadu_si512(p)) {}
    uint64_t equal(char c) const { return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c)); }
#elif defined(__AVX2__)
    __m256i half[2];
    explicit Text64(const uint8_t *p) { std::memcpy(half, p, sizeof half); }
    uint64_t equal(char c) const {
        const __m256i wanted = _mm256_set1_epi8(c);
        uint64_t mask = 0;
        for (int i = 0; i < 2; i++) {
            mask |= static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(half[i], wanted)))) << 32 * i;
        }
        return mask;
    }
#else
    __m128i quarter[4];
    explicit Text64(const uint8_t *p) { std::memcpy(quarter, p, sizeof quarter); }
    uint64_t equal(char c) const {
        const __m128i wanted = _mm_set1_epi8(c);
        uint64_t mask = 0;
        for (int i = 0; i < 4; i++) {
            mask |= static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(quarter[i], wanted))) << 16 * i;
        }
        return mask;
    }
#endif
};

// Writes the positions of the set bits; some more words may be overwritten.
inline int32_t *positions(uint64_t mask, int32_t base, int32_t *to) {
#if defined(__AVX512F__)
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (int part = 0; part < 64; part += 16) {
        const __mmask16 bits = static_cast<__mmask16>(mask >> part);
        _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(bits, _mm512_add_epi32(lanes, _mm512_set1_epi32(base + part))));
        to += __builtin_popcount(bits);
    }
    return to;
#else
    // Eight without asking: cheaper than a loop that guesses its end wrong.
    int32_t *const end = to + __builtin_popcountll(mask);
    do {
        for (int i = 0; i < 8; i++) {
            to[i] = base + __builtin_ctzll(mask | uint64_t{1} << 63);
            mask &= mask - 1;
        }
        to += 8;
    } while (to < end);
    return end;
#endif
}

// The same where most words have no bit or one.
inline int32_t *few_positions(uint64_t mask, int32_t base, int32_t *to) {
    int32_t *const end = to + __builtin_popcountll(mask);
    to[0] = base + static_cast<int32_t>(__builtin_ctzll(mask | uint64_t{1} << 63));
    for (to++, mask &= mask - 1; to < end; mask &= mask - 1) {
        *to++ = base + __builtin_ctzll(mask);
    }
    return end;
}

// Lines of a stretch that become rows, and the column at hand.
struct Rows {
    int count;
    int32_t line[ROWS];
    int32_t start[ROWS];  // of the first field
    int32_t feed[ROWS];   // the line feed
    int32_t first[ROWS];  // index of the separator after the first field
    Fields fields;
};

// A stretch of text by its separators: their positions, those of the line feeds, and what finds one in the other.
struct Stretch {
    bool quotes;
    int32_t feeds;
    int32_t separator[STRETCH + STEP];
    int32_t feed[STRETCH + STEP];
    uint64_t mask[STRETCH / STEP];
    int32_t before[STRETCH / STEP];

    // text[begin, end), at most STRETCH bytes.
    void index(const uint8_t *text, int64_t begin, int64_t end) {
        int32_t *next = separator;
        int32_t *next_feed = feed;
        uint64_t any_quote = 0;
        for (int64_t at = begin, step = 0; at < end; at += STEP, step++) {
            const Text64 bytes(text + at);
            const uint64_t inside = end - at >= STEP ? ~uint64_t{0} : (uint64_t{1} << (end - at)) - 1;
            const uint64_t feeds_here = bytes.equal('\n') & inside;
            mask[step] = (bytes.equal(',') & inside) | feeds_here;
            before[step] = static_cast<int32_t>(next - separator);
            any_quote |= bytes.equal('"') & inside;
            next = positions(mask[step], static_cast<int32_t>(at), next);
            next_feed = few_positions(feeds_here, static_cast<int32_t>(at), next_feed);
        }
        quotes = any_quote != 0;
        feeds = static_cast<int32_t>(next_feed - feed);
    }

    // Index of the separator at a position.
    int32_t index_of(int32_t position, int64_t begin) const {
        const int64_t offset = position - begin;
        return before[offset / STEP] + __builtin_popcountll(mask[offset / STEP] & ((uint64_t{1} << (offset % STEP)) - 1));
    }
};

// Finds a column's fields and loads their characters.
void load_fields(Rows &s, const Stretch &stretch, const uint8_t *text, const ionforge_text_column &column, int32_t place, bool last) {
    const int64_t other = column.kind == IONFORGE_TEXT_TOKEN ? 8 : -8;
    for (int r = 0; r < s.count; r++) {
        const int32_t *separator = stretch.separator + s.first[r] + place;
        const int32_t from = place == 0 ? s.start[r] : separator[-1] + 1;
        int32_t to = *separator;
        if (last) {  // a carriage return before the line feed
            to -= to == s.feed[r] && to > from && text[to - 1] == '\r';
        }
        s.fields.word[r] = load64(text + from);
        s.fields.other[r] = load64(text + (other > 0 ? from : to) + other);
        s.fields.length[r] = to - from;
    }
}

void tokens(Fields &fields, const ionforge_text_column &column, int32_t *values, int rows) {
    uint64_t slots[ROWS];
    const uint64_t mask = static_cast<uint64_t>(column.slots) - 1;
    for (int r = 0; r < rows; r++) {
        const uint64_t length = static_cast<uint64_t>(fields.length[r]);
        const uint64_t low_unwanted = length < 8 ? 64 - 8 * length : 0;
        const uint64_t high_unwanted = length < 8 ? 64 : length < 16 ? 128 - 8 * length : 0;
        const uint64_t low = low_unwanted < 64 ? fields.word[r] & ~uint64_t{0} >> low_unwanted : 0;
        const uint64_t high = high_unwanted < 64 ? fields.other[r] & ~uint64_t{0} >> high_unwanted : 0;
        fields.word[r] = low;
        fields.other[r] = high;
        slots[r] = ((low ^ high * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u >> 40) & mask;
    }
    for (int r = 0; r < rows; r++) {
        uint64_t slot = slots[r];
        const int64_t length = fields.length[r];
        const int64_t *entry = column.table + 3 * slot;
        while (entry[0] != static_cast<int64_t>(fields.word[r]) || entry[1] != static_cast<int64_t>(fields.other[r])
               || (entry[2] & ((1 << LENGTH_BITS) - 1)) != length) {
            if (entry[2] < 0) {
                break;
            }
            slot = (slot + 1) & mask;
            entry = column.table + 3 * slot;
        }
        values[r] = static_cast<int32_t>(entry[2] >> LENGTH_BITS);
        fields.good[r] &= all_ones(entry[2] >= 0) & all_ones(length <= LARGEST_TOKEN);
    }
}

void read_column(Fields &fields, ionforge_text_column column, int64_t row, int rows) {
    void *const values = static_cast<char *>(column.values) + row * column.width;
    if (column.kind == IONFORGE_TEXT_TOKEN) {
        tokens(fields, column, static_cast<int32_t *>(values), rows);
    } else if (column.kind == IONFORGE_TEXT_MILLIONTHS) {
        column.class_values += row;
        millionths(fields, column, static_cast<int64_t *>(values), rows);
        classify(fields, column, static_cast<const int64_t *>(values), rows);
    } else if (column.width == 1) {
        whole_numbers<int8_t>(fields, column, values, rows);
    } else if (column.width == 2) {
        whole_numbers<int16_t>(fields, column, values, rows);
    } else if (column.width == 4) {
        whole_numbers<int32_t>(fields, column, values, rows);
    } else {
        whole_numbers<int64_t>(fields, column, values, rows);
    }
}

void leave(ionforge_text_lines &lines, int32_t line, int32_t start, int32_t feed) {
    lines.left_line[lines.left] = line;
    lines.left_start[lines.left] = start;
    lines.left_end[lines.left] = feed;
    lines.left++;
}

void close_gaps(const Rows &s, char *values, int64_t width) {
    int64_t to = 0;
    for (int r = 0; r < s.count; r++) {
        if (s.fields.good[r]) {
            std::memmove(values + to * width, values + r * width, width);
            to++;
        }
    }
}

// Reads every column of these lines and closes the gaps of those that are left.
void read_rows(Rows &s, const Stretch &stretch, const uint8_t *text, const ionforge_text_column *column, int32_t columns, ionforge_text_lines &lines) {
    const int64_t row = lines.rows;
    std::memset(s.fields.good, 0xff, sizeof s.fields.good);
    for (int32_t c = 0; c < columns; c++) {
        if (column[c].kind != IONFORGE_TEXT_SKIPPED) {
            load_fields(s, stretch, text, column[c], c, c + 1 == columns);
            read_column(s.fields, column[c], row, s.count);
        }
    }
    int good = 0;
    for (int r = 0; r < s.count; r++) {
        lines.line[row + good] = s.line[r];
        if (s.fields.good[r]) {
            good++;
        } else {
            leave(lines, s.line[r], s.start[r], s.feed[r]);
        }
    }
    for (int32_t c = 0; c < columns && good < s.count; c++) {
        if (column[c].kind != IONFORGE_TEXT_SKIPPED) {
            close_gaps(s, static_cast<char *>(column[c].values) + row * column[c].width, column[c].width);
        }
        if (column[c].kind == IONFORGE_TEXT_MILLIONTHS) {
            close_gaps(s, reinterpret_cast<char *>(column[c].class_values + row), sizeof(int16_t));
        }
    }
    lines.rows += good;
    s.count = 0;
}

}  // namespace

void text_columns(const uint8_t *text, int64_t length, const ionforge_text_column *column, int32_t columns, ionforge_text_lines &lines) {
    Stretch stretch;
    Rows rows;
    rows.count = 0;
    lines.rows = 0;
    lines.left = 0;
    int32_t line = 0;
    for (int64_t begin = 0; begin < length;) {
        stretch.index(text, begin, length - begin < STRETCH ? length : begin + STRETCH);
        int32_t start = static_cast<int32_t>(begin);
        int32_t first = 0;
        for (int32_t i = 0; i < stretch.feeds; i++, line++) {
            const int32_t feed = stretch.feed[i];
            const int32_t last = stretch.index_of(feed, begin);
            const bool quoted = stretch.quotes && std::memchr(text + start, '"', feed - start) != nullptr;
            if (last - first + 1 >= columns && !quoted) {
                rows.line[rows.count] = line;
                rows.start[rows.count] = start;
                rows.feed[rows.count] = feed;
                rows.first[rows.count] = first;
                rows.count++;
                if (rows.count == ROWS) {
                    read_rows(rows, stretch, text, column, columns, lines);
                }
            } else if (feed - start > (text[start] == '\r')) {  // no blank line
                leave(lines, line, start, feed);
            }
            start = feed + 1;
            first = last + 1;
        }
        read_rows(rows, stretch, text, column, columns, lines);
        if (stretch.feeds == 0) {  // a line longer than a stretch
            const int32_t feed = static_cast<int32_t>(static_cast<const uint8_t *>(std::memchr(text + start, '\n', length - start)) - text);
            leave(lines, line++, start, feed);
            start = feed + 1;
        }
        begin = start;
    }
}

}  // namespace ionforge::IONFORGE_ISA
