package org.ionforge.compute;

/// What a quantiser learns its scales from: the range of the values that came by, or their histogram. The state is a small buffer
/// of the backend, and nothing here waits for the device; observing, and quantising by what was observed, are calls of their
/// own, so that either can be left out (frozen) at any step. Everything is equal to the bit in every room.
///
/// A NaN among the values makes the range NaN, then the scale, then every quantised value: it is seen, not averaged away.
public interface Observers {

    /// Bins of a histogram: the upper 14 bits of a float, in ascending order of the numbers they start, so that a bin is 1/32 of a
    /// power of two wide at any magnitude and histograms of any values add up. One more counts what is not a number.
    int BINS = 1 << 14;

    /// How the range of another tensor changes the state m.
    sealed interface Tracking {

        /// `m ← min(m, x)` and max.
        record MinMax() implements Tracking {
        }

        /// `m ← m + c·(x − m)`, each operation rounded for itself; the first range is taken as it is, as is one after an infinite m.
        ///
        /// @param constant c, in [0, 1]; torch's default is 0.01, and 32 steps with that take in 27 % of a shift
        record MovingAverage(float constant) implements Tracking {
            public MovingAverage {
                if (!(constant >= 0 && constant <= 1)) {
                    throw new IllegalArgumentException("no averaging constant: " + constant);
                }
            }
        }

        static Tracking minMax() {
            return new MinMax();
        }

        static Tracking movingAverage(float constant) {
            return new MovingAverage(constant);
        }
    }

    /// Whose scale [#observeAndQuantise] quantises by.
    enum Order {
        /// torch's: the state takes in x, then x is quantised by the new scale. A channel short enough for the cache goes through
        /// memory once; a tensor that is not has to be read twice, since the first code depends on the last value.
        UPDATED,
        /// x is quantised by the scales as they stand, and observed on the way: one pass over memory whatever the size. The new
        /// scales are for the next call; so observe once before the first.
        DELAYED
    }

    /// Makes every channel of the state one that has seen nothing.
    ///
    /// @param state F32 `[channels, 2]`: smallest, largest; becomes +∞, −∞
    void reset(Buffer state, long channels);

    /// Takes the range of each channel of x into the state; a zero of either sign is +0. An empty x changes nothing. Bytes a value: 4
    /// read.
    ///
    /// @param x F32, [Channels#span()] elements
    void observe(Buffer x, Channels channels, Tracking tracking, Buffer state);

    /// The scheme's rule ([Quantiser#of]) on each channel of the state.
    ///
    /// @param scales where to write; without zero points only for a scheme that always has them 0: symmetric, negative codes,
    ///               the observers' own rule
    void scales(Buffer state, long channels, QuantisationScheme scheme, FakeQuantisation.Scales scales);

    /// [#observe], [#scales] and [FakeQuantisation#quantise] in one call, in that order or with the last first. Bytes a value: 4
    /// read (8 for a long channel in the order UPDATED) and what the outputs take.
    void observeAndQuantise(Buffer x, Channels channels, QuantisationScheme scheme, Tracking tracking, Order order, Buffer state,
                            FakeQuantisation.Scales scales, FakeQuantisation.Outputs outputs);

    /// Adds the values of x to a histogram. Bytes a value: 4 read.
    ///
    /// @param x         F32 `[≥ n]`
    /// @param histogram U64 `[BINS + 1]`: counts, zero before the first call
    void count(Buffer x, long n, Buffer histogram);

    /// The range between two quantiles of a histogram, as the state of one channel: `from` of all counts lie below the smallest and
    /// `to` below the largest, with the counts of a bin spread evenly over it. It is NaN if a NaN was counted, and has seen nothing
    /// if nothing was.
    ///
    /// @param from  in [0, to]
    /// @param to    in [from, 1]
    /// @param state F32 `[2]`
    void quantiles(Buffer histogram, double from, double to, Buffer state);
}
