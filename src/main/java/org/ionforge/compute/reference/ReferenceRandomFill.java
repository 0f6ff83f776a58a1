package org.ionforge.compute.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.Philox;
import org.ionforge.compute.RandomFill;
import org.ionforge.compute.RandomNumbers;

/// The definition: one place after the other.
final class ReferenceRandomFill implements RandomFill {

    private static final double WHOLE = 0x1p32;

    @Override
    public void words(Places places, Buffer words, long n) {
        Operands.requireCount(n);
        Operands.require("words", words, ElementType.U32, n);
        for (long i = 0; i < n; i++) {
            words.host().setAtIndex(JAVA_INT_UNALIGNED, i, word(places, places.first() + i));
        }
    }

    @Override
    public void uniform(Places places, float from, float to, Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        for (long i = 0; i < n; i++) {
            HostArrays.setFloat(values, i, from + (to - from) * RandomNumbers.uniform(word(places, places.first() + i)));
        }
    }

    @Override
    public void normal(Places places, float mean, float deviation, Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        for (long i = 0; i < n; i++) {
            long pair = places.first() + i & -2;
            float z = RandomNumbers.normal(word(places, pair), word(places, pair + 1), (places.first() + i) % 2 == 1);
            HostArrays.setFloat(values, i, mean + deviation * z);
        }
    }

    @Override
    public void bernoulli(Places places, Buffer probability, Buffer bits, long n) {
        Operands.requireCount(n);
        Operands.require("probability", probability, ElementType.F32, n);
        Operands.require("bits", bits, ElementType.U32, (n + 31) / 32);
        for (long at = 0; at < n; at += 32) {
            int word = 0;
            for (long i = at; i < Math.min(n, at + 32); i++) {
                long limit = (long) (HostArrays.floatAt(probability, i) * WHOLE);
                word |= Integer.toUnsignedLong(word(places, places.first() + i)) < limit ? 1 << i - at : 0;
            }
            bits.host().setAtIndex(JAVA_INT_UNALIGNED, at / 32, word);
        }
    }

    private static int word(Places places, long place) {
        return Philox.words(places.seed(), places.stream(), place & -4)[(int) (place & 3)];
    }
}
