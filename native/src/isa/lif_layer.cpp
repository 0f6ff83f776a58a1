#include "lif_layer.h"

namespace ionforge::IONFORGE_ISA {

LayerParameters::LayerParameters(const ionforge_lif_neurons &of, int64_t count, Pieces &pieces) : given(of), neurons(count) {
    for (int array = 0; array < ARRAYS; array++) {
        arrays[array] = pieces.take<float>(each(array) ? words_of(neurons) * WORD : WORD);
    }
}

bool LayerParameters::each(int array) const { return given.per_neuron >> (array == BY_STATE || array == BY_INPUT ? LEAK : array) & 1; }

LifLayer LayerParameters::fill() const {
    const float *values[] = {given.leak, given.threshold, given.slope, given.offset};
    const float absent[] = {0, 0, given.surrogate_slope, 0};
    for (int array = LEAK; array <= OFFSET; array++) {
        const int64_t width = each(array) ? words_of(neurons) * WORD : WORD;
        for (int64_t n = 0; n < width; n++) {
            arrays[array][n] = values[array] == nullptr ? absent[array] : values[array][each(array) ? std::min(n, neurons - 1) : 0];
        }
    }
    const LifChoices<ANY_ROUNDED> choices{given.dialect};
    for (int64_t n = 0; n < (each(LEAK) ? words_of(neurons) * WORD : WORD); n++) {
        const float leak = arrays[LEAK][n];
        const bool divides = choices.charge() == LifCharge::DIVIDE, leaks = choices.charge() == LifCharge::LEAK;
        arrays[BY_STATE][n] = leaks ? leak : divides ? 1 - 1 / leak : 1 - leak;
        arrays[BY_INPUT][n] = given.resistance * (!choices.decay_input() ? 1 : leaks ? 1 - leak : divides ? 1 / leak : leak);
    }
    auto parameter = [&](int array) { return Parameter{arrays[array], each(array) ? 1 : 0}; };
    return {given.dialect,
            {given.synapse_decay, given.resistance, given.rest, given.reset_value, 
             LifLevels::of(given.levels, choices.levels_of_threshold(), choices.state_bits())},
            given.initial,
            parameter(LEAK),
            parameter(THRESHOLD),
            parameter(BY_STATE),
            parameter(BY_INPUT),
            {given.surrogate, parameter(SLOPE), parameter(OFFSET)}};
}

ShareSums::ShareSums(const ionforge_lif_gradients &gradients, int32_t per_neuron, int64_t count, int64_t grid_rows, int64_t grid_columns,
                     int64_t words, int64_t lanes, Pieces &pieces)
    : neurons(count), rows(grid_rows), columns(grid_columns), width(words * WORD) {
    float *const wanted[] = {gradients.leak, gradients.threshold, gradients.slope, gradients.offset};
    for (int p = 0; p < 4; p++) {
        const bool each = per_neuron >> p & 1;
        shares[p] = {wanted[p], each, nullptr, nullptr};
        if (wanted[p] != nullptr) {
            shares[p].lanes = pieces.take<double>(lanes * width);
            shares[p].parts = pieces.take<double>(rows * columns * (each ? width : 1));
        }
    }
}

ParameterShares ShareSums::of_lane(int64_t lane) const {
    auto at = [&](const Share &share) { return share.gradient == nullptr ? nullptr : share.lanes + lane * width; };
    return {at(shares[0]), at(shares[1]), at(shares[2]), at(shares[3])};
}

void ShareSums::take(int64_t row, int64_t column, int64_t lane) const {
    const int64_t count = std::min(width, neurons - column * width);
    for (const Share &share : shares) {
        if (share.gradient == nullptr) {
            continue;
        }
        const double *from = share.lanes + lane * width;
        if (share.each) {
            std::copy(from, from + count, share.parts + (row * columns + column) * width);
        } else {
            double sum = 0;
            for (int64_t n = 0; n < count; n++) {
                sum += from[n];
            }
            share.parts[row * columns + column] = sum;
        }
    }
}

void ShareSums::write() const {
    for (const Share &share : shares) {
        if (share.gradient == nullptr) {
            continue;
        }
        if (!share.each) {
            double sum = 0;
            for (int64_t tile = 0; tile < rows * columns; tile++) {
                sum += share.parts[tile];
            }
            *share.gradient = static_cast<float>(sum);
            continue;
        }
        for (int64_t n = 0; n < neurons; n++) {
            double sum = 0;
            for (int64_t row = 0; row < rows; row++) {
                sum += share.parts[row * columns * width + n];
            }
            share.gradient[n] = static_cast<float>(sum);
        }
    }
}

}  // namespace ionforge::IONFORGE_ISA
