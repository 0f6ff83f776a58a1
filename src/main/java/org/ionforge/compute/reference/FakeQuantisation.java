package org.ionforge.compute.reference;

import org.ionforge.compute.SpikingLinear.Quantisation;

/// Codes and straight-through mask of a [Quantisation] at one scale, in float.
record FakeQuantisation(float scale, int lowest, int highest, boolean mask) {

    static FakeQuantisation of(Quantisation quantisation, long element) {
        return new FakeQuantisation(HostArrays.anyFloats(quantisation.scale()).get(element), quantisation.lowest(),
                quantisation.highest(), quantisation.mask());
    }

    /// The code as a float; NaN stays NaN.
    float code(float x) {
        float q = rounded(x);
        return q < lowest ? lowest : q > highest ? highest : q;
    }

    /// 1 where a gradient passes, else 0.
    int passes(float x) {
        float q = rounded(x);
        return !mask || q >= lowest && q <= highest ? 1 : 0;
    }

    private float rounded(float x) {
        return (float) Math.rint(x * (1 / scale));
    }
}
