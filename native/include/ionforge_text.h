/* Bytes of files to arrays: DEFLATE, and columns of separated text. The contracts stand in the Javadoc of org.ionforge.compute.text.
 * Each call works on the calling thread; states and tables belong to one thread at a time. */
#ifndef IONFORGE_TEXT_H
#define IONFORGE_TEXT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef IONFORGE_API
#define IONFORGE_API __attribute__((visibility("default")))
#endif

/* ---- DEFLATE (Deflate) ---- */

/* Bytes of a stream's state; zeros are a stream at its beginning. */
IONFORGE_API int64_t ionforge_inflate_state_bytes(void);

/* Goes on with a stream: reads input[0, input_length), after which nothing follows if `last`, and writes to output[0, room), before
 * which `history` bytes of the same stream lie. Sets how many bytes it read and wrote. Returns 0 if it needs more input (it leaves
 * at most 640 bytes), 1 if the room is used up (but for at most 322 bytes), 2 at the end of the stream, 3 if the input ended before
 * it, 4 and more if it is damaged: type of a block, length of a stored block, lengths of a code, literal or length, distance,
 * distance too far back. What was written is good in every case. */
IONFORGE_API int32_t ionforge_inflate(void *state, const uint8_t *input, int64_t input_length, int32_t last, uint8_t *output,
                                      int64_t history, int64_t room, int64_t *consumed, int64_t *produced);

/* ---- Columns of separated text (TextColumns) ---- */

enum ionforge_text_kind {
    IONFORGE_TEXT_SKIPPED = 0,
    IONFORGE_TEXT_WHOLE = 1,      /* [-] and 1 to 16 digits */
    IONFORGE_TEXT_OPTIONAL = 2,   /* the same, or nothing for 0 */
    IONFORGE_TEXT_MILLIONTHS = 3, /* 1 to 7 digits, a point, 6 digits: a whole number of millionths */
    IONFORGE_TEXT_TOKEN = 4       /* at most 16 bytes that the table knows */
};

struct ionforge_text_column {
    int32_t kind;
    int32_t width; /* bytes of a value: 1, 2, 4 or 8 */
    int64_t least; /* values outside [least, most] are not understood */
    int64_t most;
    void *values;
    /* Tokens: a hash table of `slots` (a power of two) entries of three words: the bytes of the token padded with zeros to 16, and
     * its number times 32 plus its length; a negative third word is a free entry or a token that is not understood. */
    const int64_t *table;
    int64_t slots;
    /* Millionths: the class of a value, classes[i] for edges[i] <= value < edges[i + 1]; a negative one is not understood. */
    const int64_t *edges;
    const int16_t *classes;
    int64_t edge_count;
    int16_t *class_values;
};

struct ionforge_text_lines {
    int32_t *line;       /* number of each row's line, from 0 */
    int32_t *left_line;  /* of each line that was left: its number, */
    int32_t *left_start; /* where it starts, */
    int32_t *left_end;   /* and where its line feed is */
    int64_t rows;
    int64_t left;
};

/* Reads whole lines, text[0, length), into columns; every array has room for all lines. A line becomes a row if it has less than
 * 16,384 bytes, at least `columns` fields, no quote, and every field is understood; blank lines are neither rows nor left; all others are left. 64 bytes
 * before and after the text must be readable. */
IONFORGE_API void ionforge_text_columns(const uint8_t *text, int64_t length, const struct ionforge_text_column *column,
                                        int32_t columns, struct ionforge_text_lines *lines);

#ifdef __cplusplus
}
#endif

#endif
