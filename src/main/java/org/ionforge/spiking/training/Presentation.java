package org.ionforge.spiking.training;

import org.ionforge.spiking.data.DataSet;
import org.ionforge.spiking.data.EventSamples;
import org.ionforge.spiking.encoding.Encoder;

/// How samples are shown to a network; the same in training, judgement and use.
///
/// @param encoder      of values; recordings of events are spikes already
/// @param steps        T
/// @param microseconds of a recording that are shown, cut into T equal parts; 0 for values
public record Presentation(Encoder encoder, int steps, int microseconds) {

    public Presentation {
        if (steps < 1 || microseconds < 0) {
            throw new IllegalArgumentException(steps + " steps of " + microseconds + " µs in all");
        }
    }

    /// Of a data set: recordings are shown as long as the longest for training is.
    public static Presentation of(DataSet data, Encoder encoder, int steps) {
        return new Presentation(encoder, steps, data.training() instanceof EventSamples events ? events.lastMicrosecond() + 1 : 0);
    }

    /// Inputs of the network for samples of that many features.
    public int inputs(int features) {
        return microseconds > 0 ? features : encoder.inputs(features);
    }
}
