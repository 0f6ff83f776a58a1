// The C face of quantisation: rows cut into pieces for the pool. What a piece computes does not depend on the
// thread that has it, and ranges and counts not on the order in which they are put together; sums are added in ascending order.
#include "quantisation.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <vector>

#include "operations.h"
#include "parallel.h"

namespace ionforge {
namespace {

// Values of a task: some microseconds of work, input and output in L2. Whole words of a mask and whole bytes of packed codes.
constexpr int64_t PIECE = 16384;
// A channel up to this is still in L2 when it is read for the second time (256 KB).
constexpr int64_t CHANNEL_IN_CACHE = 65536;
// Outputs above this leave no room in the cache for what reads them next: they are written past it.
constexpr int64_t PAST_CACHE_BYTES = 8 << 20;

void write_scale(const ionforge_quantisation_scheme &scheme, Range range, const ionforge_scales &scales, int64_t channel) {
    const Scale scale = scale_of({scheme.lowest, scheme.highest, scheme.affine, scheme.scale_rule, scheme.smallest_scale}, range);
    scales.scale[channel] = scale.scale;
    if (scales.zero_point != nullptr) {
        scales.zero_point[channel] = scale.zero_point;
    }
}

Range joined(Range a, Range b) { return {smaller(a.min, b.min), larger(a.max, b.max)}; }

// Takes a tensor's range into the state of a channel.
void track(Range range, float averaging, float *state) {
    const Range after = tracked(range, averaging, state);
    state[0] = after.min;
    state[1] = after.max;
}

struct Piece {
    int64_t channel, first, length;
};

// Pieces of a channel; an empty one has one, of no values.
int64_t pieces_of(const ionforge_channels &channels) { return channels.length == 0 ? 1 : (channels.length + PIECE - 1) / PIECE; }

// Calls `piece` for every piece of every channel; short channels share a task.
template <typename OnePiece>
void over_pieces(const ionforge_channels &channels, const OnePiece &piece) {
    const int64_t pieces = pieces_of(channels);
    if (pieces > 1) {
        parallel_for(channels.count * pieces, [&](int64_t task) {
            const int64_t first = task % pieces * PIECE;
            piece(Piece{task / pieces, first, channels.length - first < PIECE ? channels.length - first : PIECE});
        });
        return;
    }
    const int64_t together = channels.length == 0 ? channels.count : PIECE / channels.length;
    parallel_for((channels.count + together - 1) / together, [&](int64_t task) {
        for (int64_t channel = task * together; channel < channels.count && channel < (task + 1) * together; channel++) {
            piece(Piece{channel, 0, channels.length});
        }
    });
}

// Whether so many values go to memory rather than stay in the cache.
bool past_the_cache(const ionforge_channels &channels) {
    return channels.count * channels.length * static_cast<int64_t>(sizeof(float)) > PAST_CACHE_BYTES;
}

// A quantisation over all channels: where the rows of its outputs start.
struct Quantisation {
    const float *x;
    const ionforge_channels &channels;
    const ionforge_quantisation_scheme &scheme;
    const ionforge_scales &scales;
    const ionforge_quantised &outputs;
    bool past_cache = past_the_cache(channels);

    const float *at(const Piece &piece) const { return x + piece.channel * channels.stride + piece.first; }

    Range quantise(const Piece &piece, bool ranged, int64_t ahead = FETCHED_AHEAD) const {
        const int32_t zero_point = scales.zero_point == nullptr ? 0 : scales.zero_point[piece.channel];
        const int64_t packed_bytes = (channels.length * scheme.bits + 7) / 8;
        const QuantisedRow row{
            outputs.values == nullptr ? nullptr : outputs.values + piece.channel * channels.stride + piece.first,
            outputs.codes == nullptr ? nullptr : outputs.codes + piece.channel * channels.length + piece.first,
            outputs.packed == nullptr ? nullptr : outputs.packed + piece.channel * packed_bytes + piece.first * scheme.bits / 8,
            outputs.mask == nullptr ? nullptr : outputs.mask + piece.channel * ((channels.length + 31) / 32) + piece.first / 32,
            scheme.bits, past_cache, ahead};
        return operations().quantise_row_f32(at(piece), piece.length, Quantiser(scheme, scales.scale[piece.channel], zero_point), row, ranged);
    }
};

// The range of every channel, from a function that gives that of a piece.
template <typename RangeOf>
std::vector<Range> ranges(const ionforge_channels &channels, const RangeOf &range_of) {
    const int64_t pieces = pieces_of(channels);
    std::vector<Range> parts(static_cast<size_t>(channels.count * pieces));
    over_pieces(channels, [&](const Piece &piece) { parts[static_cast<size_t>(piece.channel * pieces + piece.first / PIECE)] = range_of(piece); });
    std::vector<Range> whole(static_cast<size_t>(channels.count));
    for (size_t channel = 0; channel < whole.size(); channel++) {
        whole[channel] = parts[channel * pieces];
        for (int64_t piece = 1; piece < pieces; piece++) {
            whole[channel] = joined(whole[channel], parts[channel * pieces + piece]);
        }
    }
    return whole;
}

// The number that a histogram's bin starts with, for a number that is not negative; the last finite bin ends with 2¹²⁸.
double bin_edge(uint32_t key) {
    return key == 0x7f800000u >> 18 ? 0x1p128 : static_cast<double>(__builtin_bit_cast(float, key << 18));
}

// The number that `target` of the counts lie below.
float quantile(const uint64_t *histogram, double target) {
    constexpr int KEYS = HISTOGRAM_BINS / 2;
    uint64_t below = 0;
    int bin = 0;
    while (histogram[bin] == 0 || static_cast<double>(below + histogram[bin]) < target) {
        below += histogram[bin++];
    }
    const bool negative = bin < KEYS;
    const uint32_t key = static_cast<uint32_t>(negative ? KEYS - 1 - bin : bin - KEYS);
    if (key == 0x7f800000u >> 18) {
        return negative ? -__builtin_inff() : __builtin_inff();
    }
    const double low = negative ? -bin_edge(key + 1) : bin_edge(key);
    const double fraction = (target - static_cast<double>(below)) / static_cast<double>(histogram[bin]);
    const double value = std::fma(bin_edge(key + 1) - bin_edge(key), fraction, low);
    constexpr double MOST = 0x1.fffffep127;
    return static_cast<float>(value < -MOST ? -MOST : value > MOST ? MOST : value);
}

}  // namespace
}  // namespace ionforge

