package org.ionforge.spiking.integer;

/// What goes into the first layer of a quantised network.
public sealed interface InputForm {

    /// Values in [0, 1] as bytes, the same at every step: a value v is `code·2⁻⁸` with `code = rint(255·v)`. The factor, a power
    /// of two, is part of the scales that the integer sums are multiplied with.
    record Codes() implements InputForm {
    }

    /// Bits that an encoder makes of values in [0, 1].
    ///
    /// @param encoder as [org.ionforge.spiking.encoding.Encoder] names it
    /// @param seed    of an encoder that draws
    record Encoded(String encoder, long seed) implements InputForm {
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

    /// Largest number that comes in, in units of the integer sums: 255 for codes, 1 for bits.
    default int largest() {
        return this instanceof Codes ? InputForm.LARGEST_CODE : 1;
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
