package org.ionforge.spiking.training;

import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.encoding.Encoder;
import org.ionforge.spiking.encoding.SpikeEncoder;
import org.ionforge.spiking.integer.InputForm;

/// How samples are shown to a network; the same in training, judgement and use.
///
/// @param encoder      of values; recordings of events are spikes already
/// @param seed         of the encoder, if it draws
/// @param steps        T
/// @param microseconds of a recording that are shown, cut into T equal parts; 0 for values
public record Presentation(Encoder encoder, long seed, int steps, int microseconds) {

    public Presentation {
        if (steps < 1 || microseconds < 0) {
            throw new IllegalArgumentException(steps + " steps of " + microseconds + " µs in all");
        }
    }

    /// Of a data set: recordings are shown as long as the longest for training is.
    ///
    /// @param encoder by its name, see [Encoder#named]
    public static Presentation of(DataSet data, String encoder, long seed, int steps) {
        return new Presentation(Encoder.named(encoder, seed), seed, steps, data.training() instanceof EventSamples events ? events.lastMicrosecond() + 1 : 0);
    }

    /// The same for a model of integers.
    public InputForm inputForm() {
        if (microseconds > 0) {
            return new InputForm.Events(microseconds);
        }
        return encoder instanceof SpikeEncoder ? new InputForm.Encoded(encoder.name(), seed) : new InputForm.Codes();
    }

    /// Inputs of the network for samples of that many features.
    public int inputs(int features) {
        return microseconds > 0 ? features : encoder.inputs(features);
    }
}