using namespace ionforge;

extern "C" {

void ionforge_quantise_f32(const float *x, const ionforge_channels *channels, const ionforge_quantisation_scheme *scheme,
                           const ionforge_scales *scales, const ionforge_quantised *outputs) {
    const Quantisation all{x, *channels, *scheme, *scales, *outputs};
    over_pieces(*channels, [&](const Piece &piece) { all.quantise(piece, false); });
}

void ionforge_straight_through_f32(const float *gradient, const ionforge_channels *channels, const uint32_t *mask, float *result) {
    const int64_t words = (channels->length + 31) / 32;
    const bool past_cache = past_the_cache(*channels);
    over_pieces(*channels, [&](const Piece &piece) {
        const int64_t at = piece.channel * channels->stride + piece.first;
        operations().straight_through_row_f32(gradient + at, mask + piece.channel * words + piece.first / 32, piece.length, result + at, past_cache);
    });
}

void ionforge_step_gradients_f32(const float *x, const float *gradient, const ionforge_channels *channels,
                                 const ionforge_quantisation_scheme *scheme, const ionforge_scales *scales, int32_t rule,
                                 float factor, const ionforge_step_gradients *gradients) {
    const int64_t pieces = pieces_of(*channels);
    const bool past_cache = past_the_cache(*channels);
    std::vector<StepSums> sums(static_cast<size_t>(channels->count * pieces));
    over_pieces(*channels, [&](const Piece &piece) {
        const int64_t at = piece.channel * channels->stride + piece.first;
        const int32_t zero_point = scales->zero_point == nullptr ? 0 : scales->zero_point[piece.channel];
        sums[static_cast<size_t>(piece.channel * pieces + piece.first / PIECE)] = operations().step_gradient_row_f32(
            x + at, gradient + at, piece.length, Quantiser(*scheme, scales->scale[piece.channel], zero_point),
            static_cast<StepRule>(rule), factor, gradients->x == nullptr ? nullptr : gradients->x + at, past_cache);
    });
    for (int64_t channel = 0; channel < channels->count; channel++) {
        StepSums sum{0, 0};
        for (int64_t piece = 0; piece < pieces; piece++) {
            sum.scale += sums[static_cast<size_t>(channel * pieces + piece)].scale;
            sum.zero_point += sums[static_cast<size_t>(channel * pieces + piece)].zero_point;
        }
        if (gradients->scale != nullptr) {
            gradients->scale[channel] = static_cast<float>(sum.scale);
        }
        if (gradients->zero_point != nullptr) {
            gradients->zero_point[channel] = static_cast<float>(sum.zero_point);
        }
    }
}

void ionforge_initial_steps_f32(const float *x, const ionforge_channels *channels, int32_t highest, float *scales) {
    const int64_t pieces = pieces_of(*channels);
    std::vector<double> sums(static_cast<size_t>(channels->count * pieces));
    over_pieces(*channels, [&](const Piece &piece) {
        sums[static_cast<size_t>(piece.channel * pieces + piece.first / PIECE)] =
            operations().magnitude_row_f32(x + piece.channel * channels->stride + piece.first, piece.length);
    });
    for (int64_t channel = 0; channel < channels->count; channel++) {
        double sum = 0;
        for (int64_t piece = 0; piece < pieces; piece++) {
            sum += sums[static_cast<size_t>(channel * pieces + piece)];
        }
        scales[channel] = static_cast<float>(2.0 * (sum / static_cast<double>(channels->length)) / std::sqrt(static_cast<double>(highest)));
    }
}

void ionforge_observe_f32(const float *x, const ionforge_channels *channels, float averaging, float *state) {
    if (channels->length == 0) {
        return;
    }
    const std::vector<Range> found = ranges(*channels, [&](const Piece &piece) {
        return operations().range_row_f32(x + piece.channel * channels->stride + piece.first, piece.length);
    });
    for (int64_t channel = 0; channel < channels->count; channel++) {
        track(found[static_cast<size_t>(channel)], averaging, state + 2 * channel);
    }
}

void ionforge_scales_of_state(const float *state, int64_t channels, const ionforge_quantisation_scheme *scheme,
                              const ionforge_scales *scales) {
    for (int64_t channel = 0; channel < channels; channel++) {
        write_scale(*scheme, {state[2 * channel], state[2 * channel + 1]}, *scales, channel);
    }
}

void ionforge_observe_and_quantise_f32(const float *x, const ionforge_channels *channels,
                                       const ionforge_quantisation_scheme *scheme, float averaging, int32_t delayed, float *state,
                                       const ionforge_scales *scales, const ionforge_quantised *outputs) {
    const Quantisation all{x, *channels, *scheme, *scales, *outputs};
    const bool rows_in_cache = channels->length <= PIECE || (channels->length <= CHANNEL_IN_CACHE && channels->count >= thread_count());
    if (channels->length == 0) {
        ionforge_scales_of_state(state, channels->count, scheme, scales);
    } else if (delayed) {
        const std::vector<Range> found = ranges(*channels, [&](const Piece &piece) { return all.quantise(piece, true); });
        for (int64_t channel = 0; channel < channels->count; channel++) {
            track(found[static_cast<size_t>(channel)], averaging, state + 2 * channel);
        }
        ionforge_scales_of_state(state, channels->count, scheme, scales);
    } else if (rows_in_cache) {
        // More rows a task than elsewhere, if all threads have tasks: while one is written the next is read into the cache.
        const int64_t least = std::max<int64_t>(1, PIECE / channels->length), most = std::max<int64_t>(1, 4 * PIECE / channels->length);
        const int64_t together = std::clamp(channels->count / (4 * thread_count()), least, most);
        parallel_for((channels->count + together - 1) / together, [&](int64_t task) {
            const int64_t end = std::min(channels->count, (task + 1) * together);
            for (int64_t channel = task * together; channel < end; channel++) {
                const Piece whole{channel, 0, channels->length};
                track(operations().range_row_f32(all.at(whole), whole.length), averaging, state + 2 * channel);
                write_scale(*scheme, {state[2 * channel], state[2 * channel + 1]}, *scales, channel);
                all.quantise(whole, false, channel + 1 < end ? std::max(FETCHED_AHEAD, channels->stride) : FETCHED_AHEAD);
            }
        });
    } else {
        ionforge_observe_f32(x, channels, averaging, state);
        ionforge_scales_of_state(state, channels->count, scheme, scales);
        ionforge_quantise_f32(x, channels, scheme, scales, outputs);
    }
}

void ionforge_histogram_count_f32(const float *x, int64_t n, uint64_t *histogram) {
    constexpr int64_t COUNTED = 1 << 20;  // values of a task: far more than the bins it adds in the end
    parallel_for((n + COUNTED - 1) / COUNTED, [&](int64_t task) {
        constexpr size_t ROOM = HISTOGRAM_BINS + 1;
        const auto tables = std::make_unique<uint32_t[]>(4 * ROOM);
        const int64_t first = task * COUNTED;
        operations().histogram_row_f32(x + first, n - first < COUNTED ? n - first : COUNTED, tables.get());
        for (size_t bin = 0; bin < ROOM; bin++) {
            const uint64_t counted = static_cast<uint64_t>(tables[bin]) + tables[ROOM + bin] + tables[2 * ROOM + bin] + tables[3 * ROOM + bin];
            if (counted > 0) {
                std::atomic_ref<uint64_t>(histogram[bin]).fetch_add(counted, std::memory_order_relaxed);
            }
        }
    });
}

void ionforge_histogram_quantiles(const uint64_t *histogram, double from, double to, float *state) {
    uint64_t total = 0;
    for (int bin = 0; bin < HISTOGRAM_BINS; bin++) {
        total += histogram[bin];
    }
    if (histogram[HISTOGRAM_BINS] > 0) {
        state[0] = state[1] = __builtin_nanf("");
    } else if (total == 0) {
        state[0] = __builtin_inff();
        state[1] = -__builtin_inff();
    } else {
        state[0] = quantile(histogram, from * static_cast<double>(total)) + 0.0f;
        state[1] = quantile(histogram, to * static_cast<double>(total)) + 0.0f;
    }
}
}
