// Counts of spikes over the squares of a pool, as floats: of a word of bits and a vector of counts a comparison and a subtraction.
#include "lanes.h"
#include "operations.h"

namespace ionforge::IONFORGE_ISA {

void count_spikes_f32(const Frames &f, const uint32_t *map, float *frame) {
    IntVec lane;  // its bit
    for (int i = 0; i < LANES; i++) {
        lane[i] = static_cast<int32_t>(1u << i);
    }
    const int64_t channels = f.s.channels, pool = f.s.pool, words = f.channel_words, line = f.s.width * words;
    for (int64_t y = 0; y < f.pooled_height; y++) {
        for (int64_t x = 0; x < f.pooled_width; x++) {
            const uint32_t *square = map + y * pool * line + x * pool * words;
            float *to = frame + f.inside(y, x);
            for (int64_t c = 0; c < channels; c += LANES) {
                IntVec counts{};
                for (int64_t dy = 0; dy < pool; dy++) {
                    for (int64_t dx = 0; dx < pool; dx++) {
                        const uint32_t word = square[dy * line + dx * words + c / 32];
                        counts -= ((static_cast<int32_t>(word >> c % 32) - IntVec{}) & lane) != 0;
                    }
                }
                const Vec values = __builtin_convertvector(counts, Vec);
                channels - c >= LANES ? store(to + c, values) : store_some(to + c, values, channels - c);
            }
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA
