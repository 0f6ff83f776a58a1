// Patches of channel-last maps (org.ionforge.compute.Patches): copies of runs, bound by memory.
//
// An image becomes a frame first: its pooled map with the zeros around it, small enough for the nearest cache. A row of a patch is
// then one run of the frame, kernel_width·channels elements or bits, and no patch needs to look at edges or squares. Gradients
// take the same way back: added up in a frame, then spread over the squares.
#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "operations.h"
#include "parallel.h"

namespace {

using ionforge::Frames;

// image(r) for every image, several to a task so that it is worth handing over; `make` gives a task its scratch.
template <typename Make, typename Image>
void over_images(const Frames &f, int64_t bytes_of_image, const Make &make, const Image &image) {
    constexpr int64_t BYTES = 1 << 18;
    const int64_t each = std::max<int64_t>(1, BYTES / std::max<int64_t>(1, bytes_of_image));
    ionforge::parallel_for((f.s.images + each - 1) / each, [&](int64_t task) {
        auto scratch = make();
        for (int64_t r = task * each; r < f.s.images && r < (task + 1) * each; r++) {
            image(r, scratch);
        }
    });
}

// patch(position, start): the first element of the frame that a patch sees.
template <typename Patch>
void over_patches(const Frames &f, const Patch &patch) {
    for (int64_t py = 0, position = 0; py < f.out_height; py++) {
        for (int64_t px = 0; px < f.out_width; px++, position++) {
            patch(position, f.start(py, px));
        }
    }
}

template <typename In, typename Out>
void pool_values(const Frames &f, const In *map, Out *frame) {
    const int64_t channels = f.s.channels, pool = f.s.pool;
    for (int64_t y = 0; y < f.pooled_height; y++) {
        for (int64_t x = 0; x < f.pooled_width; x++) {
            Out *to = frame + f.inside(y, x);
            for (int64_t square = 0; square < pool * pool; square++) {
                const In *from = map + ((y * pool + square / pool) * f.s.width + x * pool + square % pool) * channels;
                for (int64_t c = 0; c < channels; c++) {
                    to[c] = square == 0 ? static_cast<Out>(from[c]) : to[c] + static_cast<Out>(from[c]);
                }
            }
        }
    }
}

// Counts of at most 255: as many spikes of a square fit a byte.
inline void pool_bits(const Frames &f, const uint32_t *map, uint8_t *frame) { ionforge::operations().count_spikes_u8(f, map, frame); }
inline void pool_bits(const Frames &f, const uint32_t *map, float *frame) { ionforge::operations().count_spikes_f32(f, map, frame); }

// Copies of runs of a few elements are the time of a thin map: in pieces of 16 bytes, the last one overlapping the one before.
inline void copy(void *to, const void *from, int64_t bytes) {
    if (bytes < 16 || bytes > 256) {
        std::memcpy(to, from, static_cast<size_t>(bytes));
        return;
    }
    auto *t = static_cast<char *>(to);
    const auto *s = static_cast<const char *>(from);
    for (int64_t i = 0; i + 16 < bytes; i += 16) {
        std::memcpy(t + i, s + i, 16);
    }
    std::memcpy(t + bytes - 16, s + bytes - 16, 16);
}

template <typename In, typename Out>
void gather_values(const Frames &f, const In *maps, Out *rows) {
    constexpr bool bits = std::is_same_v<In, uint32_t>;
    const int64_t map = static_cast<int64_t>(f.s.height) * f.s.width * (bits ? f.channel_words : f.s.channels);
    const int64_t image_rows = f.positions * f.inputs, run = f.run(), runs = f.runs();
    bool in_place = false;
    if constexpr (std::is_same_v<In, Out>) {
        in_place = f.is_the_map();
    }
    const int64_t elements = in_place ? 0 : f.elements();
    over_images(f, image_rows * static_cast<int64_t>(sizeof(Out)), [&] { return std::vector<Out>(elements); },
                [&](int64_t r, std::vector<Out> &scratch) {
        const Out *frame = scratch.data();
        if constexpr (bits) {
            pool_bits(f, maps + r * map, scratch.data());
        } else if constexpr (std::is_same_v<In, Out>) {
            if (in_place) {
                frame = maps + r * map;
            } else {
                pool_values(f, maps + r * map, scratch.data());
            }
        } else {
            pool_values(f, maps + r * map, scratch.data());
        }
        over_patches(f, [&](int64_t position, int64_t start) {
            Out *to = rows + r * image_rows + position * f.inputs;
            for (int64_t i = 0; i < runs; i++) {
                copy(to + i * run, frame + start + i * f.row(), run * static_cast<int64_t>(sizeof(Out)));
            }
        });
    });
}

// Bits one behind the other, into words.
class BitWriter {
public:
    explicit BitWriter(uint32_t *to) : to(to) {}

    // The lowest `count` of `bits`, 0 to 32; those above are 0.
    void append(uint32_t bits, int64_t count) {
        held |= static_cast<uint64_t>(bits) << filled;
        filled += count;
        if (filled >= 32) {
            *to++ = static_cast<uint32_t>(held);
            held >>= 32;
            filled -= 32;
        }
    }

