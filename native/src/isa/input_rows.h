// Rows of inputs that products read where they lie: those of an array [T, B, K], or patches of frames (patches.h).
//
// Frames are small beside their patches, as each of their elements is in kernel² of these: of a layer behind 12×12×12 maps 7 KB an image
// instead of 77, so that products find them in the nearest cache (bench/kernels/spiking_convolution.md).
#pragma once
#include <optional>

#include "ionforge_spiking.h"
#include "patches.h"
#include "pieces.h"

namespace ionforge::IONFORGE_ISA {

// What lies side by side in a row: it is `runs` of `run` floats, `line` floats apart.
struct Runs {
    int64_t runs, run, line;
};

// Some inputs that lie side by side: `count` from input k on, `offset` floats behind the row's first.
struct Columns {
    int64_t k, count, offset;
};

class InputRows {
public:
    // `steps` of the product; `back`: gradients of the maps are wanted. What is kept for the call is taken of the pieces.
    InputRows(const ionforge_spiking_shape &shape, const ionforge_spiking_input &input, int64_t steps, bool back, Pieces &pieces);

    // The frames of all maps, if there are any: before rows are pointed at.
    void fill() const;

    // Where the rows of samples [first, first + samples) begin, row t·samples + b for all steps t; then the last one again, up to a multiple of
    // a product's tile.
    void point(int64_t first, int64_t samples, const float **rows) const;

    const Runs &runs() const { return of_row; }
    // Tiles of at most NR inputs, none in two runs.
    int64_t column_tiles() const { return of_row.runs * tiles_of_run(); }
    Columns columns(int64_t tile) const;

    bool patches() const { return frames.has_value(); }

    // The way back to the gradients of the maps: adds those of a row's inputs, of a sample at step t, to its frame. Samples come in order, the
    // first of an image to a frame of zeros; with the last of an image its frame is spread over the map.
    void add_gradient(const float *from, int64_t t, int64_t sample, const float *row, float *maps) const;

private:
    int64_t tiles_of_run() const;
    int64_t images() const { return steps * (batch / frames->positions); }

    const ionforge_spiking_input &input;
    int64_t steps, batch, inputs;
    std::optional<Frames> frames;
    Runs of_row;
    float *pooled = nullptr, *gradient_frames = nullptr;
    const float *base;  // of the first row
};

}  // namespace ionforge::IONFORGE_ISA
