package org.ionforge.compute.cpu;

import org.ionforge.bindings.cpu.ionforge_random_h;
import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.RandomFill;

/// `native/src/random_fill.cpp`.
final class CpuRandomFill implements RandomFill {

    @Override
    public void words(Places places, Buffer words, long n) {
        Operands.requireCount(n);
        Operands.require("words", words, ElementType.U32, n);
        ionforge_random_h.ionforge_random_words_u32(places.seed(), places.stream(), places.first(), words.host(), n);
    }

    @Override
    public void uniform(Places places, float from, float to, Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        ionforge_random_h.ionforge_random_uniform_f32(places.seed(), places.stream(), places.first(), from, to, values.host(), n);
    }

    @Override
    public void normal(Places places, float mean, float deviation, Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        ionforge_random_h.ionforge_random_normal_f32(places.seed(), places.stream(), places.first(), mean, deviation, values.host(), n);
    }

    @Override
    public void bernoulli(Places places, Buffer probability, Buffer bits, long n) {
        Operands.requireCount(n);
        Operands.require("probability", probability, ElementType.F32, n);
        Operands.require("bits", bits, ElementType.U32, (n + 31) / 32);
        ionforge_random_h.ionforge_random_bernoulli_f32(places.seed(), places.stream(), places.first(), probability.host(), bits.host(), n);
    }
}