    void flush() {
        if (filled > 0) {
            *to++ = static_cast<uint32_t>(held);
            held = 0;
            filled = 0;
        }
    }

private:
    uint32_t *to;
    uint64_t held = 0;
    int64_t filled = 0;
};

inline uint32_t lowest(int64_t count) { return count >= 32 ? 0xffffffffu : (1u << count) - 1; }

// Rows of a frame of bits begin at whole words, `line` words apart; one more is there to be read.
void frame_of_bits(const Frames &f, const uint32_t *map, uint32_t *frame, int64_t line) {
    const int64_t channels = f.s.channels;
    for (int64_t y = 0; y < f.pooled_height; y++) {
        BitWriter writer(frame + (y + f.s.padding) * line);
        for (int64_t zeros = f.s.padding * channels; zeros > 0; zeros -= 32) {
            writer.append(0, std::min<int64_t>(32, zeros));
        }
        const uint32_t *from = map + y * f.s.width * f.channel_words;
        for (int64_t x = 0; x < f.pooled_width; x++) {
            for (int64_t c = 0; c < channels; c += 32) {
                writer.append(*from++ & lowest(channels - c), std::min<int64_t>(32, channels - c));
            }
        }
        writer.flush();
    }
}

void gather_bits(const Frames &f, const uint32_t *maps, uint32_t *rows) {
    const int64_t map = static_cast<int64_t>(f.s.height) * f.s.width * f.channel_words, line = (f.row() + 31) / 32 + 1;
    const int64_t run = static_cast<int64_t>(f.s.kernel_width) * f.s.channels;
    over_images(f, f.positions * f.input_words * 4, [&] { return std::vector<uint32_t>(f.height * line); },
                [&](int64_t r, std::vector<uint32_t> &frame) {
        frame_of_bits(f, maps + r * map, frame.data(), line);
        uint32_t *to = rows + r * f.positions * f.input_words;
        for (int64_t py = 0; py < f.out_height; py++) {
            for (int64_t px = 0; px < f.out_width; px++, to += f.input_words) {
                BitWriter writer(to);
                const int64_t start = px * f.s.stride * f.s.channels, shift = start % 32;
                for (int64_t ky = 0; ky < f.s.kernel_height; ky++) {
                    const uint32_t *from = frame.data() + (py * f.s.stride + ky) * line + start / 32;
                    for (int64_t done = 0; done < run; done += 32, from++) {
                        const uint64_t two = from[0] | static_cast<uint64_t>(from[1]) << 32;
                        writer.append(static_cast<uint32_t>(two >> shift) & lowest(run - done), std::min<int64_t>(32, run - done));
                    }
                }
                writer.flush();
            }
        }
    });
}

}  // namespace

namespace ionforge {

void fill_frame(const Frames &f, const void *maps, int32_t map_kind, int64_t r, float *frame) {
    if (map_kind == IONFORGE_MAP_BITS) {
        pool_bits(f, static_cast<const uint32_t *>(maps) + r * f.s.height * f.s.width * f.channel_words, frame);
    } else {
        pool_values(f, static_cast<const float *>(maps) + r * f.map_elements(), frame);
    }
}

void spread(const Frames &f, const float *frame, float *map) {
    const int64_t channels = f.s.channels;
    for (int64_t y = 0; y < f.s.height; y++) {
        for (int64_t x = 0; x < f.s.width; x++, map += channels) {
            const int64_t sy = y / f.s.pool, sx = x / f.s.pool;
            if (sy < f.pooled_height && sx < f.pooled_width) {
                copy(map, frame + f.inside(sy, sx), channels * static_cast<int64_t>(sizeof(float)));
            } else {
                std::fill_n(map, channels, 0.0f);
            }
        }
    }
}

}  // namespace ionforge

extern "C" {

void ionforge_patches_gather(const ionforge_patches_shape *shape, const void *maps, int32_t map_kind, void *rows, int32_t row_kind) {
    const Frames f(*shape);
    if (map_kind == IONFORGE_MAP_BITS) {
        const auto *from = static_cast<const uint32_t *>(maps);
        if (row_kind == IONFORGE_MAP_BITS) {
            gather_bits(f, from, static_cast<uint32_t *>(rows));
        } else if (row_kind == IONFORGE_MAP_U8) {
            gather_values(f, from, static_cast<uint8_t *>(rows));
        } else {
            gather_values(f, from, static_cast<float *>(rows));
        }
    } else if (map_kind == IONFORGE_MAP_U8) {
        const auto *from = static_cast<const uint8_t *>(maps);
        if (row_kind == IONFORGE_MAP_U8) {
            gather_values(f, from, static_cast<uint8_t *>(rows));
        } else {
            gather_values(f, from, static_cast<float *>(rows));
        }
    } else {
        gather_values(f, static_cast<const float *>(maps), static_cast<float *>(rows));
    }
}

void ionforge_patches_scatter(const ionforge_patches_shape *shape, const float *rows, float *maps) {
    const Frames f(*shape);
    const int64_t map = f.map_elements(), image_rows = f.positions * f.inputs;
    const int64_t run = f.run(), runs = f.runs();
    over_images(f, (map + image_rows) * static_cast<int64_t>(sizeof(float)),
                [&] { return std::vector<float>(f.is_the_map() ? 0 : f.elements()); },
                [&](int64_t r, std::vector<float> &scratch) {
        float *frame = f.is_the_map() ? maps + r * map : scratch.data();
        std::fill_n(frame, f.elements(), 0.0f);
        over_patches(f, [&](int64_t position, int64_t start) {
            const float *from = rows + r * image_rows + position * f.inputs;
            for (int64_t i = 0; i < runs; i++) {
                float *__restrict to = frame + start + i * f.row();
                const float *__restrict of = from + i * run;
                for (int64_t k = 0; k < run; k++) {
                    to[k] += of[k];
                }
            }
        });
        if (!f.is_the_map()) {
            ionforge::spread(f, frame, maps + r * map);
        }
    });
}
}
