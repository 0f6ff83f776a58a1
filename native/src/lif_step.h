// One step of a LIF neuron: the float operations of org.ionforge.compute.LifDialect in their order, for one neuron or a vector of
// them. Whoever includes this is compiled with -ffp-contract=off: the bits of membrane and spikes are the contract's.
//
// Lanes says what a value is: Lanes::Value and Lanes::Mask, at_least(a, b), above(a, b), choose(mask, yes, no), and
// nearest(x, unit, levels, bits), the level of org.ionforge.compute.StateLevels; nearest_in_place does the same as part of a loop.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ionforge {

// What LifNeurons.code() says. CODE makes the choices constants of the code; ANY_DIALECT leaves them to run time, but that membranes
// are not rounded, which ANY_ROUNDED leaves too.
constexpr int32_t ANY_DIALECT = -1;
constexpr int32_t ANY_ROUNDED = -2;

enum class LifCharge { LEAK, DIVIDE, MULTIPLY };
enum class LifSynapse { NONE, DECAY_THEN_ADD, ADD_THEN_DECAY, DECAY_AFTER_USE };
enum class LifReset { TO_VALUE, SUBTRACT, NONE };
enum class LifRounding { NONE, MEMBRANE, LEAKED };

template <int32_t CODE>
struct LifChoices {
    static constexpr bool FIXED = CODE >= 0;

    int32_t given;

    constexpr int32_t code() const { return CODE < 0 ? given : CODE; }
    constexpr LifCharge charge() const { return static_cast<LifCharge>(code() & 3); }
    constexpr bool decay_input() const { return code() >> 2 & 1; }
    constexpr LifSynapse synapse() const { return static_cast<LifSynapse>(code() >> 3 & 3); }
    constexpr bool strict() const { return code() >> 5 & 1; }
    constexpr LifReset reset() const { return static_cast<LifReset>(code() >> 6 & 3); }
    constexpr bool reset_delay() const { return code() >> 8 & 1; }
    constexpr bool spike_delay() const { return code() >> 9 & 1; }
    constexpr bool detach_reset() const { return code() >> 10 & 1; }
    constexpr LifRounding rounding() const { return CODE == ANY_DIALECT ? LifRounding::NONE : static_cast<LifRounding>(code() >> 11 & 3); }
    constexpr bool levels_of_threshold() const { return code() >> 13 & 1; }
    constexpr int state_bits() const { return code() >> 14 & 15; }
};

// What a membrane is rounded to: 2^bits middles, then as many levels (StateLevels.table()).
struct LifLevels {
    const float *table = nullptr;
    float per_step = 0;  // of middles at equal distances, nearly: 1/distance; else 0
    // Of levels that are all multiples of a power of two from lowest to highest, as MINT's: that power; else 0.
    float step = 0, lowest = 0, highest = 0;

    static LifLevels of(const float *table, bool of_threshold, int bits) {
        LifLevels levels{table};
        int last = table == nullptr ? 0 : (1 << bits) - 2;  // of the middles that are numbers: fewer levels than codes leave ∞ behind them
        while (last > 0 && !std::isfinite(table[last])) {
            last--;
        }
        if (last < 1) {
            return levels;
        }
        const float step = (table[last] - table[0]) / static_cast<float>(last);
        for (int i = 0; i <= last; i++) {
            const float apart = table[i] - (table[0] + step * static_cast<float>(i));
            if (!(apart < 0.25f * step && apart > -0.25f * step)) {
                return levels;
            }
        }
        levels.per_step = 1 / step;
        const float *values = table + (1 << bits), lowest = values[0] / step, highest = lowest + static_cast<float>(last + 1);
        int exponent;
        bool exact = !of_threshold && std::frexp(step, &exponent) == 0.5f && std::abs(exponent) < 100 && lowest == std::rint(lowest)
                     && std::fabs(lowest) <= 256;
        for (int i = 0; i <= last + 1 && exact; i++) {
            const float multiple = lowest + static_cast<float>(i);
            exact = values[i] == multiple * step && (i > last || table[i] == (multiple + 0.5f) * step);
        }
        if (exact) {
            levels.step = step;
            levels.lowest = lowest;
            levels.highest = highest;
        }
        return levels;
    }
};

// The numbers of a dialect beside its choices.
struct LifNumbers {
    float synapse_decay, resistance, rest, reset_value;
    LifLevels levels;
};

template <class Choices, class Lanes>
struct LifStep {
    using Value = typename Lanes::Value;
    using Mask = typename Lanes::Mask;

    Choices choices;
    LifNumbers numbers;

    // J of the current x; i is the synapse's state before and after.
    Value current(Value x, Value &i) const {
        Value j = x;
        if (choices.synapse() == LifSynapse::DECAY_THEN_ADD) {
            j = i = numbers.synapse_decay * i + x;
        } else if (choices.synapse() == LifSynapse::ADD_THEN_DECAY) {
            j = i = numbers.synapse_decay * (i + x);
        } else if (choices.synapse() == LifSynapse::DECAY_AFTER_USE) {
            j = i + x;
            i = j - numbers.synapse_decay * j;
        }
        return numbers.resistance * j;
    }

    // U from V before the step and J. With resetDelay, V is the U of the step before: it says whether that step spiked.
    Value membrane(Value leak, Value threshold, Value v, Value j, bool first_step) const {
        Value u = charge(leak, threshold, v, j);
        if (choices.reset_delay() && !first_step) {
            u = Lanes::choose(spikes(v, threshold), u - threshold, u);
        }
        return choices.rounding() == LifRounding::MEMBRANE ? rounded(u, threshold) : u;
    }

    Mask spikes(Value u, Value threshold) const {
        return choices.strict() ? Lanes::above(u, threshold) : Lanes::at_least(u, threshold);
    }

    // V after the step.
    Value reset(Value u, Mask spike, Value threshold) const {
        if (choices.reset() == LifReset::TO_VALUE) {
            return Lanes::choose(spike, numbers.reset_value - Value{}, u);
        }
        return choices.reset() == LifReset::NONE || choices.reset_delay() ? u : Lanes::choose(spike, u - threshold, u);
    }

private:
    Value rounded(Value x, Value threshold) const {
        const Value unit = choices.levels_of_threshold() ? threshold : 1.0f - Value{};
        return Choices::FIXED ? Lanes::nearest_in_place(x, unit, numbers.levels, choices.state_bits())
                              : Lanes::nearest(x, unit, numbers.levels, choices.state_bits());
    }

    Value charge(Value leak, Value threshold, Value v, Value j) const {
        if (choices.charge() == LifCharge::LEAK) {
            const Value left = choices.rounding() == LifRounding::LEAKED ? rounded(leak * v, threshold) : leak * v;
            return left + (choices.decay_input() ? (1.0f - leak) * j : j);
        }
        const Value drive = choices.decay_input() ? (numbers.rest - v) + j : numbers.rest - v;
        const Value change = choices.charge() == LifCharge::DIVIDE ? drive / leak : leak * drive;
        return choices.decay_input() ? v + change : (v + change) + j;
    }
};

}  // namespace ionforge
