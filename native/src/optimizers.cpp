// The C face of optimisers and gradient norms: runs cut into pieces for the pool.
#include "optimizers.h"

#include <vector>

#include "ionforge_optimizers.h"
#include "operations.h"
#include "parallel.h"

namespace ionforge {
namespace {

constexpr int64_t PIECE = 1 << 14;

template <typename OnePiece>
void over_pieces(int64_t n, const OnePiece &piece) {
    parallel_for((n + PIECE - 1) / PIECE, [&](int64_t task) {
        const int64_t at = task * PIECE;
        piece(at, n - at < PIECE ? n - at : PIECE);
    });
}

float *from(float *values, int64_t at) { return values == nullptr ? nullptr : values + at; }

}  // namespace
}  // namespace ionforge

using namespace ionforge;

extern "C" {

void ionforge_sgd_step_f32(float *parameters, const float *gradients, float *velocity, int64_t length, double learning_rate,
                           double momentum, double dampening, double weight_decay, int32_t nesterov, int32_t first, float minimum,
                           float maximum) {
    const SgdStep step = {
        .rate = static_cast<float>(learning_rate),
        .decay = static_cast<float>(weight_decay),
        .momentum = static_cast<float>(momentum),
        .rest = static_cast<float>(1 - dampening),
        .ahead = nesterov ? static_cast<float>(momentum) : 0.0f,
        .minimum = minimum,
        .maximum = maximum,
    };
    over_pieces(length, [&](int64_t at, int64_t n) {
        operations().sgd_step_f32(parameters + at, gradients + at, from(velocity, at), n, first != 0, step);
    });
}

void ionforge_rms_prop_step_f32(float *parameters, const float *gradients, float *square, float *mean, float *velocity, int64_t length,
                                double learning_rate, double smoothing, double epsilon, double momentum, double weight_decay,
                                float minimum, float maximum) {
    const RmsPropStep step = {
        .rate = static_cast<float>(learning_rate),
        .decay = static_cast<float>(weight_decay),
        .smoothing = static_cast<float>(smoothing),
        .rest = static_cast<float>(1 - smoothing),
        .epsilon = static_cast<float>(epsilon),
        .momentum = static_cast<float>(momentum),
        .minimum = minimum,
        .maximum = maximum,
    };
    over_pieces(length, [&](int64_t at, int64_t n) {
        operations().rms_prop_step_f32(parameters + at, gradients + at, square + at, from(mean, at), from(velocity, at), n, step);
    });
}

double ionforge_square_sum_f32(const float *values, int64_t n) {
    std::vector<double> sums(static_cast<size_t>((n + PIECE - 1) / PIECE));
    over_pieces(n, [&](int64_t at, int64_t count) { sums[static_cast<size_t>(at / PIECE)] = operations().square_sum_f32(values + at, count); });
    double all = 0;
    for (const double sum : sums) {
        all += sum;
    }
    return all;
}

void ionforge_scale_f32(float *values, int64_t n, float factor) {
    over_pieces(n, [&](int64_t at, int64_t count) { operations().scale_f32(values + at, count, factor); });
}
}
