// Counts of spikes over the squares of a pool: of a word of bits and a vector of counts a comparison and a subtraction.
#include <cstring>

#include "lanes.h"
#include "operations.h"

namespace ionforge::IONFORGE_ISA {

namespace {

using ByteVec = uint8_t __attribute__((vector_size(LANES)));

// keep(to, counts, n, within): the first n of a pixel's counts; up to `within` elements from there are this pixel's and those to its right,
// which come later.
template <typename Out, typename Keep> void count_spikes(const Frames &f, const uint32_t *map, Out *frame, const Keep &keep) {
    IntVec lane;  // its bit
    for (int i = 0; i < LANES; i++) {
        lane[i] = static_cast<int32_t>(1u << i);
    }
    const int64_t channels = f.s.channels, pool = f.s.pool, words = f.channel_words, line = f.s.width * words;
    for (int64_t y = 0; y < f.pooled_height; y++) {
        for (int64_t x = 0; x < f.pooled_width; x++) {
            const uint32_t *square = map + y * pool * line + x * pool * words;
            Out *to = frame + f.inside(y, x);
            for (int64_t c = 0; c < channels; c += LANES) {
                IntVec counts{};
                for (int64_t dy = 0; dy < pool; dy++) {
                    for (int64_t dx = 0; dx < pool; dx++) {
                        const uint32_t word = square[dy * line + dx * words + c / 32];
                        counts -= ((static_cast<int32_t>(word >> c % 32) - IntVec{}) & lane) != 0;
                    }
                }
                keep(to + c, counts, channels - c, (f.pooled_width - x) * channels - c);
            }
        }
    }
}

}  // namespace

void count_spikes_f32(const Frames &f, const uint32_t *map, float *frame) {
    count_spikes(f, map, frame, [](float *to, const IntVec &counts, int64_t n, int64_t) {
        const Vec values = __builtin_convertvector(counts, Vec);
        n >= LANES ? store(to, values) : store_some(to, values, n);
    });
}

void count_spikes_u8(const Frames &f, const uint32_t *map, uint8_t *frame) {
    count_spikes(f, map, frame, [](uint8_t *to, const IntVec &counts, int64_t n, int64_t within) {
        const ByteVec bytes = __builtin_convertvector(counts, ByteVec);
        if (within >= LANES) {
            std::memcpy(to, &bytes, LANES);
        } else {
            std::memcpy(to, &bytes, static_cast<size_t>(n));
        }
    });
}

}  // namespace ionforge::IONFORGE_ISA
