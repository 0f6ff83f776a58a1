// Cross entropy of class scores (org.ionforge.compute.CrossEntropy): 8 bytes a score, an exponential and some twenty operations, a
// logarithm and a division a sample.
//
// A lane is a sample: scores are turned so that a vector holds one class of LANES samples, and nothing is added across lanes.
// Softmax does not change if the same number is taken from all scores; taken before the scale, from floats that lie close together,
// it costs no accuracy: an error of a difference of d is d·2⁻²⁴, and d·eᵈ is small.
#include <limits>
#include <utility>

#include "lanes.h"
#include "losses.h"
#include "vector_math.h"

namespace ionforge::IONFORGE_ISA {
namespace {

constexpr int MOST_CLASSES = 256;
constexpr float NOT_A_NUMBER = std::numeric_limits<float>::quiet_NaN();
constexpr float INFINITE = std::numeric_limits<float>::infinity();

// Exchanges lanes with BIT set of a with those without of b.
template <int BIT, int... LANE>
inline __attribute__((always_inline)) void exchange(Vec &a, Vec &b, std::integer_sequence<int, LANE...>) {
    const IntVec lower = {(LANE & BIT ? LANES + (LANE ^ BIT) : LANE)...}, upper = {(LANE & BIT ? LANES + LANE : LANE | BIT)...};
    const Vec left = __builtin_shuffle(a, b, lower), right = __builtin_shuffle(a, b, upper);
    a = left;
    b = right;
}

// Lane k of vector i and lane i of vector k change places: in each round, those that differ in one bit of i and k.
template <int BIT = 1>
inline __attribute__((always_inline)) void transpose(Vec (&v)[LANES]) {
    if constexpr (BIT < LANES) {
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            if ((i & BIT) == 0) {
                exchange<BIT>(v[i], v[i | BIT], std::make_integer_sequence<int, LANES>());
            }
        }
        transpose<2 * BIT>(v);
    }
}

// Scores of LANES samples, one class after the other.
struct Turned {
    alignas(64) float of[MOST_CLASSES * LANES];

    Vec at(int c) const { return load(of + c * LANES); }
    void put(int c, Vec v) { store(of + c * LANES, v); }

    // From the rows of n samples; the other lanes have those of the first.
    void take(const float *rows, int n, int classes) {
        int c = 0;
        do {
            Vec v[LANES];
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) {
                const float *from = rows + (i < n ? i : 0) * classes + c;
                v[i] = c + LANES <= classes ? load(from) : load_some(from, classes - c);
                prefetch(from + 4 * LANES * classes);  // one group of samples is all that the processor sees at a time
            }
            transpose(v);
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) {
                put(c + i, v[i]);
            }
            c += LANES;
        } while (c < classes);
    }

    void give(float *rows, int n, int classes) const {
        for (int c = 0; c < classes; c += LANES) {
            Vec v[LANES];
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) {
                v[i] = at(c + i);
            }
            transpose(v);
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) {
                float *to = rows + i * classes + c;
                if (i < n) {
                    c + LANES <= classes ? store(to, v[i]) : store_some(to, v[i], classes - c);
                }
            }
        }
    }
};

struct Answers {
    Vec largest, answer;
    Mask known;
};

// The first of the largest scores with their sign, which stay, and whether all of them are numbers.
Answers answers(Turned &scores, int classes, float sign) {
    const Vec first = sign * scores.at(0);
    Answers a{first, Vec{}, at_least(first, first)};
    for (int c = 0; c < classes; c++) {
        const Vec x = sign * scores.at(c);
        scores.put(c, x);
        const Mask more = above(x, a.largest);
        a.largest = choose(more, x, a.largest);
        a.answer = choose(more, splat(static_cast<float>(c)), a.answer);
        a.known = a.known & at_least(x, x);
    }
    return a;
}

// Σ exp(scale·(x − largest)), which leaves each term in the place of its score. Sums of SOME terms at a time, to which what adding them
// up rounds off is added again: 17 roundings at most.
Vec exponentials(Turned &scores, int classes, float scale, Vec largest) {
    constexpr int SOME = 16;
    const Vec half = 0.5f * largest;
    Vec sum{}, lost{};
    for (int first = 0; first < classes; first += SOME) {
        Vec some{};
        for (int c = first; c < classes && c < first + SOME; c++) {
            const Vec d = scale * (0.5f * scores.at(c) - half);  // of halves the difference is finite
            const Vec e = exp(d + d);
            scores.put(c, e);
            some += e;
        }
        const Vec more = some - lost, next = sum + more;
        lost = (next - sum) - more;
        sum = next;
    }
    return sum;
}

// At most LANES samples.
void cross_entropy(const ClassScores &batch, int64_t first, int n, CrossEntropySums &sums) {
    const int classes = batch.classes;
    const float sign = batch.scale > 0 ? 1.0f : batch.scale < 0 ? -1.0f : 0.0f, scale = magnitude(batch.scale);
    Turned scores;
    scores.take(batch.scores + first * classes, n, classes);
    const Answers a = answers(scores, classes, sign);
    float picked[LANES], largest[LANES], answer[LANES], sum[LANES], logarithm[LANES];
    int label[LANES];
    for (int i = 0; i < LANES; i++) {
        const int64_t at = i < n ? batch.index[first + i] : -1;
        label[i] = at >= 0 && at < batch.data_rows ? batch.labels[at] : classes;
        picked[i] = label[i] < classes ? scores.of[label[i] * LANES + i] : NOT_A_NUMBER;
    }
    // Of a sample without a label, with a NaN, or whose largest score is infinite, nothing is known.
    const Vec asked = load(picked);
    const Mask valid = a.known & above(splat(INFINITE), abs(a.largest)) & at_least(asked, asked);
    const Vec total = choose(valid, exponentials(scores, classes, scale, a.largest), splat(NOT_A_NUMBER));
    store(largest, a.largest);
    store(answer, choose(a.known, a.answer, splat(-1)));
    store(sum, total);
    for (int i = 0; i < LANES; i++) {
        logarithm[i] = log_positive(sum[i]);
    }
    for (int i = 0; i < n; i++) {
        const double distance = static_cast<double>(scale) * picked[i] - static_cast<double>(scale) * largest[i];
        sums.loss += sum[i] == sum[i] ? logarithm[i] - distance : static_cast<double>(NOT_A_NUMBER);
        sums.right += static_cast<int>(answer[i]) == label[i] ? 1 : 0;
    }
    if (batch.gradient == nullptr) {
        return;
    }
    const float each = static_cast<float>(static_cast<double>(batch.scale) / static_cast<double>(batch.samples));
    const Vec share = each / total;
    for (int c = 0; c < classes; c++) {
        scores.put(c, scores.at(c) * share);
    }
    for (int i = 0; i < n; i++) {
        if (label[i] < classes) {
            scores.of[label[i] * LANES + i] -= each;
        }
    }
    scores.give(batch.gradient + first * classes, n, classes);
}

}  // namespace

CrossEntropySums cross_entropy_f32(const ClassScores &batch, int64_t first, int64_t rows) {
    CrossEntropySums sums{};
    for (int64_t i = 0; i < rows; i += LANES) {
        cross_entropy(batch, first + i, static_cast<int>(rows - i < LANES ? rows - i : LANES), sums);
    }
    return sums;
}

}  // namespace ionforge::IONFORGE_ISA
