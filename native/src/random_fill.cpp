// The C face of random numbers by place: arrays cut into pieces for the pool.
#include "random_fill.h"

#include "ionforge_random.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge {
namespace {

// Elements of a task: whole words of bits.
constexpr int64_t PIECE = 1 << 14;

template <typename OnePiece>
void over_pieces(int64_t n, const OnePiece &piece) {
    parallel_for((n + PIECE - 1) / PIECE, [&](int64_t task) {
        const int64_t at = task * PIECE;
        piece(at, n - at < PIECE ? n - at : PIECE);
    });
}

RandomPlaces places_of(int64_t seed, int64_t stream, int64_t first) {
    return {static_cast<uint64_t>(seed), static_cast<uint64_t>(stream), static_cast<uint64_t>(first)};
}

}  // namespace
}  // namespace ionforge

using namespace ionforge;

extern "C" {

void ionforge_random_words_u32(int64_t seed, int64_t stream, int64_t first, uint32_t *words, int64_t n) {
    const RandomPlaces places = places_of(seed, stream, first);
    over_pieces(n, [&](int64_t at, int64_t count) { operations().random_words_u32(places.from(at), words + at, count); });
}

void ionforge_random_uniform_f32(int64_t seed, int64_t stream, int64_t first, float from, float to, float *values, int64_t n) {
    const RandomPlaces places = places_of(seed, stream, first);
    over_pieces(n, [&](int64_t at, int64_t count) { operations().random_uniform_f32(places.from(at), from, to, values + at, count); });
}

void ionforge_random_normal_f32(int64_t seed, int64_t stream, int64_t first, float mean, float deviation, float *values, int64_t n) {
    const RandomPlaces places = places_of(seed, stream, first);
    over_pieces(n, [&](int64_t at, int64_t count) { operations().random_normal_f32(places.from(at), mean, deviation, values + at, count); });
}

void ionforge_random_bernoulli_f32(int64_t seed, int64_t stream, int64_t first, const float *probability, uint32_t *bits, int64_t n) {
    const RandomPlaces places = places_of(seed, stream, first);
    over_pieces(n, [&](int64_t at, int64_t count) {
        operations().random_bernoulli_f32(places.from(at), probability + at, bits + at / 32, count);
    });
}
}
