package org.ionforge.spiking.integer;

import org.ionforge.spiking.encoding.Encoder;
import org.ionforge.spiking.encoding.SpikeEncoder;

/// What goes into the first layer of a quantised network.
public sealed interface InputForm {

    /// Values in [0, 1] as bytes, the same at every step: a value v is `code·2⁻⁸` with `code = rint(255·v)`. The factor, a power
    /// of two, is part of the scales that the integer sums are multiplied with.
    record Codes() implements InputForm {
    }

    /// Spikes that an encoder makes of values in [0, 1]: bits, or bytes where they are weighted (phase), each `weight·2⁸` of its step.
    ///
    /// @param encoder as [org.ionforge.spiking.encoding.Encoder] names it
    /// @param seed    of an encoder that draws
    record Encoded(String encoder, long seed) implements InputForm {

        /// @throws IllegalArgumentException       if the encoder makes no spikes
        /// @throws org.ionforge.errors.InputException if there is no such encoder
        public Encoded {
            if (!(Encoder.named(encoder, seed) instanceof SpikeEncoder)) {
                throw new IllegalArgumentException("the encoder '" + encoder + "' makes no spikes");
            }
        }

        SpikeEncoder spikes() {
            return (SpikeEncoder) Encoder.named(encoder, seed);
        }

        /// What a spike of that step enters as: its weight in units of [#STEP] where spikes are weighted, else 1.
        int code(int step) {
            return spikes().weighted() ? (int) (spikes().weight(step) / STEP) : 1;
        }
    }

    /// Bits that events set.
    ///
    /// @param microseconds of a recording that are cut into the T steps
    record Events(int microseconds) implements InputForm {
        public Events {
            if (microseconds < 1) {
                throw new IllegalArgumentException("recordings of " + microseconds + " µs");
            }
        }
    }

    /// Whether bytes come in, each of them a number times [#STEP]; else bits.
    default boolean bytes() {
        return this instanceof Codes || this instanceof Encoded encoded && encoded.spikes().weighted();
    }

    /// Largest number that comes in, in units of the integer sums: 255 for codes, the weight of the first step for weighted spikes, 1 for
    /// bits.
    default int largest() {
        return switch (this) {
            case Codes _ -> LARGEST_CODE;
            case Encoded encoded -> encoded.code(0);
            case Events _ -> 1;
        };
    }

    /// What a value of 1 has.
    int LARGEST_CODE = 255;

    /// The value of a code of 1.
    float STEP = 0x1p-8f;

    /// The code of a value in [0, 1].
    static int code(float value) {
        return (int) Math.rint(LARGEST_CODE * value);
    }
}
