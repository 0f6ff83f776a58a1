package org.ionforge.compute.cuda;

import org.ionforge.compute.Buffer;
import org.ionforge.compute.ElementType;
import org.ionforge.compute.Operands;
import org.ionforge.compute.RandomFill;

/// `kernels/philox.cu`: four places a thread.
final class CudaRandomFill implements RandomFill {

    private static final int PLACES = 4;

    private final Device device;

    CudaRandomFill(Device device) {
        this.device = device;
    }

    @Override
    public void words(Places places, Buffer words, long n) {
        Operands.requireCount(n);
        Operands.require("words", words, ElementType.U32, n);
        device.launchEach("random_words_u32", threads(places, n), places.seed(), places.stream(), places.first(), words, n);
    }

    @Override
    public void uniform(Places places, float from, float to, Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        device.launchEach("random_uniform_f32", threads(places, n), places.seed(), places.stream(), places.first(), from, to, values, n);
    }

    @Override
    public void normal(Places places, float mean, float deviation, Buffer values, long n) {
        Operands.requireCount(n);
        Operands.require("values", values, ElementType.F32, n);
        device.launchEach("random_normal_f32", threads(places, n), places.seed(), places.stream(), places.first(), mean, deviation, values, n);
    }

    @Override
    public void bernoulli(Places places, Buffer probability, Buffer bits, long n) {
        Operands.requireCount(n);
        Operands.require("probability", probability, ElementType.F32, n);
        Operands.require("bits", bits, ElementType.U32, (n + 31) / 32);
        device.launchEach("random_bernoulli_f32", Math.ceilDiv(n, PLACES), places.seed(), places.stream(), places.first(), probability, bits, n);
    }

    /// A thread for each counter that the places touch.
    private static long threads(Places places, long n) {
        return n == 0 ? 0 : Math.ceilDiv(places.first() % PLACES + n, PLACES);
    }
}
