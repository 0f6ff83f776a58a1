// The C face of DEFLATE and of columns of separated text.
#include "ionforge_text.h"

#include "inflate.h"
#include "operations.h"

extern "C" {

int64_t ionforge_inflate_state_bytes(void) { return sizeof(ionforge::Inflate); }

int32_t ionforge_inflate(void *state, const uint8_t *input, int64_t input_length, int32_t last, uint8_t *output, int64_t history,
                         int64_t room, int64_t *consumed, int64_t *produced) {
    return ionforge::operations().inflate(*static_cast<ionforge::Inflate *>(state), {input, input_length, last != 0},
                                          {output, history, room}, *consumed, *produced);
}

void ionforge_text_columns(const uint8_t *text, int64_t length, const struct ionforge_text_column *column, int32_t columns,
                           struct ionforge_text_lines *lines) {
    ionforge::operations().text_columns(text, length, column, columns, *lines);
}
}
