// Frames: the pooled map of an image with the zeros around it, which patches are runs of (patches.cpp).
#pragma once
#include <cstdint>

#include "ionforge_patches.h"

namespace ionforge {

struct Frames {
    explicit Frames(const ionforge_patches_shape &shape)
        : s(shape), pooled_height(s.height / s.pool), pooled_width(s.width / s.pool), width(pooled_width + 2 * s.padding),
          height(pooled_height + 2 * s.padding), out_height((height - s.kernel_height) / s.stride + 1),
          out_width((width - s.kernel_width) / s.stride + 1), positions(static_cast<int64_t>(out_height) * out_width),
          inputs(static_cast<int64_t>(s.kernel_height) * s.kernel_width * s.channels), channel_words((s.channels + 31) / 32),
          input_words((inputs + 31) / 32) {}

    const ionforge_patches_shape s;
    const int64_t pooled_height, pooled_width, width, height, out_height, out_width, positions, inputs, channel_words, input_words;

    int64_t row() const { return width * s.channels; }
    int64_t elements() const { return height * row(); }
    // Of a map that is no bits.
    int64_t map_elements() const { return static_cast<int64_t>(s.height) * s.width * s.channels; }
    // The pooled element (y, x, 0).
    int64_t inside(int64_t y, int64_t x) const { return (y + s.padding) * row() + (x + s.padding) * s.channels; }
    // The first element that the patch (py, px) sees.
    int64_t start(int64_t py, int64_t px) const { return py * s.stride * row() + px * s.stride * s.channels; }
    bool is_the_map() const { return s.pool == 1 && s.padding == 0; }
    // A patch is `runs` of `run` elements, a row of the frame apart; patches as wide as the frame are one.
    bool one_run() const { return s.kernel_width == width; }
    int64_t runs() const { return one_run() ? 1 : s.kernel_height; }
    int64_t run() const { return one_run() ? inputs : static_cast<int64_t>(s.kernel_width) * s.channels; }
};

// The frame of image r of maps (IONFORGE_MAP_BITS or IONFORGE_MAP_F32), but for the zeros around it.
void fill_frame(const Frames &f, const void *maps, int32_t map_kind, int64_t r, float *frame);

// A frame's sums over the squares of the map; what no square has is 0.
void spread(const Frames &f, const float *frame, float *map);

}  // namespace ionforge
